/* What the session's screen says of its run: what goes on, why, and what comes first. Pure. */
#ifndef ALOOF_UI_VIEW_ACTIVITY_H
#define ALOOF_UI_VIEW_ACTIVITY_H

#include "ui/screen.h"
#include "ui/snapshot.h"

/* What stands between the parts of a line. */
const char *view_dot(const struct screen *screen);

/* Appends a part, after that. */
void view_add_part(struct buf *line, const struct screen *screen, const char *text);

/* Appends what goes on, or what went last, and why: "reran 2 in 0.04 s · src/a.py changed". */
void view_activity(struct buf *line, const struct screen *screen, const struct session_status *status);

#endif
