/* What a person is told of a box at work: how long its test has run, that this is
 * longer than usual, that it is being killed. Pure. */
#ifndef ALOOF_PLAN_PROGRESS_H
#define ALOOF_PLAN_PROGRESS_H

#include "core/bytes.h"

#include <stdint.h>

enum stage {
    STAGE_IDLE,     /* nothing, or between two tests */
    STAGE_RUNNING,  /* a test */
    STAGE_DUMPING,  /* its deadline is over: the test has been asked for its stacks */
    STAGE_KILLING,  /* so has been its grace: the box is being killed, with all that it started */
    STAGE_CLEANING, /* its tests are through: what they started is being killed, the box is about to end */
};

/* Whether a test that has run for so long takes much longer than it usually does (0: that is not known). */
bool progress_slow(int64_t running_ns, int64_t usual_ns);

/* Whether the stage, which has lasted so long, is worth a person's notice: all are but idleness, and the end
 * of a box, which mostly takes no time. */
bool progress_shows(enum stage stage, int64_t since_ns);

/* Appends the words behind the test: "12 s", "12 s slow", "timeout: killing", …; nothing when there is
 * nothing to tell yet. since_ns: how long the stage has lasted, for the stages of a running test the test.
 * times: tell them; whole seconds, as long as they go on. */
void progress_words(struct buf *to, enum stage stage, int64_t since_ns, int64_t usual_ns, bool times);

/* Appends a time that goes on: "3 s", "3 min 5 s"; nothing in the first second. */
void progress_time(struct buf *to, int64_t ns);

/* How long a time that goes on stays as it is told, in ms, rounded up: 1 to 1000. */
uint64_t progress_due_ms(int64_t ns);

#endif
