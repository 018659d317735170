#include "trace/trace.h"

#include "trace/origin.h"
#include "trace/places.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool is_ignored(void *owner, const char *path)
{
    (void)owner;
    return strncmp(path, "build/", 6) == 0;
}

static struct trace_paths paths = {.root = "/home/u/proj", .foreign = is_ignored};

static void read_file(const char *path, struct buf *to)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    for (size_t got = 1; got > 0; to->len += got)
        got = fread(buf_reserve(to, 4096), 1, 4096, file);
    buf_puts(to, "");
    fclose(file);
}

static void print_trace(const struct trace *trace, struct buf *to)
{
    static const char *const kinds[] = {"project", "foreign", "runner"};
    const struct frame *frame;
    vec_each (frame, &trace->frames) {
        if (frame->chained)
            buf_printf(to, "--- %s\n", frame->lead);
        buf_printf(to, "%s %s:%u", kinds[frame->kind], frame->path, frame->line);
        if (frame->column > 0)
            buf_printf(to, ":%u", frame->column);
        buf_printf(to, " in %s", frame->function != NULL ? frame->function : "-");
        if (frame->repeats > 0)
            buf_printf(to, " and %u more times", frame->repeats);
        buf_printf(to, "\n    %s\n", frame->source != NULL ? frame->source : "-");
    }
    buf_printf(to, "===\n%s\n", trace->message);
}

/* Beside each text lies what is to be read from it; ALOOF_REFRESH=1 writes it anew, for review as a diff. */
static void check_corpus(const char *path)
{
    struct buf text = {0}, got = {0}, want = {0};
    struct trace trace;
    read_file(path, &text);
    trace_parse(&trace, buf_bytes(&text), &paths);
    print_trace(&trace, &got);
    char *golden = mem_printf("%.*s.want", (int)(strlen(path) - strlen(".txt")), path);
    if (getenv("ALOOF_REFRESH") != NULL) {
        FILE *file = fopen(golden, "wb");
        assert_non_null(file);
        fputs(buf_str(&got), file);
        fclose(file);
    }
    read_file(golden, &want);
    if (strcmp(buf_str(&got), buf_str(&want)) != 0)
        fail_msg("%s reads as:\n%s", path, buf_str(&got));
    free(golden);
    trace_release(&trace);
    buf_release(&text);
    buf_release(&got);
    buf_release(&want);
}

static void check_texts(const char *pattern, size_t at_least)
{
    glob_t found;
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_true(found.gl_pathc >= at_least);
    for (size_t i = 0; i < found.gl_pathc; i++)
        check_corpus(found.gl_pathv[i]);
    globfree(&found);
}

static void texts_of_real_pythons_are_read(void **state)
{
    (void)state;
    check_texts("tests/corpus/traceback/*.txt", 20);
}

static void texts_of_other_languages_are_read(void **state)
{
    (void)state;
    struct places *places = places_new();
    paths.places = places;
    check_texts("tests/corpus/places/*.txt", 36);
    check_texts("tests/corpus/traceback/*.txt", 20); /* Python's own do not change by it */
    paths.places = NULL;
    places_free(places);
}

static void check(const char *text, const char *want)
{
    struct trace trace;
    struct buf got = {0};
    trace_parse(&trace, bytes_of(text), &paths);
    print_trace(&trace, &got);
    assert_string_equal(buf_str(&got), want);
    buf_release(&got);
    trace_release(&trace);
}

static const char *find_here(void *owner, const char *path)
{
    (void)owner;
    return strcmp(path, "/ci/build/src/a.py") == 0 || strcmp(path, "a.py") == 0 ? "src/a.py" : NULL;
}

static void files_of_another_machine_are_found_here(void **state)
{
    (void)state;
    paths.here = find_here;
    check("Traceback (most recent call last):\n"
          "  File \"/ci/build/src/a.py\", line 3, in f\n    g()\n"
          "  File \"/ci/python/site-packages/a.py\", line 4, in h\n    i()\n"
          "  File \"/ci/build/src/b.py\", line 5, in g\n    h()\n"
          "  File \"a.py\", line 6, in g\n    h()\nKeyError\n",
          "project src/a.py:3 in f\n    g()\n"
          "foreign /ci/python/site-packages/a.py:4 in h\n    i()\n"
          "foreign /ci/build/src/b.py:5 in g\n    h()\n"
          "project src/a.py:6 in g\n    h()\n===\nKeyError\n");
    paths.here = NULL;
}

