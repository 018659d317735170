/* One frame as Python writes it: `  File "tests/test_a.py", line 3, in test_x`. Pure. */
#ifndef ALOOF_TRACE_FRAME_H
#define ALOOF_TRACE_FRAME_H

#include "trace/trace.h"

/* Reads such a line, of a traceback or of a dump of faulthandler (which has no second comma) into path, line
 * and function. A path may have quotes of its own: the last one that fits ends it. false, and nothing to
 * release, when it is none. */
bool frame_read(struct bytes line, struct frame *frame);

/* Puts the frame's path and kind right. */
void frame_place(struct frame *frame, const struct trace_paths *paths);

void frame_release(struct frame *frame);

#endif
