/* Which test files a change can affect: what loads what, as the runner told it. Pure. */
#ifndef ALOOF_PLAN_AFFECTS_H
#define ALOOF_PLAN_AFFECTS_H

#include "core/map.h"
#include "core/vec.h"

/* What loads those files of which nobody knows who loads them. */
#define AFFECTS_EVERYTHING "*"

enum affects_how {
    AFFECTS_ALL,   /* by its source, the file loads these and no others */
    AFFECTS_MORE,  /* these, too */
    AFFECTS_LATER, /* its tests loaded these as they ran */
};

struct affects_file {
    char *path;               /* below the root */
    VEC(size_t) loads, later; /* files, each once */
};

struct affects {
    VEC(struct affects_file) files;
    struct map by_path;
};

/* The file loads these. Returns whether that is news. */
bool affects_tell(struct affects *affects, const char *path, enum affects_how how,
                  const struct strings *loads);

/* Calls `each` for all that the file is known to load by its source, or later. */
void affects_each(const struct affects *affects, const char *path, bool later,
                  void (*each)(void *owner, const char *loaded), void *owner);

/* Whether the path has the name of a file of tests: test_*.py or *_test.py. */
bool affects_is_test(const char *path);

/* Puts all files that load a changed one, however indirectly, and the changed ones into `found` (its keys are
 * borrowed from both). false: everything may be affected, as a changed file is not known to be loaded (it is
 * no source, or new), or who loads it is not known, or nothing of all that is. A new file that has the name
 * of a test file affects nothing else. */
bool affects_find(const struct affects *affects, const struct strings *changed, struct map *found);

void affects_release(struct affects *affects);

#endif
