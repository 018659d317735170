/* One process and its tests: what it printed and how it ended, and the events that come of that. */
#include "core/words.h"
#include "runner/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* "+ id" begins, "ok id", "fail id (tags)", "id name: text"; what came without an id is "> name: text". */
static void write_down(void *owner, const struct event *event)
{
    struct buf *to = owner;
    char *id = bytes_dup(event->test_id), *name = bytes_dup(event->file_name), *text = bytes_dup(event->file);
    static const char *const words[] = {"", "?", "+", "ok", "ux", "skip", "fail", "xfail"};
    if (name != NULL && *text != '\0')
        buf_printf(to, "%s %s: %s%s", id != NULL ? id : ">", name, text,
                   text[strlen(text) - 1] == '\n' ? "" : "\n");
    if (event->status != EVENT_NONE)
        buf_printf(to, "%s %s%s", words[event->status], id, event->runnable ? "" : " part");
    for (size_t i = 0; i < event->tag_count; i++)
        buf_printf(to, " %.*s", (int)event->tags[i].len, event->tags[i].data);
    if (event->status != EVENT_NONE)
        buf_putc(to, '\n');
    free(id);
    free(name);
    free(text);
}

#define BEGINS(id) "{\"Action\":\"run\",\"Test\":\"" id "\"}\n"
#define ENDS(how, id) "{\"Action\":\"" how "\",\"Test\":\"" id "\"}\n"
#define GTEST_A "[==========] Running 2 tests from 1 test suite.\n[ RUN      ] S.a\n[       OK ] S.a (0 ms)\n"

