/* What the files of the schedule share: schedule_deal.c makes it, with schedule_split.c for what is long;
 * schedule.c is the queue, schedule_open.c settles what a box gets while little is known. */
#ifndef ALOOF_PLAN_SCHEDULE_PARTS_H
#define ALOOF_PLAN_SCHEDULE_PARTS_H

#include "plan/schedule.h"

#define WORTH_A_BOX_NS INT64_C(50000000)  /* a fork and the group's set-up want to be earned */
#define WELL_EARNED_NS INT64_C(400000000) /* a batch that costs more saves nothing worth having */
#define WORTH_SETUPS 10 /* times what is set up for a piece its tests take, so that it is no matter */

struct batch {
    struct parcel *parcel;
    int64_t cost_ns;
    int64_t box_ns; /* of that: set-up for the box */
    enum urgency urgency;
    size_t rank;  /* of a risky one: that of its riskiest test */
    bool guessed; /* a part of the cost is */
    bool alone;   /* shares its box with nothing */
};

/* What one deal knows. */
struct deal {
    const struct model *model;
    const struct schedule_facts *facts;
    unsigned team, boxes;
    enum box_mode mode;
    int64_t guess_ns; /* of a test with no known time */
    int64_t total_ns; /* of all batches */
    int64_t limit_ns; /* a batch that costs more is split: half of an even share */
    int64_t goal_ns;  /* batches that cost less share a box up to here */
    bool open;        /* most times are unknown: groups are split and put together when boxes ask */
    struct map changed;
    VEC(struct batch) batches;
};

/* The test at that position of the listing. */
const struct test *deal_test(const struct deal *deal, uint32_t position);

/* What it takes, alone. */
int64_t deal_cost(const struct deal *deal, uint32_t position);

/* Opens a batch; its place. */
size_t deal_open(struct deal *deal);

/* Puts the test into the batch, with what is to be set up for it. */
void deal_put(struct deal *deal, size_t batch, uint32_t position);

/* Deals the batch, of one group, out again in pieces, unless that does not pay: whole classes, single tests
 * of a class that is itself too long. */
void deal_split(struct deal *deal, size_t batch);

/* Makes the next parcel of an open schedule that has one what a box is to get now. */
void schedule_settle(struct schedule *schedule, const struct model *model, const struct setups *setups);

#endif
