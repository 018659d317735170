/* Durations and times as test tools print them. */
#include "stream/times.h"
#include "stream/timestamp.h"

#include <stdarg.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

static void durations_are_read_in_the_units_and_marks_of_every_tool(void **state)
{
    static const struct {
        const char *text;
        int64_t unit_ns, expected_ns;
    } table[] = {
        {"0.012", 1000000000, 12000000},
        {"0,012", 1000000000, 12000000},
        {"1,234.567", 1000000000, 1234567000000},
        {"1.234,5", 1000000000, 1234500000000},
        {"1,234,567", 1000000000, 1234567000000000},
        {"2e-05", 1000000000, 20000},
        {"1.5E2", 1000000000, 150000000000},
        {"12 ms)", 1000000, 12000000},
        {"3s", 1000000, 3000000000},
        {"7us", 1000000000, 7000},
        {"12", 1000000, 12000000},
        {"", 1000000000, 0},
        {"-1", 1000000000, 0},
        {"nan", 1000000000, 0},
        {"99999999999999999999", 1000000000, 0},
        {"1e999999", 1000000000, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (duration_read(bytes_of(table[i].text), table[i].unit_ns) != table[i].expected_ns)
            fail_msg("%s gives %lld", table[i].text,
                     (long long)duration_read(bytes_of(table[i].text), table[i].unit_ns));
}

static void times_are_read_with_and_without_a_zone(void **state)
{
    static const struct {
        const char *text;
        int64_t expected_ns; /* -1: it is none */
    } table[] = {
        {"1970-01-01T00:00:01", 1000000000},
        {"1970-01-01 00:00:01.5Z", 1500000000},
        {"1970-01-01T01:00:00+01:00", 0},
        {"1970-01-01T00:00:00-0130", 5400000000000},
        {"2024-02-29T23:59:59.123456789Z", 1709251199123456789},
        {"yesterday", -1},
        {"1970-13-01T00:00:00", -1},
        {"1970-01-01T00:00:00 local", -1},
        {"1970-01-01", -1},
        {"", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int64_t time_ns = 0;
        bool read = timestamp_read(bytes_of(table[i].text), &time_ns);
        if (read != (table[i].expected_ns >= 0) || (read && time_ns != table[i].expected_ns))
            fail_msg("%s gives %d, %lld", table[i].text, read, (long long)time_ns);
    }
}

static void times_are_written_as_they_are_read(void **state)
{
    (void)state;
    struct buf text = {0};
    timestamp_write(&text, 1709251199123456789, 9, "T");
    assert_string_equal("2024-02-29T23:59:59.123456789Z", buf_str(&text));
    buf_clear(&text);
    timestamp_write(&text, 1709251199123456789, 6, " ");
    assert_string_equal("2024-02-29 23:59:59.123456Z", buf_str(&text));
    buf_clear(&text);
    timestamp_write(&text, -1, 9, "T");
    assert_string_equal("1969-12-31T23:59:59.999999999Z", buf_str(&text));
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_are_read_in_the_units_and_marks_of_every_tool),
        cmocka_unit_test(times_are_read_with_and_without_a_zone),
        cmocka_unit_test(times_are_written_as_they_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
