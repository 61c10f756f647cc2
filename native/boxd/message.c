#include "message.h"

#include <stdlib.h>
#include <string.h>

#include "die.h"

enum kind { KIND_NONE, KIND_STRING, KIND_U32, KIND_U64 };

static const uint8_t kinds[TAG_COUNT] = {
    [TAG_ARGUMENT] = KIND_STRING,  [TAG_ENVIRONMENT] = KIND_STRING, [TAG_CWD] = KIND_STRING,
    [TAG_FLAGS] = KIND_U32,        [TAG_ROWS] = KIND_U32,           [TAG_COLUMNS] = KIND_U32,
    [TAG_CREDIT] = KIND_U32,       [TAG_STREAM] = KIND_U32,         [TAG_UID] = KIND_U32,
    [TAG_GID] = KIND_U32,          [TAG_GROUP] = KIND_U32,          [TAG_SIGNAL] = KIND_U32,
    [TAG_SIGNAL_TARGET] = KIND_U32, [TAG_PATH] = KIND_STRING,       [TAG_NEW_PATH] = KIND_STRING,
    [TAG_OFFSET] = KIND_U64,       [TAG_LENGTH] = KIND_U64,         [TAG_MODE] = KIND_U32,
    [TAG_HOST] = KIND_STRING,      [TAG_PORT] = KIND_U32,           [TAG_LISTENER] = KIND_U32,
};

#define BIT(tag) (UINT64_C(1) << (tag))

// Tags that may come more than once.
#define REPEATABLE (BIT(TAG_ARGUMENT) | BIT(TAG_ENVIRONMENT) | BIT(TAG_GROUP))

struct schema {
  uint8_t type;
  uint64_t required;
  uint64_t optional;
};

static const struct schema schemas[] = {
    {FRAME_START, BIT(TAG_ARGUMENT),
     BIT(TAG_ENVIRONMENT) | BIT(TAG_CWD) | BIT(TAG_FLAGS) | BIT(TAG_ROWS) | BIT(TAG_COLUMNS) |
         BIT(TAG_CREDIT) | BIT(TAG_UID) | BIT(TAG_GID) | BIT(TAG_GROUP)},
    {FRAME_STDIN_CLOSE, 0, 0},
    {FRAME_SIGNAL, BIT(TAG_SIGNAL), BIT(TAG_SIGNAL_TARGET)},
    {FRAME_RESIZE, BIT(TAG_ROWS) | BIT(TAG_COLUMNS), 0},
    {FRAME_CREDIT, BIT(TAG_CREDIT), BIT(TAG_STREAM)},
    {FRAME_READ, BIT(TAG_PATH), BIT(TAG_OFFSET) | BIT(TAG_LENGTH) | BIT(TAG_CREDIT)},
    {FRAME_WRITE, BIT(TAG_PATH), BIT(TAG_MODE) | BIT(TAG_FLAGS)},
    {FRAME_END, 0, 0},
    {FRAME_LIST, BIT(TAG_PATH), BIT(TAG_CREDIT)},
    {FRAME_STAT, BIT(TAG_PATH), BIT(TAG_FLAGS)},
    {FRAME_MKDIR, BIT(TAG_PATH), BIT(TAG_MODE) | BIT(TAG_FLAGS)},
    {FRAME_RENAME, BIT(TAG_PATH) | BIT(TAG_NEW_PATH), 0},
    {FRAME_REMOVE, BIT(TAG_PATH), BIT(TAG_FLAGS)},
    {FRAME_DIAL, BIT(TAG_PORT), BIT(TAG_HOST) | BIT(TAG_CREDIT)},
    {FRAME_LISTEN, 0, BIT(TAG_PORT)},
    {FRAME_ACCEPT, BIT(TAG_LISTENER), BIT(TAG_CREDIT)},
    {FRAME_CANCEL, 0, 0},
};

static uint32_t get_u32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static const struct schema *find_schema(uint8_t type) {
  for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
    if (schemas[i].type == type) return &schemas[i];
  }
  die_protocol("frame type 0x%02x is unknown", type);
}

static void check_field(uint8_t type, uint8_t tag, const uint8_t *bytes, uint32_t length) {
  if (kinds[tag] == KIND_U32 && length != 4) {
    die_protocol("tag %u of frame type 0x%02x has %u bytes, not 4", tag, type, length);
  }
  if (kinds[tag] == KIND_U64 && length != 8) {
    die_protocol("tag %u of frame type 0x%02x has %u bytes, not 8", tag, type, length);
  }
  if (kinds[tag] == KIND_STRING && memchr(bytes, 0, length) != NULL) {
    die_protocol("tag %u of frame type 0x%02x has a NUL byte", tag, type);
  }
}

void message_parse(struct message *message, uint8_t type, const uint8_t *payload, uint32_t length) {
  const struct schema *schema = find_schema(type);
  memset(message, 0, sizeof *message);
  message->payload = payload;
  message->payload_length = length;
  uint32_t at = 0;
  while (at < length) {
    if (length - at < 5) die_protocol("a field of frame type 0x%02x is cut short", type);
    uint8_t tag = payload[at];
    uint32_t field_length = get_u32(payload + at + 1);
    at += 5;
    if (field_length > length - at) {
      die_protocol("tag %u of frame type 0x%02x is longer than its frame", tag, type);
    }
    if (tag >= TAG_COUNT || ((schema->required | schema->optional) & BIT(tag)) == 0) {
      die_protocol("tag %u does not belong in frame type 0x%02x", tag, type);
    }
    if ((message->present & BIT(tag) & ~REPEATABLE) != 0) {
      die_protocol("tag %u of frame type 0x%02x comes twice", tag, type);
    }
    check_field(type, tag, payload + at, field_length);
    message->present |= BIT(tag);
    message->counts[tag]++;
    message->fields[tag] = (struct field){payload + at, field_length};
    at += field_length;
  }
  if ((message->present & schema->required) != schema->required) {
    die_protocol("frame type 0x%02x lacks a tag that it must have", type);
  }
}

bool message_has(const struct message *message, enum tag tag) {
  return (message->present & BIT(tag)) != 0;
}

uint32_t message_u32(const struct message *message, enum tag tag, uint32_t otherwise) {
  return message_has(message, tag) ? get_u32(message->fields[tag].bytes) : otherwise;
}

uint64_t message_u64(const struct message *message, enum tag tag, uint64_t otherwise) {
  if (!message_has(message, tag)) return otherwise;
  const uint8_t *bytes = message->fields[tag].bytes;
  return (uint64_t)get_u32(bytes) << 32 | get_u32(bytes + 4);
}

char *message_string(const struct message *message, enum tag tag) {
  if (!message_has(message, tag)) return NULL;
  uint32_t length = message->fields[tag].length;
  char *string = malloc((size_t)length + 1);
  if (string == NULL) die("out of memory");
  memcpy(string, message->fields[tag].bytes, length);
  string[length] = 0;
  return string;
}

bool message_next(const struct message *message, enum tag tag, uint32_t *offset,
                  struct field *field) {
  while (*offset < message->payload_length) {
    const uint8_t *at = message->payload + *offset;
    uint32_t length = get_u32(at + 1);
    *offset += 5 + length;
    if (at[0] != tag) continue;
    *field = (struct field){at + 5, length};
    return true;
  }
  return false;
}
