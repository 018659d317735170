/* What a profiler found: which functions took how long, and where they are. Pure. */
#ifndef ALOOF_TRACE_PROFILE_H
#define ALOOF_TRACE_PROFILE_H

#include "core/bytes.h"
#include "core/error.h"
#include "core/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct profile_row {
    char *function;
    char *file; /* NULL: nowhere, as what is built in */
    unsigned line;
    int64_t calls;            /* -1: not known */
    int64_t own_ns, total_ns; /* in it; and in what it called, too */
    bool project;             /* the file is one of the project's */
};

struct profile {
    VEC(struct profile_row) rows;
};

/* Whether there is a format of that name:
 *   cprofile   an object of our worker: {"functions": [{"function", "file", "line", "calls", "own_us",
 *              "total_us"}]}, file and line null where there are none; or {"error": "why there is none"}
 *   pprof-top  what `go tool pprof -top` prints, of functions, and then with -lines
 *   cpuprofile V8's JSON, as `node --cpu-prof` writes it
 */
bool profile_knows(const char *format);

/* Reads it. -EINVAL with a line: it is not of that format, or says why there is none. Released by the caller
 * either way; zeroed before. */
int profile_read(struct profile *profile, const char *format, struct bytes text, struct error *error);

/* The formats; likewise. */
int profile_read_cprofile(struct profile *profile, struct bytes text, struct error *error);
int profile_read_pprof(struct profile *profile, struct bytes text, struct error *error);
int profile_read_v8(struct profile *profile, struct bytes text, struct error *error);

/* Makes files below the root (absolute) relative to it, marks those that the project says are its own, and
 * sorts: the project's first, then by own time, then by total. */
void profile_settle(struct profile *profile, const char *root, bool (*is_own)(void *owner, const char *path),
                    void *owner);

void profile_release(struct profile *profile);

#endif
