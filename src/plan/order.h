/* In which order tests run, where that is not left to what was learned of them (schedule_deal). Pure. */
#ifndef ALOOF_PLAN_ORDER_H
#define ALOOF_PLAN_ORDER_H

#include "plan/schedule.h"

enum order_kind {
    ORDER_LEARNED, /* nobody wants any: the runner's, and schedule_deal's */
    ORDER_GIVEN,   /* as a list of ids has them, those that it does not have behind them in the runner's */
};

struct order {
    enum order_kind kind;
    const struct map *places; /* of ORDER_GIVEN: by id; NULL: the list is empty. Borrowed */
};

/* Brings positions of the model's listing into the order. Those of which it says nothing keep the runner's.
 */
void order_sort(const struct order *order, const struct model *model, uint32_t *positions, size_t count);

/* As schedule_deal, but the order is this one: parcels are queued, and the tests in each run, by it. In
 * BOX_ONE all tests are one parcel, in BOX_TEST each is one. Otherwise those of one group stay together, at
 * the place of the first of them; several small groups share a box, and a long one is divided. */
void order_deal(struct schedule *schedule, const struct model *model, unsigned team,
                const struct order *order, enum box_mode mode, unsigned boxes);

#endif
