#include "session/past_life.h"
#include "ui/list.h"
#include "ui/log.h"
#include "ui/page.h"
#include "ui/prompt.h"
#include "ui/view.h"
#include "ui/whole.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdlib.h>

#define SCREENS "tests/corpus/screens/"
#define REFRESH                                                                                              \
    "ALOOF_REFRESH_SCREENS" /* set in the environment: golden screens are written, not compared              \
                             */
#define CLIP_LIMIT 65536
#define FAILURES_MAX 64
#define PAST_NOW (INT64_C(1700000000) * 1000000000)

/* All that a screen shows, as the session would hand it over. */
struct scene {
    struct model model;
    struct failure failures[FAILURES_MAX];
    struct snapshot snapshot;
    struct view_state view;
    struct blocks blocks;
    struct keymap keys;
    struct prompt prompt;
    struct page page;
    struct list list;
    struct story log;
    int rows; /* of the screen; its columns are the blocks' */
};

static const char *const item_trace =
    "Traceback (most recent call last):\n"
    "  File \"/p/tests/test_api.py\", line 33, in test_item_and_attribute\n"
    "    assert tmpl.render(foo={\"items\": 42}) == \"[('items', 42)]\"\n"
    "  File \"/usr/lib/python3/dist-packages/markupsafe/__init__.py\", line 50, in escape\n"
    "    return Markup(s)\n"
    "  File \"/usr/lib/python3.11/functools.py\", line 909, in wrapper\n"
    "    return dispatch(args[0].__class__)(*args, **kw)\n"
    "  File \"/p/src/jinja2/environment.py\", line 512, in getattr\n"
    "    return getattr(obj, attribute)\n"
    "AssertionError: assert \"[('items', 41)]\" == \"[('items', 42)]\"\n"
    "  - [('items', 42)]\n"
    "  + [('items', 41)]\n";

static void scene_init(struct scene *scene)
{
    *scene = (struct scene){.rows = 24, .blocks.cols = 80};
    model_init(&scene->model, CLIP_LIMIT);
    model_begin(&scene->model, 1);
    view_init(&scene->view);
    keymap_init(&scene->keys, NULL, 0, NULL);
    scene->snapshot = (struct snapshot){
        .status =
            {
                .project = "jinja",
                .branch = "main",
                .runner = "pytest 7.2.1",
                .git = true,
                .added = 3,
                .modified = 2,
                .dirs = 41,
                .boxes = 2,
                .run = RUN_RED,
                .verdict = VERDICT_RED,
                .because = "src/jinja2/utils.py changed",
                .run_ns = 40000000,
                .left_ns = -1,
                .reran = 2,
            },
        .model = &scene->model,
        .failures = scene->failures,
        .tests = 851,
        .verdict_time = "14:02:11",
        .editor = "vim",
        .here = "",
        .keys = &scene->keys,
    };
}

static void scene_release(struct scene *scene)
{
    for (size_t i = 0; i < scene->snapshot.failure_count; i++)
        trace_release(&scene->failures[i].trace);
    page_release(&scene->page);
    list_release(&scene->list);
    story_release(&scene->log);
    blocks_release(&scene->blocks);
    view_release(&scene->view);
    keymap_release(&scene->keys);
    prompt_release(&scene->prompt);
    vec_release(&scene->snapshot.slots);
    model_release(&scene->model);
}

static void attach(struct scene *scene, const char *id, const char *name, const char *text)
{
    const struct event event = {
        .test_id = bytes_of(id), .file_name = bytes_of(name), .file = bytes_of(text), .eof = true};
    model_apply(&scene->model, &event, 0);
}

/* A test of the run with that outcome; tag: what says more about a failure, NULL none. */
static size_t add_test(struct scene *scene, const char *id, enum event_status status, const char *tag)
{
    const struct bytes tags[] = {bytes_of("group=tests/test_api.py"), bytes_of(tag)};
    struct event event = {.status = EVENT_EXISTS,
                          .test_id = bytes_of(id),
                          .runnable = true,
                          .tags = tags,
                          .tag_count = 1,
                          .has_tags = true};
    model_apply(&scene->model, &event, 0);
    size_t test = model_find(&scene->model, bytes_of(id));
    model_ask(&scene->model, test);
    event =
        (struct event){.status = EVENT_INPROGRESS, .test_id = bytes_of(id), .has_time = true, .time_ns = 1};
    model_apply(&scene->model, &event, 0);
    if (status == EVENT_INPROGRESS)
        return test;
    attach(scene, id, "stdout", "line one\nline two\nline three\nthe \033[31mlast\033[0m words\n");
    if (tag != NULL)
        attach(scene, id, "reason", strcmp(tag, TAG_CRASH) == 0 ? "killed by SIGSEGV" : "no answer for 10 s");
    event = (struct event){.status = status,
                           .test_id = bytes_of(id),
                           .tags = tags + 1,
                           .tag_count = 1,
                           .has_tags = tag != NULL,
                           .has_time = true,
                           .time_ns = 30000001};
    model_apply(&scene->model, &event, 0);
    return test;
}

static void add_failure(struct scene *scene, size_t test, const char *trace)
{
    assert_true(scene->snapshot.failure_count < FAILURES_MAX);
    static const struct trace_paths paths = {.root = "/p"};
    struct failure *failure = &scene->failures[scene->snapshot.failure_count++];
    *failure = (struct failure){.test = test};
    trace_parse(&failure->trace, bytes_of(trace), &paths);
}

static void add_red(struct scene *scene)
{
    size_t test =
        add_test(scene, "tests/test_api.py::TestExtendedAPI::test_item_and_attribute", EVENT_FAIL, NULL);
    scene->model.tests.items[test].red_runs = 3;
    add_failure(scene, test, item_trace);
    struct trace *trace = &scene->failures[0].trace;
    trace->frames.items[trace->frames.len - 1].changed = true;
    test = add_test(scene, "tests/test_ext.py::test_native", EVENT_FAIL, TAG_CRASH);
    add_failure(scene, test, "");
}

static void make_red(struct scene *scene)
{
    add_red(scene);
    add_test(scene, "tests/test_api.py::test_skipped", EVENT_SKIP, NULL);
}

static void make_running(struct scene *scene)
{
    add_red(scene);
    char id[64];
    for (int i = 0; i < 20; i++) {
        snprintf(id, sizeof id, "tests/test_loaders.py::test_%d", i);
        add_test(scene, id, EVENT_SUCCESS, NULL);
    }
    for (int i = 20; i < 37; i++) {
        snprintf(id, sizeof id, "tests/test_loaders.py::test_%d", i);
        add_test(scene, id, EVENT_INPROGRESS, NULL);
    }
    vec_push(&scene->snapshot.slots, (struct session_slot){"tests/test_lexnparse.py::TestSyntax::test_call",
                                                           3200000000, 0, STAGE_RUNNING});
    vec_push(&scene->snapshot.slots, (struct session_slot){"tests/test_loaders.py::test_caching_no_cache",
                                                           20000000, 0, STAGE_RUNNING});
    struct session_status *status = &scene->snapshot.status;
    status->state = LOOP_RUNNING;
    status->run = RUN_ALL;
    status->because = "the red set passed";
    status->run_ns = 600000000;
    status->left_ns = 500000000;
}

static void make_first(struct scene *scene)
{
    make_running(scene);
    scene->snapshot.status.because = "src/jinja2/utils.py changed";
    scene->snapshot.status.risky = 2;
    scene->snapshot.status.affected = 40;
}

static void make_green(struct scene *scene)
{
    add_test(scene, "tests/test_api.py::test_one", EVENT_SUCCESS, NULL);
    add_test(scene, "tests/test_api.py::test_two", EVENT_SKIP, NULL);
    struct session_status *status = &scene->snapshot.status;
    status->verdict = VERDICT_GREEN;
    status->run = RUN_ALL;
    status->reran = 851;
    status->run_ns = 1200000000;
    status->because = "the red set passed";
}

