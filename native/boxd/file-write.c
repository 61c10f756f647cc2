// WRITE: takes DATA frames into a file until END, then OK.
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "channel.h"
#include "die.h"
#include "file.h"
#include "loop.h"
#include "output.h"

#define DEFAULT_MODE 0644
#define MODE_BITS 07777u

struct writer {
  struct channel channel;
  int fd;
  char *path;
  // Where an atomic write collects; NULL otherwise.
  char *temporary;
  bool has_mode;
  mode_t mode;
  uint32_t window;
};

static void finish(struct writer *writer) {
  channel_close(&writer->channel);
  if (writer->fd >= 0) close(writer->fd);
  // Still there: the write did not come to its end.
  if (writer->temporary != NULL) unlink(writer->temporary);
  free(writer->temporary);
  free(writer->path);
  loop_free_later(writer);
}

static void fail(struct writer *writer, int error) {
  file_error(writer->channel.id, writer->path, error);
  finish(writer);
}

static void write_data(struct writer *writer, const uint8_t *bytes, uint32_t length) {
  if (length > writer->window) {
    die_protocol("channel %u: %u bytes of data where %u were granted", writer->channel.id, length,
                 writer->window);
  }
  for (uint32_t written = 0; written < length;) {
    ssize_t count = write(writer->fd, bytes + written, length - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      fail(writer, errno);
      return;
    }
    written += (uint32_t)count;
  }
  // A regular file takes all at once, so the window never shrinks.
  if (length > 0) output_credit(writer->channel.id, length);
}

static void complete(struct writer *writer) {
  if (writer->has_mode && fchmod(writer->fd, writer->mode) < 0) {
    fail(writer, errno);
    return;
  }
  // Some file systems report a full disk only here.
  int closed = close(writer->fd);
  writer->fd = -1;
  if (closed < 0) {
    fail(writer, errno);
    return;
  }
  if (writer->temporary != NULL) {
    if (rename(writer->temporary, writer->path) < 0) {
      fail(writer, errno);
      return;
    }
    free(writer->temporary);
    writer->temporary = NULL;
  }
  output_empty(writer->channel.id, FRAME_OK);
  finish(writer);
}

static void on_frame(struct channel *channel, uint8_t type, const struct message *message,
                     const uint8_t *bytes, uint32_t length) {
  (void)message;
  struct writer *writer = container_of(channel, struct writer, channel);
  if (type == FRAME_DATA) {
    write_data(writer, bytes, length);
  } else if (type == FRAME_END) {
    complete(writer);
  } else if (type == FRAME_CANCEL) {
    fail(writer, ECANCELED);
  } else {
    channel_refuse(channel, type);
  }
}

// In the same directory, since a rename works within one file system only.
static char *temporary_name(const char *path) {
  uint64_t random;
  if (getrandom(&random, sizeof random, 0) != sizeof random) die_errno("getrandom");
  const char *slash = strrchr(path, '/');
  int directory_length = slash == NULL ? 0 : (int)(slash - path + 1);
  char *name;
  if (asprintf(&name, "%.*s.boxd-%016" PRIx64, directory_length, path, random) < 0) {
    die("out of memory");
  }
  return name;
}

static int open_temporary(struct writer *writer) {
  struct stat old;
  if (stat(writer->path, &old) == 0) {
    if (!S_ISREG(old.st_mode)) {
      errno = S_ISDIR(old.st_mode) ? EISDIR : EINVAL;
      return -1;
    }
    // The replaced file's bits stay, unless others are asked for.
    if (!writer->has_mode) writer->mode = old.st_mode & MODE_BITS;
    writer->has_mode = true;
  }
  writer->temporary = temporary_name(writer->path);
  int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  int fd = open(writer->temporary, flags, writer->mode);
  if (fd < 0) {
    free(writer->temporary);
    writer->temporary = NULL;
  }
  return fd;
}

static int open_in_place(struct writer *writer, bool append) {
  int flags = O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (append ? O_APPEND : 0);
  int fd = open(writer->path, flags, writer->mode);
  // A FIFO without a reader.
  if (fd < 0 && errno == ENXIO) errno = EINVAL;
  if (fd < 0) return -1;
  struct stat attributes;
  int error = fstat(fd, &attributes) < 0 ? errno : S_ISREG(attributes.st_mode) ? 0 : EINVAL;
  // Truncated only once it is known to be a file.
  if (error == 0 && !append && attributes.st_size > 0 && ftruncate(fd, 0) < 0) error = errno;
  if (error == 0) return fd;
  close(fd);
  errno = error;
  return -1;
}

static int open_target(struct writer *writer, uint32_t flags) {
  if ((flags & WRITE_PARENTS) != 0 && file_make_parents(writer->path) < 0) return -1;
  if ((flags & WRITE_ATOMIC) != 0) return open_temporary(writer);
  return open_in_place(writer, (flags & WRITE_APPEND) != 0);
}

void file_start_write(uint32_t channel, const struct message *message, const char *path) {
  uint32_t flags = message_u32(message, TAG_FLAGS, 0);
  if ((flags & ~WRITE_FLAGS) != 0) die_protocol("WRITE flags 0x%x", flags);
  if ((flags & WRITE_APPEND) != 0 && (flags & WRITE_ATOMIC) != 0) {
    die_protocol("WRITE appends or replaces");
  }
  struct writer *writer = calloc(1, sizeof *writer);
  if (writer == NULL || (writer->path = strdup(path)) == NULL) die("out of memory");
  writer->channel.on_frame = on_frame;
  writer->has_mode = message_has(message, TAG_MODE);
  writer->mode = message_u32(message, TAG_MODE, DEFAULT_MODE) & MODE_BITS;
  writer->window = INPUT_WINDOW;
  writer->fd = open_target(writer, flags);
  if (writer->fd < 0) {
    file_error(channel, path, errno);
    free(writer->path);
    free(writer);
    return;
  }
  channel_open(&writer->channel, channel);
}
