/* What profilers print. */
#include "trace/profile.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A function a line: "name file:line calls own total", times in µs, '*' before the project's. */
static char *tell(const struct profile *profile)
{
    struct buf text = {0};
    const struct profile_row *row;
    vec_each (row, &profile->rows) {
        buf_printf(&text, "%s%s", row->project ? "*" : "", row->function);
        if (row->file != NULL)
            buf_printf(&text, " %s:%u", row->file, row->line);
        buf_printf(&text, " %lld %lld %lld\n", (long long)row->calls, (long long)row->own_ns / 1000,
                   (long long)row->total_ns / 1000);
    }
    return buf_take(&text);
}

static bool not_in_venv(void *owner, const char *path)
{
    (void)owner;
    return strncmp(path, ".venv/", 6) != 0;
}

static void assert_read(const char *format, const char *text, const char *expect)
{
    struct profile profile = {0};
    struct error error = {{0}};
    if (profile_read(&profile, format, bytes_of(text), &error) < 0)
        fail_msg("%s", error.text);
    profile_settle(&profile, "/p", not_in_venv, NULL);
    char *told = tell(&profile);
    assert_string_equal(told, expect);
    free(told);
    profile_release(&profile);
}

static void the_workers_object_is_read(void **state)
{
    (void)state;
    assert_read(
        "cprofile",
        "{\"functions\": ["
        "{\"function\": \"sleep\", \"file\": null, \"line\": null, \"calls\": 1, \"own_us\": 900, "
        "\"total_us\": 900},"
        "{\"function\": \"lib\", \"file\": \"/p/.venv/lib.py\", \"line\": 3, \"calls\": 2, \"own_us\": 80,"
        " \"total_us\": 80},"
        "{\"function\": \"C.cold\", \"file\": \"/p/a.py\", \"line\": 7, \"calls\": 5, \"own_us\": 10, "
        "\"total_us\": 500},"
        "{\"function\": \"hot\", \"file\": \"/p/sub/b.py\", \"line\": 9, \"calls\": 7, \"own_us\": 400, "
        "\"total_us\": 400}]}",
        "*hot sub/b.py:9 7 400 400\n*C.cold a.py:7 5 10 500\nsleep 1 900 900\n"
        "lib .venv/lib.py:3 2 80 80\n");
}

static const char pprof[] =
    "File: x.test\nType: cpu\n"
    "Duration: 823.98ms, Total samples = 420ms (50.97%)\n"
    "      flat  flat%   sum%        cum   cum%\n"
    "     180ms 42.86% 42.86%      180ms 42.86%  example.com/m.hot (inline)\n"
    "     1.50s  4.76% 95.24%      420ms   100%  example.com/m.(*T).Work\n"
    "         0     0%   100%     1.20mins 50.00%  sort.Ints\n"
    "File: x.test\n"
    "      flat  flat%   sum%        cum   cum%\n"
    "     160ms 38.10% 38.10%      160ms 38.10%  example.com/m.hot /p/a b/m.go:8 (inline)\n"
    "      20ms  4.76% 81.00%       20ms  4.76%  example.com/m.hot /p/a b/m.go:7 (inline)\n"
    "      20ms  4.76% 76.19%      210ms 50.00%  example.com/m.(*T).Work /p/m.go:19\n"
    "         0     0%   100%      210ms 50.00%  sort.Ints /usr/lib/go/sort.go:157\n";

static void the_tables_of_pprof_are_read(void **state)
{
    (void)state;
    assert_read("pprof-top", pprof,
                "*example.com/m.(*T).Work m.go:19 -1 1500000 420000\n"
                "*example.com/m.hot a b/m.go:8 -1 180000 180000\n"
                "sort.Ints /usr/lib/go/sort.go:157 -1 0 72000000\n");
}

/* (root) -> main -> fib -> fib; main -> (garbage collector). */
static const char v8[] =
    "{\"nodes\": ["
    "{\"id\": 1, \"callFrame\": {\"functionName\": \"(root)\", \"url\": \"\", \"lineNumber\": -1}, "
    "\"children\": [2, 5]},"
    "{\"id\": 2, \"callFrame\": {\"functionName\": \"\", \"url\": \"file:///p/a.js\", \"lineNumber\": 0}, "
    "\"children\": [3]},"
    "{\"id\": 3, \"callFrame\": {\"functionName\": \"fib\", \"url\": \"file:///p/a.js\", \"lineNumber\": 4}, "
    "\"children\": [4]},"
    "{\"id\": 4, \"callFrame\": {\"functionName\": \"fib\", \"url\": \"file:///p/a.js\", \"lineNumber\": 4}},"
    "{\"id\": 5, \"callFrame\": {\"functionName\": \"(garbage collector)\", \"url\": \"\", \"lineNumber\": "
    "-1}}"
    "], \"samples\": [2, 3, 4, 4, 5], \"timeDeltas\": [0, 100, 200, 300, 400, 500]}";

