/* The life of a test, told: all its remembered outcomes and times, since when it
 * is red and what had changed then, and every run in a line. Pure. */
#ifndef ALOOF_PAST_LIFE_H
#define ALOOF_PAST_LIFE_H

#include "session/past.h"

/* Appends it as lines, colours as SGR; nothing where no run is known. cols: at most so many of marks in a
 * row; ascii: no characters outside of it. */
void past_life(const struct past *past, const struct test *test, int cols, bool ascii, struct buf *to);

#endif
