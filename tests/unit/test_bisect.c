#include "plan/bisect.h"

#include "core/bytes.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define REPEAT 3

/* A test and its company. rule: what makes it fail, '|' between what each suffices: "3" when 3 ran, "3+7"
 * when both did, "3-5" when 3 did and not 5, which cleans up; "*" it always fails, "" never, "." without
 * company,
 * "?" as chance has it, "~2": every second time. */
struct oracle {
    const char *rule;
    uint32_t chance;
    unsigned asked;
};

static bool has(const struct company *company, size_t place)
{
    for (size_t i = 0; i < company->len; i++)
        if (company->items[i] == place)
            return true;
    return false;
}

/* One alternative, up to '|' or the end. */
static bool suffices(const char *rule, const struct company *company)
{
    char sign = '+';
    for (const char *p = rule; sign == '+' || sign == '-'; p++) {
        char *end;
        bool ran = has(company, strtoul(p, &end, 10));
        if (ran == (sign == '-'))
            return false;
        p = end;
        sign = *p;
    }
    return true;
}

static bool fails(struct oracle *oracle, const struct company *company)
{
    oracle->asked++;
    switch (*oracle->rule) {
    case '*':
        return true;
    case '\0':
        return false;
    case '.':
        return company->len == 0;
    case '~':
        return oracle->asked % (unsigned)atoi(oracle->rule + 1) != 0;
    case '?':
        oracle->chance = oracle->chance * 1664525 + 1013904223;
        return oracle->chance >> 31 != 0;
    default:
        break;
    }
    for (const char *rule = oracle->rule; rule != NULL; rule = strchr(rule, '|')) {
        rule += *rule == '|';
        if (suffices(rule, company))
            return true;
    }
    return false;
}

static void assert_ascending(const struct company *company, size_t count)
{
    for (size_t i = 0; i < company->len; i++) {
        assert_in_range(company->items[i], 0, count - 1);
        assert_true(i == 0 || company->items[i - 1] < company->items[i]);
    }
}

static void carry_through(struct bisect *bisect, struct oracle *oracle, size_t count)
{
    bisect_init(bisect, count, REPEAT);
    for (unsigned i = 0; bisect->verdict == BISECT_OPEN; i++) {
        assert_in_range(i, 0, 10000);
        assert_ascending(&bisect->next, count);
        bisect_answer(bisect, fails(oracle, &bisect->next));
    }
    assert_int_equal(bisect->probes + bisect->checks, oracle->asked);
}

static char *tell(const struct bisect *bisect)
{
    static const char *const words[] = {"open", "found", "alone", "never", "flaky"};
    struct buf text = {0};
    buf_puts(&text, words[bisect->verdict]);
    for (size_t i = 0; i < bisect->found.len && bisect->verdict == BISECT_FOUND; i++)
        buf_printf(&text, " %zu", bisect->found.items[i]);
    if (bisect->verdict == BISECT_FLAKY)
        buf_printf(&text, " %u of %u", bisect->fails, bisect->runs);
    if (bisect->verdict == BISECT_ALONE && bisect->company_passes)
        buf_puts(&text, ", not in company");
    return buf_take(&text);
}

static const struct {
    const char *rule;
    size_t count;
    const char *expect;
} table[] = {
    {"0", 1, "found 0"},
    {"0", 2, "found 0"},
    {"1", 2, "found 1"},
    {"0", 100, "found 0"},
    {"57", 100, "found 57"},
    {"99", 100, "found 99"},
    {"3+7", 8, "found 3 7"},
    {"0+1", 2, "found 0 1"},
    {"0+99", 100, "found 0 99"},
    {"12+88", 100, "found 12 88"},
    {"50+51", 100, "found 50 51"},
    {"0+49+99", 100, "found 0 49 99"},
    {"1+2+3", 1000, "found 1 2 3"},
    {"10+500+501+900", 1000, "found 10 500 501 900"},
    {"0+1+2+3+4", 5, "found 0 1 2 3 4"},
    {"3|8", 10, "found 8"},       /* either suffices */
    {"8|2+3", 10, "found 8"},     /* whatever else there is */
    {"2+9|3+9", 10, "found 2 9"}, /* of two pairs one */
    {"2-5|9-11", 20, "never"},    /* both are cleaned up after */
    {"2-5|9-11", 11, "found 9"},
    {"2-5|7+9", 20, "found 7 9"},
    {"4-6|1+6", 10, "found 4"}, /* 6 both cleans up and spoils: what is found does fail */
    {"*", 0, "alone"},
    {"*", 100, "alone"},
    {"", 0, "never"},
    {"", 100, "never"},
    {".", 0, "alone"},
    {".", 100, "alone, not in company"},
    {"~2", 0, "flaky 1 of 2"},
    {"~2", 100, "flaky 1 of 2"},
    {"~3", 100, "flaky 1 of 2"},
    {"~4", 100, "flaky 2 of 3"},
};

