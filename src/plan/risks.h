/* Which tests a change has broken before: weights of tests by file, which fade with each time that the file
 * breaks something else. Pure. */
#ifndef ALOOF_PLAN_RISKS_H
#define ALOOF_PLAN_RISKS_H

#include "core/map.h"
#include "core/vec.h"

#include <stdint.h>

#define RISKS_FILES_MAX 20  /* that changed at once: of more it cannot be said which one it was */
#define RISKS_TESTS_MAX 200 /* that broke at once: more say nothing of each */

struct risk {
    char *file, *test;
    int64_t weight; /* in thousandths of a time; 0 none any more */
};

struct risks {
    VEC(struct risk) items;
    struct map by_name; /* of "FILE\nTEST" */
    struct strings names;
};

/* These tests began to fail when these files had changed. Nothing is learned of too many. keep: is given each
 * weight that changes. */
void risks_learn(struct risks *risks, const struct strings *files, const struct strings *tests,
                 void (*keep)(void *owner, const struct risk *risk), void *owner);

/* What history knows, at start. */
void risks_recall(struct risks *risks, const char *file, const char *test, int64_t weight);

/* Puts the tests that a change of these files has broken before into the map, by name, with their rank: 0 the
 * riskiest. The names are borrowed from risks. */
void risks_rank(const struct risks *risks, const struct strings *files, struct map *ranks);

void risks_release(struct risks *risks);

#endif
