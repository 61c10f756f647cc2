// A START message as the strings and numbers that exec wants.
#ifndef BOXD_COMMAND_H
#define BOXD_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "message.h"

struct command {
  char **arguments;
  char **environment;
  char **candidates;
  char *cwd;
  uint32_t flags;
  uint32_t rows;
  uint32_t columns;
  uint32_t credit;
  bool change_user;
  uid_t uid;
  gid_t gid;
  gid_t *groups;
  size_t group_count;
};

void command_parse(struct command *command, const struct message *message);
void command_free(struct command *command);

#endif