static void make_affected(struct scene *scene)
{
    make_green(scene);
    scene->snapshot.status.verdict = VERDICT_AFFECTED;
    scene->snapshot.status.run = RUN_AFFECTED;
    scene->snapshot.status.reran = 37;
}

static void make_green_flaky(struct scene *scene)
{
    make_green(scene);
    scene->snapshot.flaky = 2;
}

static void make_starting(struct scene *scene)
{
    struct session_status *status = &scene->snapshot.status;
    status->verdict = VERDICT_UNKNOWN;
    status->state = LOOP_RUNNING;
    status->run = RUN_ALL;
    status->runner = NULL;
    status->starting = true;
    status->because = "start";
    scene->snapshot.tests = 0;
    scene->snapshot.verdict_time[0] = '\0';
}

static void make_collecting(struct scene *scene)
{
    make_starting(scene);
    const struct event event = {
        .status = EVENT_EXISTS, .test_id = bytes_of("tests/test_api.py::test_one"), .runnable = true};
    model_apply(&scene->model, &event, 0);
    scene->snapshot.status.runner = "pytest 7.2.1";
    scene->snapshot.status.starting = false;
    scene->snapshot.status.collecting = true;
}

static void make_crash(struct scene *scene)
{
    add_failure(scene, add_test(scene, "tests/test_ext.py::test_native", EVENT_FAIL, TAG_CRASH), "");
    add_failure(scene, add_test(scene, "tests/test_ext.py::test_endless", EVENT_FAIL, TAG_TIMEOUT), "");
}

static void make_broken(struct scene *scene)
{
    scene->snapshot.status.verdict = VERDICT_UNKNOWN;
    scene->snapshot.status.run = RUN_ALL;
    scene->snapshot.exit_code = 4;
    scene->snapshot.status.broken = "ImportError while loading conftest '/p/tests/conftest.py'.\n"
                                    "tests/conftest.py:3: in <module>\n"
                                    "    import nowhere\n"
                                    "E   ModuleNotFoundError: No module named 'nowhere'\n";
}

static void make_empty(struct scene *scene)
{
    scene->snapshot.status.verdict = VERDICT_UNKNOWN;
    scene->snapshot.status.run = RUN_ALL;
    scene->snapshot.status.reran = 0;
    scene->snapshot.exit_code = 5;
    scene->snapshot.tests = 0;
    scene->snapshot.status.broken = "no tests ran in 0.01s";
}

static void make_fixed(struct scene *scene)
{
    add_red(scene);
    scene->failures[0].fixed = true;
    model_set_red(&scene->model, scene->failures[0].test, false);
}

/* All is green, but one test only when it was run again. */
static void make_flaky(struct scene *scene)
{
    make_fixed(scene);
    struct test *test = &scene->model.tests.items[scene->failures[0].test];
    scene->model.counts[test->outcome]--;
    test->outcome = OUTCOME_FLAKY;
    scene->model.counts[OUTCOME_FLAKY]++;
}

static void make_paused(struct scene *scene)
{
    make_red(scene);
    scene->snapshot.status.paused = true;
}

static void make_stopping(struct scene *scene)
{
    make_running(scene);
    scene->snapshot.status.state = LOOP_CANCELLING;
}

/* Boxes in all the stages that there are; the longest first. */
static void make_slow(struct scene *scene)
{
    static const struct session_slot slots[] = {
        {"tests/test_api.py::test_quick", 400000000, 100000000, STAGE_RUNNING},
        {"tests/test_ext.py::test_endless", 11000000000, 0, STAGE_KILLING},
        {NULL, 0, 0, STAGE_IDLE},
        {"tests/test_loaders.py::test_caching_no_cache", 4900000000, 1000000000, STAGE_RUNNING},
        {"tests/test_ext.py::test_deaf", 10000000000, 0, STAGE_DUMPING},
        {"tests/test_regression.py::test_leaves_servers_behind", 600000000, 0, STAGE_CLEANING},
    };
    make_running(scene);
    scene->snapshot.slots.len = 0;
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
        vec_push(&scene->snapshot.slots, slots[i]);
    scene->snapshot.status.boxes = 6;
    scene->snapshot.status.run_ns = 65900000000;
    scene->snapshot.status.left_ns = 49000000; /* as good as nothing */
}

/* Without motion: no times but those of what is over. */
static void make_still(struct scene *scene)
{
    make_slow(scene);
    scene->snapshot.status.left_ns = 500000000;
    scene->snapshot.still = true;
}

static void make_killing(struct scene *scene)
{
    make_stopping(scene);
    scene->snapshot.status.killing = true;
}

static void make_help(struct scene *scene)
{
    make_red(scene);
    page_show_help(&scene->page, &scene->keys, scene->blocks.cols);
}

static void make_message(struct scene *scene)
{
    make_green(scene);
    view_say(&scene->view, "nvim: no such file or directory; set editor.command, VISUAL or EDITOR");
}

/* Presses a key where the person is. */
static void press(struct scene *scene, int input)
{
    enum command command = keymap_command(&scene->keys, input);
    int area_rows = view_area_rows(scene->rows), cols = scene->blocks.cols;
    blocks_update(&scene->blocks, &scene->snapshot, &scene->view);
    view_follow(&scene->view, &scene->blocks, area_rows);
    if (scene->page.kind != PAGE_NONE)
        page_input(&scene->page, &scene->log, scene->rows, cols, input, command);
    else if (scene->list.open)
        list_input(&scene->list, scene->rows, input, command);
    else if (!view_read(&scene->view, &scene->blocks, &scene->snapshot, area_rows, input, command))
        view_move(&scene->view, &scene->blocks, area_rows, command);
    blocks_update(&scene->blocks, &scene->snapshot, &scene->view);
    view_follow(&scene->view, &scene->blocks, area_rows);
}

static void type(struct scene *scene, const char *text)
{
    for (; *text != '\0'; text++)
        press(scene, *text == '\n' ? INPUT_ENTER : (unsigned char)*text);
}

static void make_searched(struct scene *scene)
{
    make_red(scene);
    type(scene, "/items\nn");
}

static void make_not_found(struct scene *scene)
{
    make_red(scene);
    type(scene, "/nowhere\n");
}

static void make_typing(struct scene *scene)
{
    make_red(scene);
    type(scene, "/what is longer than a narrow screen");
}

static void make_wrapped(struct scene *scene)
{
    make_red(scene);
    type(scene, "w");
}

static void make_sideways(struct scene *scene)
{
    make_red(scene);
    type(scene, ">");
}

/* Ten results, of yesterday and today. */
static void make_past(struct past *past)
{
    static const enum outcome outcomes[] = {OUTCOME_PASSED,  OUTCOME_PASSED,  OUTCOME_FAILED, OUTCOME_SKIPPED,
                                            OUTCOME_CRASHED, OUTCOME_TIMEOUT, OUTCOME_ERROR,  OUTCOME_PASSED,
                                            OUTCOME_XFAILED, OUTCOME_FAILED};
    static const char *const runs[] = {"all tests", "red and changed tests", "this test"};
    *past = (struct past){0};
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        const struct past_result result = {.outcome = outcomes[i],
                                           .run = runs[i % 3],
                                           .time_ns = PAST_NOW - (int64_t)(9 - i) * 13000 * 1000000000,
                                           .duration_ns = (int64_t)(i * i * i) * 20000000,
                                           .run_id = 30 + (int64_t)i,
                                           .commit = mem_strdup("c0ffee1234567890"),
                                           .changed = mem_strdup("src/api.py\nsrc/net.py\n")};
        vec_push(&past->results, result);
    }
}

static void show_whole(struct scene *scene, size_t test, const struct trace *trace, const struct past *past)
{
    const struct failure_look look = {
        .editor = "vim", .here = "", .unfold = true, .ascii = scene->blocks.ascii};
    setenv("TZ", "UTC0", 1);
    whole_show(&scene->page, &scene->model.tests.items[test], trace, past, PAST_NOW, &look);
}

