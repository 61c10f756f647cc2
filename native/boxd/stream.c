#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "channel.h"
#include "die.h"
#include "output.h"
#include "process.h"

// A program that has filled its pipe once gets a larger one: fewer changes between it and boxd.
// Not from the start, since the kernel limits what all pipes of a user may hold together.
#define FAST_PIPE_BYTES (1024 * 1024)

static uint8_t scratch[OUTPUT_FRAME_LIMIT];

static void free_stream(struct stream *stream) {
  work_cancel(&stream->work);
  if (stream->fd >= 0) close(stream->fd);
  loop_free_later(stream);
}

static void end_stream(struct stream *stream) {
  close(stream->fd);
  stream->fd = -1;
  stream->ended = true;
  stream->owed = 0;
  if (stream->owner == NULL) {
    free_stream(stream);
  } else {
    process_stream_moved(stream->owner);
  }
}

// A terminal says EIO when nobody has it open. A program that has closed its descriptors and is about
// to exit must not find the terminal closed by boxd: that is a SIGHUP.
static bool is_running(const struct process *owner) {
  return owner != NULL && !process_has_ended(owner);
}

// Turns what read() said into progress: true when bytes came.
static bool took(struct stream *stream, ssize_t count) {
  if (count > 0) return true;
  if (count < 0 && errno == EINTR) {
    work_queue(&stream->work);
  } else if (count < 0 && (errno == EAGAIN || (errno == EIO && is_running(stream->owner)))) {
    stream->readable = false;
    stream->owed = 0;
    if (stream->owner != NULL) process_stream_moved(stream->owner);
  } else {
    // 0 is the end of a pipe, EIO that of a terminal.
    end_stream(stream);
  }
  return false;
}

static void forward(struct stream *stream) {
  size_t wanted = stream->credit < OUTPUT_FRAME_LIMIT ? stream->credit : OUTPUT_FRAME_LIMIT;
  ssize_t count = read(stream->fd, output_reserve(), wanted);
  if (!took(stream, count)) return;
  if (count == OUTPUT_FRAME_LIMIT && !stream->enlarged) {
    stream->enlarged = true;
    fcntl(stream->fd, F_SETPIPE_SZ, FAST_PIPE_BYTES);
  }
  output_commit(process_channel(stream->owner), stream->frame_type, (size_t)count);
  stream->credit -= (uint32_t)count;
  stream->owed -= stream->owed < (uint32_t)count ? stream->owed : (uint32_t)count;
  if (stream->credit > 0) work_queue(&stream->work);
  process_stream_moved(stream->owner);
}

static void run(struct work *work) {
  struct stream *stream = container_of(work, struct stream, work);
  if (stream->owner != NULL) {
    forward(stream);
  } else if (took(stream, read(stream->fd, scratch, sizeof scratch))) {
    work_queue(&stream->work);
  }
}

static void on_event(struct watch *watch, uint32_t events) {
  (void)events;
  struct stream *stream = container_of(watch, struct stream, watch);
  if (stream->ended) return;
  stream->readable = true;
  if (stream->credit > 0 || stream->owner == NULL) work_queue(&stream->work);
}

struct stream *stream_open(struct process *owner, int fd, uint8_t frame_type, uint32_t credit) {
  struct stream *stream = calloc(1, sizeof *stream);
  if (stream == NULL) die("out of memory");
  stream->watch.on_event = on_event;
  stream->work.run = run;
  stream->owner = owner;
  stream->fd = fd;
  stream->frame_type = frame_type;
  stream->credit = credit;
  if (loop_watch(fd, &stream->watch, EPOLLIN) < 0) die_errno("epoll_ctl");
  return stream;
}

void stream_credit(struct stream *stream, uint32_t bytes) {
  credit_add(&stream->credit, bytes);
  if (stream->readable && !stream->ended && stream->credit > 0) work_queue(&stream->work);
}

void stream_count_owed(struct stream *stream) {
  if (stream->ended) return;
  int count = 0;
  if (ioctl(stream->fd, FIONREAD, &count) == 0 && count > 0) stream->owed = (uint32_t)count;
  // Another look, now that an EIO is the end.
  stream->readable = true;
  if (stream->credit > 0) work_queue(&stream->work);
}

void stream_abandon(struct stream *stream) {
  if (stream->ended) {
    free_stream(stream);
    return;
  }
  stream->owner = NULL;
  if (stream->readable) work_queue(&stream->work);
}
