/* What came of a run of unittest, to be compared with what its last lines say. */
#ifndef ALOOF_STREAM_UNITTEST_COUNTS_H
#define ALOOF_STREAM_UNITTEST_COUNTS_H

#include "stream/emit.h"

struct unittest_counts {
    uint64_t tests, skipped, failures, errors;
    bool any, named; /* any line; the outcomes have names (-v) */
    bool ran;        /* the line "Ran 3 tests" has come */
};

/* "Ran 16 tests in 0.001s". Returns false: it is another line. */
bool unittest_ran(struct bytes line, uint64_t *tests);

/* So many tests ran, it says at that line; that there were others is damage. */
void unittest_counts_ran(struct unittest_counts *counts, uint64_t tests, const struct line *line,
                         const struct emitter *emitter);

/* "OK (skipped=1)" or "FAILED (failures=3, errors=6)", the last line: the counts are empty again. Returns
 * false: it is another line. */
bool unittest_counts_result(struct unittest_counts *counts, const struct line *line,
                            const struct emitter *emitter);

#endif