static void make_story(struct scene *scene)
{
    make_red(scene);
    show_whole(scene, scene->failures[0].test, &scene->failures[0].trace, &(struct past){0});
    struct buf report = {0};
    for (int i = 1; i <= 60; i++)
        buf_printf(
            &report, "%*s%d: what the runner has to say about this line, which is neither short nor %s\n",
            i % 5, "", i,
            i % 7 == 0 ? "日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語" : "long");
    page_add(&scene->page, "The runner's report", true, &report);
}

/* What follows the story of a failure. */
static void make_story_past(struct scene *scene)
{
    struct past past;
    make_red(scene);
    make_past(&past);
    scene->model.tests.items[scene->failures[0].test].usual_ns = 20000000;
    scene->model.tests.items[scene->failures[0].test].flaky = 1;
    show_whole(scene, scene->failures[0].test, &scene->failures[0].trace, &past);
    past_release(&past);
    type(scene, "G");
}

static void show_history(struct scene *scene, size_t test, const struct past *past)
{
    struct buf text = {0};
    setenv("TZ", "UTC0", 1);
    past_life(past, &scene->model.tests.items[test], scene->blocks.cols - 2, scene->blocks.ascii, &text);
    char *title = mem_printf("history of %s", scene->model.tests.items[test].id);
    page_show_history(&scene->page, title, buf_str(&text));
    free(title);
    buf_release(&text);
}

static void make_history(struct scene *scene)
{
    struct past past;
    make_red(scene);
    make_past(&past);
    past.results.items[1].tree = past.results.items[2].tree = past.results.items[7].tree = 3;
    scene->model.tests.items[scene->failures[0].test].usual_ns = 20000000;
    scene->model.tests.items[scene->failures[0].test].flaky = 1;
    show_history(scene, scene->failures[0].test, &past);
    past_release(&past);
}

/* Of so many runs that the marks take several rows, all of them green, some without a known time. */
static void make_history_long(struct scene *scene)
{
    struct past past = {0};
    make_red(scene);
    for (int i = 0; i < 130; i++)
        vec_push(&past.results, (struct past_result){.outcome = OUTCOME_PASSED,
                                                     .run = "all tests",
                                                     .run_id = i + 1,
                                                     .time_ns = PAST_NOW + INT64_C(60000000000) * i,
                                                     .duration_ns = i % 11 * 1000000});
    show_history(scene, add_test(scene, "tests/test_api.py::test_fine", EVENT_SUCCESS, NULL), &past);
    past_release(&past);
}

/* Of a test that did not fail. */
static void make_story_passed(struct scene *scene)
{
    struct past past = {0};
    make_red(scene);
    vec_push(&past.results, (struct past_result){.outcome = OUTCOME_PASSED,
                                                 .run = "all tests",
                                                 .time_ns = PAST_NOW,
                                                 .duration_ns = 30000000});
    show_whole(scene, add_test(scene, "tests/test_api.py::test_fine", EVENT_SUCCESS, NULL), NULL, &past);
    past_release(&past);
}

static void make_story_searched(struct scene *scene)
{
    make_story(scene);
    type(scene, "/Short\n/short\nn");
}

static void make_story_not_found(struct scene *scene)
{
    make_story(scene);
    type(scene, "/nowhere\n");
}

static void make_story_typing(struct scene *scene)
{
    make_story(scene);
    type(scene, "/abc");
}

static void make_story_wrapped(struct scene *scene)
{
    make_story(scene);
    type(scene, "w ");
}

static void make_story_sideways(struct scene *scene)
{
    make_story(scene);
    type(scene, "  >>");
}

static void make_log(struct scene *scene)
{
    static const struct {
        enum style style;
        const char *text;
    } lines[] = {
        {STYLE_BOLD, "all tests: start"},
        {STYLE_RED, "851 ran in 1.20 s, 2 red"},
        {STYLE_YELLOW,
         "tests/out.txt is written by the tests themselves and starts no runs; i watches it again"},
        {STYLE_BOLD, "the red set: src/jinja2/utils.py changed"},
        {STYLE_RED, "could not run:\nImportError while loading conftest '/p/tests/conftest.py'.\n"
                    "E   ModuleNotFoundError: No module named 'nowhere'"},
    };
    make_red(scene);
    setenv("TZ", "UTC0", 1);
    for (int i = 0; i < 30; i++)
        log_add(&scene->log, 50400 + i, lines[i % 5].style, lines[i % 5].text);
    page_show_log(&scene->page);
}

static void make_log_ignored(struct scene *scene)
{
    static const struct {
        enum session_remark what;
        const char *text;
    } remarks[] = {
        {REMARK_IGNORED, "ignored src/jinja2/utils.py: same content as before"},
        {REMARK_IGNORED, "ignored build.log: left out by git's rules"},
        {REMARK_IGNORED, "ignored build.log: left out by git's rules"},
        {REMARK_IGNORED, "ignored .utils.py.swp and 2 more: made by an editor for itself"},
        {REMARK_KILLED, "killed tests/test_api.py::test_hang at its deadline: no answer for 10 s"},
        {REMARK_KILLED, "crashed tests/test_ext.py::test_native: killed by SIGSEGV"},
        {REMARK_KILLED, "killed tests/test_api.py::test_long and 1 more: src/jinja2/utils.py changed"},
        {REMARK_IGNORED, "ignored tests/out.txt: written by the tests"},
    };
    make_red(scene);
    setenv("TZ", "UTC0", 1);
    log_add(&scene->log, 50400, STYLE_BOLD, "all tests: start");
    for (int i = 0; i < (int)(sizeof remarks / sizeof *remarks); i++)
        log_remark(&scene->log, 50401 + i, remarks[i].what, remarks[i].text);
    page_show_log(&scene->page);
}

static void make_log_searched(struct scene *scene)
{
    make_log(scene);
    type(scene, "/red set\nN");
}

static void make_log_wrapped(struct scene *scene)
{
    make_log(scene);
    type(scene, "w");
}

static void make_help_searched(struct scene *scene)
{
    make_help(scene);
    type(scene, "/test\nn");
}

static void make_tests(struct scene *scene)
{
    make_running(scene);
    list_open(&scene->list);
    list_update(&scene->list, &scene->model);
    type(scene, "jj");
}

/* By CPU time: what sleeps, what works and is flaky, what is too short to say, what has others work at once.
 */
static void make_tests_waiting(struct scene *scene)
{
    static const struct {
        int64_t duration_ms, cpu_ms;
    } times[] = {{12000, 600}, {800, 790}, {40, 1}, {900, 1700}};
    make_running(scene);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct test *test = &scene->model.tests.items[i];
        test->duration_ns = times[i].duration_ms * 1000000;
        test->cpu_ns = times[i].cpu_ms * 1000000;
    }
    scene->model.tests.items[1].flaky = 7;
    list_open(&scene->list);
    list_update(&scene->list, &scene->model);
    type(scene, "SS");
    list_update(&scene->list, &scene->model);
}

/* The same as they come at first, and what waits the longest first. */
static void make_slowest(struct scene *scene)
{
    make_tests_waiting(scene);
    scene->model.tests.items[2].usual_ns = INT64_C(64000000000);
    list_open_slowest(&scene->list);
    list_update(&scene->list, &scene->model);
}

static void make_slowest_waiting(struct scene *scene)
{
    make_slowest(scene);
    type(scene, "SS");
    list_update(&scene->list, &scene->model);
}

static void make_tests_typing(struct scene *scene)
{
    make_tests(scene);
    type(scene, "/test_1");
    list_update(&scene->list, &scene->model);
}

/* Names as tests may have them: tabs, escapes, invalid UTF-8, wide and combining characters. */
static void make_hostile(struct scene *scene)
{
    size_t test = add_test(
        scene,
        "tests/t.py::test[\033]0;x\a\xff\t日本語e\u0301\u202e\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7]",
        EVENT_FAIL, NULL);
    add_failure(scene, test,
                "ValueError: \x1b[31mred\x1b[0m \x9b"
                "31m\r\b\b日本語日本語日本語日本語日本語日本語日本語日本語日本語\n");
}

