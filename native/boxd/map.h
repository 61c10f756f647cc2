// A user namespace of many users.
#ifndef BOXD_MAP_H
#define BOXD_MAP_H

#include <stdint.h>
#include <sys/types.h>

// Makes this process root of a user namespace whose users 0 to count-1 are those of the host from
// `first` on, and runs the command. Asks for root, which it leaves.
_Noreturn void map_run(uid_t first, uint32_t count, char **command);

#endif
