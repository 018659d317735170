/* Octets to a descriptor that may be a pipe, a file or a terminal. */
#ifndef ALOOF_COMMAND_OUTPUT_H
#define ALOOF_COMMAND_OUTPUT_H

#include "core/bytes.h"

/* Writes all of them, waiting where the descriptor does not. 0, or a negative errno. */
int output_write(int fd, struct bytes octets);

#endif
