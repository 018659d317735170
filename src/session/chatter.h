/* What comes between tests: output that belongs to none of them, in lines, each
 * with where it is from. Pure. */
#ifndef ALOOF_CHATTER_H
#define ALOOF_CHATTER_H

#include "core/bytes.h"
#include "core/vec.h"

#define CHATTER_LINES 200     /* told of a run; the others are counted */
#define CHATTER_LINE_MAX 2000 /* octets of a line that are told */
#define CHATTER_SOURCES 256   /* what more there are is one */

struct chatter_source {
    char *origin; /* "box 1 stderr", "farm/3 stdout" */
    struct buf line;
};

/* Zeroed: nothing was said. */
struct chatter {
    VEC(struct chatter_source) sources;
    size_t told, untold; /* lines of this run */
    /* Takes a line without its end; borrowed for the call. */
    void (*line)(void *owner, const char *origin, const char *text);
    void *owner;
};

/* A run begins. */
void chatter_begin(struct chatter *chatter);

/* Takes in octets that came by that route (absent: by none), of stdout or stderr. A route that is a number is
 * a box here, unless `elsewhere`. */
void chatter_take(struct chatter *chatter, struct bytes route, struct bytes name, struct bytes octets,
                  bool elsewhere);

/* The run ended: tells what has no end of line, and how many lines were not told. */
void chatter_end(struct chatter *chatter);

void chatter_release(struct chatter *chatter);

#endif
