// The output of a process: a pipe or a terminal, read as far as the engine's credit goes.
#ifndef BOXD_STREAM_H
#define BOXD_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "loop.h"

struct process;

struct stream {
  struct watch watch;
  struct work work;
  // NULL: the process has ended, a background child still holds the pipe, and what it writes is
  // thrown away (closing the pipe would kill that child with SIGPIPE).
  struct process *owner;
  int fd;
  uint8_t frame_type;
  // The last read did not say "nothing there".
  bool readable;
  bool ended;
  bool enlarged;
  uint32_t credit;
  // Bytes that lay in the pipe when the process ended: its own, to be delivered before EXIT.
  uint32_t owed;
};

struct stream *stream_open(struct process *owner, int fd, uint8_t frame_type, uint32_t credit);
void stream_credit(struct stream *stream, uint32_t bytes);
// The process has ended: counts what is owed.
void stream_count_owed(struct stream *stream);
// Leaves the owner; the stream frees itself at its end.
void stream_abandon(struct stream *stream);

#endif
