#include "output.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "die.h"

// Stream data stops at DATA_MARK, requests are read until ANSWER_MARK. The rest is for what comes
// unasked: one EXIT (about 60 bytes) or ERROR (up to 1.1 KiB) for each open channel at the worst.
#define DATA_MARK (256 * 1024)
#define ANSWER_MARK (512 * 1024)
#define BUFFER_BYTES (ANSWER_MARK + FRAME_HEADER_BYTES + FRAME_PAYLOAD_LIMIT + CHANNEL_LIMIT * 1280)
#define MESSAGE_LIMIT 1024
#define LAST_WORDS_MILLISECONDS 200

static uint8_t buffer[BUFFER_BYTES];
static size_t start;
static size_t end;
static size_t message_start;
static int socket_fd = -1;

static void put_u32(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)(value >> 24);
  at[1] = (uint8_t)(value >> 16);
  at[2] = (uint8_t)(value >> 8);
  at[3] = (uint8_t)value;
}

static void put_header(uint8_t *at, uint32_t length, uint32_t channel, uint8_t type) {
  put_u32(at, length);
  put_u32(at + 4, channel);
  at[8] = type;
}

// Past this point what is pending is moved to the front, so that the far end of the buffer takes
// memory only when it is needed.
#define COMPACT_MARK (1024 * 1024)

static uint8_t *tail(size_t wanted) {
  if (BUFFER_BYTES - end < wanted || (start > 0 && end + wanted > COMPACT_MARK)) {
    memmove(buffer, buffer + start, end - start);
    end -= start;
    message_start -= start;
    start = 0;
    if (BUFFER_BYTES - end < wanted) die("output buffer overrun");
  }
  return buffer + end;
}

void output_open(int fd) {
  socket_fd = fd;
}

bool output_has_room(void) {
  return end - start < DATA_MARK;
}

bool output_may_answer(void) {
  return end - start < ANSWER_MARK;
}

uint8_t *output_reserve(void) {
  return tail(FRAME_HEADER_BYTES + OUTPUT_FRAME_LIMIT) + FRAME_HEADER_BYTES;
}

void output_commit(uint32_t channel, uint8_t type, size_t payload_bytes) {
  put_header(buffer + end, (uint32_t)payload_bytes, channel, type);
  end += FRAME_HEADER_BYTES + payload_bytes;
}

void output_begin(uint32_t channel, uint8_t type) {
  uint8_t *at = tail(FRAME_HEADER_BYTES);
  put_header(at, 0, channel, type);
  message_start = end;
  end += FRAME_HEADER_BYTES;
}

void output_bytes(uint8_t tag, const void *bytes, size_t length) {
  uint8_t *at = tail(5 + length);
  at[0] = tag;
  put_u32(at + 1, (uint32_t)length);
  memcpy(at + 5, bytes, length);
  end += 5 + length;
}

void output_u32(uint8_t tag, uint32_t value) {
  uint8_t bytes[4];
  put_u32(bytes, value);
  output_bytes(tag, bytes, sizeof bytes);
}

void output_u64(uint8_t tag, uint64_t value) {
  uint8_t bytes[8];
  put_u32(bytes, (uint32_t)(value >> 32));
  put_u32(bytes + 4, (uint32_t)value);
  output_bytes(tag, bytes, sizeof bytes);
}

void output_string(uint8_t tag, const char *string) {
  output_bytes(tag, string, strlen(string));
}

void output_end(void) {
  put_u32(buffer + message_start, (uint32_t)(end - message_start - FRAME_HEADER_BYTES));
}

void output_empty(uint32_t channel, uint8_t type) {
  output_begin(channel, type);
  output_end();
}

void output_credit(uint32_t channel, uint32_t bytes) {
  output_begin(channel, FRAME_CREDIT);
  output_u32(TAG_CREDIT, bytes);
  output_end();
}

void output_error(uint32_t channel, int error, const char *format, ...) {
  char message[MESSAGE_LIMIT];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  output_begin(channel, FRAME_ERROR);
  output_u32(TAG_ERRNO, (uint32_t)error);
  output_string(TAG_MESSAGE, message);
  output_end();
}

void output_flush(void) {
  while (start < end) {
    ssize_t count = send(socket_fd, buffer + start, end - start, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return;
      die_quietly();
    }
    start += (size_t)count;
  }
  start = end = 0;
}

void output_flush_last(void) {
  struct pollfd writable = {.fd = socket_fd, .events = POLLOUT};
  while (start < end && poll(&writable, 1, LAST_WORDS_MILLISECONDS) > 0) {
    ssize_t count = send(socket_fd, buffer + start, end - start, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count <= 0) return;
    start += (size_t)count;
  }
}
