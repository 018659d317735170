#include "project/config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>

#include <cmocka.h>

#include "scratch.h"

struct outcome {
    int code;
    struct settings settings;
    struct error error;
};

/* Reads the text as a configuration file named "c", which may include "d". In error lines the directory's
 * name is cut off. */
static struct outcome read_including(const char *text, const char *included)
{
    struct outcome outcome = {0};
    struct scratch scratch;
    scratch_init(&scratch);
    scratch_write(&scratch, "c", text);
    scratch_write(&scratch, "d", included);
    char *path = scratch_path(&scratch, "c");
    settings_init(&outcome.settings);
    outcome.code = config_read_file(&outcome.settings, path, &outcome.error);
    size_t len = strlen(scratch.dir) + 1;
    if (strncmp(outcome.error.text, scratch.dir, len - 1) == 0)
        memmove(outcome.error.text, outcome.error.text + len, strlen(outcome.error.text + len) + 1);
    free(path);
    scratch_release(&scratch);
    return outcome;
}

static struct outcome read_config(const char *text)
{
    return read_including(text, "");
}

static void sets_what_the_file_says(void **state)
{
    (void)state;
    struct outcome o = read_config("# my own\n"
                                   "[run]\n\ttimeout = 1.5 ; seconds\n\tboxes = 4\n"
                                   "[Runner] args = -W\n\targs = \"error # not a comment\"\n"
                                   "[editor]\n\tcommand = code -g \\\n{file}:{line}\n"
                                   "[run]\n\twarm = off\n");
    assert_string_equal(o.error.text, "");
    assert_int_equal(o.code, 0);
    assert_int_equal(o.settings.timeout_ms, 1500);
    assert_int_equal(o.settings.boxes, 4);
    assert_false(o.settings.warm);
    assert_int_equal(o.settings.runner_args.len, 2);
    assert_string_equal(o.settings.runner_args.items[0], "-W");
    assert_string_equal(o.settings.runner_args.items[1], "error # not a comment");
    assert_string_equal(o.settings.editor_command, "code -g {file}:{line}");
    settings_release(&o.settings);
}

static void a_key_without_value_is_true(void **state)
{
    (void)state;
    struct outcome o = read_config("[run]\n\twarm = false\n\twarm\n");
    assert_int_equal(o.code, 0);
    assert_true(o.settings.warm);
    settings_release(&o.settings);
}

static const struct {
    const char *text, *expected;
} WRONG[] = {
    {"[run]\n\ttimout = 3\n", "c:2: unknown key run.timout; did you mean run.timeout?"},
    {"\n[box]\n\ttimeout = 3\n", "c:3: unknown key box.timeout; did you mean run.timeout?"},
    {"[editor]\n\tcomand = vi\n", "c:2: unknown key editor.comand; did you mean editor.command?"},
    {"[zebra]\n\tstripes = 3\n", "c:2: unknown key zebra.stripes; see aloof --help for those there are"},
    {"[run \"Sub\"]\n\ttimeout = 3\n", "c:2: unknown key run.Sub.timeout; did you mean run.timeout?"},
    {"[run] nope = 1\n", "c:1: unknown key run.nope; see aloof --help for those there are"},
    {"[output]\n\tlimit = a \\\n b\n[qqq]\n\tx = 1\n",
     "c:2: output.limit = a  b: expected a whole number from 1024"},
    {"[run]\n\ttimeout = 3\n; timeout = 4\n\tTimeout = x\n",
     "c:4: --timeout = x: expected seconds, 0 or more"},
    {"warn = 1\n", "c:1: unknown key warn; did you mean warm?"},
    {"[run]\n\tboxes = 0\n", "c:2: --boxes = 0: expected auto or a number from 1 to 1024"},
};

static void bad_entries_are_named_by_file_and_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct outcome o = read_config(WRONG[i].text);
        assert_string_equal(o.error.text, WRONG[i].expected);
        assert_int_equal(o.code, -EINVAL);
        settings_release(&o.settings);
    }
}

static const struct {
    const char *text, *expected;
} BROKEN[] = {
    {"\n\n[run\n", "c:3: missing ']' in section header"},
    {"[run]\n\n = 3\n", "c:3: invalid configuration key"},
    {"\n[run]\n\n<<<<<<< HEAD\nx=3\n", "c:4: invalid configuration key"},
    {"[ru n]\n", "c:1: missing quotation marks in section header"},
    {"[run]\n\n\ttimeout = 3\\q\n", "c:3: invalid escape at q"},
};

static void syntax_errors_are_named_by_file_and_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BROKEN / sizeof *BROKEN; i++) {
        struct outcome o = read_config(BROKEN[i].text);
        assert_int_equal(o.code, -EINVAL);
        assert_string_equal(o.error.text, BROKEN[i].expected);
        settings_release(&o.settings);
    }
}

