/* Recipes as data: keys, placeholders, the way to the worker; and which one a project gets. */
#include "core/recipe_argv.h"
#include "core/words.h"
#include "project/recipe.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scratch.h"

static bool knows(const char *format)
{
    return strcmp(format, "tap") == 0;
}

static struct recipe recipe_of(const char *run)
{
    struct recipe recipe = {.name = mem_strdup("r")};
    struct error error = {0};
    recipe_set(&recipe, "run", run, "here:1", knows, &error);
    recipe_set(&recipe, "format", "tap", "here:2", knows, &error);
    assert_string_equal(error.text, "");
    return recipe;
}

static const struct recipe_test three[] = {{"a/b.go/One", "a/b.go", 0, NULL},
                                           {"a/b.go/Two[x.y]", "a/b.go", 0, NULL},
                                           {"c.go/Three", "c.go", 0, NULL}};

/* The command line for so many of the tests as one process takes. */
static void test_placeholders(void **state)
{
    (void)state;
    static const struct {
        const char *run, *line;
        size_t share;
    } cases[] = {
        {"t {ids}", "t a/b.go/One 'a/b.go/Two[x.y]' c.go/Three", 3},
        {"t {id}", "t a/b.go/One", 1},
        {"t --only={id} {args}", "t --only=a/b.go/One -v 'a b'", 1},
        {"t -run {regex} {file}", "t -run '^(One|Two\\[x\\.y\\])$' a/b.go", 2},
        {"t {file}", "t a/b.go", 2},
        {"t {name}", "t One", 1},
        {"t {file} {names}", "t a/b.go One 'Two[x.y]'", 2},
        {"t {file} --only={names::}", "t a/b.go '--only=One:Two[x.y]'", 2},
        {"t {file} '{names:, }-{file}'", "t a/b.go 'One, Two[x.y]-a/b.go'", 2},
        {"t '{ids: }'", "t 'a/b.go/One a/b.go/Two[x.y] c.go/Three'", 3},
        {"t {file} --xml={report}", "t a/b.go --xml=/tmp/it", 2},
        {"t {report} {file}", "t /dev/null a/b.go", 2},
        {"t -R {regex}", "t -R '^(One|Two\\[x\\.y\\]|Three)$'", 3},
        {"t --load={idfile}", "t --load=/tmp/ids", 3},
        {"sh -c 't {idlist} ${file}'", "sh -c 't a/b.go/One '\\''a/b.go/Two[x.y]'\\'' c.go/Three ${file}'",
         3},
    };
    struct strings args = {0};
    strings_add(&args, "-v");
    strings_add(&args, "a b");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct recipe recipe = recipe_of(cases[i].run);
        struct strings argv = {0};
        const struct strings *command;
        size_t share = recipe_share(&recipe, three, 3, &command);
        assert_int_equal(share, cases[i].share);
        bool reports = strstr(cases[i].line, "/dev/null") == NULL;
        const struct recipe_extra extra = {
            .args = &args, .report = reports ? "/tmp/it" : NULL, .idfile = "/tmp/ids"};
        recipe_argv(command, three, share, &extra, &argv);
        char *line = words_join(&argv);
        assert_string_equal(line, cases[i].line);
        free(line);
        strings_release(&argv);
        recipe_release(&recipe);
    }
    strings_release(&args);
}

