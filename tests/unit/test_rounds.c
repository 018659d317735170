#include "plan/rounds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* The exit codes of rounds, up to the last that there is to be. */
static const struct {
    unsigned wanted;
    bool until_failure;
    int codes[8]; /* -1: no more */
    unsigned done, failed;
    int exit_code;
} cases[] = {
    {1, false, {0, -1}, 1, 0, 0},       {1, false, {1, -1}, 1, 1, 1},
    {3, false, {0, 0, 0, -1}, 3, 0, 0}, {3, false, {0, 1, 0, -1}, 3, 1, 1},
    {3, true, {0, 1, -1}, 2, 1, 1},     {0, true, {0, 0, 0, 0, 1, -1}, 5, 1, 1},
    {2, true, {0, 0, -1}, 2, 0, 0},     {3, false, {1, 4, -1}, 1, 1, 4},
    {3, false, {0, 2, -1}, 1, 0, 2},    {3, false, {5, -1}, 0, 0, 5},
};

static void rounds_end_when_there_are_enough(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model model;
        struct rounds rounds = {.wanted = cases[i].wanted, .until_failure = cases[i].until_failure};
        model_init(&model, 1000);
        for (size_t k = 0; cases[i].codes[k] >= 0; k++) {
            rounds_take(&rounds, &model, cases[i].codes[k]);
            assert_int_equal(rounds_go_on(&rounds), cases[i].codes[k + 1] >= 0);
        }
        assert_int_equal(rounds.done, cases[i].done);
        assert_int_equal(rounds.failed, cases[i].failed);
        assert_int_equal(rounds.exit_code, cases[i].exit_code);
        rounds_release(&rounds);
        model_release(&model);
    }
}

static void it_is_known_what_failed_in_how_many(void **state)
{
    (void)state;
    struct model model;
    struct rounds rounds = {.wanted = 3};
    model_init(&model, 1000);
    for (unsigned round = 1; round <= 3; round++) {
        model_begin(&model, round);
        for (unsigned test = 0; test < 3; test++) {
            const char id[] = {(char)('a' + test), '\0'};
            const struct event event = {.test_id = bytes_of(id),
                                        .status = test < round - 1 ? EVENT_FAIL : EVENT_SUCCESS};
            model_apply(&model, &event, 1);
        }
        rounds_take(&rounds, &model, round > 1);
    }
    assert_int_equal(rounds.tests.len, 2);
    assert_int_equal(rounds.tests.items[0].test, 0);
    assert_int_equal(rounds.tests.items[0].failed, 2);
    assert_int_equal(rounds.tests.items[1].failed, 1);
    rounds_release(&rounds);
    model_release(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_end_when_there_are_enough),
        cmocka_unit_test(it_is_known_what_failed_in_how_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
