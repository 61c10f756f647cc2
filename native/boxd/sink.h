// Where bytes from the engine go: the stdin of a process, or a connection. Takes them within the window.
#ifndef BOXD_SINK_H
#define BOXD_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"

enum sink_kind {
  SINK_PIPE,
  SINK_TERMINAL,
  // A socket that is somebody else's, who watches it, calls sink_ready() and closes it.
  SINK_CONNECTION,
};

struct sink {
  struct watch watch;
  uint32_t channel;
  // -1: all is written and the end is told, or nobody reads.
  int fd;
  enum sink_kind kind;
  // The engine has sent all; the end is told when the rest is written.
  bool closing;
  // Nobody reads any more: what still comes is dropped.
  bool broken;
  // The errno that said so.
  int error;
  // What was not taken yet.
  uint8_t *pending;
  size_t pending_start;
  size_t pending_end;
  // What the engine may still send, and what it has not been told of yet.
  uint32_t window;
  uint32_t ungranted;
};

struct sink *sink_open(uint32_t channel, int fd, enum sink_kind kind);
// It may take more than at the last try.
void sink_ready(struct sink *sink);
void sink_write(struct sink *sink, const uint8_t *bytes, uint32_t length);
void sink_close(struct sink *sink);
void sink_free(struct sink *sink);

#endif
