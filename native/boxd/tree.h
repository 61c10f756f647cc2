// Whole families of processes, found through /proc.
#ifndef BOXD_TREE_H
#define BOXD_TREE_H

#include <sys/types.h>

// Sends a signal to the process, its group, its session and all its descendants.
void tree_signal(pid_t root, int signal);
// Kills all that boxd has started, and what that has started, and reaps it.
void tree_kill_everything(void);

#endif
