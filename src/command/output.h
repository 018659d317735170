/* Octets to a descriptor that may be a pipe, a file or a terminal. */
#ifndef ALOOF_COMMAND_OUTPUT_H
#define ALOOF_COMMAND_OUTPUT_H

#include "core/bytes.h"

/* Writes all of them, waiting where the descriptor does not. 0, or a negative errno. */
int output_write(int fd, struct bytes octets);

/* Likewise, and no other process that writes by this function comes between, nor one that does not where they
 * are at most PIPE_BUF octets. */
int output_write_whole(int fd, struct bytes octets);

#endif
