/* The slots of a run as the runner sees them: forked at their first box, told
 * what to do, replaced when a test has killed one. */
#ifndef ALOOF_RUNNER_SLOTS_H
#define ALOOF_RUNNER_SLOTS_H

#include "runner/listing.h"

#include <sys/types.h>

struct slots_entry {
    pid_t pid;     /* 0: does not run */
    int fd;        /* where its commands go */
    unsigned sent; /* boxes, in all */
};

struct slots {
    const struct recipe *recipe;
    const struct strings *args;
    unsigned boxes;
    struct listing *listing;
    struct wire *wire;
    const char *scratch;
    VEC(struct slots_entry) entries;
    bool all;       /* that is listed is going to run, in one process if there is a command for that */
    unsigned *done; /* boxes that each has told to be gone, in all; shared with them */
    int early_fd;   /* where the first slot will find the tests that are still listed; -1 otherwise */
};

/* All borrowed. boxes: how many there may be. scratch: where reports are written (scratch.h); NULL: nowhere.
 */
void slots_init(struct slots *slots, const struct recipe *recipe, const struct strings *args, unsigned boxes,
                struct listing *listing, struct wire *wire, const char *scratch);

/* The tests are being listed, and all of them are to run: the first slot begins at once. Returns its process,
 * 0 none. */
pid_t slots_hurry(struct slots *slots);

/* That one has ended, and is reaped. */
void slots_lose_early(struct slots *slots);

/* The listing is complete. */
void slots_listed(struct slots *slots);

/* Hands a message (box, dump, kill) on to that slot. */
void slots_send(struct slots *slots, unsigned number, const struct control *message);

/* Looks which have died though nobody told them to; what they had to run is reported as gone. */
void slots_bury(struct slots *slots);

/* Tells all of them to leave, and waits until they have. */
void slots_close(struct slots *slots);

/* They were killed, all of them. */
void slots_forget(struct slots *slots);

void slots_release(struct slots *slots);

#endif