static const struct process {
    const char *what;
    const char *keys; /* "key value" pairs with blanks between */
    const char *tests;
    const char *printed, *errors;
    int exit_code, signal;
    const char *events;
    enum job_ending ending;
} processes[] = {
    {"an exit status of 0 is a pass", "", "a", "hi\n", "ho\n", 0, 0,
     "+ a\n> stdout: hi\n> stderr: ho\nok a\n", JOB_WHOLE},
    {"any other is a failure", "", "a", NULL, NULL, 3, 0, "+ a\na report: exited with status 3\nfail a\n",
     JOB_WHOLE},
    {"a signal leaves the test to the pool", "", "a", "hi\n", NULL, -1, 9, "+ a\n> stdout: hi\n", JOB_DIED},
    {"points are parts of their file", "format tap", "a", "1..2\nok 1 - x\nok 2 - y\n", NULL, 0, 0,
     "+ a\nok a > x part group=a\nok a > y part group=a\nok a\n", JOB_WHOLE},
    {"a failed part fails its file, and is told when what explains it is there", "format tap", "a",
     "1..2\nnot ok 1 - x\n# why\nok 2 - y\n", NULL, 1, 0,
     "+ a\na > x traceback: why\nfail a > x part group=a\nok a > y part group=a\n"
     "a report: 1 of 2 in it failed\nfail a\n",
     JOB_WHOLE},
    {"a stream may say the file, too", "format tap", "a.t",
     "1..3\nok 1 - /p/a.t > x\nok 2 - a.t > y\nok 3 - ba.t > z\n", NULL, 0, 0,
     "+ a.t\nok a.t > x part group=a.t\nok a.t > y part group=a.t\nok a.t > ba.t > z part group=a.t\nok "
     "a.t\n",
     JOB_WHOLE},
    {"the file itself, by a longer path", "format tap", "a.t", "1..1\nnot ok 1 - /p/a.t\n# why\n", NULL, 1, 0,
     "+ a.t\na.t traceback: why\nfail a.t\n", JOB_WHOLE},
    {"exit 1 without a failure is one", "format tap", "a", "1..1\nok 1 - x\n", NULL, 1, 0,
     "+ a\nok a > x part group=a\na report: exited with status 1, and nothing that it reported failed\n"
     "fail a\n",
     JOB_WHOLE},
    {"exit 0 with a failure is no success", "format tap", "a", "1..1\nnot ok 1 - x\n", NULL, 0, 0,
     "+ a\nfail a > x part group=a\na report: 1 of 1 in it failed\nfail a\n", JOB_WHOLE},
    {"a contradiction is a failure", "format tap", "a", "1..2\nok 1 - x\n", NULL, 0, 0,
     "+ a\nok a > x part group=a\n"
     "a report: the stream: 2 points planned, 1 came (at octet 0 of its output)\nfail a\n",
     JOB_WHOLE},
    {"silence is none", "format tap", "a", NULL, NULL, 0, 0,
     "+ a\na report: no plan and no points (at octet 0 of its output)\nfail a\n", JOB_WHOLE},
    {"nor where the format has nothing against it", "format subunit", "a", NULL, NULL, 0, 0,
     "+ a\na report: exited with status 0 without a word about it\nfail a\n", JOB_WHOLE},
    {"an empty plan skips the file", "format tap", "a", "1..0\n", NULL, 0, 0,
     "+ a\n> stdout: 1..0\na reason: there is nothing in it\nskip a\n", JOB_WHOLE},
    {"only skipped points skip it too", "format tap", "a", "1..1\nok 1 - x # SKIP no\n", NULL, 0, 0,
     "+ a\na > x reason: no\nskip a > x part group=a\na reason: all of it is skipped\nskip a\n", JOB_WHOLE},
    {"a signal in the middle: the held failure is told", "format tap", "a", "1..2\nnot ok 1 - x\n", NULL, -1,
     11, "+ a\nfail a > x part group=a\n", JOB_DIED},
    {"tests under their own names", "format tap unit test", "a b", "1..2\nok 1 - a\nnot ok 2 - b\n# why\n",
     NULL, 1, 0, "+ a\nok a\n+ b\nb traceback: why\nfail b\n", JOB_WHOLE},
    {"what was asked for and never mentioned did not run", "format tap unit test", "a b", "1..1\nok 1 - a\n",
     NULL, 0, 0,
     "+ a\nok a\n+ b\nb reason: the command exited with status 0 without a word about it\nfail b not-run\n",
     JOB_WHOLE},
    {"a failure that no test explains is the recipe's", "format tap unit test", "a", "1..1\nok 1 - a\n", NULL,
     2, 0, "+ a\nok a\nr report: exited with status 2, and nothing that it reported failed\nfail r part\n",
     JOB_WHOLE},
    {"with what was printed when no test ran", "format tap unit test", "a", "1..1\nok 1 - a\nno: disk\n",
     NULL, 2, 0,
     "+ a\nok a\n> stdout: no: disk\nr report: exited with status 2, and nothing that it "
     "reported failed\n"
     "r stdout: no: disk\nfail r part\n",
     JOB_WHOLE},
    {"so is a death when all is told", "format tap unit test", "a", "1..1\nok 1 - a\n", NULL, -1, 11,
     "+ a\nok a\nr report: killed by signal 11 when all was reported\nfail r part\n", JOB_WHOLE},
    {"tests under their names without the file", "format gtest unit test", "b:S.a b:S.b",
     GTEST_A
     "[ RUN      ] S.b\n"
     "b.c:3: Failure\n[  FAILED  ] S.b (0 ms)\n[==========] 2 tests from 1 test suite ran. (0 ms total)\n",
     NULL, 1, 0, "+ b:S.a\nok b:S.a\n+ b:S.b\nb:S.b traceback: b.c:3: Failure\nfail b:S.b\n", JOB_WHOLE},
    {"and what else is reported under that of the file", "format tap unit test", "b:a",
     "1..2\nok 1 - a\nok 2 - x\n", NULL, 0, 0, "+ b:a\nok b:a\nok b > x part group=b\n", JOB_WHOLE},
    {"which test a signal hit is known, and the rest is the pool's", "format gtest unit test",
     "b:S.a b:S.b b:S.c", GTEST_A "[ RUN      ] S.b\nhm\n", NULL, -1, 11,
     "+ b:S.a\nok b:S.a\n+ b:S.b\nb:S.b stdout: hm\n", JOB_DIED},
    {"a failure waits for what tells of it when all tests are over", "format libtest unit test", "b:a b:b",
     "running 2 tests\ntest a ... FAILED\ntest b ... ok\n\nfailures:\n\n---- a stdout ----\nwhy\n\n"
     "failures:\n    a\n\ntest result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out\n",
     NULL, 101, 0, "+ b:a\n+ b:b\nok b:b\nb:a traceback: why\nfail b:a\n", JOB_WHOLE},
    {"but not when nothing comes", "format libtest unit test", "b:a b:b",
     "running 2 tests\ntest a ... FAILED\ntest b ... \n", NULL, -1, 9, "+ b:a\n+ b:b\nfail b:a\n", JOB_DIED},
    {"so it is where somebody else noticed the crash", "format libtest unit test", "b:a b:b b:c",
     "running 3 tests\ntest a ... ok\ntest b ... \nhm\n", NULL, 101, 0,
     "+ b:a\nok b:a\n+ b:b\nb:b stdout: hm\nb:b reason: exited with status 101 in the middle of the test\n"
     "fail b:b crash\n",
     JOB_DIED},
    {"what nobody asked for is a part", "format tap unit test", "a", "1..2\nok 1 - a\nnot ok 2 - other\n",
     NULL, 1, 0, "+ a\nok a\nfail other part\n", JOB_WHOLE},
    {"parts of several files: each file is as they are", "format tap", "a.t d/b.t",
     "1..3\nok 1 - a.t > x\nnot ok 2 - /p/d/b.t > y\n# why\nok 3 - d/b.t > z\n", NULL, 1, 0,
     "+ a.t\nok a.t > x part group=a.t\n+ d/b.t\nd/b.t > y traceback: why\n"
     "fail d/b.t > y part group=d/b.t\nok d/b.t > z part group=d/b.t\nok a.t\n"
     "d/b.t report: 1 of 2 in it failed\nfail d/b.t\n",
     JOB_WHOLE},
    {"of one all is skipped", "format tap", "a.t b.t", "1..2\nok 1 - a.t > x # SKIP no\nok 2 - b.t > y\n",
     NULL, 0, 0,
     "+ a.t\na.t > x reason: no\nskip a.t > x part group=a.t\n+ b.t\nok b.t > y part group=b.t\n"
     "a.t reason: all of it is skipped\nskip a.t\nok b.t\n",
     JOB_WHOLE},
    {"one is never mentioned", "format tap", "a.t b.t", "1..1\nok 1 - a.t > x\n", NULL, 0, 0,
     "+ a.t\nok a.t > x part group=a.t\nok a.t\n", JOB_UNSURE},
    {"of several files, a failure that none explains", "format tap", "a.t b.t",
     "1..2\nok 1 - a.t > x\nok 2 - b.t > x\n", NULL, 1, 0,
     "+ a.t\nok a.t > x part group=a.t\n+ b.t\nok b.t > x part group=b.t\n", JOB_UNSURE},
    {"of several files, a contradiction", "format tap", "a.t b.t", "1..3\nok 1 - a.t > x\nok 2 - b.t > x\n",
     NULL, 0, 0, "+ a.t\nok a.t > x part group=a.t\n+ b.t\nok b.t > x part group=b.t\n", JOB_UNSURE},
    {"a signal under one of several files, by a stream that tells no starts", "format tap", "a.t b.t",
     "1..2\nok 1 - a.t > x\n", NULL, -1, 11, "+ a.t\nok a.t > x part group=a.t\n", JOB_UNSURE},
    {"and by one that does", "format go", "a.t b.t c.t", BEGINS("a.t") ENDS("pass", "a.t") BEGINS("c.t"),
     NULL, -1, 11, "+ a.t\nok a.t\n+ c.t\n", JOB_DIED},
    {"the end of a process in the middle of one of several", "format go", "a.t b.t c.t",
     BEGINS("a.t") ENDS("pass", "a.t") BEGINS("c.t"), NULL, 0, 0,
     "+ a.t\nok a.t\n+ c.t\nc.t reason: exited with status 0 in the middle of it\nfail c.t crash\n",
     JOB_DIED},
    {"in the middle of the only one that is left", "format go", "a.t b.t",
     BEGINS("a.t") ENDS("pass", "a.t") BEGINS("b.t"), NULL, 0, 0,
     "+ a.t\nok a.t\n+ b.t\nb.t reason: exited with status 0 in the middle of it\nfail b.t crash\n",
     JOB_WHOLE},
    {"a file that says that it passed, and a part of it did not", "format go", "a.t b.t",
     BEGINS("a.t") ENDS("fail", "a.t > x") ENDS("pass", "a.t") BEGINS("b.t") ENDS("pass", "b.t")
         ENDS("fail", ""),
     NULL, 1, 0,
     "+ a.t\n+ a.t > x part\nfail a.t > x part group=a.t\na.t report: 1 of 1 in it failed\nfail a.t\n+ b.t\n"
     "ok b.t\n",
     JOB_WHOLE},
};

