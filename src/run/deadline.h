/* The clock of one slot. When a test's time is over its box is asked for a stack
 * dump, has some grace, is killed; a box that is still there then is stuck. */
#ifndef ALOOF_RUN_DEADLINE_H
#define ALOOF_RUN_DEADLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct deadline_events {
    void (*dump)(void *owner);
    void (*kill)(void *owner);
    void (*stuck)(void *owner); /* it outlived the kill by 2 s */
};

enum deadline_stage {
    DEADLINE_OFF,
    DEADLINE_SET,    /* a test runs */
    DEADLINE_DUMPED, /* its time is over */
    DEADLINE_KILLED, /* its grace too; only the end of the box is awaited */
};

struct deadline {
    const struct deadline_events *events;
    void *owner;
    uv_timer_t timer; /* its data is the deadline */
    enum deadline_stage stage;
    unsigned grace_ms; /* between dump and kill */
    size_t test;       /* whose time it is */
};

/* events and owner are borrowed for its life. */
void deadline_init(struct deadline *deadline, uv_loop_t *loop, const struct deadline_events *events,
                   void *owner, unsigned grace_ms);

/* A test begins (timeout_ms 0: it has for ever). In a box that was killed already nothing is on the clock. */
void deadline_set(struct deadline *deadline, unsigned timeout_ms, size_t test);

/* The test ended in time or in its grace. A kill that is on its way is still awaited. */
void deadline_lift(struct deadline *deadline);

/* The box is gone. */
void deadline_reset(struct deadline *deadline);

/* Whether the time of deadline->test is over. */
bool deadline_passed(const struct deadline *deadline);

#endif
