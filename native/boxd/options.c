#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define DESCRIPTOR_LIMIT (1u << 20)

static bool read_number(const char *text, int base, uint64_t limit, const char **rest,
                        uint64_t *number) {
  // strtoull takes blanks and signs too.
  if (*text < '0' || (*text > '9' && *text < 'a') || *text > 'f') return false;
  char *end;
  errno = 0;
  *number = strtoull(text, &end, base);
  *rest = end;
  return errno == 0 && end != text && *number <= limit;
}

static bool read_descriptor(const char *text, int *fd) {
  uint64_t number;
  if (!read_number(text, 10, DESCRIPTOR_LIMIT, &text, &number)) return false;
  *fd = (int)number;
  return *text == 0 && number >= 3;
}

static bool is_stream_socket(int fd) {
  int type = 0;
  socklen_t length = sizeof type;
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
}

static bool read_mask(const char *text, uint64_t *mask) {
  return read_number(text, 16, UINT64_MAX, &text, mask) && *text == 0;
}

// `a:b`
static bool read_pair(const char *text, uint32_t *first, uint32_t *second) {
  uint64_t numbers[2];
  if (!read_number(text, 10, UINT32_MAX - 1, &text, &numbers[0]) || *text != ':') return false;
  if (!read_number(text + 1, 10, UINT32_MAX - 1, &text, &numbers[1]) || *text != 0) return false;
  *first = (uint32_t)numbers[0];
  *second = (uint32_t)numbers[1];
  return true;
}

static bool parse_map(struct options *options, char **arguments) {
  if (arguments[0] == NULL || arguments[1] == NULL || arguments[2] == NULL) return false;
  options->command = arguments + 2;
  return strcmp(arguments[1], "--") == 0 &&
         read_pair(arguments[0], &options->first_user, &options->user_count);
}

// The number of arguments that the option takes; 0: there is no such option, or not with these.
static size_t parse_option(struct options *options, char **arguments) {
  const char *name = arguments[0];
  const char *value = arguments[1];
  if (value == NULL) return 0;
  if (strcmp(name, "--fd") == 0) {
    return read_descriptor(value, &options->fd) && is_stream_socket(options->fd) ? 2 : 0;
  }
  if (strcmp(name, "--root") == 0) {
    options->root = value;
    return 2;
  }
  if (strcmp(name, "--hostname") == 0) {
    options->hostname = value;
    return 2;
  }
  if (strcmp(name, "--bind") == 0) {
    if (arguments[2] == NULL || options->bind_count == BIND_LIMIT) return 0;
    options->binds[options->bind_count++] = (struct bind){value, arguments[2]};
    return 3;
  }
  if (strcmp(name, "--seccomp") == 0) return read_descriptor(value, &options->seccomp) ? 2 : 0;
  if (strcmp(name, "--capabilities") == 0) {
    options->bounded = true;
    return read_mask(value, &options->capabilities) ? 2 : 0;
  }
  if (strcmp(name, "--user") == 0) {
    options->change_user = true;
    return read_pair(value, &options->uid, &options->gid) ? 2 : 0;
  }
  return 0;
}

bool options_parse(struct options *options, char **arguments) {
  *options = (struct options){.fd = -1, .seccomp = -1};
  if (*arguments != NULL && strcmp(*arguments, "--map") == 0) {
    return parse_map(options, arguments + 1);
  }
  while (*arguments != NULL) {
    size_t taken = parse_option(options, arguments);
    if (taken == 0) return false;
    arguments += taken;
  }
  return options->fd >= 0 && (options->root != NULL || (options->bind_count == 0 && options->hostname == NULL));
}