#define REPORTED "format tap run 'x {file} {report}'"

/* And the report that it wrote; NULL: none. */
static const struct reporting {
    struct process process;
    const char *report;
} reporting[] = {
    {{"what is in a report counts, and what is printed is output", REPORTED, "a", "1..2\n", "ho\n", 0, 0,
      "+ a\n> stdout: 1..2\n> stderr: ho\nok a > x part group=a\nok a\n", JOB_WHOLE},
     "1..1\nok 1 - x\n"},
    {{"a report that breaks off", REPORTED, "a", NULL, NULL, 0, 0,
      "+ a\nok a > x part group=a\n"
      "a report: the stream: 2 points planned, 1 came (at octet 0 of its report)\nfail a\n",
      JOB_WHOLE},
     "1..2\nok 1 - x\n"},
    {{"one that breaks off by a signal: what is there is told", REPORTED, "a", NULL, NULL, -1, 9,
      "+ a\nok a > x part group=a\n", JOB_DIED},
     "1..2\nok 1 - x\n"},
    {{"no report", REPORTED, "a", NULL, NULL, 0, 0,
      "+ a\na report: it wrote no report\nno plan and no points (at octet 0 of its report)\nfail a\n",
      JOB_WHOLE},
     NULL},
};

static struct recipe recipe_of(const char *keys)
{
    struct recipe recipe = {.name = mem_strdup("r")};
    struct error error = {0};
    struct strings words = {0};
    words_split(keys, &words, &error);
    for (size_t i = 0; i + 1 < words.len; i += 2)
        recipe_set(&recipe, words.items[i], words.items[i + 1], "x", NULL, &error);
    assert_string_equal(error.text, "");
    strings_release(&words);
    return recipe;
}

