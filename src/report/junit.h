/* A run as JUnit XML, for CI: one testsuite, names as pytest's own --junit-xml gives them. */
#ifndef ALOOF_REPORT_JUNIT_H
#define ALOOF_REPORT_JUNIT_H

#include "core/error.h"
#include "plan/model.h"

/* Writes the tests that have an outcome of the model's run to the path ("-": standard output). A regular file
 * is replaced at once when all is written, so that a reader never sees half of it; anything else (a pipe, a
 * device) is written straight to. started_ns: UTC, of the run. 0, or a negative errno with a line naming the
 * path. */
int junit_write(const struct model *model, const char *path, int64_t started_ns, struct error *error);

/* Appends a test's class name and name, of its id: path::Class::name[param] is path.Class and name[param],
 * where the path has dots for slashes and no .py. Both may hold anything that the id does. */
void junit_names(const char *id, struct buf *class_name, struct buf *name);

#endif
