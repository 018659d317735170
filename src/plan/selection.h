/* Which tests a person wants, by their ids. Pure. */
#ifndef ALOOF_PLAN_SELECTION_H
#define ALOOF_PLAN_SELECTION_H

#include "core/error.h"
#include "core/map.h"
#include "core/regex.h"
#include "core/vec.h"

/* Zeroed: all of them. */
struct selection {
    VEC(struct regex *) include, exclude;
    struct strings left_out; /* ids */
    struct map by_id;
};

/* Only tests in whose ids one of the included patterns is found, and none of the excluded ones. 0, or -EINVAL
 * with a line that begins with the option. */
int selection_include(struct selection *selection, const char *pattern, struct error *error);
int selection_exclude(struct selection *selection, const char *pattern, struct error *error);

/* Without the tests of these ids, which are taken over. */
void selection_leave_out(struct selection *selection, struct strings *take_ids);

/* Whether it leaves nothing out. */
bool selection_is_all(const struct selection *selection);

/* Whether the test is wanted. What it would cost too much to find out of is. */
bool selection_takes(const struct selection *selection, const char *id);

void selection_release(struct selection *selection);

#endif
