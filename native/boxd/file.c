#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "output.h"

#define PARENT_MODE 0755
#define MODE_BITS 07777u

static uint32_t flags_of(const struct message *message, uint32_t allowed) {
  uint32_t flags = message_u32(message, TAG_FLAGS, 0);
  if ((flags & ~allowed) != 0) die_protocol("file flags 0x%x", flags);
  return flags;
}

void file_error(uint32_t channel, const char *path, int error) {
  output_error(channel, error, "%.900s: %s", path, strerror(error));
}

void file_not_regular(uint32_t channel, const char *path, mode_t mode) {
  if (S_ISDIR(mode)) {
    file_error(channel, path, EISDIR);
  } else {
    output_error(channel, EINVAL, "%.900s: Not a regular file", path);
  }
}

static void answer(uint32_t channel, const char *path, int result) {
  if (result == 0) {
    output_empty(channel, FRAME_OK);
  } else {
    file_error(channel, path, errno);
  }
}

static uint32_t type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return TYPE_FILE;
    case S_IFDIR:
      return TYPE_DIRECTORY;
    case S_IFLNK:
      return TYPE_SYMLINK;
    case S_IFIFO:
      return TYPE_FIFO;
    case S_IFSOCK:
      return TYPE_SOCKET;
    case S_IFCHR:
      return TYPE_CHARACTER_DEVICE;
    case S_IFBLK:
      return TYPE_BLOCK_DEVICE;
    default:
      return TYPE_UNKNOWN;
  }
}

void file_put_attributes(const struct stat *attributes) {
  int64_t mtime =
      (int64_t)attributes->st_mtim.tv_sec * 1000000000 + attributes->st_mtim.tv_nsec;
  output_u32(TAG_TYPE, type_of(attributes->st_mode));
  output_u64(TAG_SIZE, (uint64_t)attributes->st_size);
  output_u64(TAG_MTIME, (uint64_t)mtime);
  output_u32(TAG_MODE, attributes->st_mode & MODE_BITS);
  output_u32(TAG_UID, attributes->st_uid);
  output_u32(TAG_GID, attributes->st_gid);
}

static void answer_stat(uint32_t channel, const struct message *message, const char *path) {
  bool follow = (flags_of(message, STAT_FOLLOW) & STAT_FOLLOW) != 0;
  struct stat attributes;
  if (fstatat(AT_FDCWD, path, &attributes, follow ? 0 : AT_SYMLINK_NOFOLLOW) < 0) {
    file_error(channel, path, errno);
    return;
  }
  char target[PATH_MAX];
  ssize_t length = S_ISLNK(attributes.st_mode) ? readlink(path, target, sizeof target) : -1;
  output_begin(channel, FRAME_ATTRIBUTES);
  file_put_attributes(&attributes);
  output_u64(TAG_INODE, attributes.st_ino);
  if (length >= 0) output_bytes(TAG_LINK_TARGET, target, (size_t)length);
  output_end();
}

static int make_directory(const char *path, mode_t mode, bool parents) {
  if (parents && file_make_parents(path) < 0) return -1;
  if (mkdir(path, mode) == 0) return 0;
  struct stat attributes;
  if (errno != EEXIST || !parents) return -1;
  // As mkdir -p: a directory that is there already is what was asked for.
  if (stat(path, &attributes) == 0 && S_ISDIR(attributes.st_mode)) return 0;
  errno = EEXIST;
  return -1;
}

int file_make_parents(const char *path) {
  char *prefix = strdup(path);
  if (prefix == NULL) die("out of memory");
  int result = 0;
  for (char *slash = prefix; (slash = strchr(slash, '/')) != NULL; slash++) {
    if (slash == prefix) continue;
    *slash = 0;
    if (mkdir(prefix, PARENT_MODE) < 0 && errno != EEXIST) {
      // A directory that exists may answer otherwise (EROFS, EACCES on its parent).
      struct stat attributes;
      int error = errno;
      if (stat(prefix, &attributes) < 0 || !S_ISDIR(attributes.st_mode)) {
        errno = error;
        result = -1;
        break;
      }
    }
    *slash = '/';
  }
  free(prefix);
  return result;
}

static int remove_one(const char *path) {
  if (unlink(path) == 0) return 0;
  // Linux says EISDIR for a directory, POSIX EPERM.
  if (errno != EISDIR && errno != EPERM) return -1;
  int error = errno;
  if (rmdir(path) == 0) return 0;
  if (errno == ENOTDIR) errno = error;
  return -1;
}

static void answer_remove(uint32_t channel, const struct message *message, const char *path) {
  bool recursive = (flags_of(message, REMOVE_RECURSIVE) & REMOVE_RECURSIVE) != 0;
  int result = remove_one(path);
  if (result < 0 && recursive && (errno == ENOTEMPTY || errno == EEXIST)) {
    file_start_remove(channel, path);
  } else {
    answer(channel, path, result);
  }
}

static void answer_mkdir(uint32_t channel, const struct message *message, const char *path) {
  uint32_t mode = message_u32(message, TAG_MODE, PARENT_MODE) & MODE_BITS;
  bool parents = (flags_of(message, MKDIR_PARENTS) & MKDIR_PARENTS) != 0;
  answer(channel, path, make_directory(path, mode, parents));
}

static void answer_rename(uint32_t channel, const struct message *message, const char *path) {
  char *new_path = message_string(message, TAG_NEW_PATH);
  answer(channel, path, rename(path, new_path));
  free(new_path);
}

void file_open(uint32_t channel, uint8_t type, const struct message *message) {
  char *path = message_string(message, TAG_PATH);
  switch (type) {
    case FRAME_READ:
      file_start_read(channel, message, path);
      break;
    case FRAME_WRITE:
      file_start_write(channel, message, path);
      break;
    case FRAME_LIST:
      file_start_list(channel, message, path);
      break;
    case FRAME_STAT:
      answer_stat(channel, message, path);
      break;
    case FRAME_MKDIR:
      answer_mkdir(channel, message, path);
      break;
    case FRAME_RENAME:
      answer_rename(channel, message, path);
      break;
    default:
      answer_remove(channel, message, path);
  }
  free(path);
}
