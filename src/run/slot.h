/* One place where boxes run, one after the other: those that it holds, and the
 * deadline of the test that runs. */
#ifndef ALOOF_RUN_SLOT_H
#define ALOOF_RUN_SLOT_H

#include "plan/progress.h"
#include "run/box.h"
#include "run/deadline.h"

#define SLOT_BOXES 8 /* one runs, the others wait at the worker, which so never waits for us */
#define SLOT_LOW 2   /* with so many left it is time for more: several at once wake the worker once */

struct slot {
    void *owner; /* the pool */
    unsigned number;
    struct deadline deadline;
    int pid;                      /* of the box that runs, 0 none */
    int64_t since_ns;             /* when its newest test began or was reported, loop time */
    struct box boxes[SLOT_BOXES]; /* the first is the one that runs */
    unsigned held;
    bool low; /* is being asked for, until it is full or nothing comes */
};

/* `slot` is zeroed; events are for its deadline, with the slot as their owner. */
void slot_init(struct slot *slot, uv_loop_t *loop, const struct deadline_events *events, unsigned grace_ms);

/* Adds a box of these tests behind what the slot holds; there must be room. As box_init. */
void slot_push(struct slot *slot, const uint32_t *positions, const char *const *ids, size_t count);

/* Takes the running box out, which ends its deadline; the next one moves up. The caller releases it. */
struct box slot_take(struct slot *slot);

/* Drops all boxes. */
void slot_clear(struct slot *slot);

/* A test began; nothing happens when the running box has none of that id left. timeout_ms: its time, 0 for
 * ever. */
void slot_begin(struct slot *slot, struct bytes id, unsigned timeout_ms);

/* A test got its final status; nothing happens likewise. */
void slot_report(struct slot *slot, struct bytes id);

/* What its first box is at. */
enum stage slot_stage(const struct slot *slot);

/* The id of that box's test that began or was reported last, NULL none. */
const char *slot_newest(const struct slot *slot);

/* The id of the test that runs, NULL between tests. */
const char *slot_running(const struct slot *slot);

#endif
