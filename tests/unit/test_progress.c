#include "plan/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MS INT64_C(1000000)
#define SECOND (1000 * MS)

static const struct {
    enum stage stage;
    int64_t since_ns, usual_ns;
    const char *words, *timeless;
} cases[] = {
    {STAGE_IDLE, 0, 0, "", ""},
    {STAGE_RUNNING, 999 * MS, 0, "", ""},
    {STAGE_RUNNING, SECOND, 0, "1 s", ""},
    {STAGE_RUNNING, 1999 * MS, SECOND, "1 s", ""},
    {STAGE_RUNNING, 3 * SECOND, SECOND, "3 s", ""}, /* three times as long is not yet more than that */
    {STAGE_RUNNING, 3001 * MS, SECOND, "3 s slow", "slow"},
    {STAGE_RUNNING, 499 * MS, MS, "", ""}, /* of short times nobody should hear */
    {STAGE_RUNNING, 500 * MS, MS, "slow", "slow"},
    {STAGE_RUNNING, 119 * SECOND, 0, "119 s", ""},
    {STAGE_RUNNING, 185 * SECOND, 0, "3 min 5 s", ""},
    {STAGE_DUMPING, 10 * SECOND, SECOND, "10 s timeout: dumping", "timeout: dumping"},
    {STAGE_KILLING, 11 * SECOND, 0, "11 s timeout: killing", "timeout: killing"},
    {STAGE_CLEANING, 600 * MS, MS, "cleaning up", "cleaning up"},
};

static void what_is_told_of_a_box(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf words = {0}, timeless = {0};
        progress_words(&words, cases[i].stage, cases[i].since_ns, cases[i].usual_ns, true);
        progress_words(&timeless, cases[i].stage, cases[i].since_ns, cases[i].usual_ns, false);
        assert_string_equal(buf_str(&words), cases[i].words);
        assert_string_equal(buf_str(&timeless), cases[i].timeless);
        buf_release(&words);
        buf_release(&timeless);
    }
}

static void the_end_of_a_box_is_told_when_it_takes_long(void **state)
{
    (void)state;
    assert_false(progress_shows(STAGE_IDLE, SECOND));
    assert_true(progress_shows(STAGE_RUNNING, 0));
    assert_true(progress_shows(STAGE_KILLING, 0));
    assert_false(progress_shows(STAGE_CLEANING, 499 * MS));
    assert_true(progress_shows(STAGE_CLEANING, 500 * MS));
}

static void times_change_with_the_second(void **state)
{
    (void)state;
    assert_int_equal(progress_due_ms(0), 1000);
    assert_int_equal(progress_due_ms(MS), 999);
    assert_int_equal(progress_due_ms(SECOND - 1), 1);
    assert_int_equal(progress_due_ms(7 * SECOND + 250 * MS + 1), 750);
    assert_int_equal(progress_due_ms(-5), 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_told_of_a_box),
        cmocka_unit_test(the_end_of_a_box_is_told_when_it_takes_long),
        cmocka_unit_test(times_change_with_the_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
