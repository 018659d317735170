#include "report/locations.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char traceback[] = "Traceback (most recent call last):\n"
                                "  File \"/p/tests/test_a.py\", line 3, in test_bad\n"
                                "  File \"/p/a.py\", line 10, in outer\n"
                                "  File \"/usr/lib/python3/json/decoder.py\", line 5, in decode\n"
                                "  File \"/p/a.py\", line 20, in inner\n"
                                "  File \"/p/a.py\", line 10, in outer\n"
                                "  File \"/p/b.py\", line 30, in last\n"
                                "ValueError: a \x1b[31mred\x07 one\nand more\n";

/* A failure of the model with the frames of the text; the line `changed` of a.py differs from HEAD. */
static struct failure red(struct model *model, const char *id, const char *group, const char *text,
                          unsigned changed)
{
    struct failure failure = {0};
    const struct trace_paths paths = {.root = "/p"};
    struct test *test = model_recall(model, id, group, OUTCOME_FAILED);
    model_set_red(model, (size_t)(test - model->tests.items), true);
    test->state = TEST_DONE;
    failure.test = (size_t)(test - model->tests.items);
    if (text == NULL)
        return failure;
    trace_parse(&failure.trace, bytes_of(text), &paths);
    struct frame *frame;
    vec_each (frame, &failure.trace.frames)
        frame->changed = frame->line == changed;
    return failure;
}

static void check_text(struct model *model, const struct failure *failures, size_t count,
                       struct locations_scope scope, const char *want)
{
    struct buf text = {0};
    locations_text(&text, model, failures, count, &scope);
    assert_string_equal(buf_str(&text), want);
    buf_release(&text);
}

static void the_likely_line_comes_first_then_its_callers(void **state)
{
    (void)state;
    struct model model;
    model_init(&model, 1000);
    struct failure failure = red(&model, "tests/test_a.py::test_bad", "tests/test_a.py", traceback, 0);
    check_text(
        &model, &failure, 1, (struct locations_scope){.here = ""},
        "b.py:30:1: FAIL tests/test_a.py::test_bad: ValueError: a red one\n"
        "a.py:10:1: FAIL tests/test_a.py::test_bad: ValueError: a red one (called from here)\n"
        "a.py:20:1: FAIL tests/test_a.py::test_bad: ValueError: a red one (called from here)\n"
        "tests/test_a.py:3:1: FAIL tests/test_a.py::test_bad: ValueError: a red one (called from here)\n");
    trace_release(&failure.trace);
    failure = red(&model, "tests/test_a.py::test_bad", "tests/test_a.py", traceback, 20);
    check_text(&model, &failure, 1, (struct locations_scope){.here = "tests/"},
               "../a.py:20:1: FAIL tests/test_a.py::test_bad: ValueError: a red one\n"
               "../b.py:30:1: FAIL tests/test_a.py::test_bad: ValueError: a red one (called from here)\n"
               "../a.py:10:1: FAIL tests/test_a.py::test_bad: ValueError: a red one (called from here)\n"
               "test_a.py:3:1: FAIL tests/test_a.py::test_bad: ValueError: a red one (called from here)\n");
    trace_release(&failure.trace);
    model_release(&model);
}

static void without_frames_it_is_the_file(void **state)
{
    (void)state;
    struct model model;
    model_init(&model, 1000);
    struct failure failures[] = {
        red(&model, "a.py::test_old[\n]", "a.py", NULL, 0),
        red(&model, "b.py::test_fixture", "b.py", "file b.py, line 1\nE       fixture 'x' not found\n>  y",
            0),
        red(&model, "c.py::test_string", "c.py",
            "Traceback (most recent call last):\n  File \"<string>\", line 3, in f\nKeyError: 1\n", 0),
        red(&model, "syntax.py", "syntax.py",
            "Traceback (most recent call last):\n  File \"/p/syntax.py\", line 4\n    def (\n        ^\n"
            "SyntaxError: invalid syntax\n",
            0),
        red(&model, "d.py::test_lost", NULL, NULL, 0),
    };
    size_t count = sizeof failures / sizeof *failures;
    check_text(&model, failures, count, (struct locations_scope){.here = ""},
               "a.py:1:1: FAIL a.py::test_old[ ]\n"
               "b.py:1:1: FAIL b.py::test_fixture: fixture 'x' not found\n"
               "c.py:1:1: FAIL c.py::test_string: KeyError: 1\n"
               "syntax.py:4:5: FAIL syntax.py: SyntaxError: invalid syntax\n");
    for (size_t i = 0; i < count; i++)
        trace_release(&failures[i].trace);
    model_release(&model);
}

