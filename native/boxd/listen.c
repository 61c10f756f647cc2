#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"
#include "connection.h"
#include "die.h"
#include "loop.h"
#include "output.h"

#define PORT_LIMIT 65535u
// Connections that the kernel keeps until the engine takes them; it resets those above (measured).
#define BACKLOG 4096

// An ACCEPT that waits, and then the connection that it was given.
struct accept {
  struct connection connection;
  // NULL: it has its connection.
  struct listener *listener;
  struct accept *next;
};

struct listener {
  struct channel channel;
  struct watch watch;
  struct work work;
  int fd;
  uint32_t port;
  // The last accept4() did not say "nobody there".
  bool readable;
  // In the order in which they came.
  struct accept *waiting;
};

static void leave(struct connection *connection) {
  struct accept *accept = container_of(connection, struct accept, connection);
  if (accept->listener == NULL) return;
  struct accept **link = &accept->listener->waiting;
  while (*link != accept) link = &(*link)->next;
  *link = accept->next;
  accept->listener = NULL;
}

static void finish(struct listener *listener, int error) {
  while (listener->waiting != NULL) connection_fail(&listener->waiting->connection, error);
  output_error(listener->channel.id, error, "listen port %u: %s", listener->port, strerror(error));
  channel_close(&listener->channel);
  work_cancel(&listener->work);
  if (listener->fd >= 0) {
    loop_unwatch(listener->fd);
    close(listener->fd);
    listener->fd = -1;
  }
  loop_free_later(listener);
}

static void hand_over(struct listener *listener, int fd) {
  struct connection *connection = &listener->waiting->connection;
  leave(connection);
  connection->fd = fd;
  if (connection_watch(connection) < 0) die_errno("epoll_ctl");
  connection_connected(connection);
}

static void accept_if_wanted(struct listener *listener) {
  if (listener->readable && listener->waiting != NULL) work_queue(&listener->work);
}

static void run(struct work *work) {
  struct listener *listener = container_of(work, struct listener, work);
  if (listener->waiting == NULL) return;
  int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    hand_over(listener, fd);
  } else if (errno == EAGAIN) {
    listener->readable = false;
  } else if (errno != EINTR && errno != ECONNABORTED) {
    // No descriptor is left, or the like: who waits is told, and tries again when it thinks fit.
    connection_fail(&listener->waiting->connection, errno);
  }
  accept_if_wanted(listener);
}

static void on_event(struct watch *watch, uint32_t events) {
  (void)events;
  struct listener *listener = container_of(watch, struct listener, watch);
  if (listener->fd < 0) return;
  listener->readable = true;
  accept_if_wanted(listener);
}

static void on_frame(struct channel *channel, uint8_t type, const struct message *message,
                     const uint8_t *bytes, uint32_t length) {
  (void)message, (void)bytes, (void)length;
  if (type != FRAME_CANCEL) channel_refuse(channel, type);
  finish(container_of(channel, struct listener, channel), ECANCELED);
}

// Programs of the box alone are to reach it.
static int open_socket(struct listener *listener) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)listener->port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  listener->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener->fd < 0) return errno;
  // What an earlier listener has left behind of its connections must not keep the port.
  int on = 1;
  setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener->fd, (struct sockaddr *)&address, length) < 0 ||
      listen(listener->fd, BACKLOG) < 0 ||
      getsockname(listener->fd, (struct sockaddr *)&address, &length) < 0) {
    return errno;
  }
  listener->port = ntohs(address.sin_port);
  if (loop_watch(listener->fd, &listener->watch, EPOLLIN) < 0) die_errno("epoll_ctl");
  return 0;
}

void listen_start(uint32_t channel, const struct message *message) {
  uint32_t port = message_u32(message, TAG_PORT, 0);
  if (port > PORT_LIMIT) die_protocol("port %u", port);
  struct listener *listener = calloc(1, sizeof *listener);
  if (listener == NULL) die("out of memory");
  listener->channel.on_frame = on_frame;
  listener->watch.on_event = on_event;
  listener->work.run = run;
  listener->port = port;
  channel_open(&listener->channel, channel);
  int error = open_socket(listener);
  if (error != 0) {
    finish(listener, error);
    return;
  }
  output_begin(channel, FRAME_LISTENING);
  output_u32(TAG_PORT, listener->port);
  output_end();
}

// The number may be that of a channel which has ended, and has come again since, as something else.
static struct listener *find_listener(uint32_t id) {
  struct channel *channel = channel_find(id);
  if (channel == NULL || channel->on_frame != on_frame) return NULL;
  return container_of(channel, struct listener, channel);
}

static void wait_for_turn(struct accept *accept, struct listener *listener) {
  struct accept **link = &listener->waiting;
  while (*link != NULL) link = &(*link)->next;
  *link = accept;
  accept->listener = listener;
}

void listen_accept(uint32_t channel, const struct message *message) {
  struct listener *listener = find_listener(message_u32(message, TAG_LISTENER, 0));
  struct accept *accept = calloc(1, sizeof *accept);
  if (accept == NULL) die("out of memory");
  char *purpose = strdup("accept");
  if (purpose == NULL) die("out of memory");
  accept->connection.on_finish = leave;
  connection_open(&accept->connection, channel, message_u32(message, TAG_CREDIT, 0), purpose);
  if (listener == NULL) {
    connection_fail(&accept->connection, EBADF);
    return;
  }
  wait_for_turn(accept, listener);
  accept_if_wanted(listener);
}
