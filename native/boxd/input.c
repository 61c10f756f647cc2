#include "input.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "channel.h"
#include "dial.h"
#include "die.h"
#include "file.h"
#include "listen.h"
#include "message.h"
#include "output.h"
#include "process.h"

static uint8_t buffer[FRAME_HEADER_BYTES + FRAME_PAYLOAD_LIMIT];
static size_t start;
static size_t end;
static bool readable = true;
// Frames are left over in the buffer because the output had no room for answers.
static bool held_back;
static int socket_fd = -1;

static uint32_t get_u32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void open_channel(uint32_t channel, uint8_t type, const struct message *message) {
  channel_check_free(channel);
  if (type == FRAME_START) {
    process_start(channel, message);
  } else if (type == FRAME_DIAL) {
    dial_start(channel, message);
  } else if (type == FRAME_LISTEN) {
    listen_start(channel, message);
  } else if (type == FRAME_ACCEPT) {
    listen_accept(channel, message);
  } else {
    file_open(channel, type, message);
  }
}

static bool opens_channel(uint8_t type) {
  return type == FRAME_START || type == FRAME_READ || type == FRAME_WRITE ||
         (type >= FRAME_LIST && type <= FRAME_REMOVE) ||
         (type >= FRAME_DIAL && type <= FRAME_ACCEPT);
}

static void handle_frame(uint32_t id, uint8_t type, const uint8_t *payload, uint32_t length) {
  static struct message message;
  bool raw = type == FRAME_STDIN || type == FRAME_DATA;
  if (!raw) message_parse(&message, type, payload, length);
  if (id == 0) die_protocol("frame type 0x%02x on channel 0", type);
  if (opens_channel(type)) {
    open_channel(id, type, &message);
    return;
  }
  struct channel *channel = channel_find(id);
  // The channel may have ended while this frame was on its way.
  if (channel == NULL) return;
  channel->on_frame(channel, type, raw ? NULL : &message, payload, length);
}

static void handle_frames(void) {
  while (end - start >= FRAME_HEADER_BYTES) {
    if (!output_may_answer()) {
      held_back = true;
      return;
    }
    const uint8_t *header = buffer + start;
    uint32_t length = get_u32(header);
    if (length > FRAME_PAYLOAD_LIMIT) die_protocol("a frame of %u bytes", length);
    if (end - start - FRAME_HEADER_BYTES < length) return;
    start += FRAME_HEADER_BYTES + length;
    handle_frame(get_u32(header + 4), header[8], header + FRAME_HEADER_BYTES, length);
  }
}

static void read_more(void) {
  memmove(buffer, buffer + start, end - start);
  end -= start;
  start = 0;
  ssize_t count = recv(socket_fd, buffer + end, sizeof buffer - end, MSG_DONTWAIT);
  if (count > 0) {
    end += (size_t)count;
    return;
  }
  if (count < 0 && errno == EINTR) return;
  if (count < 0 && errno == EAGAIN) {
    readable = false;
    return;
  }
  die_quietly();
}

void input_open(int fd) {
  socket_fd = fd;
}

void input_ready(void) {
  readable = true;
}

bool input_pending(void) {
  return (readable || held_back) && output_may_answer();
}

void input_pump(void) {
  if (!input_pending()) return;
  held_back = false;
  handle_frames();
  if (held_back || !readable) return;
  // One read a turn, so that a busy sender does not starve the processes' output.
  read_more();
  handle_frames();
}