static void only_what_is_red_and_in_scope_is_told(void **state)
{
    (void)state;
    struct model model;
    model_init(&model, 1000);
    struct failure failures[] = {
        red(&model, "a.py::test_fixed", "a.py", NULL, 0),
        red(&model, "b.py::test_earlier", "b.py", NULL, 0),
        red(&model, "c.py::test_now", "c.py", NULL, 0),
    };
    model_set_red(&model, failures[0].test, false);
    model.tests.items[failures[1].test].state = TEST_IDLE;
    check_text(&model, failures, 3, (struct locations_scope){.here = ""},
               "b.py:1:1: FAIL b.py::test_earlier\nc.py:1:1: FAIL c.py::test_now\n");
    check_text(&model, failures, 3, (struct locations_scope){.here = "", .this_run = true},
               "c.py:1:1: FAIL c.py::test_now\n");
    model_release(&model);
}

static void the_file_is_replaced_only_when_it_differs(void **state)
{
    (void)state;
    char root[] = "/tmp/test_locations.XXXXXX";
    assert_non_null(mkdtemp(root));
    char *path = mem_printf("%s/out", root), *link = mem_printf("%s/link", root);
    struct stat first, second, third;
    struct error error;
    assert_int_equal(symlink("out", link), 0);
    assert_int_equal(locations_check(path, &error), 0);
    assert_int_equal(locations_write(path, bytes_of("a\n"), &error), 0);
    assert_int_equal(stat(path, &first), 0);
    FILE *reader = fopen(path, "r"); /* keeps the first file's number from being used again */
    assert_non_null(reader);
    assert_int_equal(locations_write(link, bytes_of("a\n"), &error), 0);
    assert_int_equal(stat(path, &second), 0);
    assert_int_equal(first.st_ino, second.st_ino);
    assert_int_equal(locations_write(link, bytes_of(""), &error), 0);
    assert_int_equal(lstat(path, &third), 0);
    assert_int_not_equal(first.st_ino, third.st_ino);
    assert_int_equal(third.st_size, 0);
    assert_int_equal(fgetc(reader), 'a');
    fclose(reader);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(unlink(link), 0);
    assert_int_equal(rmdir(root), 0); /* nothing else was left */
    free(path);
    free(link);
}

static void a_place_for_no_file_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int code;
        const char *says;
    } table[] = {
        {"/no/such/out", -ENOENT, "/no/such/out: cannot write the locations: No such file or directory"},
        {"/dev/null/out", -ENOTDIR, "/dev/null/out: cannot write the locations: Not a directory"},
        {"/tmp", -EINVAL, "/tmp: cannot write the locations: not a file"},
        {"/dev/null", -EINVAL, "/dev/null: cannot write the locations: not a file"},
        {"-", -EINVAL, "-: cannot write the locations: not a file"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct error error;
        assert_int_equal(locations_check(table[i].path, &error), table[i].code);
        assert_string_equal(error.text, table[i].says);
    }
    struct error error;
    assert_int_equal(locations_write("/no/such/out", bytes_of("a"), &error), -ENOENT);
    assert_string_equal(error.text, table[0].says);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_likely_line_comes_first_then_its_callers),
        cmocka_unit_test(without_frames_it_is_the_file),
        cmocka_unit_test(only_what_is_red_and_in_scope_is_told),
        cmocka_unit_test(the_file_is_replaced_only_when_it_differs),
        cmocka_unit_test(a_place_for_no_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
