/* Flaky tests: those that passed and failed on one and the same tree. What was
 * saved is heard of a moment later, so that a test which turned is only a suspect
 * until the files have been still for a while. Pure. */
#ifndef ALOOF_PLAN_FLAKY_H
#define ALOOF_PLAN_FLAKY_H

#include "plan/model.h"

#define FLAKY_PASSES 20 /* in a row, and a test counts as steady again */

/* A run begins: its outcomes are of the tree as it is now. */
void flaky_begin(struct model *model);

/* A file changed: what was suspected may have its cause in that, and what the run that goes on still gives is
 * of no known tree. */
void flaky_changed(struct model *model);

/* The test has a new outcome of this run, the first or (a duplicated id) a worse one. */
void flaky_judge(struct model *model, size_t test, bool first);

/* Nothing has changed for a while: the suspects are flaky. Returns how many were not known as such, and in
 * *named one of them. `each` is told of them all. */
size_t flaky_confirm(struct model *model, void (*each)(void *owner, size_t test), void *owner, size_t *named);

#endif
