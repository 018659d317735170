/* The same tests, run one time after the other: whether once more, and what came of it. Pure. */
#ifndef ALOOF_PLAN_ROUNDS_H
#define ALOOF_PLAN_ROUNDS_H

#include "plan/model.h"

struct round_test {
    size_t test;     /* index into the model */
    unsigned failed; /* in so many rounds */
};

struct rounds {
    unsigned wanted;       /* 0: without end */
    bool until_failure;    /* a round that fails is the last */
    unsigned done, failed; /* rounds */
    int exit_code;         /* of all of them: of the newest one, but 1 when it is 0 and another failed */
    VEC(struct round_test) tests; /* that failed in any, in the order in which they did first */
};

/* A round has ended with that exit code (pytest's). The model holds its outcomes. */
void rounds_take(struct rounds *rounds, const struct model *model, int exit_code);

/* Whether there is to be another one: not when what was wanted is there, nor when the newest could not be
 * carried through. */
bool rounds_go_on(const struct rounds *rounds);

void rounds_release(struct rounds *rounds);

#endif
