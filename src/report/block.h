/* A failure as the plain front end prints it: its story as lines of text. Pure. */
#ifndef ALOOF_REPORT_BLOCK_H
#define ALOOF_REPORT_BLOCK_H

#include "plan/model.h"
#include "report/paper.h"

struct block_place {
    const char *editor; /* the command in location lines: "vim" */
    const char *here;   /* where the person stands: see place_from */
    const char *root;   /* absolute, for hyperlinks */
    const char *host;   /* likewise; "" for this one */
};

/* Appends the block: its lines, and an empty one behind them. */
void block_write(struct buf *to, const struct paper *paper, const struct block_place *place,
                 const struct test *test, const struct trace *trace);

#endif
