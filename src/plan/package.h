/* Test files whose tests are known by a package and not by the file: Go's. Pure. */
#ifndef ALOOF_PLAN_PACKAGE_H
#define ALOOF_PLAN_PACKAGE_H

#include "plan/model.h"

/* Appends the model's groups that changed files belong to without being called like them: sums/sums_test.go
 * is of example.org/p/sums, and a_test.go of example.org/p. */
void package_groups(const struct model *model, const struct strings *changed, struct strings *groups);

#endif
