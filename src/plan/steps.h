/* Stepping through the red tests, one at a time: which of them it is about, and
 * which comes next. Pure; the loop decides when to go on. */
#ifndef ALOOF_PLAN_STEPS_H
#define ALOOF_PLAN_STEPS_H

#include "plan/model.h"

/* Embedded; zeroed: nobody steps. */
struct steps {
    VEC(size_t) tests; /* indices into the model, in the order of the screen */
    size_t at;
};

/* Begins at `test`, or at the first where it is not among the `count` tests. They are copied; without any,
 * nobody steps. */
void steps_begin(struct steps *steps, const size_t *tests, size_t count, size_t test);

void steps_end(struct steps *steps);

/* The test that it is about; MAP_NONE: nobody steps. */
size_t steps_test(const struct steps *steps);

/* Goes to the next (step 1) or previous (-1) test that is still red, round the ends. False: no other one is,
 * and it stays where it is. */
bool steps_move(struct steps *steps, const struct model *model, int step);

/* Which one it is of those still red, counted from 1, and how many these are; 0 of 0: nobody steps. */
size_t steps_place(const struct steps *steps, const struct model *model, size_t *of);

#endif
