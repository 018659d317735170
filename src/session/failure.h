/* A failing test, told: what the model knows of it and the frames of its trace as
 * the story that every front end shows. Pure. */
#ifndef ALOOF_FAILURE_H
#define ALOOF_FAILURE_H

#include "plan/model.h"
#include "trace/story.h"

struct failure_look {
    const char *editor; /* the command in location lines: "vim" */
    const char *here;   /* where the person stands: see place_from */
    bool unfold;        /* show foreign frames */
    bool ascii;
};

/* Builds the story; `story` is initialised by it. */
void failure_tell(struct story *story, const struct test *test, const struct trace *trace,
                  const struct failure_look *look);

/* The names of what is remembered of a failure. */
#define FAILURE_KEPT 7
extern const char *const failure_kept[FAILURE_KEPT];

#define FAILURE_TEXTS 5

struct failure_text {
    const char *name; /* of the attachment */
    const char *heading;
    bool report; /* the runner's own, in which explanations are marked */
};

/* What else is known of a test, one of FAILURE_TEXTS: how it ended, what it wrote, the runner's own report.
 * Appends it to `to` and returns what it is; NULL: there is nothing. */
const struct failure_text *failure_text(const struct test *test, size_t number, struct buf *to);

/* The failure in one line: "FAIL id: AssertionError: assert 1 == 2". Of a test that died, how; without either
 * (a red test of an earlier start) only label and id. What came from outside is not cleaned. The caller
 * frees. */
char *failure_line(const struct test *test, const struct trace *trace);

#endif
