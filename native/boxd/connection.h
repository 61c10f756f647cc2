// A channel that is a TCP connection with bytes both ways, whoever of the two has begun it.
#ifndef BOXD_CONNECTION_H
#define BOXD_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "channel.h"
#include "loop.h"
#include "sink.h"

// The first member of what opens it, which is freed with it.
struct connection {
  struct channel channel;
  struct watch watch;
  struct work work;
  // For people: what was to be done, and with what.
  char *purpose;
  int fd;
  // NULL until it is connected.
  struct sink *sink;
  // The last read did not say "nothing there".
  bool readable;
  // The peer has sent all.
  bool ended;
  uint32_t credit;
  // Told of events before it is connected, and of its end; each may be NULL.
  void (*on_event)(struct connection *connection);
  void (*on_finish)(struct connection *connection);
};

// Opens the channel. The purpose is freed with it.
void connection_open(struct connection *connection, uint32_t channel, uint32_t credit,
                     char *purpose);
int connection_watch(struct connection *connection);
// The socket, which is watched, has a peer.
void connection_connected(struct connection *connection);
void connection_close_socket(struct connection *connection);
// Ends the channel with the error.
void connection_fail(struct connection *connection, int error);

#endif
