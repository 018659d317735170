/* One place where boxes run, one after the other: the parcels it holds, which of
 * their tests were reported, the one that runs now and its deadline. */
#ifndef ALOOF_RUN_SLOT_H
#define ALOOF_RUN_SLOT_H

#include "core/bytes.h"
#include "run/deadline.h"

#include <stdbool.h>
#include <stdint.h>

#define SLOT_PARCELS 2 /* one runs, one waits at the worker, so that no box waits for us */
#define SLOT_NO_TEST SIZE_MAX

/* The tests that one box is to run, in order. */
struct parcel {
    uint32_t *positions;
    const char **ids; /* the texts are borrowed until the run ended */
    bool *reported;   /* has its final status */
    size_t count;
    size_t running; /* index of the test that runs, or SLOT_NO_TEST */
    size_t newest;  /* index of the last one that began or was reported; SLOT_NO_TEST: none yet */
};

struct slot {
    void *owner; /* the pool */
    unsigned number;
    struct deadline deadline;
    int pid;            /* of the box, 0 none */
    int64_t started_ns; /* of the running test, loop time */
    struct parcel parcels[SLOT_PARCELS]; /* the first is the one that runs */
    unsigned held;
};

/* `slot` is zeroed; events are for its deadline, with the slot as their owner. */
void slot_init(struct slot *slot, uv_loop_t *loop, const struct deadline_events *events, unsigned grace_ms);

/* Adds a parcel behind what the slot holds; there must be room. Copies positions and the array of ids. */
void slot_push(struct slot *slot, const uint32_t *positions, const char *const *ids, size_t count);

/* Takes the running parcel out, and with it everything about its box; the next one moves up. The caller releases it. */
struct parcel slot_take(struct slot *slot);

/* Drops all parcels. */
void slot_clear(struct slot *slot);

/* A test began; nothing happens when the running parcel has none of that id left. timeout_ms: its time, 0 for ever. */
void slot_begin(struct slot *slot, struct bytes id, unsigned timeout_ms);

/* A test got its final status; nothing happens likewise. */
void slot_report(struct slot *slot, struct bytes id);

/* The id of the test that runs, NULL between tests. */
const char *slot_running(const struct slot *slot);

void parcel_release(struct parcel *parcel);

#endif
