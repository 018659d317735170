/* How far the changes reach that no full run has covered yet: which tests they can affect, of each team.
 * Where the person wants no more than that, it takes the place of the full run. Pure. */
#ifndef ALOOF_PLAN_REACH_H
#define ALOOF_PLAN_REACH_H

#include "plan/loop.h"

/* Whether such a run takes the place of a full one now: the person wants it, all tests ran before, and it
 * reaches some tests, but not those of all teams. */
bool reach_is_enough(const struct loop *loop, const struct model *model);

/* Puts what is reached of the team's groups into the map (its keys are borrowed from the loop). false: all of
 * them are. */
bool reach_find(const struct loop *loop, unsigned team, struct map *groups);

/* Whether it reaches any test of the team. */
bool reach_any(const struct loop *loop, const struct model *model, unsigned team);

/* The files that the team collects for such a run, as loop_files. */
bool reach_files(const struct loop *loop, const struct model *model, unsigned team, struct strings *files);

#endif
