/* Where a frame comes from: the project, the test runner, or elsewhere. Pure. */
#ifndef ALOOF_TRACE_ORIGIN_H
#define ALOOF_TRACE_ORIGIN_H

#include "trace/trace.h"

/* What the path belongs to. *relative (borrows from path) becomes the path below the root when it is inside
 * of it, else the path itself. */
enum frame_kind origin_of(const char *path, const struct trace_paths *paths, const char **relative);

/* Whether the path says by itself that the file is a library's or of a language's own, on whatever machine.
 */
bool origin_installed(const char *path);

/* Whether the path is of an event loop that a runner puts between itself and a test: in front of the test's
 * own frame it is noise like the runner. */
bool origin_is_loop(const char *path);

/* The name under which foreign frames are folded: top-level package or module ("markupsafe", "functools").
 * The caller frees. */
char *origin_name(const char *path);

#endif
