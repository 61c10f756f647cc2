// The event loop: edge-triggered watches, a fair queue of work, frees put off to the turn's end.
#ifndef BOXD_LOOP_H
#define BOXD_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

struct watch {
  void (*on_event)(struct watch *watch, uint32_t events);
};

// A unit that wants a turn. run() does a bounded piece and calls work_queue() again for more.
struct work {
  void (*run)(struct work *work);
  struct work *next;
  struct work *previous;
  bool queued;
};

#define container_of(pointer, type, member) ((type *)((char *)(pointer) - offsetof(type, member)))

void loop_open(void);
int loop_watch(int fd, struct watch *watch, uint32_t events);
// For a socket that another process may hold a moment longer (a fork that has not closed it yet): to
// close it would not end the watch then.
void loop_unwatch(int fd);
// One turn: wait at most timeout milliseconds (-1: for ever), then hand out the events.
void loop_wait(int timeout);

void work_queue(struct work *work);
void work_cancel(struct work *work);
bool work_pending(void);
// Gives each unit that is queued now one turn, while more() holds.
void work_round(bool (*more)(void));

// An event of this very turn may still point at the memory.
void loop_free_later(void *memory);
void loop_free_now(void);

int64_t loop_milliseconds(void);

#endif
