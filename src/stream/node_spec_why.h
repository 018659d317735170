/* Why tests failed, as node's spec reporter says it: before node 22 behind each, and of all at the end. There
 * tests go without their suites, by the same line as before. */
#ifndef ALOOF_STREAM_NODE_SPEC_WHY_H
#define ALOOF_STREAM_NODE_SPEC_WHY_H

#include "core/vec.h"
#include "stream/emit.h"

/* What may be told of at the end. */
struct node_failure {
    char *text, *id;   /* its line behind the mark */
    bool emitted;      /* as failed; a suite may have failed for its tests only */
    bool explained;    /* by the end */
    struct buf behind; /* what came behind it */
};

struct node_spec_why {
    struct emitter emitter;
    VEC(struct node_failure) failures;
    size_t indent;     /* of the explanation at hand; 0: there is none */
    bool blank;        /* an empty line came before it */
    bool at_end;       /* it is one of those at the end: … */
    size_t at;         /* … of that failure, … */
    struct buf place;  /* … which stands there: "test/sums.test.js:7:1" */
    struct buf text;   /* … and that is what it says */
    size_t kept_bytes; /* behind failures */
};

/* A test has failed, or a suite, with that line; both texts are copied. */
void node_spec_failed(struct node_spec_why *why, struct bytes text, struct bytes id, bool emitted);

/* A line behind a failure, `depth` suites deep. */
void node_spec_expect(struct node_spec_why *why, size_t depth);

/* A line while an explanation is at hand (`marked`: one of the reporter's). Returns whether it is of it. */
bool node_spec_explain(struct node_spec_why *why, struct bytes line, bool marked);

/* At the end: "test at PLACE", and then the line of the failure; false: no such failure came before. */
void node_spec_place(struct node_spec_why *why, struct bytes place);
bool node_spec_at(struct node_spec_why *why, struct bytes text);

/* All that was told is over: what the end did not explain is told by what came behind it. */
void node_spec_settle(struct node_spec_why *why);

void node_spec_why_release(struct node_spec_why *why);

#endif
