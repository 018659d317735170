/* In which order tests run, where that is not left to what was learned of them (schedule_deal). Pure. */
#ifndef ALOOF_PLAN_ORDER_H
#define ALOOF_PLAN_ORDER_H

#include "plan/schedule.h"

enum order_kind {
    ORDER_LEARNED, /* nobody wants any: the runner's, and schedule_deal's */
    ORDER_GIVEN,   /* as a list of ids has them, those that it does not have behind them in the runner's */
    ORDER_FAILED,  /* those first that are red, or were until their newest execution */
    ORDER_SLOWEST, /* by how long they usually take; those of which that is not known are last in both */
    ORDER_FASTEST,
    ORDER_RANDOM, /* files in an order that the seed decides, and so the classes in each, and their tests: by
                     their names alone, so that it is the same everywhere, and what else runs changes nothing
                   */
};

struct order {
    enum order_kind kind;
    const struct map *places; /* of ORDER_GIVEN: by id; NULL: the list is empty. Borrowed */
    uint32_t seed;            /* of ORDER_RANDOM */
};

/* Reads what a person types: "failed-first", "slowest-first", "fastest-first", "given", "random" and
 * "random:SEED"; *seeded: the seed is the person's. False: it is none of these. */
bool order_parse(struct order *order, const char *text, bool *seeded);

/* Brings positions of the model's listing into the order. Those of which it says nothing keep the runner's.
 */
void order_sort(const struct order *order, const struct model *model, uint32_t *positions, size_t count);

/* As schedule_deal, but the order is this one: parcels are queued, and the tests in each run, by it. In
 * BOX_ONE all tests are one parcel, in BOX_TEST each is one. Otherwise those of one group stay together, at
 * the place of the first of them; several small groups share a box, and a long one is divided. */
void order_deal(struct schedule *schedule, const struct model *model, unsigned team,
                const struct order *order, enum box_mode mode, unsigned boxes);

#endif
