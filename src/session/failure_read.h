/* The frames of a failing test, out of what came with it. */
#ifndef ALOOF_FAILURE_READ_H
#define ALOOF_FAILURE_READ_H

#include "plan/model.h"
#include "trace/trace.h"

/* Reads the trace, which is initialised by it: of the traceback or what else tells where it failed, with the
 * source lines of frames in the project. paths: as of trace_parse. has_failing_parts: the test is a file, and
 * parts of it failed with it, so that its output would give the places of all of them. */
void failure_read(struct trace *trace, const struct test *test, const struct trace_paths *paths,
                  bool has_failing_parts);

#endif
