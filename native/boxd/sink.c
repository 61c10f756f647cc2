#include "sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "die.h"
#include "output.h"

// Credit goes back in pieces of this size, or when nothing is pending: few frames, no stall.
#define GRANT_BYTES (INPUT_WINDOW / 4)

static void grant(struct sink *sink, uint32_t bytes) {
  sink->ungranted += bytes;
  if (sink->ungranted == 0) return;
  if (sink->ungranted < GRANT_BYTES && sink->pending_end > 0) return;
  output_credit(sink->channel, sink->ungranted);
  sink->window += sink->ungranted;
  sink->ungranted = 0;
}

static void drop_pending(struct sink *sink) {
  free(sink->pending);
  sink->pending = NULL;
  sink->pending_start = sink->pending_end = 0;
}

static void close_fd(struct sink *sink) {
  if (sink->fd >= 0 && sink->kind != SINK_CONNECTION) close(sink->fd);
  sink->fd = -1;
}

static void break_off(struct sink *sink, int error) {
  uint32_t dropped = (uint32_t)(sink->pending_end - sink->pending_start);
  drop_pending(sink);
  close_fd(sink);
  sink->broken = true;
  sink->error = error;
  // Who has a connection hears of it at its last frame.
  if (sink->kind != SINK_CONNECTION) output_empty(sink->channel, FRAME_STDIN_CLOSE);
  grant(sink, dropped);
}

// Bytes written, 0 when it is full, -1 when nobody reads.
static ssize_t try_write(struct sink *sink, const uint8_t *bytes, size_t length) {
  for (;;) {
    ssize_t count = write(sink->fd, bytes, length);
    if (count >= 0) return count;
    if (errno == EAGAIN) return 0;
    if (errno != EINTR) return -1;
  }
}

// A terminal has no closed end: its end of input is a character. A connection goes on the other way.
static void finish(struct sink *sink) {
  struct termios settings;
  if (sink->kind == SINK_CONNECTION) {
    shutdown(sink->fd, SHUT_WR);
  } else if (sink->kind == SINK_TERMINAL && tcgetattr(sink->fd, &settings) == 0) {
    uint8_t end_of_input = settings.c_cc[VEOF];
    try_write(sink, &end_of_input, 1);
  }
  close_fd(sink);
}

void sink_ready(struct sink *sink) {
  if (sink->fd < 0) return;
  uint32_t written = 0;
  while (sink->pending_start < sink->pending_end) {
    ssize_t count = try_write(sink, sink->pending + sink->pending_start,
                              sink->pending_end - sink->pending_start);
    if (count < 0) {
      break_off(sink, errno);
      break;
    }
    if (count == 0) break;
    sink->pending_start += (size_t)count;
    written += (uint32_t)count;
  }
  if (sink->pending_start == sink->pending_end) drop_pending(sink);
  grant(sink, written);
  if (sink->closing && sink->pending == NULL && sink->fd >= 0) finish(sink);
}

static void on_event(struct watch *watch, uint32_t events) {
  struct sink *sink = container_of(watch, struct sink, watch);
  if (sink->fd >= 0 && (events & EPOLLERR) != 0) {
    break_off(sink, EPIPE);
  } else {
    sink_ready(sink);
  }
}

static void keep(struct sink *sink, const uint8_t *bytes, uint32_t length) {
  if (sink->pending == NULL) {
    // Never more than the window, which the engine cannot exceed.
    sink->pending = malloc(INPUT_WINDOW);
    if (sink->pending == NULL) die("out of memory");
  }
  if (INPUT_WINDOW - sink->pending_end < length) {
    memmove(sink->pending, sink->pending + sink->pending_start,
            sink->pending_end - sink->pending_start);
    sink->pending_end -= sink->pending_start;
    sink->pending_start = 0;
  }
  memcpy(sink->pending + sink->pending_end, bytes, length);
  sink->pending_end += length;
}

struct sink *sink_open(uint32_t channel, int fd, enum sink_kind kind) {
  struct sink *sink = calloc(1, sizeof *sink);
  if (sink == NULL) die("out of memory");
  sink->watch.on_event = on_event;
  sink->channel = channel;
  sink->fd = fd;
  sink->kind = kind;
  sink->window = INPUT_WINDOW;
  if (kind != SINK_CONNECTION && loop_watch(fd, &sink->watch, EPOLLOUT) < 0) {
    die_errno("epoll_ctl");
  }
  return sink;
}

void sink_write(struct sink *sink, const uint8_t *bytes, uint32_t length) {
  if (length > sink->window) {
    die_protocol("channel %u: %u bytes of input where %u were granted", sink->channel, length,
                 sink->window);
  }
  if (sink->closing) die_protocol("channel %u: input after its end", sink->channel);
  sink->window -= length;
  if (sink->broken) {
    grant(sink, length);
    return;
  }
  uint32_t written = 0;
  while (sink->pending == NULL && written < length) {
    ssize_t count = try_write(sink, bytes + written, length - written);
    if (count < 0) {
      break_off(sink, errno);
      grant(sink, length);
      return;
    }
    if (count == 0) break;
    written += (uint32_t)count;
  }
  if (written < length) keep(sink, bytes + written, length - written);
  grant(sink, written);
}

void sink_close(struct sink *sink) {
  if (sink->closing) die_protocol("channel %u: input is closed twice", sink->channel);
  sink->closing = true;
  if (sink->fd >= 0 && sink->pending == NULL) finish(sink);
}

void sink_free(struct sink *sink) {
  drop_pending(sink);
  close_fd(sink);
  loop_free_later(sink);
}
