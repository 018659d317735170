/* The reports for other programs that a person asked for: --subunit, --junit,
 * --locations. Sits on the session as its reporter. */
#ifndef ALOOF_REPORT_REPORTS_H
#define ALOOF_REPORT_REPORTS_H

#include "core/options.h"
#include "session/session.h"

struct reports; /* heap */

/* Opens what the settings ask for; their strings are borrowed until the close. 0, or a negative errno with a
 * line naming the file. */
int reports_open(struct reports **reports, const struct settings *settings, struct error *error);

/* Whether standard output belongs to the stream (`--subunit -`), so that people's lines go elsewhere. */
bool reports_on_stdout(const struct reports *reports);

/* Becomes the session's reporter. What it needs of the loop is closed when the session is. */
void reports_attach(struct reports *reports, uv_loop_t *loop, struct session *session);

/* Closes all, when the session is closed. -EIO and so on with a line when something could not be written, now
 * or earlier; of the locations of --once only the line, and 0. NULL does nothing. */
int reports_close(struct reports *reports, struct error *error);

#endif
