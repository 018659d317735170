/* What is said of several rounds: which one begins, and at the end what failed in how many. Pure. */
#ifndef ALOOF_REPORT_ROUND_LINES_H
#define ALOOF_REPORT_ROUND_LINES_H

#include "plan/rounds.h"
#include "report/paper.h"

/* Appends the line that begins the next round; nothing where there is only one. */
void round_lines_begin(struct buf *to, const struct paper *paper, const struct rounds *rounds);

/* Appends how many rounds failed, and which tests in how many; nothing where there is only one. */
void round_lines_end(struct buf *to, const struct paper *paper, const struct rounds *rounds,
                     const struct model *model);

#endif
