#include "map.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "die.h"

static void write_map(pid_t pid, const char *name, uid_t first, uint32_t count) {
  char path[64];
  char line[64];
  snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
  int length = snprintf(line, sizeof line, "0 %u %u\n", first, count);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, line, (size_t)length) != length) die_errno(name);
  close(fd);
}

// Stays what it is, since only root outside of the namespace may say who is who in it.
static pid_t fork_mapper(int ready, int other_end, uid_t first, uint32_t count) {
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid != 0) return pid;
  close(other_end);
  char byte;
  if (read(ready, &byte, 1) != 1) _exit(EXIT_INTERNAL);
  write_map(parent, "uid_map", first, count);
  write_map(parent, "gid_map", first, count);
  _exit(0);
}

_Noreturn void map_run(uid_t first, uint32_t count, char **command) {
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) < 0) die_errno("pipe");
  pid_t mapper = fork_mapper(ready[0], ready[1], first, count);
  if (mapper < 0) die_errno("fork");
  // As the first user of the range before the namespace is made: it is its owner then, and whoever
  // is that user can join it.
  if (setgroups(0, NULL) < 0 || setresgid(first, first, first) < 0 ||
      setresuid(first, first, first) < 0) {
    die_errno("user of the range");
  }
  if (unshare(CLONE_NEWUSER) < 0) die_errno("unshare");
  int status;
  if (write(ready[1], "", 1) != 1 || waitpid(mapper, &status, 0) < 0) die_errno("mapping users");
  // It has said why.
  if (status != 0) _exit(EXIT_INTERNAL);
  // The command is the namespace's root from its start on, with all capabilities in it.
  execvp(command[0], command);
  die_errno(command[0]);
}
