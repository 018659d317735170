/* Finds the commit that made a test fail, as `git bisect` does: among those of a
 * range, where merges may be, the one to look at next is the one that has as
 * near as can be half of the suspects behind it. Pure. */
#ifndef ALOOF_PLAN_COMMITS_H
#define ALOOF_PLAN_COMMITS_H

#include "core/map.h"
#include "core/vec.h"

#include <stdbool.h>

enum commit_mark {
    COMMIT_SUSPECT, /* it may be the first bad one */
    COMMIT_CLEARED, /* good, or behind one that is; or not behind one that is bad */
    COMMIT_SKIPPED, /* a suspect that nothing can be said of */
    COMMIT_BAD,     /* the newest that is known to be bad; a suspect, too */
};

/* A commit of the range. */
struct commit_node {
    VEC(size_t) parents; /* those in the range, all of them before it */
    enum commit_mark mark;
    size_t weight; /* suspects that it has behind it, itself included */
};

/* Embedded; zeroed, then filled by commits_add. */
struct commits {
    VEC(struct commit_node) nodes;
    size_t bad; /* the newest that is known to be bad: at first the last one */
};

/* Adds a commit: parents come before their children, the bad end of the range comes last. */
void commits_add(struct commits *commits);
void commits_add_parent(struct commits *commits, size_t parent); /* of the newest */

/* The one to look at next; MAP_NONE: nothing is left that could tell more. */
size_t commits_next(struct commits *commits);

/* What was seen of a suspect. */
void commits_answer(struct commits *commits, size_t commit, enum commit_mark mark);

/* How many may still be the first bad one; when nothing is next, 1 is the answer: `bad`. */
size_t commits_suspects(const struct commits *commits);

/* Whether the commit is one of these. */
bool commits_suspected(const struct commits *commits, size_t commit);

/* About how many more there will be to look at. */
unsigned commits_left(const struct commits *commits);

void commits_release(struct commits *commits);

#endif
