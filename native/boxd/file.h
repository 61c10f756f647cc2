// File requests: what answers at once is here, the long ones have files of their own.
#ifndef BOXD_FILE_H
#define BOXD_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "message.h"

void file_open(uint32_t channel, uint8_t type, const struct message *message);
// A child that is no process of the engine's has ended: a remover, or an orphan.
void file_worker_ended(pid_t pid, int status);

// For the long ones.
void file_start_read(uint32_t channel, const struct message *message, const char *path);
void file_start_write(uint32_t channel, const struct message *message, const char *path);
void file_start_list(uint32_t channel, const struct message *message, const char *path);
void file_start_remove(uint32_t channel, const char *path);

// Makes the directories above a path; 0, or -1 with errno.
int file_make_parents(const char *path);
// Adds the fields of a stat to the message that is being written.
void file_put_attributes(const struct stat *attributes);
// ERROR with the path and errno's text.
void file_error(uint32_t channel, const char *path, int error);
void file_not_regular(uint32_t channel, const char *path, mode_t mode);

#endif
