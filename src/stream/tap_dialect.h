/* What libraries for tests in C put into the description of a point beside the test's name. */
#ifndef ALOOF_STREAM_TAP_DIALECT_H
#define ALOOF_STREAM_TAP_DIALECT_H

#include "stream/tap_line.h"

/* Takes the outcome in words out of the point's description, so that a test is called the same however it
 * ends. Returns those words; empty when there are none. Check: "file.c:case:test: Passed". cmocka: "test
 * Could not run test: why", and "not ok 3 # SKIP test" for a test that skipped. */
struct bytes tap_dialect(struct tap_line *point);

#endif
