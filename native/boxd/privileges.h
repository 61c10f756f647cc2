// What boxd and all that it starts may never do again.
#ifndef BOXD_PRIVILEGES_H
#define BOXD_PRIVILEGES_H

#include "options.h"

// Loads the filter, cuts the capabilities that any program of the box can ever have, and becomes the
// user. Without no_new_privs, so that sudo works; so it asks for CAP_SYS_ADMIN and CAP_SETPCAP.
void privileges_drop(const struct options *options);

#endif