static void text_without_a_traceback_is_the_message(void **state)
{
    (void)state;
    check("fixture 'x' not found\n", "===\nfixture 'x' not found\n");
    check("", "===\n\n");
    check("\n\n  indented\n\n", "===\n  indented\n");
    struct trace trace;
    trace_parse(&trace, (struct bytes){0}, &paths);
    assert_int_equal(trace.frames.len, 0);
    assert_string_equal(trace.message, "");
    trace_release(&trace);
}

static void a_traceback_is_found_inside_other_text(void **state)
{
    (void)state;
    check("some output\nTraceback (most recent call last):\r\n  File \"a.py\", line 2, in f\r\n    g()\r\nE: "
          "x\r\n",
          "project a.py:2 in f\n    g()\n===\nE: x\n");
    check("  File \"tests/a.py\", line 3\n    x = (\n        ^\nSyntaxError: never closed\n",
          "project tests/a.py:3:5 in -\n    x = (\n===\nSyntaxError: never closed\n");
    check("Traceback (most recent call last):\nKeyError\n", "===\nKeyError\n");
}

static void a_dropped_middle_does_not_end_the_frames(void **state)
{
    (void)state;
    check("Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g(\n… 99 bytes dropped …\n"
          "  File \"b.py\", line 2, in g\nE\n",
          "project a.py:1 in f\n    g(\nproject b.py:2 in g\n    -\n===\nE\n");
}

static void a_dump_before_a_crash_wins_over_printed_tracebacks(void **state)
{
    (void)state;
    check("noise\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\nE\n"
          "Fatal Python error: Aborted\n\nThread 0x1 (most recent call first):\n  File \"x.py\", line 5 in "
          "idle\n\n"
          "Current thread 0x2 [main] (most recent call first):\n  File \"b.py\", line 2 in inner\n"
          "  File \"b.py\", line 9 in test_b\n\nThread 0x3 (most recent call first):\n  File \"y.py\", line "
          "5 in idle\n",
          "project b.py:9 in test_b\n    -\nproject b.py:2 in inner\n    -\n===\nFatal Python error: "
          "Aborted\n");
    check("Timeout (0:00:10)!\nThread 0x1 (most recent call first):\n  File \"x.py\", line 5 in idle\n\n"
          "Thread 0x2 (most recent call first):\n  File \"main.py\", line 7 in test_main\n",
          "project main.py:7 in test_main\n    -\n===\nTimeout (0:00:10)!\n");
}

#define ENTRY(path) "  File \"" path "\", line 1, in f\n"

static void the_runner_is_dropped_at_both_ends(void **state)
{
    (void)state;
    check(
        "Traceback (most recent call last):\n" ENTRY("<string>") ENTRY("<aloof worker>")
            ENTRY("/usr/lib/python3/dist-packages/pluggy/_hooks.py") ENTRY("/usr/lib/python3/functools.py")
                ENTRY("tests/a.py") ENTRY("/usr/lib/python3/dist-packages/_pytest/monkeypatch.py")
                    ENTRY("src/b.py") ENTRY("/usr/lib/python3.11/contextlib.py")
                        ENTRY("/usr/lib/python3/dist-packages/_pytest/raises.py") "E\n",
        "project tests/a.py:1 in f\n    -\n"
        "foreign /usr/lib/python3/dist-packages/_pytest/monkeypatch.py:1 in f\n    -\n"
        "project src/b.py:1 in f\n    -\nforeign /usr/lib/python3.11/contextlib.py:1 in f\n    -\n===\nE\n");
    check(
        "Traceback (most recent call last):\n" ENTRY("/usr/lib/python3/dist-packages/_pytest/main.py") "E\n",
        "===\nE\n");
}

static void foreign_frames_in_front_stay_when_no_runner_is(void **state)
{
    (void)state;
    check("Traceback (most recent call last):\n" ENTRY("/usr/lib/python3.11/json/decoder.py")
              ENTRY("a.py") "E\n",
          "foreign /usr/lib/python3.11/json/decoder.py:1 in f\n    -\nproject a.py:1 in f\n    -\n===\nE\n");
}

static void an_exception_without_frames_leads_the_next(void **state)
{
    (void)state;
    check("Traceback (most recent call last):\n" ENTRY(
              "/x/_pytest/a.py") "KeyError: 1\n\nDuring handling of the above exception, another exception "
                                 "occurred:\n\n"
                                 "Traceback (most recent call last):\n" ENTRY("a.py") "ValueError\n",
          "--- KeyError: 1\nDuring handling of the above exception, another exception occurred:\n"
          "project a.py:1 in f\n    -\n===\nValueError\n");
}

