/* aloof's own log: why each run started, what was ignored, what was killed. The
 * newest lines, each with the time of day. */
#ifndef ALOOF_UI_LOG_H
#define ALOOF_UI_LOG_H

#include "session/session.h"
#include "trace/story.h"

#include <time.h>

#define LOG_LINES 2000 /* so many are kept, at least */

/* Adds a line (several, when the text has newlines) of that moment in that style; the oldest ones go when
 * there are too many. log: zeroed at first, released by story_release. */
void log_add(struct story *log, time_t now, enum style style, const char *text);

/* Adds a line that the session has for the log. The same one again, with no other line in between, only moves
 * on the time of the last and counts, so that what goes on and on does not push out the rest. */
void log_remark(struct story *log, time_t now, enum session_remark what, const char *text);

/* Adds the lines for a run that begins, and why; and for one that ended. broken: as session_events has it. */
void log_run(struct story *log, time_t now, const struct session *session);
void log_end(struct story *log, time_t now, const struct session *session, const char *broken);

#endif
