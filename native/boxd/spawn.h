// Starting a program: what the child does between vfork and exec.
#ifndef BOXD_SPAWN_H
#define BOXD_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum spawn_stage { SPAWN_FORK, SPAWN_SESSION, SPAWN_TERMINAL, SPAWN_USER, SPAWN_CWD, SPAWN_EXEC };

struct spawn {
  char *const *arguments;
  char *const *environment;
  const char *cwd;
  // Paths to try, in order.
  char *const *candidates;
  int stdin_fd;
  int stdout_fd;
  int stderr_fd;
  bool terminal;
  bool change_user;
  uid_t uid;
  gid_t gid;
  const gid_t *groups;
  size_t group_count;
  // Set when it failed.
  volatile int error;
  volatile enum spawn_stage stage;
};

// Remembers what a child gets back: the file limit and the umask that boxd was started with.
void spawn_prepare(void);
// The child's pid, or -1 with error and stage set.
pid_t spawn_run(struct spawn *spawn);

#endif
