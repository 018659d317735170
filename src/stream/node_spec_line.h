/* One line of what node's spec reporter prints, taken apart. */
#ifndef ALOOF_STREAM_NODE_SPEC_LINE_H
#define ALOOF_STREAM_NODE_SPEC_LINE_H

#include "core/bytes.h"

#include <stdint.h>

enum node_mark {
    NODE_NONE,  /* no line of the reporter */
    NODE_PASS,  /* "✔ adds (0.31ms)" */
    NODE_FAIL,  /* "✖ adds (0.31ms)", or without a duration: cancelled */
    NODE_SKIP,  /* "﹣ adds (0.31ms) # SKIP" */
    NODE_TODO,  /* "⚠ adds (0.31ms) # later": it failed, and may */
    NODE_SUITE, /* "▶ sums": what follows is in it; with a duration its end, before node 20 */
    NODE_INFO,  /* "ℹ tests 24" */
};

/* Borrowed from the line. */
struct node_spec_line {
    enum node_mark mark;
    size_t depth;           /* suites around it */
    struct bytes text;      /* behind the mark */
    struct bytes name;      /* the text up to the duration */
    struct bytes directive; /* what stands behind " # " there; empty: none */
    bool timed;             /* it has a duration: … */
    int64_t duration_ns;
};

/* Takes a line (without its end, without colours) apart. */
struct node_spec_line node_spec_line(struct bytes line);

#endif
