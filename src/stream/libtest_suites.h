/* The suites of Rust's harness that are open, and which of them a test is of: cargo-nextest has several open
 * at once. */
#ifndef ALOOF_STREAM_LIBTEST_SUITES_H
#define ALOOF_STREAM_LIBTEST_SUITES_H

#include "core/vec.h"
#include "stream/libtest_line.h"

struct libtest_suite {
    char *label; /* "crate::binary", which nextest puts before the names of its tests; "" of others */
    char *id;    /* what nextest calls the binary, see struct libtest_line; "" of others */
    uint64_t offset, planned, passed, failed, ignored;
};

/* Those that are open, the newest last; zeroed: none. */
struct libtest_suites {
    VEC(struct libtest_suite) open;
};

/* A suite begins at that octet of the stream. Returns false when there are too many of them. */
bool libtest_suites_open(struct libtest_suites *suites, const struct libtest_line *said, uint64_t offset);

/* The suite that such a line is about, borrowed; NULL: it is not open. */
struct libtest_suite *libtest_suites_find(const struct libtest_suites *suites,
                                          const struct libtest_line *said);

/* The suite of the test with that id, borrowed; NULL: none that is open. */
struct libtest_suite *libtest_suites_of(const struct libtest_suites *suites, const char *test_id);

/* Whether the test with that id is one of the suite's. */
bool libtest_suite_has(const struct libtest_suite *suite, const char *test_id);

/* Makes the id of a test of how nextest calls it: "crate::binary$name" becomes "ID$name", with the id of the
 * newest suite of that label; any other name stays. The library and the program of a package often have one
 * label. */
void libtest_suites_identify(const struct libtest_suites *suites, struct buf *name);

void libtest_suites_close(struct libtest_suites *suites, struct libtest_suite *suite);
void libtest_suites_release(struct libtest_suites *suites);

#endif
