/* The last line of a run: "851 tests, 2 failures, 1 crash, 4 skipped in 1.2s",
 * "OK!  851 tests in 0.9s". Pure. */
#ifndef ALOOF_REPORT_SUMMARY_H
#define ALOOF_REPORT_SUMMARY_H

#include "plan/model.h"
#include "report/paper.h"

/* Appends the line. The model holds the finished run; exit_code is the run's (pytest's codes), and "OK!" is
 * only said at 0, when nothing is red or flaky, and nothing of the stream was lost. */
void summary_write(struct buf *to, const struct paper *paper, const struct model *model, int exit_code,
                   int64_t run_ns);

#endif
