/* aloof's own log: why each run started, what was ignored, what was killed. The
 * newest lines, each with the time of day. */
#ifndef ALOOF_UI_LOG_H
#define ALOOF_UI_LOG_H

#include "trace/story.h"

#include <time.h>

#define LOG_LINES 2000 /* so many are kept, at least */

/* Adds a line (several, when the text has newlines) of that moment in that style; the oldest ones go when
 * there are too many. log: zeroed at first, released by story_release. */
void log_add(struct story *log, time_t now, enum style style, const char *text);

#endif
