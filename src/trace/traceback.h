/* Python's own tracebacks, with what may be in one text: exceptions that caused or
 * followed each other, and groups of exceptions. Pure. */
#ifndef ALOOF_TRACE_TRACEBACK_H
#define ALOOF_TRACE_TRACEBACK_H

#include "trace/trace.h"

/* One exception of a text: where its frames begin, and what is said in front of them. */
struct part {
    size_t first;
    char *lead; /* NULL: the first exception of all */
    bool sub;   /* of an exception group: its lead only makes sense before frames of its own */
};

struct traceback {
    struct trace *trace; /* whose frames are filled in */
    VEC(struct part) parts;
    struct buf message; /* what is said at the end */
};

/* Whether the text's first line of all begins a traceback: then whatever follows is part of it. */
bool traceback_opens(struct bytes text);

/* Whether the line says how the exception before hangs together with the one that follows. */
bool traceback_joins(struct bytes line);

/* Reads the text; one without a traceback is the message. */
void traceback_read(struct traceback *traceback, struct bytes text, const struct trace_paths *paths);

void traceback_release(struct traceback *traceback);

#endif
