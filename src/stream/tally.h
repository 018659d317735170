/* How many tests of a stream came to what, as python-subunit's tools count: each outcome is a test, and so is
 * what began and never ended, as a failure. */
#ifndef ALOOF_STREAM_TALLY_H
#define ALOOF_STREAM_TALLY_H

#include "stream/names.h"
#include "stream/roster.h"

/* Told of each test whose outcome is known. id: borrowed. status: inprogress: it never ended; exists: it was
 * only listed. duration_ns: 0 unknown. */
typedef void tally_taker(void *owner, struct bytes id, enum event_status status, int64_t duration_ns);

struct tally_test;

/* Zeroed counts; `take` may be set. */
struct tally {
    uint64_t counts[EVENT_XFAIL + 1]; /* by status; inprogress: those that never ended */
    struct strings tags;              /* of all tests, each once, sorted by tally_end */
    tally_taker *take;                /* or NULL */
    void *owner;
    struct names tags_seen;
    struct roster roster;
    VEC(struct tally_test) tests;
};

void tally_event(struct tally *tally, const struct event *event);

/* The stream is over: what has not ended never will. */
void tally_end(struct tally *tally);

uint64_t tally_total(const struct tally *tally);
uint64_t tally_failed(const struct tally *tally);

void tally_release(struct tally *tally);

#endif
