/* A <testcase> of a JUnit report, gathered until it ends. */
#ifndef ALOOF_STREAM_JUNIT_CASE_H
#define ALOOF_STREAM_JUNIT_CASE_H

#include "stream/emit.h"
#include "stream/junit_words.h"

struct junit_case {
    bool open, failed, skipped, may_fail;
    struct buf id, text[PART_COUNT];
    struct buf message, reason, place;
    enum event_status status; /* by its attributes alone */
    const char *tag;
    int64_t duration_ns, time_ns;
    bool has_time;
    long long failing_elements;
};

/* Its attributes, but those that make its id. */
void junit_case_start(struct junit_case *test, const char *const *attributes);

/* An element in it, <failure> or <error>, or <skipped>, begins. */
void junit_case_failure(struct junit_case *test, const char *const *attributes);
void junit_case_skipped(struct junit_case *test, const char *const *attributes);

/* How it ended. */
enum event_status junit_case_status(const struct junit_case *test);

/* What is told of it. */
struct junit_told {
    enum event_status status;
    bool again;  /* its id ended just now: this is more about why it failed */
    bool unique; /* its id can be asked for */
};

void junit_case_tell(const struct junit_case *test, const struct junit_told *told,
                     const struct emitter *emitter);

/* Empties it, keeping the memory. */
void junit_case_clear(struct junit_case *test);

void junit_case_release(struct junit_case *test);

/* Without the empty lines before it and the blanks behind it. */
struct bytes junit_trim(struct bytes text);

#endif
