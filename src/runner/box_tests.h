/* What a box is asked for: tests of the listing, and of some of them a few parts only. */
#ifndef ALOOF_RUNNER_BOX_TESTS_H
#define ALOOF_RUNNER_BOX_TESTS_H

#include "runner/listing.h"

struct box_tests {
    struct recipe_test *tests; /* a copy, to be put in another order */
    size_t count;
    struct strings *parts; /* of each that is asked for in parts; they point at them */
};

/* From the body of the message; positions that the listing has not are left out. */
void box_tests_read(struct box_tests *box, const struct listing *listing, const json_t *body);
void box_tests_release(struct box_tests *box);

#endif
