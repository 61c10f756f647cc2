// Tagged fields of a payload, checked against what its frame type may carry.
#ifndef BOXD_MESSAGE_H
#define BOXD_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol.h"

struct field {
  const uint8_t *bytes;
  uint32_t length;
};

struct message {
  uint64_t present;
  // The last field of each tag; those that may repeat are read with message_next().
  struct field fields[TAG_COUNT];
  uint32_t counts[TAG_COUNT];
  const uint8_t *payload;
  uint32_t payload_length;
};

// Ends boxd with a protocol error when the payload is not what the type allows.
void message_parse(struct message *message, uint8_t type, const uint8_t *payload, uint32_t length);

bool message_has(const struct message *message, enum tag tag);
uint32_t message_u32(const struct message *message, enum tag tag, uint32_t otherwise);
uint64_t message_u64(const struct message *message, enum tag tag, uint64_t otherwise);
// A copy with a terminating NUL, to be freed; NULL when the field is absent.
char *message_string(const struct message *message, enum tag tag);
// Steps through the fields of a tag: start with *offset 0; false at the end.
bool message_next(const struct message *message, enum tag tag, uint32_t *offset,
                  struct field *field);

#endif