/* Time by the square of their number would be more than twice as long as this may take. */
static void many_entries_are_read_once(void **state)
{
    (void)state;
    enum { ENTRIES = 10000, DEADLINE_S = 5 };
    const struct itimerval deadline = {.it_value.tv_sec = DEADLINE_S}, none = {0}; /* of our own time */
    struct buf text = {0};
    buf_puts(&text, "[runner]\n");
    for (unsigned i = 0; i < ENTRIES; i++)
        buf_printf(&text, "\targs = --option-%05u # %070u\n", i, i);
    buf_puts(&text, "\tnonsense = 1\n");
    setitimer(ITIMER_VIRTUAL, &deadline, NULL);
    struct outcome o = read_config(buf_str(&text));
    setitimer(ITIMER_VIRTUAL, &none, NULL);
    assert_int_equal(o.settings.runner_args.len, ENTRIES);
    assert_string_equal(o.settings.runner_args.items[ENTRIES - 1], "--option-09999");
    assert_memory_equal(o.error.text, "c:10002: unknown key runner.nonsense", 36);
    settings_release(&o.settings);
    buf_release(&text);
}

static void what_is_included_has_no_line_and_takes_none(void **state)
{
    (void)state;
    static const char includes[] = "[run]\n\tboxes = 2\n[include]\n\tpath = d\n[run]\n\tboxes = 0\n";
    struct outcome o = read_including(includes, "[run]\n\tboxes = 3\n\tboxes = 4\n");
    assert_string_equal(o.error.text, "c:6: --boxes = 0: expected auto or a number from 1 to 1024");
    settings_release(&o.settings);
    o = read_including(includes, "[run]\n\tboxes = x\n");
    assert_string_equal(o.error.text, "c: --boxes = x: expected auto or a number from 1 to 1024");
    settings_release(&o.settings);
}

static void a_missing_file_is_no_error_and_a_directory_is_one(void **state)
{
    (void)state;
    struct settings settings;
    struct error error = {{0}};
    settings_init(&settings);
    assert_int_equal(config_read_file(&settings, "/nonexistent/aloof/config", &error), 0);
    assert_string_equal(error.text, "");
    assert_int_equal(config_read_file(&settings, "/tmp", &error), -EINVAL);
    assert_string_equal(error.text, "/tmp: is not a file");
    settings_release(&settings);
}

static void an_empty_file_sets_nothing(void **state)
{
    (void)state;
    struct outcome o = read_config("");
    assert_int_equal(o.code, 0);
    assert_int_equal(o.settings.settle_ms, 4);
    settings_release(&o.settings);
}

static void arguments_set_keys(void **state)
{
    (void)state;
    struct settings settings;
    struct error error = {{0}};
    settings_init(&settings);
    assert_int_equal(config_read_argument(&settings, "timeout=0.25", &error), 0);
    assert_int_equal(settings.timeout_ms, 250);
    assert_int_equal(config_read_argument(&settings, "editor.command=a=b", &error), 0);
    assert_string_equal(settings.editor_command, "a=b");
    settings.warm = false;
    assert_int_equal(config_read_argument(&settings, "warm", &error), 0);
    assert_true(settings.warm);
    assert_int_equal(config_read_argument(&settings, "timeot=1", &error), -EINVAL);
    assert_string_equal(error.text, "command line: unknown key timeot; did you mean timeout?");
    assert_int_equal(config_read_argument(&settings, "=1", &error), -EINVAL);
    settings_release(&settings);
}

static void bindings_of_keys_are_handed_over_as_they_stand(void **state)
{
    (void)state;
    struct outcome o = read_config("[key]\n\tr = rerun-red\n[bind]\n\tRun-All = R\n\trun-all = \"#\"\n");
    static const char *const expected[][3] = {
        {"key.r", "rerun-red", "/c:2"}, {"bind.run-all", "R", "/c:4"}, {"bind.run-all", "#", "/c:5"}};
    struct error error = {{0}};
    assert_string_equal(o.error.text, "");
    assert_int_equal(config_read_argument(&o.settings, "key.?=none", &error), 0);
    assert_int_equal(o.settings.bindings.len, 4);
    for (size_t i = 0; i < 3; i++) {
        const struct binding *binding = &o.settings.bindings.items[i];
        assert_string_equal(binding->name, expected[i][0]);
        assert_string_equal(binding->value, expected[i][1]);
        assert_non_null(strstr(binding->where, expected[i][2]));
        assert_false(binding->typed);
    }
    assert_string_equal(o.settings.bindings.items[3].name, "key.?");
    assert_string_equal(o.settings.bindings.items[3].where, "command line");
    assert_true(o.settings.bindings.items[3].typed);
    assert_int_equal(config_read_argument(&o.settings, "key.=none", &error), -EINVAL);
    assert_int_equal(config_read_argument(&o.settings, "key.a.b=none", &error), -EINVAL);
    settings_release(&o.settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_what_the_file_says),
        cmocka_unit_test(a_key_without_value_is_true),
        cmocka_unit_test(bad_entries_are_named_by_file_and_line),
        cmocka_unit_test(syntax_errors_are_named_by_file_and_line),
        cmocka_unit_test(many_entries_are_read_once),
        cmocka_unit_test(what_is_included_has_no_line_and_takes_none),
        cmocka_unit_test(a_missing_file_is_no_error_and_a_directory_is_one),
        cmocka_unit_test(an_empty_file_sets_nothing),
        cmocka_unit_test(arguments_set_keys),
        cmocka_unit_test(bindings_of_keys_are_handed_over_as_they_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
