/* The runner's side of one slot: a fork of the runner that runs one box after the
 * other. It is a subreaper, so whatever a box leaves behind becomes its child and
 * can be named and killed. */
#ifndef ALOOF_RUNNER_RUNNER_SLOT_H
#define ALOOF_RUNNER_RUNNER_SLOT_H

#include "runner/listing.h"

struct runner_slot_work {
    const struct recipe *recipe;
    const struct strings *args; /* the person's own */
    unsigned boxes;             /* so many may run at once */
    struct listing *listing;
    const char *scratch; /* where reports are written (scratch.h); NULL: nowhere */
    int packet_fd;
    bool all;     /* tests are to run, in one process if there is a command for that */
    int early_fd; /* not -1: the tests are still listed; where they will be, and a message `listed` says when
                   */
    unsigned number; /* its route */
    unsigned *done;  /* boxes that are told to be gone, counted for the runner */
};

/* The life of a slot's process: carries out the messages box, dump and kill from commands_fd until it is
 * closed, then kills what runs. One that is early begins with all tests at once. process_prepare was called.
 */
void runner_slot_main(const struct runner_slot_work *work, int commands_fd);

#endif