static void paths_belong_to_project_runner_or_elsewhere(void **state)
{
    static const struct {
        const char *path;
        enum frame_kind kind;
        const char *relative;
    } rows[] = {
        {"/home/u/proj/src/a.py", FRAME_PROJECT, "src/a.py"},
        {"src/a.py", FRAME_PROJECT, "src/a.py"},
        {"./src/a.py", FRAME_PROJECT, "src/a.py"},
        {"../other/a.py", FRAME_FOREIGN, "../other/a.py"},
        {"/home/u/project/a.py", FRAME_FOREIGN, "/home/u/project/a.py"},
        {"/home/u/proj/build/a.py", FRAME_FOREIGN, "build/a.py"},
        {"/home/u/proj/.venv/lib/python3.11/site-packages/x.py", FRAME_FOREIGN,
         ".venv/lib/python3.11/site-packages/x.py"},
        {"/home/u/proj/env/lib/python3.11/site-packages/_pytest/x.py", FRAME_RUNNER,
         "env/lib/python3.11/site-packages/_pytest/x.py"},
        {"/home/u/proj/src/_pytest/x.py", FRAME_PROJECT, "src/_pytest/x.py"},
        {"/usr/lib/python3.11/unittest/case.py", FRAME_RUNNER, "/usr/lib/python3.11/unittest/case.py"},
        {"/usr/lib/python3/dist-packages/pytest_asyncio/plugin.py", FRAME_RUNNER,
         "/usr/lib/python3/dist-packages/pytest_asyncio/plugin.py"},
        {"/x/site-packages/anyio/pytest_plugin.py", FRAME_RUNNER, "/x/site-packages/anyio/pytest_plugin.py"},
        {"/usr/lib/python3.11/unittest/mock.py", FRAME_FOREIGN, "/usr/lib/python3.11/unittest/mock.py"},
        {"/usr/lib/python3/dist-packages/pytest/__main__.py", FRAME_RUNNER,
         "/usr/lib/python3/dist-packages/pytest/__main__.py"},
        {"<frozen importlib._bootstrap>", FRAME_FOREIGN, "<frozen importlib._bootstrap>"},
        {"<aloof>", FRAME_RUNNER, "<aloof>"},
        {"", FRAME_FOREIGN, ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *relative;
        assert_int_equal(origin_of(rows[i].path, &paths, &relative), rows[i].kind);
        assert_string_equal(relative, rows[i].relative);
    }
}

static void foreign_frames_are_named_by_package_or_module(void **state)
{
    static const struct {
        const char *path, *name;
    } rows[] = {
        {"/usr/lib/python3/dist-packages/markupsafe/__init__.py", "markupsafe"},
        {"/usr/lib/python3/dist-packages/six.py", "six"},
        {"/usr/lib/python3.11/functools.py", "functools"},
        {"/usr/lib/python3.11/json/decoder.py", "json"},
        {".venv/lib/python3.12/site-packages/a/b/c.py", "a"},
        {"/opt/thing/stuff.py", "stuff"},
        {"/opt/thing/__init__.py", "thing"},
        {"<frozen importlib._bootstrap_external>", "importlib"},
        {"<template>", "<template>"},
        {"x.so", "x"},
        {"__init__.py", "__init__"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *name = origin_name(rows[i].path);
        assert_string_equal(name, rows[i].name);
        free(name);
    }
}

/* Any cut of any text is read without harm; the sanitizers watch. */
static void every_prefix_is_survived(void **state)
{
    (void)state;
    struct buf text = {0};
    read_file("tests/corpus/traceback/group-3.11.txt", &text);
    read_file("tests/corpus/traceback/dump-unicode-3.12.txt", &text);
    for (size_t len = 0; len <= text.len; len++) {
        char *part = mem_dup(text.data, len);
        struct trace trace;
        trace_parse(&trace, (struct bytes){part, len}, &paths);
        assert_non_null(trace.message);
        trace_release(&trace);
        free(part);
    }
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_of_real_pythons_are_read),
        cmocka_unit_test(texts_of_other_languages_are_read),
        cmocka_unit_test(files_of_another_machine_are_found_here),
        cmocka_unit_test(text_without_a_traceback_is_the_message),
        cmocka_unit_test(a_traceback_is_found_inside_other_text),
        cmocka_unit_test(a_dropped_middle_does_not_end_the_frames),
        cmocka_unit_test(a_dump_before_a_crash_wins_over_printed_tracebacks),
        cmocka_unit_test(the_runner_is_dropped_at_both_ends),
        cmocka_unit_test(foreign_frames_in_front_stay_when_no_runner_is),
        cmocka_unit_test(an_exception_without_frames_leads_the_next),
        cmocka_unit_test(paths_belong_to_project_runner_or_elsewhere),
        cmocka_unit_test(foreign_frames_are_named_by_package_or_module),
        cmocka_unit_test(every_prefix_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
