// The pipes or the terminal of a process that is to be started.
#ifndef BOXD_ENDS_H
#define BOXD_ENDS_H

#include <stdbool.h>

#include "command.h"

// By number: 0 stdin, 1 stdout, 2 stderr; -1 where there is none.
struct ends {
  int child[3];
  int own[3];
  // The child's end is another's too, who closes it.
  bool shared[3];
};

void ends_prepare(void);
// 0, or -1 with errno; what was opened by then is in *ends.
int ends_open(struct ends *ends, const struct command *command);
void ends_close_child(const struct ends *ends);
void ends_close_all(const struct ends *ends);

#endif
