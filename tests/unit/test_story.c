#include "trace/story.h"

#include "trace/places.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct trace_paths paths = {.root = "/home/u/proj"};

static const char mixed[] = "Traceback (most recent call last):\n"
                            "  File \"/home/u/proj/tests/test_api.py\", line 33, in test_item\n"
                            "    assert tmpl.render() == \"42\"\n"
                            "  File \"/usr/lib/python3/dist-packages/markupsafe/__init__.py\", line 7, in a\n"
                            "  File \"/usr/lib/python3.11/functools.py\", line 8, in b\n"
                            "  File \"/usr/lib/python3/dist-packages/markupsafe/__init__.py\", line 9, in c\n"
                            "  File \"/home/u/proj/src/environment.py\", line 512, in getattr\n"
                            "    return getattr(obj, attribute)\n"
                            "AssertionError: assert '41' == '42'\n"
                            "  - 42\n"
                            "  ?  ^\n"
                            "  + 41\n"
                            "  +  where 41 = f()\n";

/* Lines as text; spans of these styles are marked, so that a table can say what is drawn how. */
static void print_story(const struct story *story, struct buf *to)
{
    static const char marks[STYLE_COUNT] = {
        [STYLE_REMOVED] = '-', [STYLE_ADDED] = '+',  [STYLE_RED] = '!',
        [STYLE_KEYWORD] = 'k', [STYLE_STRING] = 's', [STYLE_COMMENT] = '#'};
    const struct story_line *line;
    const struct span *span;
    vec_each (line, &story->lines) {
        vec_each (span, &line->spans) {
            if (span->ink.front != INK_DEFAULT || span->ink.attributes != 0)
                buf_printf(to, "{%u %u}", (unsigned)(span->ink.front & INK_VALUE),
                           (unsigned)span->ink.attributes);
            if (marks[span->style] != 0)
                buf_printf(to, "<%c%s>", marks[span->style], span->text);
            else
                buf_puts(to, span->text);
        }
        buf_putc(to, '\n');
    }
}

static void check(const char *text, struct story_input input, const char *want)
{
    struct trace trace;
    struct story story;
    struct buf got = {0};
    trace_parse(&trace, bytes_of(text), &paths);
    for (size_t i = 0; i < trace.frames.len; i++)
        trace.frames.items[i].changed = trace.frames.items[i].line == 512;
    input.trace = &trace;
    input.label = input.label != NULL ? input.label : "FAIL";
    input.id = input.id != NULL ? input.id : "tests/test_api.py::TestX::test_item[a-b]";
    input.editor = input.editor != NULL ? input.editor : "vim";
    input.here = input.here != NULL ? input.here : "";
    story_build(&story, &input);
    print_story(&story, &got);
    assert_string_equal(buf_str(&got), want);
    assert_true(story.lines.items[0].heading);
    story_release(&story);
    trace_release(&trace);
    buf_release(&got);
}

static void a_failure_reads_as_on_the_screen(void **state)
{
    (void)state;
    check(mixed, (struct story_input){.duration_ns = 30000000, .red_runs = 3},
          "<!FAIL>  tests/test_api.py::TestX::test_item[a-b]   0.03 s  since 3 runs\n"
          "   vim +33  tests/test_api.py   # TestX.test_item\n"
          "            <kassert> tmpl.render() == <s\"42\">\n"
          "   ⋯ 3 frames in markupsafe, functools\n"
          " ● vim +512 src/environment.py  # getattr  ← line changed since HEAD\n"
          "            <kreturn> getattr(obj, attribute)\n"
          "   <!AssertionError: assert '41' == '42'>\n"
          "   <-  - 42>\n"
          "     ?  ^\n"
          "   <+  + 41>\n"
          "     +  where 41 = f()\n");
}

