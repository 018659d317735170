/* What is left of a history after something was taken out of it. */
#include "plan/model.h"
#include "scratch.h"
#include "store/archive.h"
#include "store/forget.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW INT64_C(1700000000000000000)

struct past {
    struct scratch scratch;
    char *dir;
    struct history *history;
};

static void open_past(struct past *past)
{
    char *notice = NULL;
    scratch_init(&past->scratch);
    past->dir = scratch_path(&past->scratch, "state");
    assert_int_equal(history_open(&past->history, past->dir, &(struct keep){.runs = 100}, &notice), 0);
    assert_null(notice);
}

static void close_past(struct past *past)
{
    history_close(past->history);
    free(past->dir);
    scratch_release(&past->scratch);
}

static void begin(struct past *past)
{
    history_begin_run(past->history, &(struct history_run){.kind = "all", .new_tree = true}, NOW);
}

static void end(struct past *past)
{
    history_end_run(past->history, "failed", true, NOW);
}

/* outcomes: of the tests a, b, c, …, a letter each; ' ' it did not run. */
static void put(struct past *past, const char *outcomes)
{
    for (size_t i = 0; outcomes[i] != '\0'; i++) {
        enum outcome outcome = outcomes[i] == 'F'   ? OUTCOME_FAILED
                               : outcomes[i] == 's' ? OUTCOME_SKIPPED
                                                    : OUTCOME_PASSED;
        const char id[] = {(char)('a' + i), '\0'};
        const struct history_test test = {.name = {"pytest", id},
                                          .group = "",
                                          .outcome = outcome_name(outcome),
                                          .red = outcome_is_red(outcome),
                                          .runnable = true,
                                          .red_runs = outcome_is_red(outcome),
                                          .duration_ns = 1000000};
        if (outcomes[i] != ' ')
            history_result(past->history, &test, NOW);
    }
}

static void run(struct past *past, const char *outcomes)
{
    begin(past);
    put(past, outcomes);
    end(past);
}

static bool list_test(void *owner, const struct archive_test *test)
{
    buf_printf(owner, "%s=%s@%lld%s", test->known.name.id, test->known.outcome, (long long)test->run,
               test->known.red ? "!" : "");
    if (test->known.red)
        buf_printf(owner, "%u", test->known.red_runs);
    buf_putc(owner, ' ');
    return true;
}

static bool list_run(void *owner, const struct archive_run *run)
{
    buf_printf(owner, "%lld:%zu/%zu ", (long long)run->id, run->counts[OUTCOME_PASSED],
               run->counts[OUTCOME_FAILED]);
    return true;
}

static void expect(const struct past *past, const char *tests, const char *runs)
{
    struct archive *archive;
    struct buf told = {0};
    assert_int_equal(archive_open(&archive, past->dir, NULL), 0);
    assert_int_equal(archive_tests(archive, list_test, &told, NULL), 0);
    assert_string_equal(buf_str(&told), tests);
    buf_clear(&told);
    assert_int_equal(archive_runs(archive, INT64_MAX, SIZE_MAX, list_run, &told, NULL), 0);
    assert_string_equal(buf_str(&told), runs);
    buf_release(&told);
    archive_close(archive);
}

