#include "store/archive.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)
#define NOW (INT64_C(1700000000) * SECOND)

/* Runs, a line each: what tests a, b, … came to, '-' for those that the run did not cover. */
static struct archive *remember(struct scratch *scratch, const char *const runs[], size_t count)
{
    static const struct {
        char letter;
        const char *outcome;
    } words[] = {{'.', "passed"}, {'F', "failed"}, {'s', "skipped"}, {'x', "xfailed"}, {'C', "crashed"}};
    struct history *history = NULL;
    char *notice = NULL;
    assert_int_equal(history_open(&history, scratch->dir, &(struct keep){.runs = 100}, &notice), 0);
    assert_null(notice);
    for (size_t run = 0; run < count; run++) {
        int64_t time_ns = NOW + (int64_t)run * 60 * SECOND;
        history_begin_run(history, &(struct history_run){.kind = "all", .because = "", .changed = ""},
                          time_ns);
        for (size_t test = 0; runs[run][test] != '\0'; test++)
            for (size_t word = 0; word < sizeof words / sizeof *words; word++)
                if (words[word].letter == runs[run][test]) {
                    const char id[] = {(char)('a' + test), '\0'};
                    history_result(history,
                                   &(struct history_test){.name = {"pytest", id},
                                                          .group = "",
                                                          .outcome = words[word].outcome,
                                                          .runnable = true,
                                                          .duration_ns = SECOND},
                                   time_ns + (int64_t)test * SECOND);
                }
        history_end_run(history, "failed", true, time_ns + 30 * SECOND);
    }
    history_close(history);
    struct archive *archive = NULL;
    struct error error = {0};
    assert_int_equal(archive_open(&archive, scratch->dir, &error), 0);
    return archive;
}

static bool add_turn(void *owner, const struct archive_turn *turn)
{
    buf_printf(owner, "%s %s->%s\n", turn->now.name.id, outcome_name(turn->before),
               outcome_name(turn->now.outcome));
    return true;
}

static void test_what_turned_in_a_run(void **state)
{
    (void)state;
    static const char *const runs[] = {"F.F..F-", "--s-.-.", ".F.F.sF"};
    static const struct {
        int64_t run;
        const char *wanted;
    } rows[] = {
        {1, "a unknown->failed\nc unknown->failed\nf unknown->failed\n"},
        {2, ""}, /* a skip mends nothing */
        {3, "a failed->passed\nb passed->failed\nc failed->passed\nd passed->failed\ng passed->failed\n"},
        {4, ""},
    };
    struct scratch scratch;
    scratch_init(&scratch);
    struct archive *archive = remember(&scratch, runs, sizeof runs / sizeof *runs);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf got = {0};
        struct error error = {0};
        assert_int_equal(archive_turned(archive, rows[i].run, add_turn, &got, &error), 0);
        assert_string_equal(buf_str(&got), rows[i].wanted);
        buf_release(&got);
    }
    archive_close(archive);
    scratch_release(&scratch);
}

static bool add_result(void *owner, const struct archive_result *result)
{
    buf_printf(owner, "%s run %lld %s %lld\n", result->name.id, (long long)result->run,
               outcome_name(result->outcome), (long long)((result->time_ns - NOW) / SECOND));
    return true;
}

static void test_what_failed_most_often(void **state)
{
    (void)state;
    static const char *const runs[] = {"F.F.", ".CF.", "F.x.", "FC.."};
    struct scratch scratch;
    struct buf got = {0};
    struct error error = {0};
    scratch_init(&scratch);
    struct archive *archive = remember(&scratch, runs, sizeof runs / sizeof *runs);
    assert_int_equal(archive_failures(archive, 9, add_result, &got, &error), 0);
    assert_string_equal(buf_str(&got), "a run 4 failed 180\nb run 4 crashed 181\nc run 2 failed 62\n");
    buf_clear(&got);
    assert_int_equal(archive_failures(archive, 1, add_result, &got, &error), 0);
    assert_string_equal(buf_str(&got), "a run 4 failed 180\n");
    buf_release(&got);
    archive_close(archive);
    scratch_release(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_turned_in_a_run),
        cmocka_unit_test(test_what_failed_most_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