static void ascii_and_here_and_unfolded(void **state)
{
    (void)state;
    check("Traceback (most recent call last):\n  File \"/usr/lib/python3.11/json.py\", line 1, in loads\n"
          "  File \"a.py\", line 512, in f\n  File \"/usr/lib/python3.11/x.py\", line 3, in x\nE\n",
          (struct story_input){.ascii = true, .here = "below/"},
          "<!FAIL>  tests/test_api.py::TestX::test_item[a-b]\n"
          "   ... 1 frame in json\n"
          " * vim +512 ../a.py  # f  <- line changed since HEAD\n"
          "   ... 1 frame in x\n"
          "   <!E>\n");
    check("Traceback (most recent call last):\n  File \"/usr/lib/python3.11/json.py\", line 1, in loads\n    "
          "s\n"
          "  File \"a b.py\", line 9, in f\nE\n",
          (struct story_input){.unfold = true, .editor = "vi"},
          "<!FAIL>  tests/test_api.py::TestX::test_item[a-b]\n"
          "   vi +1 /usr/lib/python3.11/json.py  # loads\n"
          "         s\n"
          "   vi +9 'a b.py'                     # f\n"
          "   <!E>\n");
}

static void other_editors_are_not_aligned(void **state)
{
    (void)state;
    check("Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    x\n  File \"bb.py\", line "
          "22\n    y y\n"
          "SyntaxError: E\n",
          (struct story_input){.editor = "code"},
          "<!FAIL>  tests/test_api.py::TestX::test_item[a-b]\n"
          "   code -g a.py:1    # f\n"
          "       x\n"
          "   code -g bb.py:22\n"
          "       y y\n"
          "   <!SyntaxError: E>\n");
}

static void the_memory_that_a_sanitizer_draws_is_left_out(void **state)
{
    (void)state;
    static const char frames[] = "    #0 0x55d in main /home/u/proj/a.c:5\n";
    static const char output[] = "ERROR: heap-use-after-free\n\n"
                                 "Shadow bytes around the buggy address:\n  0x0c04: fa\n==7==ABORTING\n";
    struct places *places = places_new();
    paths.places = places;
    check(frames, (struct story_input){.output = output, .output_lines = 3},
          "<!FAIL>  tests/test_api.py::TestX::test_item[a-b]\n"
          "   vim +5 a.c  # main\n"
          "   its output\n"
          "   ERROR: heap-use-after-free\n");
    check("Shadow", (struct story_input){.output = output, .output_lines = 3},
          "<!FAIL>  tests/test_api.py::TestX::test_item[a-b]\n"
          "   … last 3 lines of its output\n"
          "   Shadow bytes around the buggy address:\n"
          "     0x0c04: fa\n"
          "   ==7==ABORTING\n");
    paths.places = NULL;
    places_free(places);
}

static void a_crash_shows_its_last_output(void **state)
{
    (void)state;
    check("",
          (struct story_input){.label = "CRASH",
                               .id = "tests/test_ext.py::test_native",
                               .detail = "SIGSEGV",
                               .duration_ns = 110000000,
                               .output = "1\n2\n\n4\n",
                               .output_lines = 3},
          "<!CRASH> tests/test_ext.py::test_native   SIGSEGV  0.11 s\n"
          "   … last 3 lines of its output\n"
          "   2\n\n"
          "   4\n");
    check("Fatal Python error: Aborted\n\nCurrent thread 0x1 (most recent call first):\n  File \"a.py\", "
          "line 2 in f\n",
          (struct story_input){.label = "TIMEOUT",
                               .id = "x",
                               .detail = "deadline of 10 s",
                               .duration_ns = 123456789012,
                               .output = "one",
                               .output_lines = 3},
          "<!TIMEOUT> x   deadline of 10 s  123 s\n"
          "   vim +2 a.py  # f\n"
          "   <!Fatal Python error: Aborted>\n"
          "   its output\n"
          "   one\n");
}

static void chained_exceptions_are_told_in_order(void **state)
{
    (void)state;
    check("Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: 'x'\n\n"
          "During handling of the above exception, another exception occurred:\n\n"
          "Traceback (most recent call last):\n  File \"/usr/lib/python3.11/json.py\", line 2, in "
          "g\nValueError\n",
          (struct story_input){.id = "a.py::f"},
          "<!FAIL>  a.py::f\n"
          "   vim +1 a.py  # f\n"
          "   KeyError: 'x'\n"
          "   During handling of the above exception, another exception occurred:\n"
          "   ⋯ 1 frame in json\n"
          "   <!ValueError>\n");
}

static void nothing_of_the_project_shows_the_deepest_frame(void **state)
{
    (void)state;
    check("Traceback (most recent call last):\n  File \"/opt/a.py\", line 1, in f\n  File \"/opt/b.py\", "
          "line 2, in g\nE\n",
          (struct story_input){.id = "x"},
          "<!FAIL>  x\n   ⋯ 1 frame in a\n   vim +2 /opt/b.py  # g\n   <!E>\n");
}