/* The crash matches, the failure before it does not. */
static void make_filter(struct scene *scene)
{
    make_red(scene);
    scene->failures[0].outside = true;
    scene->snapshot.status.filter = "ext native";
    scene->snapshot.filter_tests = 12;
    scene->snapshot.filter_passed = 11;
}

static void make_filter_passed(struct scene *scene)
{
    make_green(scene);
    scene->snapshot.status.verdict = VERDICT_PARTLY;
    scene->snapshot.status.filter = "a filter that is too long for the header";
    scene->snapshot.filter_tests = scene->snapshot.filter_passed = 12;
}

static void make_steps(struct scene *scene)
{
    make_red(scene);
    scene->snapshot.status.step = scene->failures[1].test;
    scene->snapshot.status.step_at = 2;
    scene->snapshot.status.steps = 3;
}

static void make_steps_hindered(struct scene *scene)
{
    make_steps(scene);
    add_failure(scene, add_test(scene, "tests/test_api.py", EVENT_FAIL, TAG_COLLECTION),
                "ModuleNotFoundError: No module named 'nowhere'\n");
}

static void make_prompt(struct scene *scene)
{
    make_filter(scene);
    prompt_open(&scene->prompt);
    for (const char *typed = "API skip"; *typed != '\0'; typed++)
        prompt_input(&scene->prompt, *typed);
}

static void make_prompt_empty(struct scene *scene)
{
    make_filter(scene);
    prompt_open(&scene->prompt);
}

static const struct {
    const char *name;
    void (*make)(struct scene *scene);
} scenes[] = {
    {"red", make_red},
    {"running", make_running},
    {"first", make_first},
    {"affected", make_affected},
    {"green", make_green},
    {"green-flaky", make_green_flaky},
    {"starting", make_starting},
    {"collecting", make_collecting},
    {"crash", make_crash},
    {"broken", make_broken},
    {"empty", make_empty},
    {"fixed", make_fixed},
    {"flaky", make_flaky},
    {"paused", make_paused},
    {"stopping", make_stopping},
    {"help", make_help},
    {"message", make_message},
    {"hostile", make_hostile},
    {"filter", make_filter},
    {"filter-passed", make_filter_passed},
    {"steps", make_steps},
    {"steps-hindered", make_steps_hindered},
    {"prompt", make_prompt},
    {"prompt-empty", make_prompt_empty},
    {"searched", make_searched},
    {"not-found", make_not_found},
    {"typing", make_typing},
    {"wrapped", make_wrapped},
    {"sideways", make_sideways},
    {"story", make_story},
    {"story-past", make_story_past},
    {"story-passed", make_story_passed},
    {"history", make_history},
    {"history-long", make_history_long},
    {"story-searched", make_story_searched},
    {"story-not-found", make_story_not_found},
    {"story-typing", make_story_typing},
    {"story-wrapped", make_story_wrapped},
    {"story-sideways", make_story_sideways},
    {"log", make_log},
    {"log-ignored", make_log_ignored},
    {"log-searched", make_log_searched},
    {"log-wrapped", make_log_wrapped},
    {"help-searched", make_help_searched},
    {"tests", make_tests},
    {"tests-waiting", make_tests_waiting},
    {"tests-typing", make_tests_typing},
    {"slowest", make_slowest},
    {"slowest-waiting", make_slowest_waiting},
    {"slow", make_slow},
    {"still", make_still},
    {"killing", make_killing},
};

static const struct {
    int rows, cols;
} sizes[] = {{24, 80}, {5, 20}, {60, 200}, {10, 40}};
#define SMALL 3 /* the size of some scenes only */

static bool is_of(const char *scene, size_t size)
{
    static const char *const small[] = {"slowest", "slowest-waiting", "history", "history-long",
                                        "green-flaky"};
    bool is = size != SMALL;
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        is = is || strcmp(scene, small[i]) == 0;
    return is;
}

static void draw(struct scene *scene, struct screen *screen, int rows, int cols, bool ascii)
{
    screen_init(screen, rows, cols, ascii);
    scene->blocks.ascii = ascii;
    scene->blocks.cols = cols;
    blocks_update(&scene->blocks, &scene->snapshot, &scene->view);
    view_follow(&scene->view, &scene->blocks, view_area_rows(rows));
    if (scene->page.kind != PAGE_NONE)
        page_draw(screen, &scene->page, &scene->log, &scene->keys);
    else if (scene->list.open)
        list_draw(screen, &scene->list, &scene->model, &scene->keys);
    else
        view_run(screen, &scene->snapshot, &scene->view, &scene->blocks);
    if (scene->prompt.open)
        prompt_draw(screen, &scene->prompt, &scene->model, scene->snapshot.status.filter);
}

static void render(void (*make)(struct scene *), int rows, int cols, bool ascii, struct buf *to)
{
    struct scene scene;
    struct screen screen;
    scene_init(&scene);
    scene.rows = rows;
    scene.blocks.cols = cols;
    scene.blocks.ascii = ascii;
    make(&scene);
    draw(&scene, &screen, rows, cols, ascii);
    screen_dump(&screen, rows == 24 && !ascii, to);
    screen_release(&screen);
    scene_release(&scene);
}

static void read_golden(const char *path, struct buf *text)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s is missing; run this test with " REFRESH "=1 and look at it", path);
    char piece[4096];
    for (size_t len; (len = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_add(text, piece, len);
    fclose(file);
}

static void check_golden(const char *path, const struct buf *drawn)
{
    if (getenv(REFRESH) != NULL) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(buf_str(drawn), 1, drawn->len, file), drawn->len);
        assert_int_equal(fclose(file), 0);
        return;
    }
    struct buf golden = {0};
    read_golden(path, &golden);
    if (strcmp(buf_str(&golden), buf_str(drawn)) != 0)
        fail_msg("%s differs; drawn was:\n%s", path, buf_str(drawn));
    buf_release(&golden);
}

static void screens_are_as_they_were(void **state)
{
    (void)state;
    char path[256];
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++)
            for (int ascii = 0; ascii < 2 && is_of(scenes[i].name, size); ascii++) {
                struct buf drawn = {0};
                render(scenes[i].make, sizes[size].rows, sizes[size].cols, ascii == 1, &drawn);
                snprintf(path, sizeof path, SCREENS "%s-%dx%d%s.txt", scenes[i].name, sizes[size].cols,
                         sizes[size].rows, ascii == 1 ? "-ascii" : "");
                check_golden(path, &drawn);
                buf_release(&drawn);
            }
}

/* The ways in which a view can show, as bits. */
enum { PLAIN = 1, SEARCHED = 2, TYPING = 4, WRAPPED = 8, SIDEWAYS = 16 };

static unsigned ways_of(const struct scene *scene)
{
    const struct reading *reading =
        scene->page.kind != PAGE_NONE ? &scene->page.pager.reading : &scene->view.reading;
    if (scene->list.open)
        return scene->list.asking ? TYPING : PLAIN;
    unsigned ways = (reading->needle.text != NULL ? SEARCHED : 0u) | (reading->asking ? TYPING : 0u) |
                    (reading->look.wrap ? WRAPPED : 0u) | (reading->look.left > 0 ? SIDEWAYS : 0u);
    return ways != 0 ? ways : PLAIN;
}

/* Views are the session's screen, the list, and each kind of page. */
static void every_view_has_golden_screens_of_every_way_it_shows(void **state)
{
    (void)state;
    static const unsigned wanted[2 + PAGE_KINDS] = {
        [PAGE_NONE] = PLAIN | SEARCHED | TYPING | WRAPPED | SIDEWAYS,
        [PAGE_TEST] = PLAIN | SEARCHED | TYPING | WRAPPED | SIDEWAYS,
        [PAGE_HISTORY] = WRAPPED,
        [PAGE_LOG] = PLAIN | SEARCHED | WRAPPED,
        [PAGE_HELP] = SEARCHED | WRAPPED,
        [PAGE_KINDS] = PLAIN | TYPING,
    };
    unsigned seen[2 + PAGE_KINDS] = {0};
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        struct scene scene;
        scene_init(&scene);
        scenes[i].make(&scene);
        seen[scene.list.open ? PAGE_KINDS : (int)scene.page.kind] |= ways_of(&scene);
        scene_release(&scene);
    }
    for (int view = 0; view <= PAGE_KINDS; view++) {
        assert_int_not_equal(wanted[view], 0);
        assert_int_equal(seen[view] & wanted[view], wanted[view]);
    }
}

