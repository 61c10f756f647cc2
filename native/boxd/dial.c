#include "dial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "connection.h"
#include "die.h"

#define PORT_LIMIT 65535u

union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

struct dial {
  struct connection connection;
  // Where to connect to, one after the other; the first failure is the one that is told.
  union address addresses[2];
  int address_count;
  int next_address;
  int error;
};

// Where nobody listens, a socket whose own port the kernel chose to be the very same one finds itself.
static bool is_own_peer(const struct dial *dial) {
  union address own = {0};
  union address peer = {0};
  socklen_t own_length = sizeof own;
  socklen_t peer_length = sizeof peer;
  return getsockname(dial->connection.fd, &own.any, &own_length) == 0 &&
         getpeername(dial->connection.fd, &peer.any, &peer_length) == 0 &&
         own_length == peer_length && memcmp(&own, &peer, own_length) == 0;
}

static int call_connect(const struct dial *dial) {
  const union address *address = &dial->addresses[dial->next_address - 1];
  socklen_t length = address->any.sa_family == AF_INET ? sizeof address->v4 : sizeof address->v6;
  if (connect(dial->connection.fd, &address->any, length) < 0) return errno;
  return is_own_peer(dial) ? ECONNREFUSED : 0;
}

static bool is_under_way(int error) {
  return error == EINPROGRESS || error == EALREADY || error == EINTR;
}

// Watched only when connect() has been called: epoll says of a fresh socket that it has hung up.
static int try_next(struct dial *dial) {
  int family = dial->addresses[dial->next_address++].any.sa_family;
  dial->connection.fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (dial->connection.fd < 0) return errno;
  int error = call_connect(dial);
  if (error != 0 && !is_under_way(error)) return error;
  if (connection_watch(&dial->connection) < 0) die_errno("epoll_ctl");
  return error;
}

static void go_on(struct dial *dial, int error) {
  while (error != 0 && !is_under_way(error)) {
    if (dial->error == 0) dial->error = error;
    connection_close_socket(&dial->connection);
    if (dial->next_address == dial->address_count) {
      connection_fail(&dial->connection, dial->error);
      return;
    }
    error = try_next(dial);
  }
  if (error == 0) connection_connected(&dial->connection);
}

// Asked again, connect() says how far it is, also when the event was another socket's.
static void on_event(struct connection *connection) {
  struct dial *dial = container_of(connection, struct dial, connection);
  go_on(dial, call_connect(dial));
}

static void add_address(struct dial *dial, const union address *address) {
  dial->addresses[dial->address_count++] = *address;
}

// Text only: a name would have to be looked up, and that waits. Without a host, programs that listen on
// either loopback address are found.
static bool find_addresses(struct dial *dial, const char *host, uint16_t port) {
  union address v4 = {.v4 = {.sin_family = AF_INET, .sin_port = htons(port)}};
  union address v6 = {.v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)}};
  if (inet_pton(AF_INET, host == NULL ? "127.0.0.1" : host, &v4.v4.sin_addr) == 1) {
    add_address(dial, &v4);
  }
  if (inet_pton(AF_INET6, host == NULL ? "::1" : host, &v6.v6.sin6_addr) == 1) {
    add_address(dial, &v6);
  }
  return dial->address_count > 0;
}

static char *describe(const char *host, uint32_t port) {
  char *purpose;
  const char *target = host == NULL ? "localhost" : host;
  if (asprintf(&purpose, "dial %.800s port %u", target, port) < 0) die("out of memory");
  return purpose;
}

void dial_start(uint32_t channel, const struct message *message) {
  uint32_t port = message_u32(message, TAG_PORT, 0);
  if (port == 0 || port > PORT_LIMIT) die_protocol("port %u", port);
  struct dial *dial = calloc(1, sizeof *dial);
  if (dial == NULL) die("out of memory");
  char *host = message_string(message, TAG_HOST);
  dial->connection.on_event = on_event;
  connection_open(&dial->connection, channel, message_u32(message, TAG_CREDIT, 0),
                  describe(host, port));
  if (find_addresses(dial, host, (uint16_t)port)) {
    go_on(dial, try_next(dial));
  } else {
    connection_fail(&dial->connection, EINVAL);
  }
  free(host);
}
