// DIAL: a TCP connection from within the box, with bytes both ways.
#ifndef BOXD_DIAL_H
#define BOXD_DIAL_H

#include <stdint.h>

#include "message.h"

void dial_start(uint32_t channel, const struct message *message);

#endif
