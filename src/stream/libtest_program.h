/* One program of Rust's test harness: what it announced, and what came. */
#ifndef ALOOF_STREAM_LIBTEST_PROGRAM_H
#define ALOOF_STREAM_LIBTEST_PROGRAM_H

#include "stream/emit.h"

struct libtest_program {
    bool open, quiet; /* quiet: dots instead of names */
    uint64_t announced, passed, failed, ignored;
    uint64_t offset; /* of its first line */
};

/* "running 3 tests": begins it. Returns false: it is another line. The program before is closed already. */
bool libtest_program_begin(struct libtest_program *program, const struct line *line);

void libtest_program_count(struct libtest_program *program, enum event_status status);

struct libtest_result {
    bool good;
    uint64_t passed, failed, ignored, measured;
};

/* "test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; …". Returns false: it is another line. */
bool libtest_result(struct bytes line, struct libtest_result *result);

/* Ends with that result, at that line: what does not agree is damage. */
void libtest_program_end(struct libtest_program *program, const struct libtest_result *result,
                         const struct line *line, const struct emitter *emitter);

/* Something else has begun at this line; without a result of the program that is damage. */
void libtest_program_close(struct libtest_program *program, const struct line *line,
                           const struct emitter *emitter);

#endif
