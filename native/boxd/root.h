// The root of a box that no other program has made.
#ifndef BOXD_ROOT_H
#define BOXD_ROOT_H

#include "options.h"

// Makes options->root the root of this process's mount namespace, with /proc, /dev and the binds in
// it, lets go of all else, and gives it its name and its loopback. Asks for mount, process, network and
// UTS namespaces of its own and all capabilities over them.
void root_enter(const struct options *options);

#endif
