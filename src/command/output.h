/* Octets to a descriptor that may be a pipe, a file or a terminal. */
#ifndef ALOOF_COMMAND_OUTPUT_H
#define ALOOF_COMMAND_OUTPUT_H

#include "core/bytes.h"
#include "core/error.h"

/* Writes all of them, waiting where the descriptor does not. 0, or a negative errno. */
int output_write(int fd, struct bytes octets);

/* Likewise, and no other process that writes by this function comes between, nor one that does not where they
 * are at most PIPE_BUF octets. */
int output_write_whole(int fd, struct bytes octets);

/* Makes them the content of the file, which is replaced as a whole: who reads it never sees half of it. What
 * is no plain file (a pipe, a terminal) is written to; "-": standard output, whose reader may go away. 0, or
 * a negative errno with a line. */
int output_file(const char *path, struct bytes octets, struct error *error);

#endif
