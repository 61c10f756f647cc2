// LIST: one ENTRY a name as far as the credit goes, then END.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "die.h"
#include "file.h"
#include "loop.h"
#include "output.h"

// A directory of a million names takes its turns like everybody.
#define ENTRIES_PER_TURN 128
// The fields of an entry without its name: six numbers and seven headings.
#define ENTRY_BYTES (7 * 5 + 4 * 4 + 2 * 8)

struct lister {
  struct channel channel;
  struct work work;
  DIR *directory;
  char *path;
  // The entry that the credit did not reach.
  struct dirent *waiting;
  uint32_t credit;
};

static void finish(struct lister *lister) {
  work_cancel(&lister->work);
  channel_close(&lister->channel);
  closedir(lister->directory);
  free(lister->path);
  loop_free_later(lister);
}

static bool is_dots(const char *name) {
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void send_entry(struct lister *lister, const struct dirent *entry) {
  struct stat attributes;
  int fd = dirfd(lister->directory);
  // Gone since it was read.
  if (fstatat(fd, entry->d_name, &attributes, AT_SYMLINK_NOFOLLOW) < 0) return;
  output_begin(lister->channel.id, FRAME_ENTRY);
  output_string(TAG_NAME, entry->d_name);
  file_put_attributes(&attributes);
  output_end();
  lister->credit -= (uint32_t)(ENTRY_BYTES + strlen(entry->d_name));
}

static void end(struct lister *lister, int error) {
  if (error == 0) {
    output_empty(lister->channel.id, FRAME_END);
  } else {
    file_error(lister->channel.id, lister->path, error);
  }
  finish(lister);
}

static void run(struct work *work) {
  struct lister *lister = container_of(work, struct lister, work);
  for (int i = 0; i < ENTRIES_PER_TURN; i++) {
    errno = 0;
    struct dirent *entry = lister->waiting;
    lister->waiting = NULL;
    if (entry == NULL) entry = readdir(lister->directory);
    if (entry == NULL) {
      end(lister, errno);
      return;
    }
    if (is_dots(entry->d_name)) continue;
    if (lister->credit < ENTRY_BYTES + strlen(entry->d_name)) {
      lister->waiting = entry;
      return;
    }
    send_entry(lister, entry);
  }
  work_queue(work);
}

static void on_frame(struct channel *channel, uint8_t type, const struct message *message,
                     const uint8_t *bytes, uint32_t length) {
  (void)bytes, (void)length;
  struct lister *lister = container_of(channel, struct lister, channel);
  if (type == FRAME_CREDIT) {
    credit_add(&lister->credit, message_u32(message, TAG_CREDIT, 0));
    work_queue(&lister->work);
  } else if (type == FRAME_CANCEL) {
    end(lister, ECANCELED);
  } else {
    channel_refuse(channel, type);
  }
}

void file_start_list(uint32_t channel, const struct message *message, const char *path) {
  DIR *directory = opendir(path);
  if (directory == NULL) {
    file_error(channel, path, errno);
    return;
  }
  struct lister *lister = calloc(1, sizeof *lister);
  if (lister == NULL || (lister->path = strdup(path)) == NULL) die("out of memory");
  lister->channel.on_frame = on_frame;
  lister->work.run = run;
  lister->directory = directory;
  credit_add(&lister->credit, message_u32(message, TAG_CREDIT, 0));
  channel_open(&lister->channel, channel);
  work_queue(&lister->work);
}
