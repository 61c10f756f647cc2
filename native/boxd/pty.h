// A terminal for a process.
#ifndef BOXD_PTY_H
#define BOXD_PTY_H

#include <stdint.h>

// 0, or -1 with errno; both ends are close-on-exec, the master does not block.
int pty_open(int *master, int *slave, uint32_t rows, uint32_t columns);
int pty_resize(int master, uint32_t rows, uint32_t columns);

#endif
