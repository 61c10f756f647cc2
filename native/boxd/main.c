// boxd: the supervisor in a box. PROTOCOL.md says what it does and what it promises.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "die.h"
#include "input.h"
#include "loop.h"
#include "map.h"
#include "options.h"
#include "output.h"
#include "privileges.h"
#include "process.h"
#include "protocol.h"
#include "root.h"

static struct watch socket_watch;
static struct watch signal_watch;
static int signals;

static int usage(void) {
  fputs("usage: boxd --fd <number of a connected stream socket>\n"
        "         [--root <folder> [--hostname <name>] [--bind <source> <target>]...]\n"
        "         [--seccomp <descriptor>] [--capabilities <mask>] [--user <uid>:<gid>]\n"
        "       boxd --map <first uid>:<count> -- <program> [<argument>...]\n"
        "       boxd --version\n",
        stderr);
  return EXIT_USAGE;
}

// The program's descriptors 0 to 2 are the children's to be replaced; ours must lie above.
static void hold_standard_descriptors(void) {
  int fd;
  do {
    fd = open("/dev/null", O_RDWR);
  } while (fd >= 0 && fd < 3);
  if (fd >= 0) close(fd);
}

// Descriptors that whoever started boxd forgot to close would reach every process of the box.
static void close_others(int fd) {
  if (fd > 3) close_range(3, (unsigned)fd - 1, 0);
  close_range((unsigned)fd + 1, ~0u, 0);
}

// /proc/1/environ shows this memory to whoever may trace boxd (root in the box), and whoever started
// boxd may have forgotten a secret there. boxd itself reads no variable.
static void forget_environment(void) {
  for (char **entry = environ; *entry != NULL; entry++) explicit_bzero(*entry, strlen(*entry));
  *environ = NULL;
}

static void reset_signals(void) {
  // What the parent ignored would stay ignored in every process of the box.
  for (int number = 1; number <= SIGRTMAX; number++) signal(number, SIG_DFL);
  // Blocked is enough to be safe from SIGPIPE and the like, and leaves the children nothing to undo.
  sigset_t set;
  sigfillset(&set);
  sigprocmask(SIG_SETMASK, &set, NULL);
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) die_errno("signalfd");
}

static void on_socket(struct watch *watch, uint32_t events) {
  (void)watch;
  if ((events & (EPOLLHUP | EPOLLRDHUP | EPOLLERR)) != 0) die_quietly();
  if ((events & EPOLLIN) != 0) input_ready();
}

static void on_signal(struct watch *watch, uint32_t events) {
  (void)watch, (void)events;
  struct signalfd_siginfo info;
  while (read(signals, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGCHLD) continue;
    // As pid 1 only from outside (where the sender has no number): a process in the box that could
    // end its box with a stray kill would be a nuisance.
    if (getpid() != 1 || info.ssi_pid == 0) die_quietly();
  }
  process_reap();
}

static void start(int fd) {
  // Commands of the same user could otherwise trace boxd and take its socket.
  if (prctl(PR_SET_DUMPABLE, 0) < 0) die_errno("prctl");
  if (getpid() != 1) prctl(PR_SET_CHILD_SUBREAPER, 1);
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) die_errno("fcntl");
  reset_signals();
  loop_open();
  process_prepare();
  input_open(fd);
  output_open(fd);
  signal_watch.on_event = on_signal;
  socket_watch.on_event = on_socket;
  if (loop_watch(signals, &signal_watch, EPOLLIN) < 0 ||
      loop_watch(fd, &socket_watch, EPOLLIN | EPOLLOUT | EPOLLRDHUP) < 0) {
    die_errno("epoll_ctl");
  }
  output_begin(0, FRAME_HELLO);
  output_u32(TAG_PROTOCOL, PROTOCOL_VERSION);
  output_string(TAG_VERSION, BOXD_VERSION);
  output_end();
}

static _Noreturn void serve(void) {
  for (;;) {
    output_flush();
    bool busy = input_pending() || (work_pending() && output_has_room());
    loop_wait(busy ? 0 : process_next_grace());
    process_end_graces();
    input_pump();
    work_round(output_has_room);
    loop_free_now();
  }
}

int main(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[1], "--version") == 0) {
    printf("boxd %s protocol %d\n", BOXD_VERSION, PROTOCOL_VERSION);
    return 0;
  }
  struct options options;
  if (!options_parse(&options, arguments + 1)) return usage();
  if (options.command != NULL) map_run(options.first_user, options.user_count, options.command);
  forget_environment();
  if (options.root != NULL) root_enter(&options);
  privileges_drop(&options);
  close_others(options.fd);
  hold_standard_descriptors();
  start(options.fd);
  serve();
}
