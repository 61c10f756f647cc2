// READ: DATA frames as far as the credit goes, then END.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "channel.h"
#include "die.h"
#include "file.h"
#include "loop.h"
#include "output.h"

struct reader {
  struct channel channel;
  struct work work;
  int fd;
  char *path;
  uint64_t remaining;
  uint32_t credit;
};

static void finish(struct reader *reader) {
  work_cancel(&reader->work);
  channel_close(&reader->channel);
  close(reader->fd);
  free(reader->path);
  loop_free_later(reader);
}

static void run(struct work *work) {
  struct reader *reader = container_of(work, struct reader, work);
  size_t wanted = OUTPUT_FRAME_LIMIT;
  if (wanted > reader->credit) wanted = reader->credit;
  if (wanted > reader->remaining) wanted = (size_t)reader->remaining;
  ssize_t count = wanted == 0 ? 0 : read(reader->fd, output_reserve(), wanted);
  if (count < 0 && errno == EINTR) {
    work_queue(work);
  } else if (count < 0) {
    file_error(reader->channel.id, reader->path, errno);
    finish(reader);
  } else if (count == 0) {
    output_empty(reader->channel.id, FRAME_END);
    finish(reader);
  } else {
    output_commit(reader->channel.id, FRAME_DATA, (size_t)count);
    reader->remaining -= (uint64_t)count;
    reader->credit -= (uint32_t)count;
    if (reader->credit > 0 || reader->remaining == 0) work_queue(work);
  }
}

static void on_frame(struct channel *channel, uint8_t type, const struct message *message,
                     const uint8_t *bytes, uint32_t length) {
  (void)bytes, (void)length;
  struct reader *reader = container_of(channel, struct reader, channel);
  if (type == FRAME_CREDIT) {
    credit_add(&reader->credit, message_u32(message, TAG_CREDIT, 0));
    if (reader->credit > 0) work_queue(&reader->work);
  } else if (type == FRAME_CANCEL) {
    file_error(channel->id, reader->path, ECANCELED);
    finish(reader);
  } else {
    channel_refuse(channel, type);
  }
}

// Without O_NONBLOCK, opening a FIFO waits for its writer, and all of boxd with it.
static int open_regular(uint32_t channel, const char *path, uint64_t offset) {
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  struct stat attributes;
  if (fd < 0 || fstat(fd, &attributes) < 0) {
    file_error(channel, path, errno);
  } else if (!S_ISREG(attributes.st_mode)) {
    file_not_regular(channel, path, attributes.st_mode);
  } else if (offset > 0 && lseek(fd, (off_t)offset, SEEK_SET) < 0) {
    file_error(channel, path, errno);
  } else {
    return fd;
  }
  if (fd >= 0) close(fd);
  return -1;
}

void file_start_read(uint32_t channel, const struct message *message, const char *path) {
  int fd = open_regular(channel, path, message_u64(message, TAG_OFFSET, 0));
  if (fd < 0) return;
  struct reader *reader = calloc(1, sizeof *reader);
  if (reader == NULL) die("out of memory");
  reader->channel.on_frame = on_frame;
  reader->work.run = run;
  reader->fd = fd;
  reader->path = message_string(message, TAG_PATH);
  reader->remaining = message_u64(message, TAG_LENGTH, UINT64_MAX);
  credit_add(&reader->credit, message_u32(message, TAG_CREDIT, 0));
  channel_open(&reader->channel, channel);
  if (reader->credit > 0 || reader->remaining == 0) work_queue(&reader->work);
}
