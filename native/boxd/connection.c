#include "connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "output.h"

void connection_close_socket(struct connection *connection) {
  if (connection->fd < 0) return;
  loop_unwatch(connection->fd);
  close(connection->fd);
  connection->fd = -1;
}

static void finish(struct connection *connection) {
  if (connection->on_finish != NULL) connection->on_finish(connection);
  channel_close(&connection->channel);
  work_cancel(&connection->work);
  if (connection->sink != NULL) sink_free(connection->sink);
  connection_close_socket(connection);
  free(connection->purpose);
  loop_free_later(connection);
}

void connection_fail(struct connection *connection, int error) {
  output_error(connection->channel.id, error, "%.950s: %s", connection->purpose, strerror(error));
  finish(connection);
}

// Both directions have ended, each in its way: that is the end of the channel.
static void finish_if_over(struct connection *connection) {
  if (!connection->ended || connection->sink->fd >= 0) return;
  if (connection->sink->broken) {
    connection_fail(connection, connection->sink->error);
    return;
  }
  output_empty(connection->channel.id, FRAME_OK);
  finish(connection);
}

static void end_reading(struct connection *connection) {
  connection->ended = true;
  // After a reset the kernel may tell the reader of an end where the writer was told the truth.
  if (!connection->sink->broken) output_empty(connection->channel.id, FRAME_END);
  finish_if_over(connection);
}

static void run(struct work *work) {
  struct connection *connection = container_of(work, struct connection, work);
  uint32_t credit = connection->credit;
  size_t wanted = credit < OUTPUT_FRAME_LIMIT ? credit : OUTPUT_FRAME_LIMIT;
  ssize_t count = read(connection->fd, output_reserve(), wanted);
  if (count > 0) {
    output_commit(connection->channel.id, FRAME_DATA, (size_t)count);
    connection->credit -= (uint32_t)count;
    if (connection->credit > 0) work_queue(work);
  } else if (count == 0) {
    end_reading(connection);
  } else if (errno == EINTR) {
    work_queue(work);
  } else if (errno == EAGAIN) {
    connection->readable = false;
  } else {
    connection_fail(connection, errno);
  }
}

static void read_if_wanted(struct connection *connection) {
  if (connection->sink == NULL || !connection->readable || connection->ended) return;
  if (connection->credit > 0) work_queue(&connection->work);
}

void connection_connected(struct connection *connection) {
  // What passes here is interactive or already in large pieces.
  int on = 1;
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connection->sink = sink_open(connection->channel.id, connection->fd, SINK_CONNECTION);
  output_empty(connection->channel.id, FRAME_CONNECTED);
  connection->readable = true;
  read_if_wanted(connection);
}

static void on_event(struct watch *watch, uint32_t events) {
  (void)events;
  struct connection *connection = container_of(watch, struct connection, watch);
  // An event of the same turn, before this one, has ended it.
  if (connection->fd < 0) return;
  if (connection->sink == NULL) {
    if (connection->on_event != NULL) connection->on_event(connection);
    return;
  }
  connection->readable = true;
  read_if_wanted(connection);
  sink_ready(connection->sink);
  finish_if_over(connection);
}

static void on_frame(struct channel *channel, uint8_t type, const struct message *message,
                     const uint8_t *bytes, uint32_t length) {
  struct connection *connection = container_of(channel, struct connection, channel);
  if (type == FRAME_CREDIT) {
    credit_add(&connection->credit, message_u32(message, TAG_CREDIT, 0));
    read_if_wanted(connection);
  } else if (type == FRAME_CANCEL) {
    connection_fail(connection, ECANCELED);
  } else if (type == FRAME_DATA && connection->sink != NULL) {
    sink_write(connection->sink, bytes, length);
    finish_if_over(connection);
  } else if (type == FRAME_END && connection->sink != NULL) {
    sink_close(connection->sink);
    finish_if_over(connection);
  } else {
    channel_refuse(channel, type);
  }
}

int connection_watch(struct connection *connection) {
  return loop_watch(connection->fd, &connection->watch, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
}

void connection_open(struct connection *connection, uint32_t channel, uint32_t credit,
                     char *purpose) {
  connection->channel.on_frame = on_frame;
  connection->watch.on_event = on_event;
  connection->work.run = run;
  connection->fd = -1;
  connection->purpose = purpose;
  credit_add(&connection->credit, credit);
  channel_open(&connection->channel, channel);
}
