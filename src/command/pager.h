/* Text for a person: through a pager where it is longer than the terminal. */
#ifndef ALOOF_COMMAND_PAGER_H
#define ALOOF_COMMAND_PAGER_H

#include "core/bytes.h"

/* Writes the text to standard output. When that is a terminal with fewer rows, and `paged`, then through
 * $PAGER (less without one; "" or "cat": none), which gets LESS=FRX where LESS is not set. 0, or a negative
 * errno; a reader that goes away is none. */
int pager_print(struct bytes text, bool paged);

#endif
