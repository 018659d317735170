/* The progress bar: one line that says how far a run is, how it goes and what
 * runs now. Measured in display columns; never wider than it is told. Pure. */
#ifndef ALOOF_REPORT_BAR_H
#define ALOOF_REPORT_BAR_H

#include "plan/model.h"
#include "report/paper.h"

struct bar {
    const struct model *model;
    bool collecting;     /* how many there are is not known yet */
    int64_t run_ns;      /* how long it has been on */
    const char *running; /* the test that runs for the longest, NULL none */
};

/* Appends the line, without an end, in at most `columns` columns. The first that gives way on a narrow
 * terminal is the running test, then the bar, then what stands behind the counts. */
void bar_write(struct buf *to, const struct paper *paper, const struct bar *bar, size_t columns);

#endif
