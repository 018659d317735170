/* The lines at the end of a run: why the runner could not do it, or that there
 * were no tests, or how it went. */
#ifndef ALOOF_REPORT_ENDING_H
#define ALOOF_REPORT_ENDING_H

#include "report/paper.h"
#include "session/session.h"

/* Appends them. exit_code, broken: as session_events has them. paths: what was asked for, as typed; NULL or
 * empty: everything. */
void ending_write(struct buf *to, const struct paper *paper, const struct session *session, int exit_code,
                  const char *broken, const struct strings *paths);

#endif
