/* The progress bar: one line that says how far a run is, how it goes and what
 * runs now. Measured in display columns; never wider than it is told. Pure. */
#ifndef ALOOF_REPORT_BAR_H
#define ALOOF_REPORT_BAR_H

#include "report/paper.h"
#include "session/session.h"

struct bar {
    const struct model *model;
    bool collecting;             /* how many there are is not known yet */
    int64_t run_ns;              /* how long it has been on */
    struct session_slot longest; /* the box whose test runs for the longest */
    bool still;                  /* no times are told, as they would go on by themselves */
};

/* Appends the line, without an end, in at most `columns` columns. The first that gives way on a narrow
 * terminal is the running test, then the bar, then what stands behind the counts. */
void bar_write(struct buf *to, const struct paper *paper, const struct bar *bar, size_t columns);

#endif
