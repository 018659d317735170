/* How long the run will still take. Pure. */
#ifndef ALOOF_PLAN_ESTIMATE_H
#define ALOOF_PLAN_ESTIMATE_H

#include "plan/model.h"

/* The time left of the run that goes on, in ns, from the usual times of the tests that are asked and not
 * done; -1: not known, as that is so of less than half of them, or as all of them take longer than usual.
 * boxes: >= 1. running: indices of the tests that run right now; now_ns: UTC. Costs nothing but a look at
 * those, however many tests there are. */
int64_t estimate_left(const struct model *model, unsigned boxes, const size_t *running, size_t running_count,
                      int64_t now_ns);

#endif
