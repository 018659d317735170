/* The words that narrow tests down, in the loop's filter and in the list of all
 * tests alike: one rule. Pure. */
#ifndef ALOOF_PLAN_FILTER_H
#define ALOOF_PLAN_FILTER_H

#include "plan/model.h"

/* Whether there is any word in the pattern. NULL is a pattern without one. */
bool filter_blank(const char *pattern);

/* Whether all words of the pattern, which blanks divide, are somewhere in the id; ASCII letters of either
 * case are alike. A pattern without words matches every id. */
bool filter_matches(const char *pattern, const char *id);

/* How many of the tests that there are match, files that cannot be collected not counted. */
size_t filter_count(const char *pattern, const struct model *model);

#endif
