#include "tree.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// A family that forks while it is being read is read again; one that outruns this many readings
// is a fork bomb, and ends with its box.
#define ROUNDS 16
// Time for the killed to become reapable; a process stuck in the kernel does not keep boxd here.
#define REAP_ROUNDS 200
#define REAP_MILLISECONDS 5

struct member {
  pid_t pid;
  pid_t parent;
  pid_t group;
  pid_t session;
  bool found;
};

struct members {
  struct member *list;
  size_t count;
  size_t capacity;
};

static bool read_member(int proc, const char *name, struct member *member) {
  char path[64];
  snprintf(path, sizeof path, "%.20s/stat", name);
  int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  char text[512];
  ssize_t count = read(fd, text, sizeof text - 1);
  close(fd);
  if (count <= 0) return false;
  text[count] = 0;
  // The name between the parentheses may hold anything, parentheses too: the last one counts.
  const char *rest = strrchr(text, ')');
  int parent;
  int group;
  int session;
  if (rest == NULL) return false;
  if (sscanf(rest + 1, " %*c %d %d %d", &parent, &group, &session) != 3) return false;
  *member = (struct member){
      .pid = atoi(name), .parent = parent, .group = group, .session = session};
  return true;
}

static void read_members(struct members *members) {
  members->count = 0;
  DIR *directory = opendir("/proc");
  if (directory == NULL) return;
  struct dirent *entry;
  while ((entry = readdir(directory)) != NULL) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    if (members->count == members->capacity) {
      size_t capacity = members->capacity == 0 ? 256 : members->capacity * 2;
      struct member *list = realloc(members->list, capacity * sizeof *list);
      // Called on the way out too, so that running out of memory is no reason to die here.
      if (list == NULL) break;
      members->list = list;
      members->capacity = capacity;
    }
    if (read_member(dirfd(directory), entry->d_name, &members->list[members->count])) {
      members->count++;
    }
  }
  closedir(directory);
}

// A parent may stand after its child in the list, so the marks are spread until none is new.
static void mark_family(struct members *members, pid_t root, pid_t session) {
  bool changed = true;
  while (changed) {
    changed = false;
    for (size_t i = 0; i < members->count; i++) {
      struct member *member = &members->list[i];
      if (member->found || member->pid == root) continue;
      bool belongs = member->parent == root || (session != 0 && member->session == session);
      for (size_t k = 0; k < members->count && !belongs; k++) {
        belongs = members->list[k].found && members->list[k].pid == member->parent;
      }
      if (belongs) member->found = changed = true;
    }
  }
}

static bool contains(const struct members *members, pid_t pid) {
  for (size_t i = 0; i < members->count; i++) {
    if (members->list[i].found && members->list[i].pid == pid) return true;
  }
  return false;
}

static bool signal_family(pid_t root, pid_t session, int signal, struct members *done) {
  struct members now = {0};
  read_members(&now);
  mark_family(&now, root, session);
  bool any = false;
  for (size_t i = 0; i < now.count; i++) {
    if (!now.list[i].found || contains(done, now.list[i].pid)) continue;
    // The root's own group gets the signal as a group, once.
    if (now.list[i].group == root) continue;
    kill(now.list[i].pid, signal);
    any = true;
  }
  free(done->list);
  *done = now;
  return any;
}

// Nobody of a stopped family can fork, or react to the death of another: all are found, and all die
// of the signal.
static void stop_family(pid_t root) {
  struct members done = {0};
  kill(-root, SIGSTOP);
  for (int round = 0; round < ROUNDS; round++) {
    if (!signal_family(root, root, SIGSTOP, &done)) break;
  }
  free(done.list);
}

void tree_signal(pid_t root, int signal) {
  if (signal == SIGKILL) stop_family(root);
  // Read before the first signal: once the root is gone, nothing says whose its children were.
  struct members members = {0};
  read_members(&members);
  mark_family(&members, root, root);
  // The root first, so that it does not end of itself because its children have.
  kill(-root, signal);
  for (size_t i = 0; i < members.count; i++) {
    const struct member *member = &members.list[i];
    // The root's own group has had the signal, once.
    if (member->found && member->group != root) kill(member->pid, signal);
  }
  free(members.list);
}

void tree_kill_everything(void) {
  if (getpid() == 1) {
    // The kernel kills the namespace with its first process; this is only sooner.
    kill(-1, SIGKILL);
    return;
  }
  for (int round = 0; round < REAP_ROUNDS; round++) {
    struct members done = {0};
    signal_family(getpid(), 0, SIGKILL, &done);
    free(done.list);
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) continue;
    if (pid < 0 && errno == ECHILD) return;
    poll(NULL, 0, round == 0 ? 0 : REAP_MILLISECONDS);
  }
}
