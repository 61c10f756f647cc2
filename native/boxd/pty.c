#include "pty.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

static int open_pair(int *master, int *slave) {
  *master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (*master < 0) return -1;
  int unlock = 0;
  if (ioctl(*master, TIOCSPTLCK, &unlock) < 0) return -1;
  // By descriptor, not by the name /dev/pts/N, which the box could have replaced.
  *slave = ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  return *slave < 0 ? -1 : 0;
}

int pty_open(int *master, int *slave, uint32_t rows, uint32_t columns) {
  *master = *slave = -1;
  if (open_pair(master, slave) == 0 && pty_resize(*master, rows, columns) == 0) return 0;
  int error = errno;
  if (*slave >= 0) close(*slave);
  if (*master >= 0) close(*master);
  errno = error;
  return -1;
}

int pty_resize(int master, uint32_t rows, uint32_t columns) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  return ioctl(master, TIOCSWINSZ, &size);
}
