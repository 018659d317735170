/* The parts that readers of several protocols share. */
#include "stream/json_members.h"
#include "stream/names.h"
#include "stream/timestamp.h"

#include <stdarg.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

static void times_are_read_with_any_offset(void **state)
{
    static const struct {
        const char *text;
        int64_t ns; /* -1: it is none */
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:01.5Z", 1500000000},
        {"2026-11-21T13:53:11.372220424Z", 1795269191372220424},
        {"2026-11-21T13:53:11.3722204249Z", 1795269191372220424},
        {"2026-11-21T14:53:11.372220424+01:00", 1795269191372220424},
        {"2026-11-21 07:53:11.372220424-0600", 1795269191372220424},
        {"2024-02-29T23:59:60", 1709251200000000000},
        {"2026-11-21", -1},
        {"2026-13-21T13:53:11Z", -1},
        {"2026-11-21T13:53:11Zebra", -1},
        {"2026-11-21T13:53:11+1", -1},
        {"9999-11-21T13:53:11Z", -1},
        {"", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ns = -1;
        bool read = timestamp_read(bytes_of(cases[i].text), &ns);
        if (read != (cases[i].ns >= 0) || (read && ns != cases[i].ns))
            fail_msg("%s is read as %lld", cases[i].text, (long long)(read ? ns : -1));
    }
}

static void durations_out_of_range_are_none(void **state)
{
    (void)state;
    assert_int_equal(duration_of(1.25, 1e9), 1250000000);
    assert_int_equal(duration_of(-1, 1e9), 0);
    assert_int_equal(duration_of(1e300, 1e9), 0);
    assert_int_equal(duration_of(strtod("nan", NULL), 1e9), 0);
    assert_int_equal(instant_of(1795270136487, 1e6), 1795270136487000000);
    assert_int_equal(instant_of(1e300, 1e9), 0);
}

/* "key=value|…", strings in quotes; "!" where it is not well-formed. */
static char *members_of(const char *line)
{
    struct json_members members;
    struct json_member member;
    struct buf all = {0};
    int more = -1;
    if (json_members_open(&members, bytes_of(line)))
        while ((more = json_members_next(&members, &member)) > 0)
            buf_printf(&all, "%.*s=%s%.*s|", (int)member.key.len, member.key.data,
                       member.is_string ? "\"" : "", (int)member.value.len, member.value.data);
    if (more < 0)
        buf_puts(&all, "!");
    return buf_take(&all);
}

static void members_of_a_line_are_found(void **state)
{
    static const struct {
        const char *line, *members;
    } cases[] = {
        {"{}", ""},
        {" { } \r", ""},
        {"{\"a\":1,\"b\":\"x\"}", "a=1|b=\"x|"},
        {"{ \"a\" : -1.5e3 , \"b\" : null }", "a=-1.5e3|b=null|"},
        {"{\"a\":\"\\\\\",\"b\":\"\\\"\"}", "a=\"\\\\|b=\"\\\"|"},
        {"{\"a\":{\"b\":[\"}\",2]},\"c\":true}", "a={\"b\":[\"}\",2]}|c=true|"},
        {"", "!"},
        {"[]", "!"},
        {"{", "!"},
        {"{\"a\"", "!"},
        {"{\"a\":", "!"},
        {"{\"a\":1", "a=1|!"},
        {"{\"a\":1,}", "a=1|!"},
        {"{\"a\":1 \"b\":2}", "a=1|!"},
        {"{\"a\":nil}", "!"},
        {"{\"a\":\"x", "!"},
        {"{\"a\":{\"b\":1}", "a={\"b\":1}|!"},
        {"{\"a\":[1}", "a=[1}|!"},
        {"{} x", "!"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *members = members_of(cases[i].line);
        assert_string_equal(members, cases[i].members);
        free(members);
    }
}

static void escapes_are_resolved(void **state)
{
    static const struct {
        const char *text, *meant;
    } cases[] = {
        {"plain", "plain"},
        {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
        {"\\u003c\\u00E9\\u20ac", "<\xc3\xa9\xe2\x82\xac"},
        {"\\ud83d\\ude00", "\xf0\x9f\x98\x80"},
        {"\\ud83d", "\xef\xbf\xbd"},
        {"\\ud83dx", "\xef\xbf\xbdx"},
        {"\\ude00\\ud83d", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\\u12", "\xef\xbf\xbd"
                  "12"},
        {"\\u-123", "\xef\xbf\xbd-123"},
        {"end\\", "end"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf meant = {0};
        json_unescape(&meant, bytes_of(cases[i].text));
        assert_string_equal(buf_str(&meant), cases[i].meant);
        buf_release(&meant);
    }
}

static void names_that_came_before_are_numbered(void **state)
{
    struct names names = {0};
    (void)state;
    for (int i = 1; i < 300; i++) {
        struct buf name = {0};
        char expected[16];
        buf_puts(&name, "a");
        assert_int_equal(names_add_distinct(&names, &name), i == 1);
        snprintf(expected, sizeof expected, i == 1 ? "a" : "a #%d", i);
        assert_string_equal(buf_str(&name), expected);
        buf_release(&name);
    }
    assert_true(names_has(&names, bytes_of("a #299")));
    assert_false(names_has(&names, bytes_of("b")));
    names_release(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read_with_any_offset),
        cmocka_unit_test(durations_out_of_range_are_none),
        cmocka_unit_test(members_of_a_line_are_found),
        cmocka_unit_test(escapes_are_resolved),
        cmocka_unit_test(names_that_came_before_are_numbered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