static void it_finds_the_least_company_that_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct bisect bisect;
        struct oracle oracle = {.rule = table[i].rule};
        carry_through(&bisect, &oracle, table[i].count);
        char *text = tell(&bisect);
        if (strcmp(text, table[i].expect) != 0)
            fail_msg("%s of %zu: expected %s, got %s", table[i].rule, table[i].count, table[i].expect, text);
        free(text);
        bisect_release(&bisect);
    }
}

static void what_it_finds_fails_and_nothing_less(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct bisect bisect;
        struct oracle oracle = {.rule = table[i].rule};
        carry_through(&bisect, &oracle, table[i].count);
        if (bisect.verdict == BISECT_FOUND) {
            assert_true(fails(&oracle, &bisect.found));
            for (size_t out = 0; out < bisect.found.len; out++) {
                struct company less = {0};
                for (size_t at = 0; at < bisect.found.len; at++)
                    if (at != out)
                        vec_push(&less, bisect.found.items[at]);
                assert_false(fails(&oracle, &less));
                vec_release(&less);
            }
        }
        bisect_release(&bisect);
    }
}

static void one_cause_among_n_takes_log2_n_and_three_probes(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 3, 4, 5, 7, 8, 9, 31, 33, 100, 999, 1000, 1024, 1025};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (size_t cause = 0; cause < counts[i]; cause++) {
            char *rule = mem_printf("%zu", cause);
            struct bisect bisect;
            struct oracle oracle = {.rule = rule};
            carry_through(&bisect, &oracle, counts[i]);
            assert_int_equal(bisect.verdict, BISECT_FOUND);
            assert_int_equal(bisect.found.items[0], cause);
            assert_true((double)bisect.probes <= log2((double)counts[i]) + 3);
            assert_in_range(bisect.checks, REPEAT - 1, 2 * REPEAT - 1);
            bisect_release(&bisect);
            free(rule);
        }
}

static void what_is_found_was_checked_as_often_as_was_wanted(void **state)
{
    (void)state;
    for (unsigned repeat = 1; repeat < 6; repeat++) {
        struct bisect bisect;
        struct oracle oracle = {.rule = "5"};
        unsigned with = 0, without = 0;
        bisect_init(&bisect, 20, repeat);
        while (bisect.verdict == BISECT_OPEN) {
            with += bisect.next.len == 1 && bisect.next.items[0] == 5;
            without += bisect.next.len == 0;
            bisect_answer(&bisect, fails(&oracle, &bisect.next));
        }
        assert_int_equal(bisect.verdict, BISECT_FOUND);
        assert_int_equal(with, repeat);
        assert_int_equal(without, repeat);
        bisect_release(&bisect);
    }
}

/* Of a thousand tests that fail by chance, all but a few are seen through. */
static void what_fails_by_chance_is_told(void **state)
{
    (void)state;
    unsigned found = 0, flaky = 0;
    for (uint32_t seed = 0; seed < 1000; seed++) {
        struct bisect bisect;
        struct oracle oracle = {.rule = "?", .chance = seed * 2654435761u};
        carry_through(&bisect, &oracle, 100);
        found += bisect.verdict == BISECT_FOUND;
        flaky += bisect.verdict == BISECT_FLAKY;
        bisect_release(&bisect);
    }
    assert_in_range(found, 0, 20);
    assert_in_range(flaky, 700, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_finds_the_least_company_that_fails),
        cmocka_unit_test(what_it_finds_fails_and_nothing_less),
        cmocka_unit_test(one_cause_among_n_takes_log2_n_and_three_probes),
        cmocka_unit_test(what_is_found_was_checked_as_often_as_was_wanted),
        cmocka_unit_test(what_fails_by_chance_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
