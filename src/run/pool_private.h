/* The pool's insides, for the two files that are the pool: pool.c (its life, its
 * owner's calls) and pool_worker.c (what the worker has to say). */
#ifndef ALOOF_RUN_POOL_PRIVATE_H
#define ALOOF_RUN_POOL_PRIVATE_H

#include "run/pool.h"
#include "run/slot.h"
#include "run/verdict.h"

enum pool_state {
    POOL_IDLE,     /* no run is on; what comes is stale */
    POOL_LISTING,  /* aloof.run is sent, aloof.listed awaited */
    POOL_DEALING,  /* parcels come, boxes run */
    POOL_ENDING,   /* aloof.end is sent, aloof.ended awaited */
    POOL_STOPPING, /* aloof.stop is sent, aloof.ended awaited; what else comes is stale */
    POOL_BREAKING, /* the worker is on its way out, the run ends when it is gone; what comes is stale */
    POOL_CLOSING,
};

#define IN(state) (1u << (state))
#define IN_LIVE (IN(POOL_LISTING) | IN(POOL_DEALING) | IN(POOL_ENDING))
#define IN_ALL (~0u)

struct pool {
    const struct pool_events *events;
    void *owner;
    uv_loop_t *loop;
    struct pool_options options; /* its strings are ours */
    struct worker *worker;       /* NULL: does not run */
    enum pool_state state;
    unsigned serial;
    size_t listed;   /* tests of the run so far */
    size_t forgiven; /* failures of it */
    struct slot *slots;
    uv_timer_t patience;
    unsigned handles;    /* open ones of ours, and one for the worker */
    bool greeted;        /* the worker said hello */
    bool finishing;      /* the owner has no more parcels */
    bool busy;           /* in the middle of a step: slots are fed when it is over */
    char *refused;       /* why the worker cannot work */
    struct pool_end end; /* what STOPPING and BREAKING lead to; its text is ours */
    VEC(bool) stranded;  /* by position: came back once from a box that began nothing */
};

/* What the worker's events are given to; their owner is the pool. */
extern const struct worker_events pool_worker_events;

bool pool_is_in(const struct pool *pool, unsigned states);

/* Hands an event to the owner, when the run is live still: the owner may have cancelled it a moment ago. */
void pool_tell(void *pool, const struct event *event);

/* A line for the owner's log. */
void pool_damage(struct pool *pool, const char *text);

/* What is known about the end of the slot's running box when it died like that. */
struct box_end pool_box_end(const struct pool *pool, const struct slot *slot, struct death death);

/* The worker fails us as a whole: nothing that is with it will be reported any more. NULL: we kill it. */
void pool_write_off(struct pool *pool, const struct death *death);

/* Says how the run is going to end; copies the text. */
void pool_set_end(struct pool *pool, enum run_end how, int exit_code, const char *text);

/* Tells the worker to stop, when the end is set. Everything that comes before its answer is stale. */
void pool_stop_run(struct pool *pool);

/* Hands the end over; the owner may start the next run from there. */
void pool_end_run(struct pool *pool);

/* Sets how long the worker's answer to a stop may take: longer when it has yet to start. */
void pool_await_end(struct pool *pool);

/* One handle less; the last one frees the pool. */
void pool_settle(struct pool *pool);

#endif