static bool is_a_scenes(const char *file)
{
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++)
            for (int ascii = 0; ascii < 2 && is_of(scenes[i].name, size); ascii++) {
                char name[256];
                snprintf(name, sizeof name, "%s-%dx%d%s.txt", scenes[i].name, sizes[size].cols,
                         sizes[size].rows, ascii == 1 ? "-ascii" : "");
                if (strcmp(file, name) == 0)
                    return true;
            }
    return false;
}

static void no_golden_screen_is_left_over(void **state)
{
    (void)state;
    DIR *directory = opendir(SCREENS);
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.' && !is_a_scenes(entry->d_name))
            fail_msg(SCREENS "%s is no scene's", entry->d_name);
    closedir(directory);
}

/* What holds for every cell of every screen. */
static void check_cells(const struct screen *screen)
{
    for (int row = 0; row < screen->rows; row++)
        for (int col = 0; col < screen->cols; col++) {
            const struct cell *cell = screen_cell(screen, row, col);
            struct bytes text = bytes_of(cell->text);
            assert_true(bytes_utf8(text));
            assert_true(cell->width != 2 || (col + 1 < screen->cols && cell[1].width == 0));
            assert_true(cell->width != 0 || (col > 0 && cell[-1].width == 2));
            assert_int_equal(cell->width == 0, text.len == 0);
            for (size_t i = 0; i < text.len; i++) {
                unsigned char octet = (unsigned char)text.data[i];
                assert_true(octet >= ' ' && octet != 0x7F);
                assert_true(!screen->ascii || octet < 0x80);
            }
        }
}

static void every_size_is_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        for (int rows = 1; rows <= 26; rows++)
            for (int cols = 1; cols <= 104; cols = cols < 24 ? cols + 1 : cols + 7) {
                struct scene scene;
                struct screen screen;
                scene_init(&scene);
                scene.rows = rows;
                scene.blocks.cols = cols;
                scenes[i].make(&scene);
                draw(&scene, &screen, rows, cols, (rows + cols) % 2 == 0);
                check_cells(&screen);
                screen_release(&screen);
                scene_release(&scene);
            }
}

static void text_is_cut_at_the_edges(void **state)
{
    (void)state;
    struct screen screen;
    screen_init(&screen, 2, 6, false);
    assert_int_equal(screen_put(&screen, 0, 4, 99, STYLE_PLAIN, "日本"), 6);
    assert_int_equal(screen_put(&screen, 1, 5, 99, STYLE_PLAIN, "日"), 5);
    screen_put(&screen, -1, 0, 9, STYLE_PLAIN, "x");
    screen_put(&screen, 2, 0, 9, STYLE_PLAIN, "x");
    screen_put(&screen, 0, 9, 9, STYLE_PLAIN, "x");
    check_cells(&screen);
    struct buf text = {0};
    screen_dump(&screen, false, &text);
    assert_string_equal(buf_str(&text), "    日\n\n");
    buf_release(&text);
    screen_release(&screen);
}

static void writing_over_half_a_wide_character_removes_it(void **state)
{
    (void)state;
    struct screen screen;
    screen_init(&screen, 2, 6, false);
    screen_put(&screen, 0, 0, 6, STYLE_PLAIN, "日本語");
    screen_put(&screen, 0, 1, 6, STYLE_PLAIN, "x");
    screen_put(&screen, 1, 0, 6, STYLE_PLAIN, "日本語");
    screen_put(&screen, 1, 1, 6, STYLE_PLAIN, "字");
    check_cells(&screen);
    struct buf text = {0};
    screen_dump(&screen, false, &text);
    assert_string_equal(buf_str(&text), " x本語\n 字 語\n");
    buf_release(&text);
    screen_release(&screen);
}

static void marks_stay_with_their_base_and_are_bounded(void **state)
{
    (void)state;
    struct screen screen;
    screen_init(&screen, 1, 8, false);
    struct buf marks = {0};
    buf_puts(&marks, "e");
    for (int i = 0; i < 100; i++)
        buf_puts(&marks, "\u0301");
    buf_puts(&marks, "x");
    assert_int_equal(screen_put(&screen, 0, 0, 8, STYLE_PLAIN, buf_str(&marks)), 2);
    assert_true(strlen(screen_cell(&screen, 0, 0)->text) <= 1 + 4 * CELL_MARKS);
    assert_string_equal(screen_cell(&screen, 0, 1)->text, "x");
    buf_release(&marks);
    screen_release(&screen);
}

static void what_terminals_disagree_about_is_left_out(void **state)
{
    (void)state;
    struct screen screen;
    struct buf text = {0};
    screen_init(&screen, 1, 20, false);
    screen_put(&screen, 0, 0, 20, STYLE_PLAIN,
               "\U0001F44D\U0001F3FD \u2764\uFE0F \U0001F469\u200D\U0001F467 a\u200Bb\u2060c");
    screen_dump(&screen, false, &text);
    assert_string_equal(buf_str(&text), "\U0001F44D \u2764 \U0001F469\U0001F467 abc\n");
    buf_release(&text);
    screen_release(&screen);
}

static void only_a_printed_span_keeps_its_colors(void **state)
{
    (void)state;
    static char red[] = "\033[31mred\033[0m and more";
    const struct span spans[] = {{.style = STYLE_PLAIN, .text = red, .printed = true},
                                 {.style = STYLE_BOLD, .text = red, .printed = true},
                                 {.style = STYLE_PLAIN, .text = red}};
    static const char *const want[] = {"red and\n***....\n", "red and\nbbbbbbb\n", "red and\n"};
    for (size_t i = 0; i < 3; i++) {
        struct screen screen;
        struct buf text = {0};
        screen_init(&screen, 1, 8, false);
        assert_int_equal(screen_put_span(&screen, 0, 0, 8, &spans[i]), 8);
        screen_dump(&screen, true, &text);
        assert_string_equal(buf_str(&text), want[i]);
        assert_int_equal(screen_cell(&screen, 0, 2)->ink.front, i < 2 ? (INK_PALETTE | 1) : INK_DEFAULT);
        assert_int_equal(screen_cell(&screen, 0, 3)->ink.front, INK_DEFAULT);
        buf_release(&text);
        screen_release(&screen);
    }
}

static void colors_that_a_span_begins_in_can_be_reset(void **state)
{
    (void)state;
    static char text[] = "on\033[0m off \033[31mon";
    const struct span span = {.text = text, .printed = true, .ink = {.back = INK_PALETTE | 4}};
    struct screen screen;
    struct buf got = {0};
    screen_init(&screen, 1, 10, false);
    screen_put_span(&screen, 0, 0, 10, &span);
    screen_dump(&screen, true, &got);
    assert_string_equal(buf_str(&got), "on off on\n**.....**\n");
    assert_int_equal(screen_cell(&screen, 0, 0)->ink.back, INK_PALETTE | 4);
    assert_int_equal(screen_cell(&screen, 0, 7)->ink.back, INK_DEFAULT);
    buf_release(&got);
    screen_release(&screen);
}

static void text_that_does_not_fit_shows_that_it_was_cut(void **state)
{
    (void)state;
    struct screen screen;
    screen_init(&screen, 4, 8, false);
    screen_fit(&screen, 0, 0, 8, STYLE_PLAIN, "12345678");
    screen_fit(&screen, 1, 0, 8, STYLE_PLAIN, "123456789");
    screen_fit_end(&screen, 2, 0, 8, STYLE_PLAIN, "123456789");
    screen_fit_end(&screen, 3, 0, 6, STYLE_PLAIN, "日本語日本語");
    struct buf text = {0};
    screen_dump(&screen, false, &text);
    assert_string_equal(buf_str(&text), "12345678\n1234567…\n…3456789\n…本語\n");
    buf_release(&text);
    screen_release(&screen);
}

