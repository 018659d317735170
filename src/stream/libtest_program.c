#include "stream/libtest_program.h"

#include "stream/scan.h"

static void damage(const struct libtest_program *program, const struct line *line,
                   const struct emitter *emitter, const char *what, uint64_t said, uint64_t came)
{
    char reason[120];
    snprintf(reason, sizeof reason, "%s: %llu announced, %llu came", what, (unsigned long long)said,
             (unsigned long long)came);
    emitter->sink->damage(emitter->owner, reason, program->offset, line->offset - program->offset);
}

bool libtest_program_begin(struct libtest_program *program, const struct line *line)
{
    struct bytes text = line->text;
    uint64_t number;
    if (!scan_word(&text, "running ") || !scan_number(&text, &number) ||
        (!bytes_is(text, " tests") && !bytes_is(text, " test")))
        return false;
    *program = (struct libtest_program){.open = true, .announced = number, .offset = line->offset};
    return true;
}

void libtest_program_count(struct libtest_program *program, enum event_status status)
{
    program->passed += status == EVENT_SUCCESS;
    program->failed += status == EVENT_FAIL;
    program->ignored += status == EVENT_SKIP;
}

bool libtest_result(struct bytes line, struct libtest_result *result)
{
    if (!scan_word(&line, "test result: "))
        return false;
    result->good = scan_word(&line, "ok. ");
    return (result->good || scan_word(&line, "FAILED. ")) && scan_number(&line, &result->passed) &&
           scan_word(&line, " passed; ") && scan_number(&line, &result->failed) &&
           scan_word(&line, " failed; ") && scan_number(&line, &result->ignored) &&
           scan_word(&line, " ignored; ") && scan_number(&line, &result->measured);
}

void libtest_program_end(struct libtest_program *program, const struct libtest_result *result,
                         const struct line *line, const struct emitter *emitter)
{
    uint64_t passed = result->passed + result->measured, all = passed + result->failed + result->ignored;
    if (!program->open)
        emit_damage(emitter, line, "a result of no program");
    else if (!program->quiet && passed != program->passed)
        damage(program, line, emitter, "passed", passed, program->passed);
    else if (result->failed != program->failed)
        damage(program, line, emitter, "failed", result->failed, program->failed);
    else if (!program->quiet && all != program->announced)
        damage(program, line, emitter, "tests", program->announced, all);
    else if (result->good != (result->failed == 0))
        emit_damage(emitter, line, "a result that contradicts its own counts");
    *program = (struct libtest_program){0};
}

void libtest_program_close(struct libtest_program *program, const struct line *line,
                           const struct emitter *emitter)
{
    if (program->open)
        damage(program, line, emitter, "a program that ends without a result", program->announced,
               program->passed + program->failed + program->ignored);
    *program = (struct libtest_program){0};
}