static void test_whole_files_without_their_tests(void **state)
{
    (void)state;
    static const struct recipe_test tests[] = {{"a/1", "a", 2, NULL},
                                               {"a/2", "a", 2, NULL},
                                               {"b/1", "b", 1, NULL},
                                               {"c/1", "c", 2, NULL},
                                               {"d/1", "d", 1, NULL}};
    struct recipe recipe = recipe_of("t -run {regex} {file}");
    struct error error;
    assert_int_equal(recipe_set(&recipe, "run-files", "t {args} {files}", "here:3", knows, &error), 0);
    struct strings args = {0}, argv = {0};
    const struct strings *command;
    assert_int_equal(recipe_set(&recipe, "list", "l", "here:3", knows, &error), 0);
    assert_int_equal(recipe_share(&recipe, tests, 5, &command), 3);
    recipe_argv(command, tests, 3, &(struct recipe_extra){.args = &args}, &argv);
    char *line = words_join(&argv);
    assert_string_equal(line, "t a b");
    free(line);
    assert_int_equal(recipe_share(&recipe, tests + 3, 2, &command), 1);
    assert_ptr_equal(command, &recipe.run);
    assert_int_equal(recipe_check(&recipe, "here", &error), 0);
    assert_int_equal(recipe_set(&recipe, "run-files", "t {file}", "here:3", knows, &error), 0);
    assert_int_equal(recipe_check(&recipe, "here", &error), -EINVAL);
    assert_int_equal(recipe_set(&recipe, "run-files", "t {files}", "here:3", knows, &error), 0);
    assert_int_equal(recipe_set(&recipe, "run-all", "t -p {boxes} {args}", "here:4", knows, &error), 0);
    assert_int_equal(recipe_check(&recipe, "here", &error), 0);
    strings_clear(&argv);
    recipe_argv(&recipe.run_all, tests, 5, &(struct recipe_extra){.args = &args, .boxes = 3}, &argv);
    line = words_join(&argv);
    assert_string_equal(line, "t -p 3");
    free(line);
    assert_int_equal(recipe_set(&recipe, "run-all", "t {files}", "here:4", knows, &error), 0);
    assert_int_equal(recipe_check(&recipe, "here", &error), -EINVAL);
    assert_non_null(strstr(error.text, "run-all of recipe r needs the key format"));
    strings_release(&argv);
    recipe_release(&recipe);
}

static void test_the_name_without_the_file(void **state)
{
    (void)state;
    static const struct {
        const char *id, *file, *name;
    } cases[] = {
        {"p/TestX", "p", "TestX"}, {"b/t:Sum.Adds", "b/t", "Sum.Adds"},
        {"a.py::f", "a.py", "f"},  {"sum$t::adds", "sum", "t::adds"},
        {"b/t:/x", "b/t", "/x"},   {"b/t: x", "b/t", " x"},
        {"p/", "p", "p/"},         {"pq/TestX", "p", "pq/TestX"},
        {"p", "p", "p"},           {"x", "", "x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct recipe_test test = {cases[i].id, cases[i].file, 0, NULL};
        assert_string_equal(recipe_test_name(&test), cases[i].name);
    }
}

static void test_by_exit_status_one_at_a_time(void **state)
{
    (void)state;
    struct recipe recipe = recipe_of("t {ids}");
    struct error error;
    assert_int_equal(recipe_set(&recipe, "format", "exit", "here:3", knows, &error), 0);
    const struct strings *command;
    assert_int_equal(recipe_share(&recipe, three, 3, &command), 1);
    recipe_release(&recipe);
}

static void test_a_command_line_is_never_too_long(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    struct recipe recipe = recipe_of("t {regex}");
    struct recipe_test *tests = mem_zero(MANY * sizeof *tests);
    for (int i = 0; i < MANY; i++)
        tests[i] = (struct recipe_test){"........................................", "f", 0, NULL};
    const struct strings *command;
    size_t share = recipe_share(&recipe, tests, MANY, &command);
    struct strings argv = {0}, args = {0};
    recipe_argv(command, tests, share, &(struct recipe_extra){.args = &args}, &argv);
    assert_in_range(share, 500, MANY - 1);
    assert_in_range(strlen(argv.items[1]), 1000, 128 * 1024 - 1);
    strings_release(&argv);
    recipe_release(&recipe);
    free(tests);
}

static void test_what_was_set_arrives_elsewhere(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"list", "ls 'a b'"},       {"list-format", "tap"}, {"run", "sh {id}"},      {"format", "exit"},
        {"unit", "test"},           {"env", "A=1"},         {"env", "B=\xc3\xa4"},   {"merge", "true"},
        {"timeout-signal", "quit"}, {"build", "make"},      {"debug", "sh -x {id}"}, {"parallel", "unsafe"},
    };
    struct recipe here = {.name = mem_strdup("r")}, there = {0};
    struct error error = {0};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_int_equal(recipe_set(&here, pairs[i][0], pairs[i][1], "x", NULL, &error), 0);
    json_t *packed = recipe_pack(&here);
    assert_int_equal(recipe_unpack(&there, packed, &error), 0);
    json_t *again = recipe_pack(&there);
    assert_true(json_equal(packed, again));
    assert_string_equal(there.name, "r");
    assert_string_equal(there.list.items[1], "a b");
    assert_string_equal(there.list_format, "tap");
    assert_null(there.format);
    assert_int_equal(there.unit, UNIT_TEST);
    assert_int_equal(there.env.len, 2);
    assert_int_equal(recipe_signal(&there), 3);
    assert_int_equal(there.holes, HOLE_ID);
    json_decref(packed);
    json_decref(again);
    packed = json_pack("{s:s, s:[[s, s]]}", "name", "r", "keys", "lsit", "ls");
    assert_int_equal(recipe_unpack(&there, packed, &error), -EINVAL);
    json_decref(packed);
    assert_int_equal(recipe_unpack(&there, NULL, &error), -EINVAL);
    recipe_release(&here);
    recipe_release(&there);
}

