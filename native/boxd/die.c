#include "die.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "tree.h"

void die(const char *reason) {
  fprintf(stderr, "boxd: %s\n", reason);
  tree_kill_everything();
  _exit(EXIT_INTERNAL);
}

void die_errno(const char *what) {
  char reason[256];
  snprintf(reason, sizeof reason, "%s: %s", what, strerror(errno));
  die(reason);
}

void die_protocol(const char *format, ...) {
  char reason[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reason, sizeof reason, format, arguments);
  va_end(arguments);
  fprintf(stderr, "boxd: protocol error: %s\n", reason);
  output_error(0, EPROTO, "%s", reason);
  output_flush_last();
  tree_kill_everything();
  _exit(EXIT_PROTOCOL);
}

void die_quietly(void) {
  tree_kill_everything();
  _exit(0);
}
