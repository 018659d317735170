/* Parts: what a test reports of itself (the tests inside of a file, TAP points, subtests). They are not
 * listed. Some runners can run them without the rest of what they are in. Pure. */
#ifndef ALOOF_PLAN_PARTS_H
#define ALOOF_PLAN_PARTS_H

#include "plan/model.h"

/* Whether the test is one: it cannot be asked for by its id, only what it is a part of. */
bool parts_is_one(const struct test *test);

/* The listed test that the part belongs to by its name ("pkg/TestX" of "pkg/TestX/sub", "t/a.t" of "t/a.t >
 * adds"), MAP_NONE: there is none. */
size_t parts_owner(const struct model *model, const char *part);

/* Of parts marked `alone` the team's tests that are asked for become so too, but for those of which more is
 * to be run: in one of the groups (those that changed), or as red itself for another reason than that its
 * parts failed. The parts of these are no longer marked. */
void parts_settle(struct model *model, unsigned team, const struct map *groups);

/* Whether parts of the test are red that this run, which is about parts of it, does not ask for. */
bool parts_left_red(const struct model *model, const struct test *owner);

/* Appends, for each of `count` tests, what of it is asked for alone to the list at its place: the names that
 * parts have behind its id and " > ". */
void parts_names(const struct model *model, const size_t *tests, size_t count, struct strings *names);

#endif
