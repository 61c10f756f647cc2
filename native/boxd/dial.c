#include "dial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"
#include "die.h"
#include "loop.h"
#include "output.h"
#include "sink.h"

#define PORT_LIMIT 65535u

union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

struct dial {
  struct channel channel;
  struct watch watch;
  struct work work;
  // For people: the address and the port.
  char *target;
  // Where to connect to, one after the other; the first failure is the one that is told.
  union address addresses[2];
  int address_count;
  int next_address;
  int error;
  int fd;
  // NULL until it is connected.
  struct sink *sink;
  // The last read did not say "nothing there".
  bool readable;
  // The peer has sent all.
  bool ended;
  uint32_t credit;
};

static void close_socket(struct dial *dial) {
  if (dial->fd < 0) return;
  loop_unwatch(dial->fd);
  close(dial->fd);
  dial->fd = -1;
}

static void finish(struct dial *dial) {
  channel_close(&dial->channel);
  work_cancel(&dial->work);
  if (dial->sink != NULL) sink_free(dial->sink);
  close_socket(dial);
  free(dial->target);
  loop_free_later(dial);
}

static void fail(struct dial *dial, int error) {
  output_error(dial->channel.id, error, "dial %.900s: %s", dial->target, strerror(error));
  finish(dial);
}

// Both directions have ended, each in its way: that is the end of the channel.
static void finish_if_over(struct dial *dial) {
  if (!dial->ended || dial->sink->fd >= 0) return;
  if (dial->sink->broken) {
    fail(dial, dial->sink->error);
    return;
  }
  output_empty(dial->channel.id, FRAME_OK);
  finish(dial);
}

static void end_reading(struct dial *dial) {
  dial->ended = true;
  // After a reset the kernel may tell the reader of an end where the writer was told the truth.
  if (!dial->sink->broken) output_empty(dial->channel.id, FRAME_END);
  finish_if_over(dial);
}

static void run(struct work *work) {
  struct dial *dial = container_of(work, struct dial, work);
  size_t wanted = dial->credit < OUTPUT_FRAME_LIMIT ? dial->credit : OUTPUT_FRAME_LIMIT;
  ssize_t count = read(dial->fd, output_reserve(), wanted);
  if (count > 0) {
    output_commit(dial->channel.id, FRAME_DATA, (size_t)count);
    dial->credit -= (uint32_t)count;
    if (dial->credit > 0) work_queue(work);
  } else if (count == 0) {
    end_reading(dial);
  } else if (errno == EINTR) {
    work_queue(work);
  } else if (errno == EAGAIN) {
    dial->readable = false;
  } else {
    fail(dial, errno);
  }
}

static void read_if_wanted(struct dial *dial) {
  if (dial->readable && !dial->ended && dial->credit > 0) work_queue(&dial->work);
}

static void connected(struct dial *dial) {
  // What passes here is interactive or already in large pieces.
  int on = 1;
  setsockopt(dial->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  dial->sink = sink_open(dial->channel.id, dial->fd, SINK_CONNECTION);
  output_empty(dial->channel.id, FRAME_CONNECTED);
  dial->readable = true;
  read_if_wanted(dial);
}

// Where nobody listens, a socket whose own port the kernel chose to be the very same one finds itself.
static bool is_own_peer(const struct dial *dial) {
  union address own = {0};
  union address peer = {0};
  socklen_t own_length = sizeof own;
  socklen_t peer_length = sizeof peer;
  return getsockname(dial->fd, &own.any, &own_length) == 0 &&
         getpeername(dial->fd, &peer.any, &peer_length) == 0 && own_length == peer_length &&
         memcmp(&own, &peer, own_length) == 0;
}

static int call_connect(const struct dial *dial) {
  const union address *address = &dial->addresses[dial->next_address - 1];
  socklen_t length = address->any.sa_family == AF_INET ? sizeof address->v4 : sizeof address->v6;
  if (connect(dial->fd, &address->any, length) < 0) return errno;
  return is_own_peer(dial) ? ECONNREFUSED : 0;
}

static bool is_under_way(int error) {
  return error == EINPROGRESS || error == EALREADY || error == EINTR;
}

// Watched only when connect() has been called: epoll says of a fresh socket that it has hung up.
static int try_next(struct dial *dial) {
  int family = dial->addresses[dial->next_address++].any.sa_family;
  dial->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (dial->fd < 0) return errno;
  int error = call_connect(dial);
  if (error != 0 && !is_under_way(error)) return error;
  if (loop_watch(dial->fd, &dial->watch, EPOLLIN | EPOLLOUT | EPOLLRDHUP) < 0) {
    die_errno("epoll_ctl");
  }
  return error;
}

static void go_on(struct dial *dial, int error) {
  while (error != 0 && !is_under_way(error)) {
    if (dial->error == 0) dial->error = error;
    close_socket(dial);
    if (dial->next_address == dial->address_count) {
      fail(dial, dial->error);
      return;
    }
    error = try_next(dial);
  }
  if (error == 0) connected(dial);
}

static void on_event(struct watch *watch, uint32_t events) {
  (void)events;
  struct dial *dial = container_of(watch, struct dial, watch);
  // An event of the same turn, before this one, has ended it.
  if (dial->fd < 0) return;
  if (dial->sink == NULL) {
    // Asked again, connect() says how far it is, also when the event was another socket's.
    go_on(dial, call_connect(dial));
    return;
  }
  dial->readable = true;
  read_if_wanted(dial);
  sink_ready(dial->sink);
  finish_if_over(dial);
}

static void on_frame(struct channel *channel, uint8_t type, const struct message *message,
                     const uint8_t *bytes, uint32_t length) {
  struct dial *dial = container_of(channel, struct dial, channel);
  if (type == FRAME_CREDIT) {
    credit_add(&dial->credit, message_u32(message, TAG_CREDIT, 0));
    read_if_wanted(dial);
  } else if (type == FRAME_CANCEL) {
    fail(dial, ECANCELED);
  } else if (type == FRAME_DATA && dial->sink != NULL) {
    sink_write(dial->sink, bytes, length);
    finish_if_over(dial);
  } else if (type == FRAME_END && dial->sink != NULL) {
    sink_close(dial->sink);
    finish_if_over(dial);
  } else {
    channel_refuse(channel, type);
  }
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

static char *name_target(const char *host, uint32_t port) {
  char *target;
  if (asprintf(&target, "%.800s port %u", host == NULL ? "localhost" : host, port) < 0) {
    die("out of memory");
  }
  return target;
}

void dial_start(uint32_t channel, const struct message *message) {
  uint32_t port = message_u32(message, TAG_PORT, 0);
  if (port == 0 || port > PORT_LIMIT) die_protocol("port %u", port);
  struct dial *dial = calloc(1, sizeof *dial);
  if (dial == NULL) die("out of memory");
  char *host = message_string(message, TAG_HOST);
  dial->channel.on_frame = on_frame;
  dial->watch.on_event = on_event;
  dial->work.run = run;
  dial->fd = -1;
  dial->target = name_target(host, port);
  credit_add(&dial->credit, message_u32(message, TAG_CREDIT, 0));
  channel_open(&dial->channel, channel);
  if (find_addresses(dial, host, (uint16_t)port)) {
    go_on(dial, try_next(dial));
  } else {
    fail(dial, EINVAL);
  }
  free(host);
}
