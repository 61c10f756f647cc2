#include "command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define DEFAULT_ROWS 24
#define DEFAULT_COLUMNS 80

static void *allocate(size_t count, size_t size) {
  void *memory = calloc(count, size);
  if (memory == NULL) die("out of memory");
  return memory;
}

static char *copy(const void *bytes, size_t length) {
  char *string = allocate(length + 1, 1);
  memcpy(string, bytes, length);
  return string;
}

static char **copy_strings(const struct message *message, enum tag tag) {
  char **strings = allocate((size_t)message->counts[tag] + 1, sizeof *strings);
  struct field field;
  uint32_t offset = 0;
  for (size_t i = 0; message_next(message, tag, &offset, &field); i++) {
    strings[i] = copy(field.bytes, field.length);
  }
  return strings;
}

static void free_strings(char **strings) {
  for (char **string = strings; *string != NULL; string++) free(*string);
  free(strings);
}

static const char *find_path(char *const *environment) {
  for (; *environment != NULL; environment++) {
    if (strncmp(*environment, "PATH=", 5) == 0) return *environment + 5;
  }
  return DEFAULT_PATH;
}

static char *join(const char *folder, size_t folder_length, const char *name) {
  // An empty entry of PATH is the working directory.
  if (folder_length == 0) return copy(name, strlen(name));
  char *path = allocate(folder_length + strlen(name) + 2, 1);
  memcpy(path, folder, folder_length);
  path[folder_length] = '/';
  strcpy(path + folder_length + 1, name);
  return path;
}

// The places to look, made before the fork: the child has no memory of its own to do it in.
static char **find_candidates(const char *program, char *const *environment) {
  const char *path = find_path(environment);
  // The empty name is nowhere, and a name with a slash is a path already.
  bool search = program[0] != 0 && strchr(program, '/') == NULL;
  size_t count = 1;
  for (const char *at = path; search && *at != 0; at++) count += *at == ':';
  char **candidates = allocate(count + 1, sizeof *candidates);
  if (!search) {
    candidates[0] = copy(program, strlen(program));
    return candidates;
  }
  for (size_t i = 0; i < count; i++) {
    size_t length = strcspn(path, ":");
    candidates[i] = join(path, length, program);
    path += length + 1;
  }
  return candidates;
}

static void parse_user(struct command *command, const struct message *message) {
  bool given = message_has(message, TAG_UID);
  if (given != message_has(message, TAG_GID)) die_protocol("uid and gid go together");
  command->group_count = message->counts[TAG_GROUP];
  if (!given && command->group_count > 0) die_protocol("groups without uid and gid");
  command->uid = message_u32(message, TAG_UID, 0);
  command->gid = message_u32(message, TAG_GID, 0);
  // Being who one is needs no privilege, and setgroups() would ask for it.
  command->change_user = given && (command->uid != getuid() || command->gid != getgid() ||
                                   command->group_count > 0);
  command->groups = allocate(command->group_count + 1, sizeof *command->groups);
  struct field field;
  uint32_t offset = 0;
  for (size_t i = 0; message_next(message, TAG_GROUP, &offset, &field); i++) {
    command->groups[i] = (gid_t)field.bytes[0] << 24 | (gid_t)field.bytes[1] << 16 |
                         (gid_t)field.bytes[2] << 8 | field.bytes[3];
  }
}

static void check_flags(uint32_t flags) {
  if ((flags & ~START_FLAGS) != 0) die_protocol("START flags 0x%x", flags);
  if ((flags & START_PTY) != 0 && (flags & (START_FLAGS & ~START_STDIN)) != START_PTY) {
    die_protocol("a terminal has one output");
  }
  if ((flags & START_MERGE_STDERR) != 0 && (flags & START_NO_STDERR) != 0) {
    die_protocol("stderr is merged and dropped");
  }
}

void command_parse(struct command *command, const struct message *message) {
  memset(command, 0, sizeof *command);
  command->flags = message_u32(message, TAG_FLAGS, 0);
  check_flags(command->flags);
  command->credit = message_u32(message, TAG_CREDIT, 0);
  if (command->credit > CREDIT_LIMIT) die_protocol("more credit than %u bytes", CREDIT_LIMIT);
  command->rows = message_u32(message, TAG_ROWS, DEFAULT_ROWS);
  command->columns = message_u32(message, TAG_COLUMNS, DEFAULT_COLUMNS);
  parse_user(command, message);
  command->arguments = copy_strings(message, TAG_ARGUMENT);
  command->environment = copy_strings(message, TAG_ENVIRONMENT);
  command->cwd = message_has(message, TAG_CWD) ? message_string(message, TAG_CWD) : copy("/", 1);
  command->candidates = find_candidates(command->arguments[0], command->environment);
}

void command_free(struct command *command) {
  free_strings(command->arguments);
  free_strings(command->environment);
  free_strings(command->candidates);
  free(command->cwd);
  free(command->groups);
}
