#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct rlimit original_files;
static mode_t original_umask;

void spawn_prepare(void) {
  // Each process costs up to four descriptors here; the limit is for boxd, not for its children.
  if (getrlimit(RLIMIT_NOFILE, &original_files) == 0) {
    struct rlimit raised = {original_files.rlim_max, original_files.rlim_max};
    setrlimit(RLIMIT_NOFILE, &raised);
  }
  // The modes of file requests are exact.
  original_umask = umask(0);
}

// The first error that says more than "not there" wins, as in execvp.
static int try_candidates(struct spawn *spawn) {
  int error = ENOENT;
  for (char *const *path = spawn->candidates; *path != NULL; path++) {
    execve(*path, spawn->arguments, spawn->environment);
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) return errno;
    if (errno == EACCES) error = EACCES;
  }
  return error;
}

static bool set_user(const struct spawn *spawn) {
  return setgroups(spawn->group_count, spawn->groups) == 0 &&
         setresgid(spawn->gid, spawn->gid, spawn->gid) == 0 &&
         setresuid(spawn->uid, spawn->uid, spawn->uid) == 0;
}

// Runs in the parent's memory while the parent waits: it changes nothing there but the report.
static _Noreturn void child(struct spawn *spawn) {
  spawn->stage = SPAWN_SESSION;
  if (setsid() < 0) goto failed;
  // dup2 also clears the close-on-exec flag, and no source is below 3.
  if (dup2(spawn->stdin_fd, 0) < 0 || dup2(spawn->stdout_fd, 1) < 0 ||
      dup2(spawn->stderr_fd, 2) < 0) {
    goto failed;
  }
  spawn->stage = SPAWN_TERMINAL;
  if (spawn->terminal && ioctl(0, TIOCSCTTY, 0) < 0) goto failed;
  setrlimit(RLIMIT_NOFILE, &original_files);
  umask(original_umask);
  spawn->stage = SPAWN_USER;
  if (spawn->change_user && !set_user(spawn)) goto failed;
  spawn->stage = SPAWN_CWD;
  if (chdir(spawn->cwd) < 0) goto failed;
  spawn->stage = SPAWN_EXEC;
  // boxd blocks every signal and changes no disposition, so this is all there is to undo.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  spawn->error = try_candidates(spawn);
  _exit(127);
failed:
  spawn->error = errno;
  _exit(127);
}

// vfork: the parent waits until the exec is done or has failed, so that the report needs no pipe,
// and no page table is copied. That is most of the difference to a shell's start time.
pid_t spawn_run(struct spawn *spawn) {
  spawn->error = 0;
  spawn->stage = SPAWN_FORK;
  pid_t pid = vfork();
  if (pid == 0) child(spawn);
  if (pid < 0) spawn->error = errno;
  if (spawn->error == 0) return pid;
  // The failed child is reaped with the orphans: it is in no table.
  return -1;
}
