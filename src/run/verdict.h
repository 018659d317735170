/* What the pool itself has to say about the tests of a box that ended, as
 * events: crashes, deadlines, leaks, what was never reported. */
#ifndef ALOOF_RUN_VERDICT_H
#define ALOOF_RUN_VERDICT_H

#include "core/event.h"
#include "run/box.h"

#include <jansson.h>

/* How a process ended. */
struct death {
    int exit_code; /* -1 unknown */
    int signal;    /* 0: it exited */
};

/* How a box ended. */
struct box_end {
    struct death death;
    bool late;           /* the time of its test `late_test` was over */
    size_t late_test;    /* index in the box */
    unsigned timeout_ms; /* that time */
    bool bystander;      /* it went down with a worker that was killed for another box's sake */
    const char *stopped; /* why a test wanted the whole run to end; NULL: none did */
    json_t *left;        /* the protocol's array of what it left behind; NULL none */
};

/* Who receives the events of a verdict. */
struct verdict_sink {
    void (*event)(void *owner, const struct event *event);
    void *owner;
};

/* From the keys `exit` and `signal` of a message; what is null or nonsense is unknown. */
struct death death_read(json_t *body);

/* Appends "killed by SIGSEGV" or "exited with status 3". */
void death_describe(struct buf *to, const struct death *death);

/* The test failed without saying so itself: an attachment `reason`, then the status fail with that tag. slot:
 * its route. */
void verdict_fail(const struct verdict_sink *sink, const char *test_id, unsigned slot, const char *tag,
                  const char *reason);

/* A remark with no status: the tag, and where file_name is not NULL an attachment. */
void verdict_remark(const struct verdict_sink *sink, const char *test_id, unsigned slot, const char *tag,
                    const char *file_name, const char *text);

/* A box ended: its running test crashed or was late, what it left is a leak. Tests are marked as reported
 * with it. Whether those that are unreported still are to be dealt again. */
bool verdict_box(const struct verdict_sink *sink, unsigned slot, struct box *box, const struct box_end *end);

/* The same when the worker ended with all of its boxes, so that nothing can be dealt again. */
void verdict_abandon(const struct verdict_sink *sink, unsigned slot, struct box *box,
                     const struct box_end *end);

#endif
