/* Places in source files, as other languages' runtimes, compilers and test libraries
 * write them: stack frames and the lines of errors. One table of patterns. Pure. */
#ifndef ALOOF_TRACE_PLACES_H
#define ALOOF_TRACE_PLACES_H

#include "trace/trace.h"

struct places; /* the patterns, compiled; not changed by use */

struct places *places_new(void);
void places_free(struct places *places);

/* Adds the places in the text to the trace's frames: a stack from its outermost frame to its innermost, as
 * Python has it; places beside each other (a compiler's errors) in their order, and then trace->listed is
 * set. What of the text is no line of a stack is appended to `message`. false, and nothing was done: there is
 * no place in it. */
bool places_read(const struct places *places, struct trace *trace, struct bytes text,
                 const struct trace_paths *paths, struct buf *message);

#endif
