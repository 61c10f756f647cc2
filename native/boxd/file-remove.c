// REMOVE of a tree, in a child of its own: it may take minutes, and it changes its directory.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel.h"
#include "die.h"
#include "file.h"
#include "loop.h"
#include "output.h"

struct remover {
  struct channel channel;
  pid_t pid;
  char *path;
  bool cancelled;
  struct remover *next;
};

static struct remover *removers;

// A directory on the way down: whether it is the same one on the way up is checked, since somebody
// may move it meanwhile, and then "..", too, is somewhere else.
struct level {
  dev_t device;
  ino_t inode;
};

static _Noreturn void leave(int error) {
  _exit(error > 0 && error < 256 ? error : EIO);
}

static void enter(const char *name, struct level *level) {
  int fd = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat attributes;
  if (fd < 0 || fstat(fd, &attributes) < 0 || fchdir(fd) < 0) leave(errno);
  *level = (struct level){attributes.st_dev, attributes.st_ino};
  close(fd);
}

static void climb(const struct level *expected) {
  struct stat attributes;
  if (chdir("..") < 0 || stat(".", &attributes) < 0) leave(errno);
  if (attributes.st_dev != expected->device || attributes.st_ino != expected->inode) leave(ESTALE);
}

// Removes all but one directory of the current one, and says that one's name; false: it is empty.
static bool clear_current(char *name) {
  DIR *directory = opendir(".");
  if (directory == NULL) leave(errno);
  struct dirent *entry;
  bool found = false;
  while (!found && (entry = readdir(directory)) != NULL) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (unlink(entry->d_name) == 0 || errno == ENOENT) continue;
    if (errno != EISDIR && errno != EPERM) leave(errno);
    int error = errno;
    if (unlinkat(AT_FDCWD, entry->d_name, AT_REMOVEDIR) == 0 || errno == ENOENT) continue;
    if (errno == ENOTDIR) leave(error);
    if (errno != ENOTEMPTY && errno != EEXIST) leave(errno);
    strcpy(name, entry->d_name);
    found = true;
  }
  closedir(directory);
  return found;
}

// Depth costs one small record a level, and neither descriptors nor stack: a tree that is deeper
// than PATH_MAX goes too.
static void remove_below(const char *top) {
  size_t depth = 0;
  size_t capacity = 64;
  struct level *levels = malloc(capacity * sizeof *levels);
  if (levels == NULL) leave(ENOMEM);
  enter(top, &levels[0]);
  for (;;) {
    char name[NAME_MAX + 1];
    if (clear_current(name)) {
      if (++depth == capacity) {
        capacity *= 2;
        levels = realloc(levels, capacity * sizeof *levels);
        if (levels == NULL) leave(ENOMEM);
      }
      enter(name, &levels[depth]);
    } else if (depth == 0) {
      return;
    } else {
      // The emptied directory is removed by the next look at its parent.
      climb(&levels[--depth]);
    }
  }
}

static _Noreturn void work(const char *path) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The ends of other processes' pipes, which would keep them from seeing their end of input.
  close_range(3, ~0u, 0);
  int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  remove_below(path);
  if (here < 0 || fchdir(here) < 0 || unlinkat(AT_FDCWD, path, AT_REMOVEDIR) < 0) leave(errno);
  _exit(0);
}

static void on_frame(struct channel *channel, uint8_t type, const struct message *message,
                     const uint8_t *bytes, uint32_t length) {
  (void)message, (void)bytes, (void)length;
  struct remover *remover = container_of(channel, struct remover, channel);
  if (type != FRAME_CANCEL) channel_refuse(channel, type);
  remover->cancelled = true;
  kill(remover->pid, SIGKILL);
}

void file_start_remove(uint32_t channel, const char *path) {
  pid_t pid = fork();
  if (pid < 0) {
    file_error(channel, path, errno);
    return;
  }
  if (pid == 0) work(path);
  struct remover *remover = calloc(1, sizeof *remover);
  if (remover == NULL || (remover->path = strdup(path)) == NULL) die("out of memory");
  remover->channel.on_frame = on_frame;
  remover->pid = pid;
  remover->next = removers;
  removers = remover;
  channel_open(&remover->channel, channel);
}

static int error_of(const struct remover *remover, int status) {
  if (remover->cancelled) return ECANCELED;
  return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

void file_worker_ended(pid_t pid, int status) {
  struct remover **link = &removers;
  while (*link != NULL && (*link)->pid != pid) link = &(*link)->next;
  struct remover *remover = *link;
  if (remover == NULL) return;
  *link = remover->next;
  int error = error_of(remover, status);
  if (error == 0) {
    output_empty(remover->channel.id, FRAME_OK);
  } else {
    file_error(remover->channel.id, remover->path, error);
  }
  channel_close(&remover->channel);
  free(remover->path);
  loop_free_later(remover);
}
