// Frames from the engine: read, cut, checked, handed to their channel.
#ifndef BOXD_INPUT_H
#define BOXD_INPUT_H

#include <stdbool.h>

void input_open(int fd);
// The socket has something to read.
void input_ready(void);
// Handles what is there, as long as answers find room.
void input_pump(void);
// Whether input_pump() would have something to do now.
bool input_pending(void);

#endif
