/* Where the red tests fail, as a file that editors read: one line a place, `path:line:column: message`
 * (errorformat %f:%l:%c: %m). */
#ifndef ALOOF_REPORT_LOCATIONS_H
#define ALOOF_REPORT_LOCATIONS_H

#include "session/session.h"

struct locations_scope {
    const char *here; /* what paths are relative to: see place_from */
    bool this_run;    /* only tests that have an outcome of the model's run; else all that are red */
};

/* Appends the lines of the failures that are red: of each first the most likely frame (trace_likely), then
 * the project's other frames, the deepest first, marked "(called from here)". A failure without frames is at
 * the first line of its file. */
void locations_text(struct buf *to, const struct model *model, const struct failure *failures, size_t count,
                    const struct locations_scope *scope);

/* Whether such a file can be at the path: in a directory that exists, and nothing else there than a file. 0,
 * or a negative errno with a line naming the path. */
int locations_check(const char *path, struct error *error);

/* Makes the text the file's content, all at once, so that a reader never sees half of it; a file that has
 * this content already is left alone. 0, or a negative errno with a line naming the path. */
int locations_write(const char *path, struct bytes text, struct error *error);

#endif
