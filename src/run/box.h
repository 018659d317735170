/* One box as the pool sees it: the tests that it was asked to run, and how far
 * it is with them. */
#ifndef ALOOF_RUN_BOX_H
#define ALOOF_RUN_BOX_H

#include "core/bytes.h"

#include <stdbool.h>
#include <stdint.h>

#define BOX_NO_TEST SIZE_MAX

struct box {
    uint32_t *positions; /* in the listing, in the order in which they run */
    const char **ids;    /* the texts are borrowed until the run ended */
    bool *reported;      /* has its final status */
    size_t count;
    size_t unreported; /* how many have none yet */
    size_t running;    /* index of the test that runs, or BOX_NO_TEST */
    size_t newest;     /* index of the last one that began or was reported; BOX_NO_TEST: none yet */
};

/* Copies positions and the array of ids; count >= 1. */
void box_init(struct box *box, const uint32_t *positions, const char *const *ids, size_t count);

/* The index of the first unreported test of that id from where the box is (ids may occur twice, and come in
 * order), or BOX_NO_TEST. */
size_t box_find(const struct box *box, struct bytes id);

/* Marks a test as reported. */
void box_report(struct box *box, size_t at);

/* The id of the test that runs, NULL between tests. */
const char *box_running(const struct box *box);

void box_release(struct box *box);

#endif
