#include "ends.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "protocol.h"
#include "pty.h"

// One for all who ignore a stream; the negative errno when the box has none.
static int null_fd = -ENOENT;

void ends_prepare(void) {
  null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null_fd < 0) null_fd = -errno;
}

static void close_if_open(int fd) {
  if (fd >= 0) close(fd);
}

void ends_close_child(const struct ends *ends) {
  for (int i = 0; i < 3; i++) {
    if (!ends->shared[i]) close_if_open(ends->child[i]);
  }
}

void ends_close_all(const struct ends *ends) {
  ends_close_child(ends);
  for (int i = 0; i < 3; i++) close_if_open(ends->own[i]);
}

static int set_nonblocking(int fd) {
  return fcntl(fd, F_SETFL, O_NONBLOCK);
}

static int open_pipe(struct ends *ends, int number) {
  int both[2];
  if (pipe2(both, O_CLOEXEC) < 0) return -1;
  ends->own[number] = number == 0 ? both[1] : both[0];
  ends->child[number] = number == 0 ? both[0] : both[1];
  return set_nonblocking(ends->own[number]);
}

static int share(struct ends *ends, int number, int fd) {
  if (fd < 0) {
    errno = -fd;
    return -1;
  }
  ends->child[number] = fd;
  ends->shared[number] = true;
  return 0;
}

static int open_terminal(struct ends *ends, const struct command *command) {
  if (pty_open(&ends->own[1], &ends->child[0], command->rows, command->columns) < 0) return -1;
  share(ends, 1, ends->child[0]);
  share(ends, 2, ends->child[0]);
  // epoll takes a descriptor once, and reading and writing are watched apart.
  ends->own[0] = fcntl(ends->own[1], F_DUPFD_CLOEXEC, 3);
  return ends->own[0] < 0 ? -1 : 0;
}

int ends_open(struct ends *ends, const struct command *command) {
  *ends = (struct ends){.child = {-1, -1, -1}, .own = {-1, -1, -1}};
  uint32_t flags = command->flags;
  if ((flags & START_PTY) != 0) return open_terminal(ends, command);
  int failed = (flags & START_STDIN) != 0 ? open_pipe(ends, 0) : share(ends, 0, null_fd);
  if (failed == 0) {
    failed = (flags & START_NO_STDOUT) != 0 ? share(ends, 1, null_fd) : open_pipe(ends, 1);
  }
  if (failed == 0) {
    if ((flags & START_MERGE_STDERR) != 0) {
      failed = share(ends, 2, ends->child[1]);
    } else {
      failed = (flags & START_NO_STDERR) != 0 ? share(ends, 2, null_fd) : open_pipe(ends, 2);
    }
  }
  return failed;
}