/* A project with these files is run by that recipe; what is not a name is the line that says what is wrong.
 */
static const struct choice {
    const char *config;   /* of the project; NULL none */
    const char *files[3]; /* each with the content "mark" */
    const char *asked;    /* by name; NULL none */
    const char *found;
} choices[] = {
    {NULL, {"t/a.t"}, NULL, "perl"},
    {NULL, {"t/a.t", "conftest.py"}, NULL, "pytest"},
    {NULL, {"deep/t/a.t"}, NULL, "pytest"},
    {NULL, {"Makefile"}, NULL, "text"},
    {NULL, {"t/a.t", "Makefile"}, NULL, "perl"},
    {NULL, {"t/a.t"}, "text", "text"},
    {NULL,
     {"t/a.t"},
     "nope",
     "recipe = nope: there is no such recipe (there are: other, perl, pytest, text)"},
    {NULL,
     {"t/a.t"},
     "../recipes/perl",
     "recipe = ../recipes/perl: there is no such recipe (there are: other, perl, pytest, text)"},
    {"[recipe \"own\"]\nlist = ls\nrun = sh {id}\n", {"conftest.py"}, NULL, "own"},
    {"[recipe \"own\"]\nlist = ls\nrun = sh {id}\ndetect = *.x\n", {"conftest.py"}, NULL, "pytest"},
    {"[recipe \"perl\"]\nformat = exit\n", {"t/a.t"}, NULL, "perl"},
    {"[recipe \"perl\"]\nformta = exit\n",
     {"t/a.t"},
     NULL,
     ".aloof.conf:2: unknown key formta of a recipe; did you mean format?"},
    {"[recipe \"own\"]\n\nlist = ls\n",
     {NULL},
     NULL,
     ".aloof.conf:3: recipe own lacks the key run (a command that runs tests)"},
    {"[run]\ntimeout = 1\n", {"t/a.t"}, NULL, "perl"},
    {"[recipe \"perl\"]\nunless = *.x:mark\nunless = *.y\n", {"t/a.t", "b.z"}, NULL, "perl"},
    {"[recipe \"perl\"]\nunless = *.x:mark\nunless = *.y\n", {"t/a.t", "b.x", "Makefile"}, NULL, "text"},
    {"[recipe \"perl\"]\nimport = json\n", {"t/a.t"}, NULL, "perl"},
    {"[recipe \"perl\"]\nimport = no_such_module\n", {"t/a.t", "Makefile"}, NULL, "text"},
    {"[recipe \"perl\"]\nworker = unittest\n", {"t/a.t"}, NULL, "perl"},
    {"[recipe \"perl\"]\nworker = nose\n",
     {"t/a.t"},
     NULL,
     ".aloof.conf:2: worker = nose: expected own|pytest|unittest|django"},
};