/* A scene of `count` failures without frames, each of one line and a message. */
static void make_many(struct scene *scene, int count)
{
    char id[64];
    for (int i = 0; i < count; i++) {
        snprintf(id, sizeof id, "tests/test_api.py::test_%d", i);
        add_failure(scene, add_test(scene, id, EVENT_FAIL, NULL), item_trace);
    }
    blocks_update(&scene->blocks, &scene->snapshot, &scene->view);
    view_follow(&scene->view, &scene->blocks, 10);
}

static void cursor_walks_over_failures_and_frames(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    make_many(&scene, 2);
    static const struct {
        enum command command;
        size_t test;
        int frame;
    } steps[] = {
        {COMMAND_NONE, 0, -1},
        {COMMAND_PREVIOUS, 0, -1},
        {COMMAND_NEXT, 0, 0},
        {COMMAND_NEXT, 0, 3},
        {COMMAND_NEXT, 1, -1},
        {COMMAND_PREVIOUS, 0, 3},
        {COMMAND_NEXT_FAILURE, 1, -1},
        {COMMAND_NEXT_FAILURE, 1, -1},
        {COMMAND_NEXT, 1, 0},
        {COMMAND_PREVIOUS_FAILURE, 1, -1},
        {COMMAND_PREVIOUS_FAILURE, 0, -1},
        {COMMAND_LAST, 1, -1},
        {COMMAND_FIRST, 0, -1},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        view_move(&scene.view, &scene.blocks, 10, steps[i].command);
        view_follow(&scene.view, &scene.blocks, 10);
        assert_int_equal(scene.view.test, scene.failures[steps[i].test].test);
        assert_int_equal(scene.view.frame, steps[i].frame);
        assert_in_range(scene.view.row, 0, 9);
    }
    scene_release(&scene);
}

/* What is drawn and what is hit are the same: each failure's heading and frames by their text, each key by
 * its name. */
static void what_lies_under_the_mouse_is_what_is_drawn_there(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct hit hit;
    } expected[] = {
        {"FAIL ", {HIT_FAILURE, 0, -1, 0}},
        {"vim +33", {HIT_FAILURE, 0, 0, 0}},
        {"assert tmpl", {HIT_FAILURE, 0, 0, 0}},
        {"vim +512", {HIT_FAILURE, 0, 3, 0}},
        {"CRASH ", {HIT_FAILURE, 1, -1, 0}},
        {"AssertionError", {HIT_NONE, 0, 0, 0}},
        {"aloof", {HIT_NONE, 0, 0, 0}},
        {"j/k move", {HIT_KEY, 0, 0, 'j'}},
        {"Enter edit", {HIT_KEY, 0, 0, INPUT_ENTER}},
        {"p pause", {HIT_KEY, 0, 0, 'p'}},
        {"q quit", {HIT_KEY, 0, 0, 'q'}},
    };
    struct scene scene;
    struct screen screen;
    scene_init(&scene);
    make_red(&scene);
    draw(&scene, &screen, 40, 120, true);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct buf text = {0};
        screen_dump(&screen, false, &text);
        const char *found = strstr(buf_str(&text), expected[i].text);
        assert_non_null(found);
        int row = 0, col = 0;
        for (const char *at = buf_str(&text); at < found; at++) {
            row += *at == '\n';
            col = *at == '\n' ? 0 : col + 1;
        }
        struct hit hit = view_hit(&screen, &scene.snapshot, &scene.view, &scene.blocks, row, col);
        assert_int_equal(hit.kind, expected[i].hit.kind);
        assert_int_equal(hit.input, expected[i].hit.input);
        if (hit.kind == HIT_FAILURE) {
            assert_int_equal(hit.block, expected[i].hit.block);
            assert_int_equal(hit.frame, expected[i].hit.frame);
            view_put(&scene.view, &scene.blocks, &hit);
            assert_int_equal(scene.view.frame, hit.frame);
            assert_int_equal(scene.view.test, scene.blocks.list.items[hit.block].test);
        }
        buf_release(&text);
    }
    screen_release(&screen);
    scene_release(&scene);
}

static void no_place_of_any_screen_is_hit_wrongly(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        for (int rows = 1; rows <= 26; rows++) {
            struct scene scene;
            struct screen screen;
            scene_init(&scene);
            scenes[i].make(&scene);
            draw(&scene, &screen, rows, 50, false);
            for (int row = -1; row <= rows; row++)
                for (int col = -1; col <= 50; col++) {
                    struct hit hit = view_hit(&screen, &scene.snapshot, &scene.view, &scene.blocks, row, col);
                    if (hit.kind == HIT_FAILURE)
                        assert_true(scene.blocks.list.items[hit.block].test != MAP_NONE);
                    if (hit.kind == HIT_KEY)
                        assert_int_equal(row, rows - 1);
                    if (row < 0 || col < 0 || row >= rows || col >= 50)
                        assert_int_equal(hit.kind, HIT_NONE);
                }
            screen_release(&screen);
            scene_release(&scene);
        }
}

static void the_wheel_scrolls_and_takes_the_cursor_along(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    make_many(&scene, 30);
    view_scroll(&scene.view, &scene.blocks, 10, 3);
    assert_int_equal(view_top(&scene.view, &scene.blocks), 3);
    assert_in_range(scene.view.row, 0, 9);
    for (int i = 0; i < 200; i++)
        view_scroll(&scene.view, &scene.blocks, 10, 3);
    assert_int_equal(view_top(&scene.view, &scene.blocks), (long)scene.blocks.rows - 10);
    for (int i = 0; i < 200; i++)
        view_scroll(&scene.view, &scene.blocks, 10, -3);
    assert_int_equal(view_top(&scene.view, &scene.blocks), 0);
    assert_in_range(scene.view.row, 0, 9);
    size_t test = scene.view.test;
    view_scroll(&scene.view, &scene.blocks, 10, -3);
    assert_int_equal(scene.view.test, test);
    scene_release(&scene);
}

static void unfolding_shows_foreign_frames_and_folding_hides_them(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    make_many(&scene, 1);
    size_t folded = scene.blocks.rows;
    view_unfold(&scene.view, scene.failures[0].test);
    blocks_update(&scene.blocks, &scene.snapshot, &scene.view);
    assert_true(scene.blocks.rows > folded);
    view_move(&scene.view, &scene.blocks, 10, COMMAND_NEXT);
    view_move(&scene.view, &scene.blocks, 10, COMMAND_NEXT);
    assert_int_equal(scene.view.frame, 1);
    view_unfold(&scene.view, scene.failures[0].test);
    blocks_update(&scene.blocks, &scene.snapshot, &scene.view);
    view_follow(&scene.view, &scene.blocks, 10);
    assert_int_equal(scene.blocks.rows, folded);
    assert_int_equal(scene.view.frame, -1);
    scene_release(&scene);
}

static void all_failures_unfold_and_fold_alike(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    make_many(&scene, 3);
    size_t folded = scene.blocks.rows;
    view_unfold(&scene.view, scene.failures[1].test);
    view_unfold_all(&scene.view);
    for (size_t i = 0; i < 3; i++)
        assert_true(view_unfolded(&scene.view, scene.failures[i].test));
    add_failure(&scene, add_test(&scene, "tests/test_new.py::test_new", EVENT_FAIL, NULL), item_trace);
    assert_true(view_unfolded(&scene.view, scene.failures[3].test));
    view_unfold(&scene.view, scene.failures[1].test);
    assert_false(view_unfolded(&scene.view, scene.failures[1].test));
    view_unfold_all(&scene.view);
    scene.snapshot.failure_count = 3;
    blocks_update(&scene.blocks, &scene.snapshot, &scene.view);
    assert_int_equal(scene.blocks.rows, folded);
    scene.snapshot.failure_count = 4;
    scene_release(&scene);
}

