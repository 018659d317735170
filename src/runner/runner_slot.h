/* The runner's side of one slot: a fork of the runner that runs one box after the
 * other. It is a subreaper, so whatever a box leaves behind becomes its child and
 * can be named and killed. */
#ifndef ALOOF_RUNNER_RUNNER_SLOT_H
#define ALOOF_RUNNER_RUNNER_SLOT_H

#include "runner/listing.h"

struct runner_slot_work {
    const struct recipe *recipe;
    const struct strings *args; /* the person's own */
    const struct listing *listing;
    const char *scratch; /* where reports are written (scratch.h); NULL: nowhere */
    int packet_fd;
    unsigned number; /* its route */
    unsigned *done;  /* boxes that are told to be gone, counted for the runner */
};

/* The life of a slot's process: carries out the messages box, dump and kill from commands_fd until it is
 * closed, then kills what runs. process_prepare was called. */
void runner_slot_main(const struct runner_slot_work *work, int commands_fd);

#endif