static void write_shipped(struct scratch *scratch)
{
    scratch_write(scratch, "recipes/perl.conf", "[recipe]\ndetect = t/*.t\nlist = ls\nrun = perl {id}\n");
    scratch_write(scratch, "recipes/text.conf",
                  "[recipe]\ndetect = Makefile:mark\nlist = ls\nrun = sh {id}\n");
    scratch_write(scratch, "recipes/other.conf", "[recipe]\nlist = ls\nrun = sh {id}\n");
    scratch_write(scratch, "recipes/pytest.conf", "[recipe]\nworker = pytest\ndetect = conftest.py\n");
}

static void check_choice(const struct choice *choice)
{
    struct scratch scratch;
    struct recipe recipe = {0};
    struct error error = {0};
    scratch_init(&scratch);
    write_shipped(&scratch);
    scratch_write(&scratch, "root[1]/README", "mark");
    for (size_t i = 0; i < 3 && choice->files[i] != NULL; i++) {
        char *name = mem_printf("root[1]/%s", choice->files[i]);
        scratch_write(&scratch, name, "mark");
        free(name);
    }
    if (choice->config != NULL)
        scratch_write(&scratch, "root[1]/.aloof.conf", choice->config);
    char *shipped = scratch_path(&scratch, "recipes"), *root = scratch_path(&scratch, "root[1]");
    char *config = mem_printf("%s/.aloof.conf", root);
    const struct recipe_places places = {shipped, config, root, "python3", NULL};
    int code = recipe_find(&recipe, &places, choice->asked, knows, &error);
    const char *said = error.text;
    if (strncmp(said, root, strlen(root)) == 0)
        said += strlen(root) + 1;
    assert_string_equal(code == 0 ? recipe.name : said, choice->found);
    assert_int_equal(code, strchr(choice->found, ' ') == NULL ? 0 : -EINVAL);
    recipe_release(&recipe);
    free(config);
    free(shipped);
    free(root);
    scratch_release(&scratch);
}

/* All that fit, in the order in which one of them is chosen, and the mark of the first. */
static void test_which_recipes_fit(void **state)
{
    (void)state;
    struct scratch scratch;
    struct strings names = {0};
    struct recipe recipe = {0};
    struct error error;
    scratch_init(&scratch);
    write_shipped(&scratch);
    scratch_write(&scratch, "root/t/a.t", "");
    scratch_write(&scratch, "root/Makefile", "mark");
    scratch_write(&scratch, "root/conftest.py", "");
    scratch_write(&scratch, "root/.stestr.conf", "[DEFAULT]\ntest_path = t\n");
    scratch_write(&scratch, "root/.aloof.conf",
                  "[recipe \"own\"]\nlist = ls\nrun = sh {id}\n[recipe \"perl\"]\nunit = file\n"
                  "[recipe \"no\"]\ndetect = none\nlist = ls\nrun = sh {id}\n[recipe \"bad\"]\nlist = ls\n");
    char *shipped = scratch_path(&scratch, "recipes"), *root = scratch_path(&scratch, "root");
    char *config = mem_printf("%s/.aloof.conf", root);
    const struct recipe_places places = {shipped, config, root, "python3", NULL};
    recipe_fitting(&places, knows, &names);
    char *line = words_join(&names);
    assert_string_equal(line, "own perl bad stestr pytest text");
    assert_int_equal(recipe_find(&recipe, &places, "text", knows, &error), 0);
    assert_string_equal(recipe_mark(&recipe, root), "Makefile:mark");
    recipe_release(&recipe);
    strings_release(&names);
    free(line);
    free(config);
    free(root);
    free(shipped);
    scratch_release(&scratch);
}

static void test_which_recipe_a_project_gets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        check_choice(&choices[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_placeholders),
        cmocka_unit_test(test_whole_files_without_their_tests),
        cmocka_unit_test(test_the_name_without_the_file),
        cmocka_unit_test(test_by_exit_status_one_at_a_time),
        cmocka_unit_test(test_a_command_line_is_never_too_long),
        cmocka_unit_test(test_what_was_set_arrives_elsewhere),
        cmocka_unit_test(test_which_recipe_a_project_gets),
        cmocka_unit_test(test_which_recipes_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
