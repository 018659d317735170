/* Finds out which of the tests before it make a test fail: its company. One
 * probe out, one answer in. Pure.
 *
 *  - All of the company, then none of it: does the test fail in company, and pass alone?
 *  - Halves: one of the two is asked about, the other one is believed. A single cause among n tests takes
 *    log2(n) + 3 probes at most, these two included.
 *  - The one test that is left is not it: there must be several that only together are the cause. The
 *    smallest company that was seen to fail is searched again, without believing anything: the shortest
 *    beginning of it that fails ends with a part of the cause; so it goes on until these parts suffice. Then
 *    each is left out once, so that none of them is superfluous.
 *  - The answer is checked: what was found fails, and nothing passes, as often as is wanted.
 *  - The same company has once passed and once failed: the test is flaky, and nothing can be found. It is
 *    asked about a second time when the test passes in all of its company, fails alone, or contradicts what
 *    it said before. */
#ifndef ALOOF_PLAN_BISECT_H
#define ALOOF_PLAN_BISECT_H

#include "core/vec.h"

#include <stdbool.h>

enum bisect_verdict {
    BISECT_OPEN,  /* there is another probe */
    BISECT_FOUND, /* `found` makes it fail, and nothing less of it does */
    BISECT_ALONE, /* fails without company */
    BISECT_NEVER, /* passes in all of its company */
    BISECT_FLAKY, /* fails and passes in the same company */
};

enum bisect_stage {
    BISECT_ALL,
    BISECT_NONE,
    BISECT_HALVES,
    BISECT_AGAIN, /* what contradicts what came before */
    BISECT_PARTS,
    BISECT_BEGINNINGS,
    BISECT_LESS,
    BISECT_CHECK,
    BISECT_CHECK_NONE,
};

/* Places in the company, ascending. */
struct company {
    size_t *items;
    size_t len, cap;
};

struct bisect {
    enum bisect_verdict verdict;
    enum bisect_stage stage;
    struct company next;  /* the probe: the test is to be run after these */
    struct company found; /* of BISECT_FOUND */
    unsigned probes;      /* answered, each company counted once and checks not */
    unsigned checks;      /* answers that only repeated or checked others */
    unsigned fails, runs; /* of the newest probe's company: of its runs so many failed */
    bool company_passes;  /* all of the company was seen to pass */

    size_t count;             /* of all */
    unsigned repeat;          /* wanted answers of what the verdict is based on */
    unsigned alone_runs;      /* answers without company, which agree */
    struct company suspects;  /* the cause is among them, or they end with a part of it */
    struct company confirmed; /* the smallest that was seen to fail */
    size_t pass, fail;        /* so many first suspects, with `found`, pass and fail */
    size_t without;           /* which of `found` is left out */
};

/* The test ran after `count` others. repeat: how often the verdict's probes are to be answered alike, >= 1.
 */
void bisect_init(struct bisect *bisect, size_t count, unsigned repeat);

/* Whether the answer to `next` only repeats or checks others. */
bool bisect_checks(const struct bisect *bisect);

/* Answers the probe `next`: whether the test failed. Only while the verdict is open. */
void bisect_answer(struct bisect *bisect, bool failed);

void bisect_release(struct bisect *bisect);

#endif