/* id: a test, or NULL a run. */
static struct forgotten forget(const struct past *past, const char *id, int64_t number)
{
    struct forget *forget;
    struct forgotten done;
    struct error error = {0};
    assert_int_equal(forget_begin(&forget, past->dir, &error), 0);
    int bad = id != NULL ? forget_test(forget, (struct history_name){"pytest", id}, &done, &error)
                         : forget_run(forget, number, &done, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(bad, 0);
    assert_int_equal(forget_end(forget, true, &error), 0);
    return done;
}

static void assert_done(struct forgotten done, size_t results, size_t green, size_t red, size_t unknown)
{
    assert_int_equal(done.results, results);
    assert_int_equal(done.green, green);
    assert_int_equal(done.red, red);
    assert_int_equal(done.unknown, unknown);
}

static void test_a_test_is_forgotten_with_what_it_came_to(void **state)
{
    (void)state;
    struct past past;
    open_past(&past);
    run(&past, ".F");
    run(&past, "FF");
    assert_done(forget(&past, "a", 0), 2, 1, 0, 1);
    expect(&past, "b=failed@2!1 ", "2:0/1 1:0/1 ");
    assert_done(forget(&past, "nosuch", 0), 0, 0, 0, 0);
    run(&past, ".");
    expect(&past, "b=failed@2!1 a=passed@3 ", "3:1/0 2:0/1 1:0/1 ");
    close_past(&past);
}

static void test_without_a_run_the_one_before_counts(void **state)
{
    (void)state;
    static const struct {
        const char *before[3], *last, *tests;
        size_t results, green, red, unknown;
    } rows[] = {
        {{"."}, "F", "a=passed@1 ", 1, 1, 0, 0},
        {{"F"}, ".", "a=failed@1!1 ", 1, 0, 1, 0},
        {{"F", "F"}, "F", "a=failed@2!2 ", 1, 0, 0, 0},
        {{".", "F", "s"}, ".", "a=skipped@3!1 ", 1, 0, 1, 0},
        {{"F", ".", "s"}, "F", "a=skipped@3 ", 1, 1, 0, 0},
        {{"."}, "FF.", "a=passed@1 ", 3, 2, 0, 2},
        {{".F"}, " .", "a=passed@1 b=failed@1!1 ", 1, 0, 1, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct past past;
        size_t runs = 0;
        open_past(&past);
        for (; runs < 3 && rows[i].before[runs] != NULL; runs++)
            run(&past, rows[i].before[runs]);
        run(&past, rows[i].last);
        assert_done(forget(&past, NULL, (int64_t)runs + 1), rows[i].results, rows[i].green, rows[i].red,
                    rows[i].unknown);
        struct buf told = {0};
        struct archive *archive;
        assert_int_equal(archive_open(&archive, past.dir, NULL), 0);
        assert_int_equal(archive_tests(archive, list_test, &told, NULL), 0);
        assert_string_equal(buf_str(&told), rows[i].tests);
        buf_release(&told);
        archive_close(archive);
        close_past(&past);
    }
}

static void test_an_old_run_leaves_the_newest_outcomes_alone(void **state)
{
    (void)state;
    struct past past;
    open_past(&past);
    run(&past, "F.");
    run(&past, ".F");
    assert_done(forget(&past, NULL, 1), 2, 0, 0, 0);
    expect(&past, "a=passed@2 b=failed@2!1 ", "2:1/1 ");
    close_past(&past);
}

static void test_what_is_retired_does_not_become_red_again(void **state)
{
    (void)state;
    struct past past;
    open_past(&past);
    run(&past, "F");
    run(&past, ".");
    history_retire(past.history, (struct history_name){"pytest", "a"});
    history_flush(past.history);
    assert_done(forget(&past, NULL, 2), 1, 0, 0, 0);
    expect(&past, "", "1:0/1 ");
    run(&past, ".");
    expect(&past, "a=passed@2 ", "2:1/0 1:0/1 ");
    close_past(&past);
}

static void test_the_run_that_may_go_on_is_not_forgotten(void **state)
{
    (void)state;
    struct past past;
    struct forget *other;
    struct forgotten done;
    struct error error;
    open_past(&past);
    run(&past, ".");
    begin(&past);
    assert_int_equal(forget_begin(&other, past.dir, &error), 0);
    assert_int_equal(forget_run(other, 2, &done, &error), -EBUSY);
    assert_string_equal(error.text, "run 2 has not ended, it may be going on; it can be forgotten when there "
                                    "is a newer one");
    forget_end(other, false, NULL);
    assert_done(forget(&past, "a", 0), 1, 0, 0, 1);
    put(&past, "F");
    end(&past);
    expect(&past, "a=failed@2!1 ", "2:0/1 1:0/0 ");
    close_past(&past);
}

static void test_nothing_is_done_unless_it_is_kept(void **state)
{
    (void)state;
    struct past past;
    struct forget *some;
    struct forgotten done;
    open_past(&past);
    run(&past, "F.");
    assert_int_equal(forget_begin(&some, past.dir, NULL), 0);
    assert_int_equal(forget_test(some, (struct history_name){"pytest", "a"}, &done, NULL), 0);
    assert_int_equal(forget_run(some, 1, &done, NULL), 0);
    forget_end(some, false, NULL);
    expect(&past, "a=failed@1!1 b=passed@1 ", "1:1/1 ");
    close_past(&past);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_test_is_forgotten_with_what_it_came_to),
        cmocka_unit_test(test_without_a_run_the_one_before_counts),
        cmocka_unit_test(test_an_old_run_leaves_the_newest_outcomes_alone),
        cmocka_unit_test(test_what_is_retired_does_not_become_red_again),
        cmocka_unit_test(test_the_run_that_may_go_on_is_not_forgotten),
        cmocka_unit_test(test_nothing_is_done_unless_it_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
