/* The reports for other programs that a person asked for: --subunit, --junit.
 * Sits on the session as its reporter. */
#ifndef ALOOF_REPORT_REPORTS_H
#define ALOOF_REPORT_REPORTS_H

#include "core/options.h"
#include "session.h"

struct reports; /* heap */

extern const struct session_reporter reports_reporter;

/* Opens what the settings ask for. 0, or a negative errno with a line naming the file. */
int reports_open(struct reports **reports, const struct settings *settings, struct error *error);

/* Whether standard output belongs to the stream (`--subunit -`), so that people's lines go elsewhere. */
bool reports_on_stdout(const struct reports *reports);

/* Closes all. -EIO and so on with a line when something could not be written, now or earlier. NULL does
 * nothing. */
int reports_close(struct reports *reports, struct error *error);

#endif
