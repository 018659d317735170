/* What programs that print TAP say in it beside what the protocol has words for. */
#ifndef ALOOF_STREAM_TAP_DIALECT_H
#define ALOOF_STREAM_TAP_DIALECT_H

#include "stream/tap_line.h"

/* Takes the outcome in words out of the point's description, so that a test is called the same however it
 * ends. Returns those words; empty when there are none. Check: "file.c:case:test: Passed". cmocka: "test
 * Could not run test: why", and "not ok 3 # SKIP test" for a test that skipped. */
struct bytes tap_dialect(struct tap_line *point);

/* Whether a comment sums up what its script or subtest did, so that it is of no point: "Looks like you failed
 * 1 test of 3." of Perl's Test::More, "pass 2" of node, mocha and tape. */
bool tap_dialect_sums_up(struct bytes comment);

/* Whether a line of a failed point's YAML block is routine: how long it took, which is told otherwise, and
 * what node writes into each. */
bool tap_dialect_is_routine(struct bytes line);

#endif
