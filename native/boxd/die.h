// Ways to end: a broken machine, a broken frame, a connection that is gone.
#ifndef BOXD_DIE_H
#define BOXD_DIE_H

#define EXIT_INTERNAL 1
#define EXIT_PROTOCOL 2
#define EXIT_USAGE 64

// Kills everything in the box, writes the reason to stderr and exits with EXIT_INTERNAL.
_Noreturn void die(const char *reason);
_Noreturn void die_errno(const char *what);
// The engine broke the protocol: ERROR on channel 0, then as above with EXIT_PROTOCOL.
_Noreturn void die_protocol(const char *format, ...) __attribute__((format(printf, 1, 2)));
// The connection has ended: the box ends with it.
_Noreturn void die_quietly(void);

#endif
