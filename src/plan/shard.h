/* One part of the tests for each of several machines, which know nothing of each other: every test is in
 * exactly one of them, given the same tests and the same history. Pure. */
#ifndef ALOOF_PLAN_SHARD_H
#define ALOOF_PLAN_SHARD_H

#include "plan/model.h"
#include "plan/setups.h"

/* Zeroed: all tests are in one. */
struct shard {
    unsigned number, of; /* 1 <= number <= of */
};

/* Reads "2/5". False: it is no such thing. */
bool shard_parse(struct shard *shard, const char *text);

/* Of the team's tests that are asked for, those of other shards are no longer. Returns how many these are.
 * The shards take about the same time, as far as that is known; tests of which nothing is are spread evenly.
 * The tests of a file stay together, unless they take longer than a shard should and it costs less to set up
 * again what they share. */
size_t shard_keep(const struct shard *shard, struct model *model, unsigned team, const struct setups *setups);

#endif
