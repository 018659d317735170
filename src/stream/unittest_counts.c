#include "stream/unittest_counts.h"

#include "stream/scan.h"

static void damage(const struct emitter *emitter, const struct line *line, const char *what, uint64_t said,
                   uint64_t came)
{
    char reason[100];
    snprintf(reason, sizeof reason, "%s: %llu announced, %llu came", what, (unsigned long long)said,
             (unsigned long long)came);
    emit_damage(emitter, line, reason);
}

bool unittest_ran(struct bytes line, uint64_t *tests)
{
    return scan_word(&line, "Ran ") && scan_number(&line, tests) && bytes_starts(line, " test");
}

/* Some versions do not count what a decorator skipped. */
void unittest_counts_ran(struct unittest_counts *counts, uint64_t tests, const struct line *line,
                         const struct emitter *emitter)
{
    if (counts->named && (tests > counts->tests || tests + counts->skipped < counts->tests))
        damage(emitter, line, "tests", tests, counts->tests);
    counts->ran = true;
}

static uint64_t count_in(struct bytes text, const char *key)
{
    uint64_t number = 0;
    struct bytes before;
    if (scan_until(&text, key, &before))
        scan_number(&text, &number);
    return number;
}

bool unittest_counts_result(struct unittest_counts *counts, const struct line *line,
                            const struct emitter *emitter)
{
    struct bytes text = line->text;
    bool good = bytes_is(text, "OK") || bytes_starts(text, "OK (");
    bool none = bytes_starts(text, "NO TESTS RAN");
    if (!good && !none && !bytes_starts(text, "FAILED ("))
        return false;
    uint64_t failures = count_in(text, "(failures="), errors = count_in(text, "errors=");
    if (good && counts->failures + counts->errors > 0)
        emit_damage(emitter, line, "OK, with failed tests");
    else if (failures != counts->failures)
        damage(emitter, line, "failures", failures, counts->failures);
    else if (errors != counts->errors)
        damage(emitter, line, "errors", errors, counts->errors);
    *counts = (struct unittest_counts){0};
    return true;
}
