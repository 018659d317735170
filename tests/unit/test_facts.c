/* What the history keeps that is no run's. */
#include "scratch.h"
#include "store/history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW INT64_C(1700000000000000000)

static struct history *open_in(const struct scratch *scratch)
{
    struct history *history;
    char *notice = NULL, *dir = scratch_path(scratch, "state");
    assert_int_equal(history_open(&history, dir, &(struct keep){.runs = 10}, &notice), 0);
    assert_null(notice);
    free(dir);
    return history;
}

static bool list(void *owner, const struct history_fact *fact)
{
    buf_printf(owner, "%s/%s/%s/%s=%lld ", fact->recipe, fact->kind, fact->subject, fact->object,
               (long long)fact->value);
    return true;
}

static void expect(struct history *history, const char *facts)
{
    struct buf told = {0};
    assert_int_equal(history_facts(history, list, &told), 0);
    assert_string_equal(buf_str(&told), facts);
    buf_release(&told);
}

static void learn(struct history *history, const char *recipe, const char *kind, const char *subject,
                  const char *object, int64_t value)
{
    history_learn(history, &(struct history_fact){recipe, kind, subject, object, value});
}

static void test_facts_are_there_after_reopening(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    struct history *history = open_in(&scratch);
    expect(history, "");
    learn(history, "go", "loads", "a", "b", 1);
    learn(history, "go", "loads", "a", "c", 2);
    learn(history, "pytest", "setup", "a", NULL, 7);
    learn(history, "pytest", "setup", "a", NULL, 8);
    expect(history, "go/loads/a/b=1 go/loads/a/c=2 pytest/setup/a/=8 ");
    history_close(history);
    history = open_in(&scratch);
    expect(history, "go/loads/a/b=1 go/loads/a/c=2 pytest/setup/a/=8 ");
    history_unlearn(history, &(struct history_fact){"go", "loads", "a", "c", 0});
    expect(history, "go/loads/a/b=1 pytest/setup/a/=8 ");
    learn(history, "go", "loads", "a", "d", 1);
    history_unlearn(history, &(struct history_fact){"go", "loads", "a", NULL, 0});
    history_unlearn(history, &(struct history_fact){"go", "setup", "a", NULL, 0});
    expect(history, "pytest/setup/a/=8 ");
    history_close(history);
    scratch_release(&scratch);
}

static bool keep_usual(void *owner, const struct history_test *test)
{
    *(int64_t *)owner = test->usual_ns;
    return true;
}

static void test_what_is_usual_is_without_set_up(void **state)
{
    (void)state;
    static const struct {
        int64_t duration_ns, setup_ns, usual_ns;
    } results[] = {
        {1000, 900, 100}, {200, 0, 130}, {0, 0, 130}, {50, 80, 91}, /* no less than 1 */
    };
    struct scratch scratch;
    scratch_init(&scratch);
    struct history *history = open_in(&scratch);
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        struct history_test test = {.name = {"pytest", "t"}, .group = "", .outcome = "passed"};
        test.duration_ns = results[i].duration_ns;
        test.setup_ns = results[i].setup_ns;
        history_result(history, &test, NOW);
        int64_t usual_ns = 0;
        assert_int_equal(history_each(history, keep_usual, &usual_ns), 0);
        assert_int_equal(usual_ns, results[i].usual_ns);
    }
    history_close(history);
    scratch_release(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts_are_there_after_reopening),
        cmocka_unit_test(test_what_is_usual_is_without_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
