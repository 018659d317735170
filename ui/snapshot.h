/* What the session has to show at one moment, for the views to draw. */
#ifndef ALOOF_UI_SNAPSHOT_H
#define ALOOF_UI_SNAPSHOT_H

#include "session/session.h"
#include "ui/keys.h"

#define EXIT_NO_TESTS 5 /* pytest's exit code when it found none */

/* Texts, model and failures are the session's, borrowed until the loop turns. */
struct snapshot {
    struct session_status status;
    const struct model *model;
    const struct failure *failures;
    size_t failure_count;
    VEC(struct session_slot) slots;
    size_t tests;              /* known ones, without the retired; and what could not be collected */
    size_t flaky;              /* of these */
    size_t filter_tests;       /* those that the filter matches, */
    size_t filter_passed;      /* and how many of them passed when they last ran */
    uint64_t generation;       /* of the model in which they were counted */
    size_t counted;            /* and how many it had then, retired ones included */
    unsigned filters;          /* see session_status, as of then */
    int exit_code;             /* of the last run, as pytest's; set by who hears of it */
    char verdict_time[16];     /* local time of the verdict, "14:02:11"; "" none */
    const char *editor;        /* the command that location lines begin with; never NULL */
    const char *here;          /* see session_here */
    bool still;                /* nothing moves by itself: of what goes on no times are told; set likewise */
    const struct keymap *keys; /* what they do; set by who has them, borrowed */
};

/* Brings a snapshot (zeroed at first) up to date. editor: borrowed. */
void snapshot_take(struct snapshot *snapshot, const struct session *session, const char *editor);

void snapshot_release(struct snapshot *snapshot);

#endif