static void a_profile_of_v8_is_read(void **state)
{
    (void)state;
    assert_read("cpuprofile", v8, "*fib a.js:5 -1 900 900\n*(anonymous) a.js:1 -1 100 1000\n");
}

static void what_is_none_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *format, *text, *expect;
    } table[] = {
        {"cprofile", "{\"error\": \"another tool is active\"}",
         "there is no profile: another tool is active"},
        {"cprofile", "", "the profile is no JSON of the worker's"},
        {"cprofile", "[1, 2]", "the profile is no JSON of the worker's"},
        {"pprof-top", "FAIL\texample.com/m [build failed]\n", "the profile is no table of pprof's"},
        {"cpuprofile", "{}", "the profile is none of V8's"},
        {"cpuprofile", "ok 1\n{", "the profile is none of V8's"},
        {"perf", "x", "perf: no such format of profiles"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct profile profile = {0};
        struct error error = {{0}};
        assert_int_equal(profile_read(&profile, table[i].format, bytes_of(table[i].text), &error), -EINVAL);
        assert_non_null(strstr(error.text, table[i].expect));
        profile_release(&profile);
    }
}

/* Whatever a part of it is, it is read or refused. */
static void any_part_is_read_or_refused(void **state)
{
    (void)state;
    const char *const texts[][2] = {{"pprof-top", pprof}, {"cpuprofile", v8}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t len = 0; len <= strlen(texts[i][1]); len++) {
            struct profile profile = {0};
            struct error error = {{0}};
            char *part = mem_dup(texts[i][1], len);
            profile_read(&profile, texts[i][0], (struct bytes){part, len}, &error);
            profile_settle(&profile, "/p", not_in_venv, NULL);
            profile_release(&profile);
            free(part);
        }
}

static void numbers_that_cannot_be_are_bounded(void **state)
{
    (void)state;
    assert_read("cprofile",
                "{\"functions\": [{\"function\": \"f\", \"own_us\": 9223372036854775807, \"total_us\": -5, "
                "\"calls\": 1}]}",
                "f 1 9223372036854775 0\n");
    assert_read("cpuprofile",
                "{\"nodes\": [{\"id\": 1, \"callFrame\": {\"functionName\": \"a\", \"url\": \"/p/a.js\", "
                "\"lineNumber\": 9223372036854775807}}], \"samples\": [1, 1], \"timeDeltas\": [0, 5, "
                "9223372036854775807]}",
                "*a a.js:0 -1 5 5\n");
    assert_read("pprof-top",
                " flat  flat%   sum%        cum   cum%\n 1e30ms 1% 1% 1e30ms 1% m.a\n -5ms 1% 1% 5ms 1% m.b\n"
                " 5ms 1% 1% 5ms 1% m.c\n",
                "m.c -1 5000 5000\n");
}

/* Children that come before their parents, that are not there, or are one's own. */
static void a_tree_that_is_none_has_an_end(void **state)
{
    (void)state;
    assert_read("cpuprofile",
                "{\"nodes\": [{\"id\": 1, \"callFrame\": {\"functionName\": \"a\", \"url\": \"/p/a.js\"}, "
                "\"children\": [1, 2, 7]}, {\"id\": 2, \"callFrame\": {\"functionName\": \"b\", \"url\": "
                "\"/p/a.js\"}, \"children\": [1, 2]}], \"samples\": [1, 2, 9], \"timeDeltas\": [0, 5, 7]}",
                "*b a.js:1 -1 7 7\n*a a.js:1 -1 5 12\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_workers_object_is_read),
        cmocka_unit_test(the_tables_of_pprof_are_read),
        cmocka_unit_test(a_profile_of_v8_is_read),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(any_part_is_read_or_refused),
        cmocka_unit_test(a_tree_that_is_none_has_an_end),
        cmocka_unit_test(numbers_that_cannot_be_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