static void a_search_goes_over_all_frames_of_all_failures(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    make_many(&scene, 3);
    type(&scene, "/FunctoolS.py\n");
    assert_string_equal(scene.view.message, "not found: FunctoolS.py");
    assert_int_equal(scene.view.frame, -1);
    type(&scene, "/functools.py\n");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(scene.view.test, scene.failures[i].test);
        assert_int_equal(scene.view.frame, 2);
        for (int j = 0; j < 3; j++)
            assert_int_equal(view_unfolded(&scene.view, scene.failures[j].test), j <= i);
        assert_in_range(scene.view.row, 0, view_area_rows(scene.rows) - 1);
        type(&scene, "n");
    }
    assert_int_equal(scene.view.test, scene.failures[0].test);
    type(&scene, "N");
    assert_int_equal(scene.view.test, scene.failures[2].test);
    press(&scene, INPUT_ESCAPE);
    type(&scene, "N");
    assert_int_equal(scene.view.frame, -1);
    assert_null(scene.view.reading.needle.text);
    scene_release(&scene);
}

/* From wherever the cursor is, and also between lines that no frame has. */
static void a_search_begins_at_the_cursor_and_goes_both_ways(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    make_many(&scene, 3);
    type(&scene, "jj/items\n");
    static const struct {
        int key, failure, frame;
        size_t shown;
    } steps[] = {
        {0, 0, 3, 6},   {'n', 0, 3, 7}, {'n', 0, 3, 8}, {'n', 1, 0, 2}, {'N', 0, 3, 8},
        {'N', 0, 3, 7}, {'N', 0, 3, 6}, {'N', 0, 0, 2}, {'N', 2, 3, 8}, {'n', 0, 0, 2},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (steps[i].key != 0)
            press(&scene, steps[i].key);
        assert_int_equal(scene.view.test, scene.failures[steps[i].failure].test);
        assert_int_equal(scene.view.frame, steps[i].frame);
        assert_int_equal(scene.view.found.shown, steps[i].shown);
    }
    scene_release(&scene);
}

static void the_runners_words_are_searched_too(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct buf text = {0};
    for (int i = 0; i < 40; i++)
        buf_printf(&text, "line %d\n", i);
    scene.snapshot.status.broken = buf_str(&text);
    type(&scene, "/line 31\n");
    long row = 1 + 31 - view_top(&scene.view, &scene.blocks);
    assert_in_range(row, 0, view_area_rows(scene.rows) - 1);
    buf_release(&text);
    scene_release(&scene);
}

/* The rows of a wrapped line belong to what the line belongs to, and the cursor's row is that of its line. */
static void wrapped_rows_are_hit_and_walked_over(void **state)
{
    (void)state;
    for (int cols = 9; cols < 60; cols += 3) {
        struct scene scene;
        struct screen screen;
        scene_init(&scene);
        scene.rows = 200;
        scene.blocks.cols = cols;
        make_red(&scene);
        type(&scene, "w");
        assert_true(scene.blocks.rows > scene.blocks.list.items[0].story.lines.len);
        draw(&scene, &screen, scene.rows, cols, false);
        int frame = -1, headings = 0;
        for (int row = 3; row < 3 + (int)scene.blocks.rows; row++) {
            struct hit hit = view_hit(&screen, &scene.snapshot, &scene.view, &scene.blocks, row, 1);
            headings += hit.kind == HIT_FAILURE && hit.frame == -1;
            if (strcmp(screen_cell(&screen, row, 1)->text, "↳") == 0 && frame == -1)
                assert_int_equal(hit.frame, -1);
            frame = hit.kind == HIT_FAILURE ? hit.frame : -2;
        }
        const struct block *blocks = scene.blocks.list.items;
        assert_int_equal(headings, block_row(&blocks[0], 1) + block_row(&blocks[1], 1));
        screen_release(&screen);
        static const int frames[] = {0, 3, -1};
        for (size_t i = 0; i < 3; i++) {
            type(&scene, "j");
            assert_int_equal(scene.view.frame, frames[i]);
            size_t line = block_line(&blocks[scene.view.at], frames[i]);
            assert_int_equal(scene.view.row,
                             blocks[scene.view.at].first + block_row(&blocks[scene.view.at], line));
        }
        scene_release(&scene);
    }
}

static void nothing_is_scrolled_sideways_beyond_the_widest_line(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    make_many(&scene, 1);
    scene.blocks.cols = 60;
    type(&scene, ">>>>>>>>");
    assert_int_equal(scene.view.reading.look.left, 29);
    type(&scene, "w>");
    assert_int_equal(scene.view.reading.look.left, 0);
    type(&scene, "w><");
    assert_int_equal(scene.view.reading.look.left, 0);
    scene_release(&scene);
}

static void pages_reach_the_end_and_come_back(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    make_many(&scene, 30);
    long last_top = (long)scene.blocks.rows - 10;
    int pages = 0;
    while (view_top(&scene.view, &scene.blocks) < last_top && pages++ < 100) {
        view_move(&scene.view, &scene.blocks, 10, COMMAND_PAGE_DOWN);
        assert_in_range(scene.view.row, 0, 9);
    }
    assert_int_equal(view_top(&scene.view, &scene.blocks), last_top);
    view_move(&scene.view, &scene.blocks, 10, COMMAND_PAGE_DOWN);
    assert_int_equal(scene.view.test, scene.failures[29].test);
    for (pages = 0; view_top(&scene.view, &scene.blocks) > 0 && pages < 100; pages++)
        view_move(&scene.view, &scene.blocks, 10, COMMAND_PAGE_UP);
    view_move(&scene.view, &scene.blocks, 10, COMMAND_PAGE_UP);
    assert_int_equal(scene.view.test, scene.failures[0].test);
    assert_int_equal(scene.view.frame, -1);
    scene_release(&scene);
}

static void the_line_under_the_cursor_does_not_jump(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    make_many(&scene, 10);
    for (int i = 0; i < 5; i++)
        view_move(&scene.view, &scene.blocks, 10, COMMAND_NEXT_FAILURE);
    long row = scene.view.row;
    scene.failures[0].fixed = true;
    scene.failures[1].fixed = true;
    blocks_update(&scene.blocks, &scene.snapshot, &scene.view);
    view_follow(&scene.view, &scene.blocks, 10);
    assert_int_equal(scene.view.test, scene.failures[5].test);
    assert_int_equal(scene.view.row, row);
    scene_release(&scene);
}

static void the_cursor_stays_in_sight_when_the_screen_shrinks(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    make_many(&scene, 10);
    view_move(&scene.view, &scene.blocks, 10, COMMAND_NEXT);
    view_move(&scene.view, &scene.blocks, 10, COMMAND_NEXT);
    assert_int_equal(scene.view.row, 4);
    view_follow(&scene.view, &scene.blocks, 3);
    assert_int_equal(scene.view.row, 2);
    view_follow(&scene.view, &scene.blocks, 20);
    assert_in_range(scene.view.row, 0, 19);
    assert_int_equal(scene.view.frame, 3);
    scene_release(&scene);
}

static void a_cursor_whose_failure_is_gone_goes_to_what_took_its_place(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    make_many(&scene, 3);
    view_move(&scene.view, &scene.blocks, 10, COMMAND_LAST);
    trace_release(&scene.failures[2].trace);
    scene.snapshot.failure_count = 2;
    blocks_update(&scene.blocks, &scene.snapshot, &scene.view);
    view_follow(&scene.view, &scene.blocks, 10);
    assert_int_equal(scene.view.test, scene.failures[1].test);
    size_t count = scene.snapshot.failure_count;
    scene.snapshot.failure_count = 0;
    blocks_update(&scene.blocks, &scene.snapshot, &scene.view);
    view_follow(&scene.view, &scene.blocks, 10);
    assert_int_equal(scene.view.test, MAP_NONE);
    assert_int_equal(scene.blocks.rows, 0);
    view_move(&scene.view, &scene.blocks, 10, COMMAND_NEXT);
    view_move(&scene.view, &scene.blocks, 10, COMMAND_PAGE_DOWN);
    scene.snapshot.failure_count = count;
    scene_release(&scene);
}

