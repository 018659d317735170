/* One line of the JSON that Rust's test harness prints, taken apart. */
#ifndef ALOOF_STREAM_LIBTEST_LINE_H
#define ALOOF_STREAM_LIBTEST_LINE_H

#include "core/bytes.h"

#include <stdint.h>

enum libtest_kind {
    LIBTEST_NONE,   /* it is no event */
    LIBTEST_BROKEN, /* it begins like one, and is not well-formed */
    LIBTEST_OTHER,  /* an event that says nothing about an outcome */
    LIBTEST_SUITE_STARTED,
    LIBTEST_SUITE_ENDED,
    LIBTEST_FOUND, /* by a listing */
    LIBTEST_STARTED,
    LIBTEST_OK,
    LIBTEST_FAILED,
    LIBTEST_ALLOWED, /* it failed, and may */
    LIBTEST_IGNORED,
};

struct libtest_line {
    enum libtest_kind kind;
    struct bytes before;              /* what stands before the event on its line */
    struct buf name, stdout, message; /* owned, and so are … */
    struct buf label, binary; /* … of a suite of nextest: "crate::binary", and the binary's id: "crate" of
                                 its library, "crate::test", "crate::bin/name" and such of others */
    bool time_limit;          /* failed for that */
    int64_t duration_ns;
    uint64_t test_count, passed, failed, ignored; /* of a suite */
};

/* Takes the line apart. Release what it gives. */
struct libtest_line libtest_line(struct bytes line);
void libtest_line_release(struct libtest_line *said);

#endif
