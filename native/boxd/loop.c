#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "die.h"

#define EVENTS_PER_TURN 64

static int epoll_fd = -1;
static struct work work_head = {.next = &work_head, .previous = &work_head};
static void **garbage;
static size_t garbage_count;
static size_t garbage_capacity;

void loop_open(void) {
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0) die_errno("epoll_create1");
}

int loop_watch(int fd, struct watch *watch, uint32_t events) {
  struct epoll_event event = {.events = events | EPOLLET, .data.ptr = watch};
  return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

void loop_unwatch(int fd) {
  epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

void loop_wait(int timeout) {
  struct epoll_event events[EVENTS_PER_TURN];
  int count = epoll_wait(epoll_fd, events, EVENTS_PER_TURN, timeout);
  if (count < 0 && errno != EINTR) die_errno("epoll_wait");
  for (int i = 0; i < count; i++) {
    struct watch *watch = events[i].data.ptr;
    watch->on_event(watch, events[i].events);
  }
}

void work_queue(struct work *work) {
  if (work->queued) return;
  work->queued = true;
  work->next = &work_head;
  work->previous = work_head.previous;
  work->previous->next = work;
  work_head.previous = work;
}

void work_cancel(struct work *work) {
  if (!work->queued) return;
  work->queued = false;
  work->previous->next = work->next;
  work->next->previous = work->previous;
}

bool work_pending(void) {
  return work_head.next != &work_head;
}

void work_round(bool (*more)(void)) {
  // A marker ends the round, so that a unit which queues itself again waits for the others.
  struct work marker = {0};
  work_queue(&marker);
  while (work_head.next != &marker && more()) {
    struct work *work = work_head.next;
    work_cancel(work);
    work->run(work);
  }
  work_cancel(&marker);
}

void loop_free_later(void *memory) {
  if (garbage_count == garbage_capacity) {
    garbage_capacity = garbage_capacity == 0 ? 64 : garbage_capacity * 2;
    garbage = realloc(garbage, garbage_capacity * sizeof *garbage);
    if (garbage == NULL) die("out of memory");
  }
  garbage[garbage_count++] = memory;
}

void loop_free_now(void) {
  while (garbage_count > 0) free(garbage[--garbage_count]);
}

int64_t loop_milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
