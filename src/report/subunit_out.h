/* The events of a run as a subunit v2 stream in a file or on standard output,
 * for subunit-stats and its like. */
#ifndef ALOOF_REPORT_SUBUNIT_OUT_H
#define ALOOF_REPORT_SUBUNIT_OUT_H

#include "core/error.h"
#include "core/event.h"

struct subunit_out {
    int fd;             /* -1: closed */
    char *path;         /* for messages */
    struct buf pending; /* not written yet */
    int err;            /* the first that happened; nothing is written after it */
};

/* Opens the path, empty from then on; "-" is standard output, which stays open at the end. SIGPIPE is to be
 * ignored by the program. 0, or a negative errno with a line naming the path; then it is closed. */
int subunit_out_open(struct subunit_out *out, const char *path, struct error *error);

/* Adds the event, tags and all. It is written by the next flush at the latest. */
void subunit_out_event(struct subunit_out *out, const struct event *event);

/* Writes what is pending; for when the loop is about to wait. Waits for a reader that is slow. */
void subunit_out_flush(struct subunit_out *out);

/* Flushes, closes and releases. 0, or a negative errno with a line when anything since the opening was not
 * written. */
int subunit_out_close(struct subunit_out *out, struct error *error);

#endif
