/* What a person typed as path or test id -> the same relative to the root. */
#ifndef ALOOF_PROJECT_TARGETS_H
#define ALOOF_PROJECT_TARGETS_H

#include "core/error.h"
#include "core/vec.h"

/* Resolves `typed` (a path or `path::name…`, relative to cwd, or to the root where it only exists there). cwd
 * and root are absolute real paths. Appends the result to `targets`. -ENOENT or -EINVAL (outside of the
 * project) with a line. */
int target_resolve(const char *typed, const char *cwd, const char *root, struct strings *targets,
                   struct error *error);

/* A file that is to be written at `typed` (relative to cwd), relative to the root; a link that is there is
 * followed. NULL: its directory does not exist, or is outside of the project. The caller frees. */
char *target_file(const char *typed, const char *cwd, const char *root);

/* Where cwd is below the root, with a slash behind: "tests/"; "" at the root (or elsewhere). The caller
 * frees. */
char *target_here(const char *cwd, const char *root);

#endif
