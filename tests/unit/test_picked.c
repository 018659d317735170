/* Parts of a file that are asked for without the others: the command line that asks for them, and what comes
 * of what the process says then. */
#include "core/words.h"
#include "runner/job.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct recipe recipe_of(const char *run, const char *parts)
{
    struct recipe recipe = {.name = mem_strdup("r")};
    struct error error = {0};
    recipe_set(&recipe, "list", "l", "x", NULL, &error);
    recipe_set(&recipe, "format", "tap", "x", NULL, &error);
    recipe_set(&recipe, "run", run, "x", NULL, &error);
    if (parts != NULL)
        recipe_set(&recipe, "parts", parts, "x", NULL, &error);
    assert_string_equal(error.text, "");
    return recipe;
}

static void test_what_a_recipe_must_say(void **state)
{
    (void)state;
    static const struct {
        const char *run, *parts, *wrong;
        bool picks;
    } cases[] = {
        {"t {parts} {ids}", "-t {regex}", NULL, true},
        {"t {parts} {ids}", "--only={nested}", NULL, true},
        {"t {ids}", "-t {regex}", NULL, false}, /* a project's own run */
        {"t {parts} {ids}", NULL,
         "here: run of recipe r has {parts}, and no key parts says what stands there", false},
        {"t {parts} {ids}", "-t it",
         "here: parts of recipe r does not say which: it needs {regex}, {nested} or {written}", true},
        {"t {parts}", "-t {regex}",
         "here: run of recipe r does not say what to run: it needs {id}, {ids}, {name}, {names}, {file}, "
         "{regex}, "
         "{idfile} or {idlist}",
         true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct recipe recipe = recipe_of(cases[i].run, cases[i].parts);
        struct error error = {0};
        assert_int_equal(recipe_check(&recipe, "here", &error), cases[i].wrong != NULL ? -EINVAL : 0);
        assert_string_equal(error.text, cases[i].wrong != NULL ? cases[i].wrong : "");
        assert_int_equal(recipe_picks_parts(&recipe), cases[i].picks);
        recipe_release(&recipe);
    }
    struct recipe single = recipe_of("t {parts} {ids}", "-t {regex}");
    struct error error;
    assert_int_equal(recipe_set(&single, "unit", "test", "x", NULL, &error), 0);
    assert_false(recipe_picks_parts(&single));
    recipe_release(&single);
}

/* Of a, b and c parts are asked for, of d all. names: of each, with a newline between; NULL all. */
static void test_command_lines(void **state)
{
    (void)state;
    static const struct {
        const char *run, *parts, *names[4], *line;
        size_t share;
    } cases[] = {
        {"t {parts} {ids}",
         "-t {regex}",
         {"adds", "is (a|b) [x] $5 \\d ^ .*+? {2}"},
         "t -t '^(adds|is \\(a\\|b\\) \\[x\\] \\$5 \\\\d \\^ \\.\\*\\+\\? \\{2\\})$' a b",
         2},
        {"t {ids} {parts}",
         "--only={regex} x",
         {"'a' \"b\"/c\nd e\tf"},
         "t a '--only=^('\\''a'\\'' \"b\"/c|d e\\sf)$' x",
         1},
        {"t {parts} {ids}",
         "-t {nested}",
         {"outer > in > most (x)\ntop"},
         "t -t '^(outer in most \\(x\\)|most \\(x\\)|top)$' a",
         1},
        {"t {parts} {ids}",
         "-t {written}",
         {"a $5 \\ \"b\""},
         "t -t '^(a \\\\?\\$5 \\\\?\\\\ \\\\?\"b\\\\?\")$' a",
         1},
        {"t {parts} {file}", "-t {regex}", {"one", "two"}, "t -t '^(one)$' a", 1},
        {"t {parts} {ids}", "-t {regex}", {NULL, NULL, "x"}, "t a b", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct recipe recipe = recipe_of(cases[i].run, cases[i].parts);
        struct recipe_test tests[] = {{.id = "a", .file = "a"},
                                      {.id = "b", .file = "b"},
                                      {.id = "c", .file = "c"},
                                      {.id = "d", .file = "d"}};
        struct strings names[4] = {{0}}, argv = {0}, args = {0};
        for (size_t j = 0; j < 4; j++) {
            for (const char *at = cases[i].names[j]; at != NULL && *at != '\0';) {
                size_t len = strcspn(at, "\n");
                strings_take(&names[j], mem_dup(at, len));
                at += len + (at[len] != '\0');
            }
            tests[j].parts = names[j].len > 0 ? &names[j] : NULL;
        }
        const struct strings *command;
        assert_int_equal(recipe_share(&recipe, tests, 4, &command), cases[i].share);
        recipe_argv(command, tests, cases[i].share,
                    &(struct recipe_extra){.args = &args, .parts = &recipe.parts}, &argv);
        char *line = words_join(&argv);
        assert_string_equal(line, cases[i].line);
        free(line);
        for (size_t j = 0; j < 4; j++)
            strings_release(&names[j]);
        strings_release(&argv);
        recipe_release(&recipe);
    }
}

static void test_many_names_are_several_processes(void **state)
{
    (void)state;
    enum { MANY = 1000 };
    struct recipe recipe = recipe_of("t {parts} {ids}", "-t {regex}");
    struct strings names = {0};
    struct recipe_test tests[MANY];
    for (size_t i = 0; i < 10; i++)
        strings_add(&names, "............................................");
    for (size_t i = 0; i < MANY; i++)
        tests[i] = (struct recipe_test){.id = "f", .file = "f", .parts = &names};
    const struct strings *command;
    size_t share = recipe_share(&recipe, tests, MANY, &command);
    assert_in_range(share, 10, RECIPE_PARTS_MAX / 450);
    strings_release(&names);
    recipe_release(&recipe);
}

/* "+ id" begins, "ok id", "fail id"; what came with it is "id name: text". */
static void write_down(void *owner, const struct event *event)
{
    struct buf *to = owner;
    static const char *const words[] = {"", "?", "+", "ok", "ux", "skip", "fail", "xfail"};
    char *id = bytes_dup(event->test_id);
    if (event->file_name.data != NULL && event->file.len > 0)
        buf_printf(to, "%s %.*s: %.*s", id != NULL ? id : ">", (int)event->file_name.len,
                   event->file_name.data, (int)event->file.len, event->file.data);
    if (event->status != EVENT_NONE)
        buf_printf(to, "%s %s\n", words[event->status], id);
    free(id);
}

/* Files a and b (of the first `files`); of a some parts are asked for, of b as `of_b` says. */
static const struct process {
    const char *what, *of_a, *of_b;
    size_t files;
    const char *printed;
    int exit_code, signal;
    const char *events;
    enum job_ending ending;
    const char *again; /* files that are to be asked for as a whole */
} processes[] = {
    {"what is skipped was left out", "y", NULL, 1,
     "1..3\nok 1 - x # SKIP not asked for\nok 2 - y\nok 3 - z # SKIP not asked for\n", 0, 0,
     "+ a\nok a > y\nok a\n", JOB_WHOLE, ""},
    {"what failed did", "y", NULL, 1, "1..2\nok 1 - x # SKIP no\nnot ok 2 - y\n# why\n", 1, 0,
     "+ a\na > y traceback: why\nfail a > y\na report: 1 of 1 that ran of it failed\nfail a\n", JOB_WHOLE,
     ""},
    {"what the name fits too is told", "y", NULL, 1, "1..2\nnot ok 1 - x\nok 2 - y\n", 1, 0,
     "+ a\nfail a > x\nok a > y\na report: 1 of 2 that ran of it failed\nfail a\n", JOB_WHOLE, ""},
    {"one that is not there: nothing is said of its file", "y gone", NULL, 1, "1..1\nok 1 - y\n", 0, 0,
     "+ a\nok a > y\n", JOB_LACKING, "a"},
    {"nor where nothing is left to run", "gone", NULL, 1, "1..0 # no tests\n", 1, 0,
     "+ a\n> stdout: 1..0 # no tests\n", JOB_LACKING, "a"},
    {"one that is skipped for good is seen when all run", "y", NULL, 1, "1..1\nok 1 - y # SKIP today\n", 0, 0,
     "+ a\n", JOB_LACKING, "a"},
    {"a death is one all the same", "y", NULL, 1, "1..2\nok 1 - x # SKIP no\n", -1, 11, "+ a\n", JOB_DIED,
     ""},
    {"of two files each has its own", "y", "z", 2, "1..2\nok 1 - a > y\nok 2 - b > z\n", 0, 0,
     "+ a\nok a > y\n+ b\nok b > z\nok a\nok b\n", JOB_WHOLE, ""},
    {"one of two lacks a part", "y", "gone", 2,
     "1..3\nnot ok 1 - a > y\nok 2 - b > x\nok 3 - a > z # SKIP no\n", 1, 0,
     "+ a\nfail a > y\n+ b\nok b > x\n+ a\na report: 1 of 1 that ran of it failed\nfail a\n", JOB_LACKING,
     "b"},
};

static void check(const struct process *process)
{
    struct recipe recipe = recipe_of("t {parts} {ids}", "-t {regex}");
    struct strings parts[2] = {{0}};
    struct error error;
    words_split(process->of_a, &parts[0], &error);
    if (process->of_b != NULL)
        words_split(process->of_b, &parts[1], &error);
    const struct recipe_test tests[] = {{.id = "a", .file = "a", .parts = &parts[0]},
                                        {.id = "b", .file = "b", .parts = &parts[1]}};
    struct buf events = {0}, again = {0};
    struct job job;
    job_init(&job, &recipe, tests, process->files, write_down, &events);
    job_begin(&job);
    job_feed(&job, false, bytes_of(process->printed));
    assert_int_equal(job_end(&job, process->exit_code, process->signal), process->ending);
    for (size_t i = 0; i < process->files; i++)
        buf_puts(&again, job.tallies[i].lacking ? tests[i].id : "");
    assert_string_equal(buf_str(&events), process->events);
    assert_string_equal(buf_str(&again), process->again);
    job_release(&job);
    buf_release(&events);
    buf_release(&again);
    strings_release(&parts[0]);
    strings_release(&parts[1]);
    recipe_release(&recipe);
}

static void test_events_of_a_process(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof processes / sizeof *processes; i++) {
        print_message("%s\n", processes[i].what);
        check(&processes[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_recipe_must_say), cmocka_unit_test(test_command_lines),
        cmocka_unit_test(test_many_names_are_several_processes), cmocka_unit_test(test_events_of_a_process)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
