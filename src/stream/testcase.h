/* What a protocol that tells a test's result in one piece has to say about it. */
#ifndef ALOOF_STREAM_TESTCASE_H
#define ALOOF_STREAM_TESTCASE_H

#include "core/event.h"

/* All borrowed; absent and empty texts are not told. */
struct testcase {
    struct bytes id;
    enum event_status status;
    const char *tag; /* TAG_*, NULL none */
    bool runnable, has_time, has_start;
    int64_t time_ns, duration_ns; /* as in struct event, of the end */
    int64_t start_ns;             /* likewise, of the beginning: there is an inprogress event for it */
    struct bytes reason;          /* of a skip, of an expected failure, of a death */
    struct bytes message, traceback, output, errors;
};

/* Hands it over: its attachments, then the final status if there is one. */
void testcase_tell(const struct testcase *test, const struct event_sink *sink, void *owner);

#endif
