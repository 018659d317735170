/* A run as JUnit XML, for CI: a testsuite for each recipe, names as pytest's own --junit-xml gives them. */
#ifndef ALOOF_REPORT_JUNIT_H
#define ALOOF_REPORT_JUNIT_H

#include "core/error.h"
#include "core/vec.h"
#include "plan/model.h"

/* What is written down. */
struct junit_run {
    const struct model *model;
    struct strings recipes; /* their names, one or more, in the order of the tests' teams */
    int64_t started_ns;     /* UTC */
};

/* Writes the tests that have an outcome of the model's run to the path ("-": standard output), without the
 * names of the recipes before their ids. A regular file is replaced at once when all is written, so that a
 * reader never sees half of it; anything else (a pipe, a device) is written straight to. 0, or a negative
 * errno with a line naming the path. */
int junit_write(const struct junit_run *run, const char *path, struct error *error);

/* Appends a test's class name and name, of its id: path::Class::name[param] is path.Class and name[param],
 * where the path has dots for slashes and no .py. An id of another kind is all name. Both may hold anything
 * that the id does. */
void junit_names(const char *id, struct buf *class_name, struct buf *name);

#endif
