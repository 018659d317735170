#include "core/options.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int parse(struct settings *settings, const char *const argv[], struct error *error)
{
    int argc = 0;
    while (argv[argc] != NULL)
        argc++;
    enum arguments_action action;
    struct strings configs = {0};
    int result = arguments_parse(settings, argc, argv, &action, &configs, error);
    strings_release(&configs);
    return result;
}

static void reads_what_the_manual_shows(void **state)
{
    (void)state;
    struct settings settings;
    settings_init(&settings);
    struct error error = {0};
    const char *const argv[] = {"aloof", "-n",         "4",  "--box=test", "-x",    "--timeout",
                                "1.5",   "tests/a.py", "--", "-W",         "error", NULL};
    assert_int_equal(parse(&settings, argv, &error), 0);
    assert_int_equal(settings.boxes, 4);
    assert_int_equal(settings.box, 1);
    assert_int_equal(settings.maxfail, 1);
    assert_int_equal(settings.timeout_ms, 1500);
    assert_int_equal(settings.paths.len, 1);
    assert_string_equal(settings.paths.items[0], "tests/a.py");
    assert_int_equal(settings.runner_args.len, 2);
    assert_string_equal(settings.runner_args.items[1], "error");
    settings_release(&settings);
}

static void reads_joined_letters_and_long_values(void **state)
{
    (void)state;
    struct settings settings;
    settings_init(&settings);
    struct error error = {0};
    const char *const argv[] = {"aloof",  "-xn3", "-kupper and not x", "--maxfail=7", "--boxed",
                                "--once", NULL};
    assert_int_equal(parse(&settings, argv, &error), 0);
    assert_int_equal(settings.boxes, 3);
    assert_string_equal(settings.keyword, "upper and not x");
    assert_true(settings.boxed && settings.once && settings.exitfirst);
    assert_int_equal(settings.box, 1);
    settings_release(&settings);
}

static void set_recipe(struct settings *settings, const char *value, const char *where, int expected)
{
    struct error error = {0};
    assert_int_equal(options_set(settings, options_by_key("recipe"), value, where, &error), expected);
}

static void names_of_a_later_place_replace_those_of_an_earlier_one(void **state)
{
    (void)state;
    struct settings settings;
    settings_init(&settings);
    const struct strings *recipes = &settings.recipes.list;
    set_recipe(&settings, "go", "/home/me/config:1", 0);
    set_recipe(&settings, "pytest", "/p/.aloof.conf:1", 0);
    set_recipe(&settings, "jest , pytest", "/p/.aloof.conf:2", 0);
    assert_int_equal(recipes->len, 2);
    assert_string_equal(recipes->items[0], "pytest");
    assert_string_equal(recipes->items[1], "jest");
    set_recipe(&settings, "prove,bats", "command line", 0);
    set_recipe(&settings, "node", "command line", 0);
    assert_int_equal(recipes->len, 3);
    assert_string_equal(recipes->items[0], "prove");
    static const char *const bad[] = {"", ",", "a,", ",a", "a,,b", " "};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        set_recipe(&settings, bad[i], "command line", -EINVAL);
    settings_release(&settings);
}

/* Set to what it says, a setting stays what it was. */
static void a_default_is_what_stands_without_it(void **state)
{
    (void)state;
    size_t count, said = 0;
    const struct option *table = options_table(&count);
    for (size_t i = 0; i < count; i++) {
        struct settings settings, before;
        struct error error = {0};
        struct buf value = {0};
        settings_init(&settings);
        settings_init(&before);
        options_default(&table[i], &value);
        if (value.len > 0) {
            said++;
            assert_int_equal(options_set(&settings, &table[i], buf_str(&value), "here", &error), 0);
            assert_memory_equal(&settings, &before, sizeof settings);
        }
        buf_release(&value);
        settings_release(&settings);
        settings_release(&before);
    }
    assert_in_range(said, 15, count);
}

static void refuses_with_one_line(void **state)
{
    (void)state;
    static const struct {
        const char *argv[4];
        const char *says;
    } table[] = {
        {{"aloof", "-n", "0", NULL}, "command line: --boxes = 0: expected auto or a number from 1 to 1024"},
        {{"aloof", "--boxes=-1", NULL},
         "command line: --boxes = -1: expected auto or a number from 1 to 1024"},
        {{"aloof", "--box=tests", NULL}, "command line: --box = tests: expected auto|test|group"},
        {{"aloof", "--notify=loud", NULL},
         "command line: --notify = loud: expected none|bell|terminal|command"},
        {{"aloof", "--timeout", "soon", NULL}, "command line: --timeout = soon: expected seconds, 0 or more"},
        {{"aloof", "--timeout=nan", NULL}, "command line: --timeout = nan: expected seconds, 0 or more"},
        {{"aloof", "--nope", NULL},
         "unknown option --nope (see aloof --help; options for pytest go behind --)"},
        {{"aloof", "-q", NULL}, "unknown option -q (see aloof --help; options for pytest go behind --)"},
        {{"aloof", "-n", NULL}, "-n needs N|auto"},
        {{"aloof", "--once=yes", NULL}, "--once=yes takes no value"},
        {{"aloof", "--junit=", NULL}, "command line: --junit = (nothing): expected FILE"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct settings settings;
        settings_init(&settings);
        struct error error = {0};
        assert_int_not_equal(parse(&settings, table[i].argv, &error), 0);
        assert_string_equal(error.text, table[i].says);
        settings_release(&settings);
    }
}

static void knows_keys_with_and_without_section(void **state)
{
    (void)state;
    assert_string_equal(options_by_key("Python")->key, "python");
    assert_string_equal(options_by_key("run.timeout")->key, "timeout");
    assert_string_equal(options_by_key("EDITOR.command")->key, "editor.command");
    assert_null(options_by_key("run.editor.command"));
    assert_null(options_by_key("pyhton"));
}

static void help_names_every_option_and_key(void **state)
{
    (void)state;
    struct buf help = {0};
    arguments_help(&help);
    size_t count;
    const struct option *table = options_table(&count);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(strstr(buf_str(&help), table[i].help));
        if (table[i].name != NULL)
            assert_non_null(strstr(buf_str(&help), table[i].name));
        else if (table[i].key != NULL)
            assert_non_null(strstr(buf_str(&help), table[i].key));
    }
    buf_release(&help);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_the_manual_shows),
        cmocka_unit_test(reads_joined_letters_and_long_values),
        cmocka_unit_test(names_of_a_later_place_replace_those_of_an_earlier_one),
        cmocka_unit_test(a_default_is_what_stands_without_it),
        cmocka_unit_test(refuses_with_one_line),
        cmocka_unit_test(knows_keys_with_and_without_section),
        cmocka_unit_test(help_names_every_option_and_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
