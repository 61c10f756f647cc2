// The open channels, by number.
#ifndef BOXD_CHANNEL_H
#define BOXD_CHANNEL_H

#include <stdint.h>

#include "message.h"

struct channel {
  uint32_t id;
  struct channel *next;
  // A checked frame for this channel: raw bytes for STDIN and DATA, else the parsed message.
  void (*on_frame)(struct channel *channel, uint8_t type, const struct message *message,
                   const uint8_t *bytes, uint32_t length);
};

// Ends boxd with a protocol error when the number is 0, is taken, or is one too many.
void channel_check_free(uint32_t id);
void channel_open(struct channel *channel, uint32_t id);
void channel_close(struct channel *channel);
struct channel *channel_find(uint32_t id);
// For a frame that makes no sense on the channel it names.
_Noreturn void channel_refuse(const struct channel *channel, uint8_t type);

// Adds to a credit; more than CREDIT_LIMIT in all is a protocol error.
void credit_add(uint32_t *credit, uint32_t bytes);

#endif
