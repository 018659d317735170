/* Files that the tests write themselves: a file that changed during two runs in a row, both times
 * while one and the same test was running, is taken to be written by that test and starts no more runs.
 * A change while nothing runs always counts, and forgets the suspicion. */
#ifndef ALOOF_PLAN_SELFWRITE_H
#define ALOOF_PLAN_SELFWRITE_H

#include "core/vec.h"

#include <stdbool.h>

struct selfwrite_entry {
    char *path;
    struct strings suspects; /* ids of tests that were running when it changed */
    bool ignored;
};
struct selfwrite {
    VEC(struct selfwrite_entry) entries;
};
void selfwrite_release(struct selfwrite *self);

/* Judges one changed path. running: ids of tests whose execution covers the change; NULL: no run was on. A
 * run that is being cancelled already proves nothing more: such a change counts and need not be judged.
 * Returns true when the change is to be ignored; *newly is set when this call decided so (time for a notice),
 * and *culprit then borrows the id of the test (else it is NULL). */
bool selfwrite_judge(struct selfwrite *self, const char *path, const struct strings *running, bool *newly,
                     const char **culprit);

/* Whether the file is one that its writer renames or removes soon ("test-suite.log.tmp"), so that no second
 * run sees it: what becomes of it while a run is on is the run's doing from the first, and that it goes is no
 * edit whenever it is heard of. */
bool selfwrite_is_passing(const char *path);

/* Forgets all ignored paths (the key that undoes it). Returns how many were ignored. */
size_t selfwrite_forget(struct selfwrite *self);

#endif