static void the_runners_words_can_be_scrolled_without_failures(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    struct buf text = {0};
    for (int i = 0; i < 40; i++)
        buf_printf(&text, "line %d\n", i);
    scene.snapshot.status.broken = buf_str(&text);
    blocks_update(&scene.blocks, &scene.snapshot, &scene.view);
    view_follow(&scene.view, &scene.blocks, 10);
    view_move(&scene.view, &scene.blocks, 10, COMMAND_NEXT);
    view_follow(&scene.view, &scene.blocks, 10);
    assert_int_equal(view_top(&scene.view, &scene.blocks), 1);
    for (int i = 0; i < 10; i++)
        view_move(&scene.view, &scene.blocks, 10, COMMAND_PAGE_DOWN);
    assert_int_equal(view_top(&scene.view, &scene.blocks), 41 - 10);
    scene.snapshot.status.broken = NULL;
    blocks_update(&scene.blocks, &scene.snapshot, &scene.view);
    view_follow(&scene.view, &scene.blocks, 10);
    assert_int_equal(view_top(&scene.view, &scene.blocks), 0);
    buf_release(&text);
    scene_release(&scene);
}

static void what_broke_the_runner_is_seen_above_the_failures(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    make_many(&scene, 10);
    view_move(&scene.view, &scene.blocks, 10, COMMAND_LAST);
    scene.snapshot.status.broken = "no pytest here";
    view_home(&scene.view);
    blocks_update(&scene.blocks, &scene.snapshot, &scene.view);
    view_follow(&scene.view, &scene.blocks, 10);
    assert_int_equal(view_top(&scene.view, &scene.blocks), 0);
    assert_int_equal(scene.view.test, scene.failures[9].test);
    view_move(&scene.view, &scene.blocks, 10, COMMAND_PREVIOUS);
    assert_in_range(scene.view.row, 0, 9);
    scene_release(&scene);
}

static void a_file_that_cannot_be_collected_is_told_once(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    add_failure(&scene, add_test(&scene, "conftest.py", EVENT_FAIL, TAG_COLLECTION), item_trace);
    scene.snapshot.status.broken = "ImportError while loading conftest";
    blocks_update(&scene.blocks, &scene.snapshot, &scene.view);
    assert_int_equal(scene.blocks.list.len, 1);
    assert_int_equal(scene.blocks.list.items[0].test, scene.failures[0].test);
    scene_release(&scene);
}

static bool tells(const struct block *block, const char *text)
{
    const struct story_line *line;
    const struct span *span;
    vec_each (line, &block->story.lines)
        vec_each (span, &line->spans)
            if (strstr(span->text, text) != NULL)
                return true;
    return false;
}

static void a_story_is_built_again_only_when_it_changed(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene);
    make_many(&scene, 2);
    for (int i = 0; i < 2; i++)
        scene.model.tests.items[scene.failures[i].test].red_runs = 7;
    blocks_update(&scene.blocks, &scene.snapshot, &scene.view);
    assert_false(tells(&scene.blocks.list.items[0], "since 7 runs"));
    scene.failures[0].version++;
    blocks_update(&scene.blocks, &scene.snapshot, &scene.view);
    assert_true(tells(&scene.blocks.list.items[0], "since 7 runs"));
    assert_false(tells(&scene.blocks.list.items[1], "since 7 runs"));
    scene_release(&scene);
}

static void durations_read_well(void **state)
{
    (void)state;
    static const struct {
        int64_t ns;
        int digits;
        const char *text;
    } expected[] = {
        {-5, 1, "0.0 s"},         {40000000, 2, "0.04 s"},    {600000000, 1, "0.6 s"},
        {12400000000, 1, "12 s"}, {119000000000, 1, "119 s"}, {125000000000, 1, "2 min 5 s"},
    };
    char text[32];
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        view_seconds(text, sizeof text, expected[i].ns, expected[i].digits);
        assert_string_equal(text, expected[i].text);
    }
}

/* On every size, so that hints are cut short and left out as well. */
static void texts_name_the_keys_that_are_bound(void **state)
{
    (void)state;
    static char name[] = "bind.run-all", none[] = "none", pause[] = "bind.pause", help[] = "bind.help",
                f5[] = "f5", where[] = "c:1";
    const struct binding bindings[] = {
        {name, f5, where, false}, {pause, none, where, false}, {help, none, where, false}};
    for (int cols = 1; cols < 100; cols++) {
        struct scene scene;
        struct screen screen;
        struct buf text = {0};
        scene_init(&scene);
        keymap_release(&scene.keys);
        assert_int_equal(keymap_init(&scene.keys, bindings, 3, NULL), 0);
        scene.snapshot.status.paused = true;
        scene.snapshot.status.state = LOOP_IDLE;
        scene.snapshot.status.verdict = VERDICT_PARTLY;
        draw(&scene, &screen, 24, cols, false);
        screen_dump(&screen, false, &text);
        if (cols > 60) {
            assert_non_null(strstr(buf_str(&text), "no failing test is known; F5 runs them all"));
            assert_non_null(strstr(buf_str(&text), "paused: changes wait\n"));
            assert_non_null(strstr(buf_str(&text), " F5 all · f filter · q quit"));
        }
        buf_release(&text);
        screen_release(&screen);
        scene_release(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(screens_are_as_they_were),
        cmocka_unit_test(every_view_has_golden_screens_of_every_way_it_shows),
        cmocka_unit_test(no_golden_screen_is_left_over),
        cmocka_unit_test(every_size_is_survived),
        cmocka_unit_test(text_is_cut_at_the_edges),
        cmocka_unit_test(writing_over_half_a_wide_character_removes_it),
        cmocka_unit_test(marks_stay_with_their_base_and_are_bounded),
        cmocka_unit_test(what_terminals_disagree_about_is_left_out),
        cmocka_unit_test(only_a_printed_span_keeps_its_colors),
        cmocka_unit_test(colors_that_a_span_begins_in_can_be_reset),
        cmocka_unit_test(text_that_does_not_fit_shows_that_it_was_cut),
        cmocka_unit_test(cursor_walks_over_failures_and_frames),
        cmocka_unit_test(what_lies_under_the_mouse_is_what_is_drawn_there),
        cmocka_unit_test(no_place_of_any_screen_is_hit_wrongly),
        cmocka_unit_test(the_wheel_scrolls_and_takes_the_cursor_along),
        cmocka_unit_test(unfolding_shows_foreign_frames_and_folding_hides_them),
        cmocka_unit_test(all_failures_unfold_and_fold_alike),
        cmocka_unit_test(a_search_goes_over_all_frames_of_all_failures),
        cmocka_unit_test(a_search_begins_at_the_cursor_and_goes_both_ways),
        cmocka_unit_test(the_runners_words_are_searched_too),
        cmocka_unit_test(wrapped_rows_are_hit_and_walked_over),
        cmocka_unit_test(nothing_is_scrolled_sideways_beyond_the_widest_line),
        cmocka_unit_test(pages_reach_the_end_and_come_back),
        cmocka_unit_test(the_line_under_the_cursor_does_not_jump),
        cmocka_unit_test(the_cursor_stays_in_sight_when_the_screen_shrinks),
        cmocka_unit_test(a_cursor_whose_failure_is_gone_goes_to_what_took_its_place),
        cmocka_unit_test(the_runners_words_can_be_scrolled_without_failures),
        cmocka_unit_test(what_broke_the_runner_is_seen_above_the_failures),
        cmocka_unit_test(a_file_that_cannot_be_collected_is_told_once),
        cmocka_unit_test(a_story_is_built_again_only_when_it_changed),
        cmocka_unit_test(durations_read_well),
        cmocka_unit_test(texts_name_the_keys_that_are_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
