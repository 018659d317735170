/* How the session's screen says that the loop is narrowed down: to the tests of a
 * filter, or to the one failure that is stepped to. Pure. */
#ifndef ALOOF_UI_VIEW_NARROW_H
#define ALOOF_UI_VIEW_NARROW_H

#include "ui/screen.h"
#include "ui/snapshot.h"

/* Indices of failures. */
struct view_order {
    size_t *items;
    size_t len, cap;
};

/* Whether the person steps through the failures, so that only one shows. */
bool view_steps(const struct snapshot *snapshot);

/* Appends the indices of the snapshot's failures in the order in which they show: all; under a filter those
 * that it matches first; of steps the one, or what cannot be collected and so keeps it from running. */
void view_order(const struct snapshot *snapshot, struct view_order *order);

/* Puts "STEP 1 of 3 · FILTER api · " from col on, as far as it applies; returns the column behind it. */
int view_narrowed(struct screen *screen, int row, int col, int limit, const struct snapshot *snapshot);

/* The verdict on what a filter matches: "RED 1 of 12", "12 of 12 passed", never green; "" while there is
 * none. False: there is no filter. */
bool view_filter_verdict(const struct snapshot *snapshot, char *text, size_t size, enum style *style);

/* Appends what leads back to the loop as it was, for the row of what runs. False: it is not narrowed. */
bool view_widening(const struct snapshot *snapshot, bool ascii, struct buf *text);

#endif
