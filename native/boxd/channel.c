#include "channel.h"

#include <stddef.h>

#include "die.h"

#define BUCKETS 1024

static struct channel *buckets[BUCKETS];
static unsigned open_count;

void channel_check_free(uint32_t id) {
  if (id == 0) die_protocol("channel 0 cannot be opened");
  if (channel_find(id) != NULL) die_protocol("channel %u is open already", id);
  if (open_count == CHANNEL_LIMIT) die_protocol("more than %d channels", CHANNEL_LIMIT);
}

void channel_open(struct channel *channel, uint32_t id) {
  channel->id = id;
  channel->next = buckets[id % BUCKETS];
  buckets[id % BUCKETS] = channel;
  open_count++;
}

void channel_close(struct channel *channel) {
  struct channel **link = &buckets[channel->id % BUCKETS];
  while (*link != channel) link = &(*link)->next;
  *link = channel->next;
  open_count--;
}

struct channel *channel_find(uint32_t id) {
  struct channel *channel = buckets[id % BUCKETS];
  while (channel != NULL && channel->id != id) channel = channel->next;
  return channel;
}

void channel_refuse(const struct channel *channel, uint8_t type) {
  die_protocol("frame type 0x%02x does not belong on channel %u", type, channel->id);
}

void credit_add(uint32_t *credit, uint32_t bytes) {
  if (bytes > CREDIT_LIMIT - *credit) die_protocol("more credit than %u bytes", CREDIT_LIMIT);
  *credit += bytes;
}
