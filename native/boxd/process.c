#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel.h"
#include "command.h"
#include "die.h"
#include "ends.h"
#include "file.h"
#include "output.h"
#include "pty.h"
#include "sink.h"
#include "spawn.h"
#include "stream.h"
#include "tree.h"

// How long the output of a process that has ended is waited for while somebody else (a background
// child) still holds the pipe. What the process itself wrote is sent in any case.
#define GRACE_MILLISECONDS 50

struct process {
  struct channel channel;
  pid_t pid;
  struct stream *streams[2];
  struct sink *sink;
  int terminal;
  bool ended;
  bool grace_over;
  int status;
  struct rusage usage;
  int64_t grace_end;
  struct process *next;
  struct process *previous;
};

// Those that run, and those in their grace, oldest first.
static struct process running = {.next = &running, .previous = &running};
static struct process graces = {.next = &graces, .previous = &graces};

static void append(struct process *list, struct process *process) {
  process->next = list;
  process->previous = list->previous;
  process->previous->next = process;
  list->previous = process;
}

static void unlink_process(struct process *process) {
  process->previous->next = process->next;
  process->next->previous = process->previous;
}

void process_prepare(void) {
  spawn_prepare();
  ends_prepare();
}

static void report_failure(uint32_t channel, const struct command *command,
                           const struct spawn *spawn) {
  int error = spawn->error;
  const char *reason = strerror(error);
  switch (spawn->stage) {
    case SPAWN_EXEC:
      output_error(channel, error, "program %.900s: %s", command->arguments[0], reason);
      break;
    case SPAWN_CWD:
      output_error(channel, error, "cwd %.900s: %s", command->cwd, reason);
      break;
    case SPAWN_USER:
      output_error(channel, error, "user %u:%u: %s", command->uid, command->gid, reason);
      break;
    case SPAWN_TERMINAL:
      output_error(channel, error, "terminal: %s", reason);
      break;
    default:
      output_error(channel, error, "process: %s", reason);
  }
}

static void signal_process(struct process *process, const struct message *message) {
  uint32_t signal = message_u32(message, TAG_SIGNAL, 0);
  uint32_t target = message_u32(message, TAG_SIGNAL_TARGET, SIGNAL_TARGET_GROUP);
  if (signal > 64) die_protocol("signal %u", signal);
  if (target != SIGNAL_TARGET_GROUP && target != SIGNAL_TARGET_TREE) {
    die_protocol("signal target %u", target);
  }
  // Once it is reaped, its number may be another's.
  if (process->ended) return;
  if (target == SIGNAL_TARGET_GROUP) {
    kill(-process->pid, (int)signal);
  } else {
    tree_signal(process->pid, (int)signal);
  }
}

static void add_credit(struct process *process, const struct message *message) {
  uint32_t number = message_u32(message, TAG_STREAM, STREAM_STDOUT);
  if (number != STREAM_STDOUT && number != STREAM_STDERR) die_protocol("stream %u", number);
  struct stream *stream = process->streams[number - 1];
  if (stream == NULL) {
    die_protocol("channel %u has no stream %u", process->channel.id, number);
  }
  stream_credit(stream, message_u32(message, TAG_CREDIT, 0));
}

static void resize(struct process *process, const struct message *message) {
  if (process->terminal < 0) die_protocol("channel %u has no terminal", process->channel.id);
  if (process->streams[0]->ended) return;
  pty_resize(process->terminal, message_u32(message, TAG_ROWS, 0),
             message_u32(message, TAG_COLUMNS, 0));
}

static void on_frame(struct channel *channel, uint8_t type, const struct message *message,
                     const uint8_t *bytes, uint32_t length) {
  struct process *process = container_of(channel, struct process, channel);
  switch (type) {
    case FRAME_STDIN:
    case FRAME_STDIN_CLOSE:
      if (process->sink == NULL) die_protocol("channel %u has no stdin", channel->id);
      if (type == FRAME_STDIN) {
        sink_write(process->sink, bytes, length);
      } else {
        sink_close(process->sink);
      }
      break;
    case FRAME_SIGNAL:
      signal_process(process, message);
      break;
    case FRAME_RESIZE:
      resize(process, message);
      break;
    case FRAME_CREDIT:
      add_credit(process, message);
      break;
    default:
      channel_refuse(channel, type);
  }
}

static void enter(uint32_t channel, const struct command *command, pid_t pid,
                  const struct ends *ends) {
  struct process *process = calloc(1, sizeof *process);
  if (process == NULL) die("out of memory");
  process->pid = pid;
  process->channel.on_frame = on_frame;
  bool terminal = (command->flags & START_PTY) != 0;
  process->terminal = terminal ? ends->own[1] : -1;
  if (ends->own[0] >= 0) {
    process->sink = sink_open(channel, ends->own[0], terminal ? SINK_TERMINAL : SINK_PIPE);
  }
  for (int i = 0; i < 2; i++) {
    if (ends->own[i + 1] < 0) continue;
    process->streams[i] = stream_open(process, ends->own[i + 1],
                                      i == 0 ? FRAME_STDOUT : FRAME_STDERR, command->credit);
  }
  channel_open(&process->channel, channel);
  append(&running, process);
}

