// The processes that the engine started.
#ifndef BOXD_PROCESS_H
#define BOXD_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "message.h"

struct process;

void process_prepare(void);
void process_start(uint32_t channel, const struct message *message);
uint32_t process_channel(const struct process *process);
bool process_has_ended(const struct process *process);
// A stream of an ended process has made progress: it may be time for EXIT.
void process_stream_moved(struct process *process);

// Waits for the ended ones, and for orphans.
void process_reap(void);
// Milliseconds until process_end_graces() has something to do; -1: nothing to wait for.
int process_next_grace(void);
void process_end_graces(void);

#endif
