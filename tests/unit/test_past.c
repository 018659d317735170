#include "session/past_life.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

/* A past with a result for each letter: p(assed), f(ailed), s(kipped); the digit behind it is its tree. */
static struct past past_of(const char *text)
{
    struct past past = {0};
    for (int64_t run = 1; *text != '\0'; text += 2, run++) {
        enum outcome outcome = *text == 'p'   ? OUTCOME_PASSED
                               : *text == 'f' ? OUTCOME_FAILED
                                              : OUTCOME_SKIPPED;
        vec_push(&past.results,
                 (struct past_result){
                     .outcome = outcome, .run = "all tests", .run_id = run, .tree = text[1] - '0'});
    }
    return past;
}

static void the_first_bad_and_the_last_good_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *past;
        size_t bad, good;
    } cases[] = {
        {"p1p1", MAP_NONE, MAP_NONE}, {"f1f2", 0, MAP_NONE}, {"p1f2f2", 1, 0}, {"p1s2f3", 2, 0},
        {"f1p2s2f3s3f3p4", 3, 1},     {"s1f1", 1, MAP_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct past past = past_of(cases[i].past);
        assert_int_equal(past_first_bad(&past), cases[i].bad);
        assert_int_equal(past_last_good(&past, cases[i].bad), cases[i].good);
        past_release(&past);
    }
}

/* Sources that nobody knows (0) are not the same as others that nobody knows. */
static void flaky_is_what_turned_on_the_same_sources(void **state)
{
    (void)state;
    static const struct {
        const char *past;
        size_t red, of;
    } cases[] = {
        {"p1f2p3", 0, 0},     {"p0f0", 0, 0},         {"p1f1", 1, 2},
        {"p1f1p1f2f2", 1, 3}, {"p1f2p1f2p2s2", 2, 3}, {"f1s1f1", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct past past = past_of(cases[i].past);
        struct past_share share = past_flakiness(&past);
        assert_int_equal(share.red, cases[i].red);
        assert_int_equal(share.of, cases[i].of);
        past_release(&past);
    }
}

static void assert_tells(const struct past *past, int cols, const char *what, bool tells)
{
    struct buf text = {0};
    past_life(past, &(struct test){.flaky = 1}, cols, true, &text);
    if ((strstr(buf_str(&text), what) != NULL) != tells)
        fail_msg("%s: %s\n%s", tells ? "not told" : "told", what, buf_str(&text));
    buf_release(&text);
}

static void a_life_says_since_when_it_is_red(void **state)
{
    (void)state;
    struct past past = past_of("p1f2f2");
    assert_tells(&past, 80, "red since run 2\ngood last in run 1, ", true);
    past_release(&past);
    past = past_of("f1f2p2");
    assert_tells(&past, 80, "it was red last since run 1\ngood in no run that is remembered before\n", true);
    assert_tells(&past, 80, "red 1 of 2 times (50%)", true);
    past_release(&past);
    past = past_of("p1p2");
    assert_tells(&past, 80, "since run", false);
    assert_tells(&past, 80, "good", false);
    past_release(&past);
    assert_tells(&(struct past){0}, 80, "run", false);
}

/* All bars are of one scale, in whatever row they are. */
static void marks_and_bars_take_rows_of_the_width(void **state)
{
    (void)state;
    struct past past = past_of("p1p1p1p1p1p1p1p1p1p1p1p1");
    struct buf bars = {0};
    for (size_t i = 0; i < past.results.len; i++)
        past.results.items[i].duration_ns = (int64_t)(i + 1) * 1000000;
    past_bars(&past, 0, 10, true, &bars);
    assert_string_equal(buf_str(&bars), "_.--~==+**");
    buf_release(&bars);
    assert_tells(&past, 10, "\n_", true);
    assert_tells(&past, 10, "\n##\n", true);
    assert_tells(&past, 1, "\n##\n", true);
    assert_tells(&past, 12, "\n##\n", false);
    past_release(&past);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_bad_and_the_last_good_are_found),
        cmocka_unit_test(flaky_is_what_turned_on_the_same_sources),
        cmocka_unit_test(a_life_says_since_when_it_is_red),
        cmocka_unit_test(marks_and_bars_take_rows_of_the_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