static void start_command(uint32_t channel, const struct command *command) {
  struct ends ends;
  if (ends_open(&ends, command) < 0) {
    int error = errno;
    ends_close_all(&ends);
    output_error(channel, error, "%s: %s",
                 (command->flags & START_PTY) != 0 ? "terminal" : "pipe", strerror(error));
    return;
  }
  struct spawn spawn = {
      .arguments = command->arguments,
      .environment = command->environment,
      .candidates = command->candidates,
      .cwd = command->cwd,
      .stdin_fd = ends.child[0],
      .stdout_fd = ends.child[1],
      .stderr_fd = ends.child[2],
      .terminal = (command->flags & START_PTY) != 0,
      .change_user = command->change_user,
      .uid = command->uid,
      .gid = command->gid,
      .groups = command->groups,
      .group_count = command->group_count,
  };
  pid_t pid = spawn_run(&spawn);
  if (pid < 0) {
    ends_close_all(&ends);
    report_failure(channel, command, &spawn);
    return;
  }
  ends_close_child(&ends);
  enter(channel, command, pid, &ends);
  output_begin(channel, FRAME_STARTED);
  output_u32(TAG_PID, (uint32_t)pid);
  output_end();
}

void process_start(uint32_t channel, const struct message *message) {
  struct command command;
  command_parse(&command, message);
  start_command(channel, &command);
  command_free(&command);
}

uint32_t process_channel(const struct process *process) {
  return process->channel.id;
}

bool process_has_ended(const struct process *process) {
  return process->ended;
}

static void send_exit(const struct process *process) {
  const struct rusage *usage = &process->usage;
  uint64_t seconds = (uint64_t)usage->ru_utime.tv_sec + (uint64_t)usage->ru_stime.tv_sec;
  uint64_t micros = (uint64_t)usage->ru_utime.tv_usec + (uint64_t)usage->ru_stime.tv_usec;
  output_begin(process->channel.id, FRAME_EXIT);
  if (WIFSIGNALED(process->status)) {
    output_u32(TAG_SIGNAL, (uint32_t)WTERMSIG(process->status));
  } else {
    output_u32(TAG_EXIT_CODE, (uint32_t)WEXITSTATUS(process->status));
  }
  output_u64(TAG_CPU_NANOSECONDS, seconds * 1000000000 + micros * 1000);
  output_u64(TAG_MAX_RSS_BYTES, (uint64_t)usage->ru_maxrss * 1024);
  output_end();
}

static void finish(struct process *process) {
  send_exit(process);
  unlink_process(process);
  channel_close(&process->channel);
  for (int i = 0; i < 2; i++) {
    if (process->streams[i] != NULL) stream_abandon(process->streams[i]);
  }
  if (process->sink != NULL) sink_free(process->sink);
  loop_free_later(process);
}

void process_stream_moved(struct process *process) {
  if (!process->ended) return;
  for (int i = 0; i < 2; i++) {
    const struct stream *stream = process->streams[i];
    if (stream == NULL || stream->ended) continue;
    if (!process->grace_over || stream->owed > 0) return;
  }
  finish(process);
}

static struct process *find_running(pid_t pid) {
  for (struct process *process = running.next; process != &running; process = process->next) {
    if (process->pid == pid) return process;
  }
  return NULL;
}

static void end_process(struct process *process, int status, const struct rusage *usage) {
  process->ended = true;
  process->status = status;
  process->usage = *usage;
  process->grace_end = loop_milliseconds() + GRACE_MILLISECONDS;
  unlink_process(process);
  append(&graces, process);
  for (int i = 0; i < 2; i++) {
    if (process->streams[i] != NULL) stream_count_owed(process->streams[i]);
  }
  process_stream_moved(process);
}

void process_reap(void) {
  for (;;) {
    int status;
    struct rusage usage;
    pid_t pid = wait4(-1, &status, WNOHANG, &usage);
    if (pid <= 0) return;
    struct process *process = find_running(pid);
    if (process != NULL) {
      end_process(process, status, &usage);
    } else {
      file_worker_ended(pid, status);
    }
  }
}

static struct process *first_in_grace(void) {
  struct process *process = graces.next;
  // Those whose grace is over only wait for the engine to take what they wrote.
  while (process != &graces && process->grace_over) process = process->next;
  return process == &graces ? NULL : process;
}

int process_next_grace(void) {
  const struct process *first = first_in_grace();
  if (first == NULL) return -1;
  int64_t left = first->grace_end - loop_milliseconds();
  return left > 0 ? (int)left : 0;
}

void process_end_graces(void) {
  struct process *process;
  while ((process = first_in_grace()) != NULL && process->grace_end <= loop_milliseconds()) {
    process->grace_over = true;
    process_stream_moved(process);
  }
}
