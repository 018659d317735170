/* What the pool itself has to say about a test, as events: the deaths of boxes,
 * deadlines, leaks, interruptions. Pure. */
#ifndef ALOOF_RUN_VERDICT_H
#define ALOOF_RUN_VERDICT_H

#include "core/event.h"

/* How a process ended. */
struct death {
    int exit_code; /* -1 unknown */
    int signal;    /* 0: it exited */
};

/* Who receives the events of a verdict. */
struct verdict_sink {
    void (*event)(void *owner, const struct event *event);
    void *owner;
};

/* Appends "killed by SIGSEGV" or "exited with status 3". */
void verdict_describe(struct buf *to, const struct death *death);

/* The test failed without saying so itself: an attachment `reason`, then the status fail with that tag. route: its slot. */
void verdict_fail(const struct verdict_sink *sink, const char *test_id, unsigned slot, const char *tag, const char *reason);

/* A remark with no status: the tag, and where file_name is not NULL an attachment. */
void verdict_remark(const struct verdict_sink *sink, const char *test_id, unsigned slot, const char *tag,
                    const char *file_name, const char *text);

#endif