static struct story build(const struct trace *trace)
{
    struct story story;
    struct story_input input = {.label = "FAIL", .id = "x", .trace = trace, .editor = "vim", .here = ""};
    story_build(&story, &input);
    return story;
}

static void long_messages_lines_and_recursions_are_cut(void **state)
{
    (void)state;
    struct buf text = {0};
    buf_puts(&text, "Traceback (most recent call last):\n");
    for (int i = 0; i < 100; i++)
        buf_printf(&text, "  File \"a.py\", line %d, in f\n", i + 1);
    buf_puts(&text, "E: ");
    for (int i = 0; i < 5000; i++)
        buf_putc(&text, 'x');
    for (int i = 0; i < 300; i++)
        buf_printf(&text, "\nline %d", i);
    struct trace trace;
    trace_parse(&trace, buf_bytes(&text), &paths);
    struct story story = build(&trace);
    struct buf got = {0};
    print_story(&story, &got);
    assert_int_equal(story.lines.len, 1 + 10 + 1 + 10 + 200 + 1);
    assert_non_null(strstr(buf_str(&got), "vim +10  a.py  # f\n   ⋯ 80 frames in a\n   vim +91  a.py"));
    assert_non_null(strstr(buf_str(&got), "… 3003 more bytes\n"));
    assert_non_null(strstr(buf_str(&got), "line 198\n   … 101 more lines\n"));
    story_release(&story);
    trace_release(&trace);
    buf_release(&got);
    buf_release(&text);
}

static void colors_of_a_test_go_on_over_its_lines_and_no_further(void **state)
{
    (void)state;
    check("Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n"
          "E: \033[1mone\ntwo\n\033[32mthree\033[0m\nfour\n  + \033[31mfive\n",
          (struct story_input){.output = "out\n\033[3mlast\nwords\n", .output_lines = 1},
          "<!FAIL>  tests/test_api.py::TestX::test_item[a-b]\n"
          "   vim +1 a.py  # f\n"
          "   <!E: \033[1mone>\n"
          "   {0 1}two\n"
          "   {0 1}\033[32mthree\033[0m\n"
          "   four\n"
          "   <+  + \033[31mfive>\n"
          "   … last 1 lines of its output\n"
          "   {0 4}words\n");
}

static void only_words_of_the_test_keep_their_colors(void **state)
{
    (void)state;
    struct trace trace;
    trace_parse(&trace,
                bytes_of("Traceback (most recent call last):\n  File \"a\033[31m.py\", line 1, in f\033[31m\n"
                         "    x = '\033[31m'\nE: \033[31m"),
                &paths);
    struct story story = build(&trace);
    const struct story_line *line;
    const struct span *span;
    size_t printed = 0;
    vec_each (line, &story.lines)
        vec_each (span, &line->spans) {
            printed += span->printed;
            assert_true(!span->printed || bytes_starts(bytes_of(span->text), "E: "));
        }
    assert_int_equal(printed, 1);
    story_release(&story);
    trace_release(&trace);
}

static void lines_know_their_frames(void **state)
{
    (void)state;
    struct trace trace;
    trace_parse(&trace, bytes_of(mixed), &paths);
    struct story story = build(&trace);
    const int want[] = {-1, 0, 0, -1, 4, 4, -1};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        assert_int_equal(story.lines.items[i].frame, want[i]);
    assert_true(story.lines.items[1].location && story.lines.items[4].location);
    assert_false(story.lines.items[2].location || story.lines.items[3].location);
    story_release(&story);
    trace_release(&trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_reads_as_on_the_screen),
        cmocka_unit_test(ascii_and_here_and_unfolded),
        cmocka_unit_test(other_editors_are_not_aligned),
        cmocka_unit_test(the_memory_that_a_sanitizer_draws_is_left_out),
        cmocka_unit_test(a_crash_shows_its_last_output),
        cmocka_unit_test(chained_exceptions_are_told_in_order),
        cmocka_unit_test(nothing_of_the_project_shows_the_deepest_frame),
        cmocka_unit_test(long_messages_lines_and_recursions_are_cut),
        cmocka_unit_test(colors_of_a_test_go_on_over_its_lines_and_no_further),
        cmocka_unit_test(only_words_of_the_test_keep_their_colors),
        cmocka_unit_test(lines_know_their_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
