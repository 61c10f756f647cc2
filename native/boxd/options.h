// The command line.
#ifndef BOXD_OPTIONS_H
#define BOXD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// More than a box needs: Node, and the packages that come with it.
#define BIND_LIMIT 16

struct bind {
  const char *source;
  const char *target;
};

struct options {
  // The connected socket; -1: the users are mapped and `command` is run instead.
  int fd;
  // NULL: boxd stands in the box's root already.
  const char *root;
  struct bind binds[BIND_LIMIT];
  size_t bind_count;
  const char *hostname;
  // A descriptor with a compiled filter; -1: none.
  int seccomp;
  bool bounded;
  uint64_t capabilities;
  bool change_user;
  uid_t uid;
  gid_t gid;
  // --map
  uid_t first_user;
  uint32_t user_count;
  char **command;
};

// False: it is not one that boxd has.
bool options_parse(struct options *options, char **arguments);

#endif
