/* What is searched for in a text: letters of either case alike, unless it has
 * capitals of its own. Pure. */
#ifndef ALOOF_UI_NEEDLE_H
#define ALOOF_UI_NEEDLE_H

#include "core/bytes.h"

/* Zeroed: nothing is searched for. */
struct needle {
    char *text; /* UTF-8, never ""; NULL: nothing */
    bool exact; /* it has capitals, so case counts */
};

/* Searches for a copy of the text from now on; NULL or "": for nothing. */
void needle_set(struct needle *needle, const char *text);

/* Finds it in a text, which may be anything: true, with `found` as the first place where it is, borrowed from
 * the text. A needle for nothing is nowhere. */
bool needle_find(const struct needle *needle, struct bytes text, struct bytes *found);

void needle_release(struct needle *needle);

#endif
