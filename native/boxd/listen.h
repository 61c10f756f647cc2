// LISTEN and ACCEPT: connections that programs of the box make to a port which the engine serves.
#ifndef BOXD_LISTEN_H
#define BOXD_LISTEN_H

#include <stdint.h>

#include "message.h"

void listen_start(uint32_t channel, const struct message *message);
void listen_accept(uint32_t channel, const struct message *message);

#endif
