/* How the languages, and their compilers and test libraries, write where something is. Pure. */
#ifndef ALOOF_TRACE_PLACES_TABLE_H
#define ALOOF_TRACE_PLACES_TABLE_H

#include <stddef.h>

enum place_kind {
    PLACE_STACK,   /* a frame; the innermost comes first */
    PLACE_DROPPED, /* a line of a stack that leads nowhere: no path */
    PLACE_LISTED,  /* a place in a line that says more */
    PLACE_HEADED,  /* a place below the line that says more */
    PLACE_BARE,    /* a place and no more: of no interest beside those that say something */
};

/* Finds path and line, and perhaps column and function, by groups of these names. */
struct place_pattern {
    const char *regex;
    const char *before; /* what the line before must look like; it may give the function. NULL: anything */
    enum place_kind kind;
};

/* Of several that fit a line, the first counts. */
extern const struct place_pattern place_patterns[];
extern const size_t place_pattern_count;

#endif