static void feed(struct job *job, bool errors, const char *text, size_t step)
{
    size_t len = text != NULL ? strlen(text) : 0;
    for (size_t at = 0; at < len; at += step)
        job_feed(job, errors, (struct bytes){text + at, len - at < step ? len - at : step});
}

static void feed_report(struct job *job, const char *text, size_t step)
{
    size_t len = text != NULL ? strlen(text) : 0;
    for (size_t at = 0; at < len; at += step)
        job_report(job, (struct bytes){text + at, len - at < step ? len - at : step});
    if (text == NULL)
        job_complain(job, "it wrote no report");
}

/* step: how many octets come at once. */
static void check(const struct process *process, const char *report, size_t step)
{
    struct recipe recipe = recipe_of(process->keys);
    struct strings ids = {0};
    struct recipe_test tests[4];
    struct error error;
    words_split(process->tests, &ids, &error);
    for (size_t i = 0; i < ids.len; i++)
        tests[i] = (struct recipe_test){.id = ids.items[i],
                                        .file = recipe.unit == UNIT_FILE            ? ids.items[i]
                                                : strchr(ids.items[i], ':') != NULL ? "b"
                                                                                    : ""};
    struct buf events = {0};
    struct job job;
    job_init(&job, &recipe, tests, ids.len, write_down, &events);
    job_begin(&job);
    feed(&job, false, process->printed,
         recipe.format != NULL && (recipe.holes & HOLE_REPORT) == 0 ? step : SIZE_MAX / 2);
    feed(&job, true, process->errors, SIZE_MAX / 2);
    if ((recipe.holes & HOLE_REPORT) != 0)
        feed_report(&job, report, step);
    enum job_ending ending = job_end(&job, process->exit_code, process->signal);
    job_release(&job);
    assert_string_equal(buf_str(&events), process->events);
    assert_int_equal(ending, process->ending);
    buf_release(&events);
    strings_release(&ids);
    recipe_release(&recipe);
}

static void test_events_of_a_process(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof processes / sizeof *processes; i++) {
        print_message("%s\n", processes[i].what);
        check(&processes[i], NULL, SIZE_MAX / 2);
        check(&processes[i], NULL, 1);
        check(&processes[i], NULL, 7);
    }
}

static void test_events_of_a_report(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof reporting / sizeof *reporting; i++) {
        print_message("%s\n", reporting[i].process.what);
        check(&reporting[i].process, reporting[i].report, SIZE_MAX / 2);
        check(&reporting[i].process, reporting[i].report, 1);
    }
}

static void test_a_process_that_is_asked_again(void **state)
{
    (void)state;
    const struct recipe_test first[] = {{.id = "a", .file = ""}, {.id = "b", .file = ""}};
    const struct recipe_test then[] = {{.id = "c", .file = ""}};
    struct recipe recipe = recipe_of("format go unit test feed stdin");
    struct buf got = {0};
    struct job job;
    job_init(&job, &recipe, first, 2, write_down, &got);
    job_begin(&job);
    feed(&job, false, "{\"Action\":\"pass\",\"Test\":\"a\"}\n", 3);
    assert_false(job_is_done(&job));
    feed(&job, false, "{\"Action\":\"fail\",\"Test\":\"b\"}\n", 3);
    assert_true(job_is_done(&job));
    job_again(&job, then, 1);
    job_begin(&job);
    assert_false(job_is_done(&job));
    assert_int_equal(job_end(&job, 1, 0), JOB_WHOLE);
    assert_string_equal(buf_str(&got),
                        "+ a\nok a\n+ b\nfail b\n+ c\n"
                        "c reason: the command exited with status 1 without a word about it\n"
                        "fail c not-run\n"
                        "r report: the stream ends before its result (at octet 0 of its output)\n"
                        "fail r part\n");
    job_release(&job);
    recipe_release(&recipe);
    buf_release(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_events_of_a_process),
                                       cmocka_unit_test(test_events_of_a_report),
                                       cmocka_unit_test(test_a_process_that_is_asked_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
