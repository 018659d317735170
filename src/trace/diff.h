/* Which lines of an explanation belong to a diff. Pure. */
#ifndef ALOOF_TRACE_DIFF_H
#define ALOOF_TRACE_DIFF_H

#include "trace/story.h"

/* How a line of an explanation is drawn: pytest, unittest and ndiff mark what is on one side only "- " and
 * "+ ", and where they differ "? "; pytest's reports put "E " in front. STYLE_PLAIN: no part of a diff.
 * Colours that the line was printed in do not matter. */
enum style diff_style(struct bytes line);

/* Likewise for a line of a report, where only what stands behind pytest's "E " is an explanation. */
enum style diff_report_style(struct bytes line);

#endif
