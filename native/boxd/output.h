// Frames to the engine: one buffer with a bound, written when the socket takes it.
#ifndef BOXD_OUTPUT_H
#define BOXD_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol.h"

void output_open(int fd);

// Whether more stream data may be added, and whether more requests may be answered. Both end well
// before the buffer does: what cannot be put off (EXIT, ERROR) always finds room.
bool output_has_room(void);
bool output_may_answer(void);

// Space for a payload of up to OUTPUT_FRAME_LIMIT bytes that the caller fills, then commits.
uint8_t *output_reserve(void);
void output_commit(uint32_t channel, uint8_t type, size_t payload_bytes);

// A message of tagged fields: begin, add, end.
void output_begin(uint32_t channel, uint8_t type);
void output_u32(uint8_t tag, uint32_t value);
void output_u64(uint8_t tag, uint64_t value);
void output_bytes(uint8_t tag, const void *bytes, size_t length);
void output_string(uint8_t tag, const char *string);
void output_end(void);

void output_empty(uint32_t channel, uint8_t type);
void output_credit(uint32_t channel, uint32_t bytes);
void output_error(uint32_t channel, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Writes what the socket takes now. The engine being gone ends boxd.
void output_flush(void);
// The last words before an exit: waits a moment for an engine that is slow to read.
void output_flush_last(void);

#endif
