/* The dumps of faulthandler: one stack per thread, the innermost frame first. Pure. */
#ifndef ALOOF_TRACE_DUMP_H
#define ALOOF_TRACE_DUMP_H

#include "trace/trace.h"

/* Where a dump begins in the text, "Fatal Python error: …" and "Timeout (…)!" included; text.len: there is
 * none. */
size_t dump_start(struct bytes text);

/* Appends the frames of the current thread, or of the last when none is marked so, outermost first, and says
 * into `message` why it was dumped, where the text says it. */
void dump_read(struct trace *trace, struct bytes text, const struct trace_paths *paths, struct buf *message);

#endif
