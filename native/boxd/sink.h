// The stdin of a process: takes what the engine sends, within the window.
#ifndef BOXD_SINK_H
#define BOXD_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"

struct sink {
  struct watch watch;
  uint32_t channel;
  int fd;
  bool terminal;
  // The engine has sent all; the pipe is closed when the rest is written.
  bool closing;
  // Nobody reads any more: what still comes is dropped.
  bool broken;
  // What the pipe did not take yet.
  uint8_t *pending;
  size_t pending_start;
  size_t pending_end;
  // What the engine may still send, and what it has not been told of yet.
  uint32_t window;
  uint32_t ungranted;
};

struct sink *sink_open(uint32_t channel, int fd, bool terminal);
void sink_write(struct sink *sink, const uint8_t *bytes, uint32_t length);
void sink_close(struct sink *sink);
void sink_free(struct sink *sink);

#endif
