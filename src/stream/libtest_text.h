/* What Rust's test harness prints about one test, taken apart: its verdict, and the panic in what it wrote.
 */
#ifndef ALOOF_STREAM_LIBTEST_TEXT_H
#define ALOOF_STREAM_LIBTEST_TEXT_H

#include "stream/emit.h"

/* How a test went, as the end of its line says. */
struct libtest_verdict {
    enum event_status status; /* EVENT_NONE: it does not say */
    struct bytes reason;      /* borrowed */
    int64_t duration_ns;
};

/* Of "ok", "FAILED <0.010s>", "ignored, why". */
struct libtest_verdict libtest_verdict(struct bytes text);

/* The name by which a test can be asked for, of how it is printed. Borrowed. */
struct bytes libtest_name(struct bytes printed);

/* Where the text begins to tell of a panic ("thread 'x' panicked at …"); its length: nowhere. */
size_t libtest_find_panic(struct bytes text);

/* Gives a failed test what it wrote: its panic, and what stands before it. */
void libtest_tell(const struct emitter *emitter, struct bytes id, struct bytes text);

#endif
