/* The boxes there are and the queue of what they run: starts runs in the worker,
 * hands parcels to free slots, enforces deadlines, turns the death of a box into
 * the outcome of its test. Everything it learns leaves it as events. */
#ifndef ALOOF_RUN_POOL_H
#define ALOOF_RUN_POOL_H

#include "core/event.h"
#include "core/vec.h"
#include "plan/progress.h"
#include "run/worker.h"

enum run_end {
    RUN_COMPLETE,  /* every box ended */
    RUN_CANCELLED, /* by pool_cancel */
    RUN_BROKEN,    /* the runner could not do it: usage error, broken conftest, no Python, worker died */
};

struct pool_end {
    enum run_end how;
    int exit_code;    /* the runner's (pytest's 0..5), 2: a test ended the run, 4: no worker, -1: unknown */
    const char *text; /* the last of what the runner printed; "" none */
};

struct pool_events {
    /* Every event of the run, the pool's own included (crash, timeout, not-run, leak, interrupted). now_ns:
     * UTC arrival. */
    void (*event)(void *owner, const struct event *event);
    /* The listing is complete; the owner answers by pool_feed calls or pool_finish, now or later. maxfail:
     * after how many failures the runner's own options want the run to stop, 0 never. */
    void (*listed)(void *owner, size_t tests, unsigned maxfail);
    /* Slot `slot` wants a parcel: answer with pool_give, or not at all when there is none. Empty slots come
     * first, then those that could hold one more in reserve (pool_slot().held tells how many they hold). */
    void (*hungry)(void *owner, unsigned slot);
    /* A box died under a test or was killed at its deadline: these positions never ran and must be dealt
     * again. Give them here or when the slots next are hungry, which follows at once. */
    void (*returned)(void *owner, const uint32_t *positions, size_t count);
    void (*ended)(void *owner, const struct pool_end *end);
    /* The worker's hello: versions for the header ("pytest 7.2.1", "3.11.2"). */
    void (*hello)(void *owner, const char *runner, const char *python, const char *executable);
    /* The file loads these files of the project: by its source ("all" of them, or "more", behind those), or
     * "later", as its tests ran. Also between runs. May be NULL. */
    void (*loaded)(void *owner, const char *path, const char *how, const struct strings *loads);
    /* A damaged place in the worker's stream, or another line for aloof's log. */
    void (*damage)(void *owner, const char *reason);
    /* A slot or the run came to another stage, without an event: past its deadline, being killed. */
    void (*moved)(void *owner);
    void (*closed)(
        void *owner); /* after pool_close, always asynchronously; the pool frees itself when it returns */
};

struct pool_options {
    struct worker_options worker;
    unsigned slots;      /* >= 1 */
    unsigned timeout_ms; /* per test, 0 none */
    unsigned grace_ms;   /* between stack dump and kill (default 500) */
    unsigned keep;       /* octets of each text of a test that the worker sends, 0: as it likes */
    bool cold;           /* the worker learns no modules from a run for those after it */
    bool profile;        /* the worker attaches a profile to each test, where it can */
    bool once;           /* there will be one run only: the worker keeps nothing ready for another */
};

/* What runs right now, for the bar and the deadline. */
struct pool_slot_view {
    const char *test_id; /* NULL: between tests. Borrowed until the loop turns */
    enum stage stage;
    const char *newest_id; /* the test that the stage is about. Borrowed likewise */
    int64_t since_ns;      /* when that one began, or was reported; loop time (uv_hrtime) */
    int pid;               /* of the box, 0 none */
    unsigned held;         /* parcels that the slot holds, the running one included */
};

struct pool; /* heap; every function may be called from within every callback. SIGPIPE must be ignored */

/* Starts nothing yet. options are copied, events borrowed for the pool's life. */
struct pool *pool_new(uv_loop_t *loop, const struct pool_options *options, const struct pool_events *events,
                      void *owner);

/* Warms the worker up: starts it if it does not run. */
void pool_warm(struct pool *pool);

/* From the next start of the worker on, its interpreter is that one. Only when no worker is there. */
void pool_set_python(struct pool *pool, const char *python);

/* Starts run `serial`; only when none is on. args: the runner's arguments. files: NULL or what to collect.
 * all: all that will be listed is going to run, so it may begin already. */
void pool_run(struct pool *pool, unsigned serial, const struct strings *args, const struct strings *files,
              bool all);

/* Gives a slot that is hungry the ids (the texts are borrowed until the run ended) and
 * positions of one more. parts: for each the names of those of its parts that are to run, none: it is to run
 * as a whole; NULL: each is. Nothing happens when no run wants parcels (it was cancelled a moment ago) or
 * count is 0. */
void pool_give(struct pool *pool, unsigned slot, const uint32_t *positions, const char *const *ids,
               const struct strings *parts, size_t count);

/* Asks for parcels again where there is room, for an owner who had none, or did not want to give one. Nothing
 * happens when no run wants any. */
void pool_feed(struct pool *pool);

/* No more parcels will come once the current boxes are done: the run ends when they are. Safe again. What is
 * returned later takes it back. */
void pool_finish(struct pool *pool);

/* A failure that was reported is not to count as one in the runner's own exit code: its test runs again. */
void pool_forgive(struct pool *pool);

/* Stops the run: kills all boxes, `ended` follows with RUN_CANCELLED. Tests running get the tag interrupted
 * during the call; no other event of that run comes after it. Nothing happens when none is on. */
void pool_cancel(struct pool *pool);

/* Whether a run is on: pool_run was called and `ended` did not come yet. */
bool pool_running(const struct pool *pool);

/* What keeps a run from being just on: the worker is not there yet; or it did not stop in time, and is being
 * killed. */
bool pool_starting(const struct pool *pool);
bool pool_breaking(const struct pool *pool);
struct pool_slot_view pool_slot(const struct pool *pool, unsigned slot);
unsigned pool_slots(const struct pool *pool);

/* Ends everything; `closed` follows and nothing else does. Safe in any state, and again. */
void pool_close(struct pool *pool);

#endif
