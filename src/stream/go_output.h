/* What a test of Go (or its package, outside of any test) printed, sorted: what tells why it failed apart
 * from what the program under test wrote. */
#ifndef ALOOF_STREAM_GO_OUTPUT_H
#define ALOOF_STREAM_GO_OUTPUT_H

#include "core/clip.h"

enum go_said { GO_SAID_NOTHING, GO_SAID_PASS, GO_SAID_FAIL, GO_SAID_SKIP };

/* Zeroed, with a limit, is one that printed nothing. */
struct go_output {
    size_t limit;       /* octets kept of each of: */
    struct clip trace;  /* lines with a place ("x_test.go:18: …"), panics, data races */
    struct clip plain;  /* everything else, but not the runner's own lines */
    struct buf note;    /* the newest text behind a place: why a test was skipped */
    struct buf panic;   /* the line that a panic begins with */
    enum go_said said;  /* what its own report line ("--- PASS: …") says */
    bool timed_out;     /* it panicked for that */
    bool build_failed;  /* of a package: it says so */
    bool verdict;       /* of a package: its process came to its end ("PASS" or "FAIL" alone) */
    unsigned char part; /* where the newest line went … */
    bool in_line;       /* … which has not ended yet */
    bool panicked, racing;
    size_t indent; /* of the newest place's line: deeper lines continue it */
};

/* Adds the text of one output event: a line, or a piece of a long one. `test` is how the report line calls
 * what printed it, empty of a package. */
void go_output_add(struct go_output *output, struct bytes piece, struct bytes test);

/* Appends a part as text. */
void go_output_trace(const struct go_output *output, struct buf *to);
void go_output_plain(const struct go_output *output, struct buf *to);

void go_output_release(struct go_output *output);

#endif
