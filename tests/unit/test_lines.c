#include "ui/lines_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

/* A session that only holds what is read of it; the real one needs tests to run. */
struct session {
    struct model model;
    struct failure failures[2];
    struct session_status status;
    struct session_slot slot;
    char asked[64]; /* the commands that came */
};

const struct model *session_model(const struct session *session)
{
    return &session->model;
}

const struct failure *session_failures(const struct session *session, size_t *count)
{
    *count = 2;
    return session->failures;
}

void session_status(const struct session *session, struct session_status *status)
{
    *status = session->status;
}

struct session_slot session_slot(const struct session *session, unsigned slot)
{
    return slot == 0 ? session->slot : (struct session_slot){0};
}

const char *session_root(const struct session *session)
{
    (void)session;
    return "/p";
}

const char *session_here(const struct session *session)
{
    (void)session;
    return "";
}

static void ask(struct session *session, const char *what)
{
    size_t len = strlen(session->asked);
    snprintf(session->asked + len, sizeof session->asked - len, "%s", what);
}

void session_rerun_red(struct session *session)
{
    ask(session, "red ");
}

void session_run_all(struct session *session)
{
    ask(session, "all ");
}

void session_run_one(struct session *session, size_t test)
{
    ask(session, test == 0 ? "first " : "second ");
}

void session_filter(struct session *session, const char *pattern)
{
    ask(session, "filter:");
    ask(session, pattern);
    ask(session, " ");
}

void session_steps_begin(struct session *session, size_t test)
{
    ask(session, test == 1 ? "step " : "steps ");
}

void session_steps_move(struct session *session, int step)
{
    ask(session, step > 0 ? "forth " : "back ");
}

void session_steps_end(struct session *session)
{
    ask(session, "out ");
}

void session_stop_run(struct session *session)
{
    ask(session, "stop ");
}

void session_pause(struct session *session, bool paused)
{
    ask(session, paused ? "pause " : "resume ");
}

void session_watch_again(struct session *session)
{
    ask(session, "watch ");
}

void session_debug_command(const struct session *session, size_t test, struct strings *argv)
{
    (void)session;
    (void)test;
    strings_add(argv, "true");
}

/* Two runs, of which nothing more is known. */
void session_history(struct session *session, size_t test, unsigned most, struct past *past)
{
    (void)session;
    (void)test;
    (void)most;
    *past = (struct past){0};
    int64_t midnight_ns = (int64_t)time(NULL) / 86400 * 86400 * 1000000000;
    vec_push(&past->results,
             (struct past_result){.outcome = OUTCOME_PASSED, .run = "all tests", .time_ns = midnight_ns});
    vec_push(&past->results, (struct past_result){.outcome = OUTCOME_FAILED,
                                                  .run = "this test",
                                                  .time_ns = midnight_ns + 1000000000});
}

void session_close(struct session *session)
{
    ask(session, "close ");
}

/* A terminal that is but paper. */
struct teletype {
    const struct teletype_events *events;
    void *owner;
    struct buf paper;
    bool ours, closed;
};

int teletype_open(struct teletype **teletype, uv_loop_t *loop, const struct teletype_events *events,
                  void *owner, struct error *error)
{
    (void)loop;
    (void)error;
    *teletype = mem_zero(sizeof **teletype);
    **teletype = (struct teletype){.events = events, .owner = owner, .ours = true};
    return 0;
}

void teletype_write(struct teletype *teletype, struct bytes text)
{
    assert_true(teletype->ours);
    buf_add(&teletype->paper, text.data, text.len);
}

bool teletype_ours(const struct teletype *teletype)
{
    return teletype->ours;
}

void teletype_give(struct teletype *teletype)
{
    teletype->ours = false;
}

void teletype_take(struct teletype *teletype)
{
    teletype->ours = true;
    teletype->events->back(teletype->owner);
}

void teletype_close(struct teletype *teletype)
{
    teletype->ours = false;
    teletype->closed = true;
}

void teletype_free(struct teletype *teletype)
{
    buf_release(&teletype->paper);
    free(teletype);
}

struct fixture {
    uv_loop_t loop;
    struct settings settings;
    struct keymap keys;
    struct session session;
    struct lines *lines;
};

/* Two red tests, gone through already. */
static void begin(struct fixture *f)
{
    static const struct trace_paths paths = {.root = "/p"};
    *f = (struct fixture){0};
    uv_loop_init(&f->loop);
    settings_init(&f->settings);
    f->settings.editor_command = mem_strdup("vim");
    keymap_init(&f->keys, NULL, 0, NULL);
    model_init(&f->session.model, 1024);
    for (size_t i = 0; i < 2; i++) {
        model_recall(&f->session.model, i == 0 ? "a.py::test_x" : "a.py::test_\033[2Jy", "a.py",
                     OUTCOME_FAILED);
        f->session.failures[i].test = i;
        trace_parse(&f->session.failures[i].trace, bytes_of(i == 0 ? "ValueError: no\n" : "KeyError: yes\n"),
                    &paths);
    }
    f->session.status =
        (struct session_status){.project = "p", .boxes = 1, .verdict = VERDICT_RED, .run = RUN_ALL};
    f->session.status.step = MAP_NONE;
    f->lines = lines_new(&f->loop, &f->settings, &f->keys);
    assert_int_equal(lines_start(f->lines, &f->session, NULL), 0);
}

static void end(struct fixture *f)
{
    lines_quit(f->lines, 0);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&f->loop), 0);
    for (size_t i = 0; i < 2; i++)
        trace_release(&f->session.failures[i].trace);
    lines_free(f->lines);
    keymap_release(&f->keys);
    settings_release(&f->settings);
    model_release(&f->session.model);
}

/* What was printed since the last time. */
static void printed(struct fixture *f, const char *wanted)
{
    struct buf *paper = &f->lines->teletype->paper;
    assert_string_equal(buf_str(paper), wanted);
    buf_clear(paper);
}

static void press(struct fixture *f, int input)
{
    lines_key(f->lines, input);
}

static void it_greets_with_the_keys_as_they_are_bound(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    printed(&f, "aloof: p, 1 box; ? lists the keys, q quits\n");
    end(&f);
}

static void a_run_is_told_from_its_cause_to_its_verdict(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    buf_clear(&f.lines->teletype->paper);
    f.session.status.state = LOOP_RUNNING;
    f.session.status.because = "a.py changed";
    f.session.status.run = RUN_RED;
    lines_events.run_begins(f.lines);
    printed(&f, "a.py changed: running the red set\n");
    lines_events.failed(f.lines, 0);
    printed(&f, "FAIL  a.py::test_x\n   ValueError: no\n\n");
    f.session.failures[1].fixed = true;
    model_set_red(&f.session.model, 1, false);
    lines_events.failed(f.lines, 1);
    printed(&f, "fixed: a.py::test_y\n");
    lines_events.failed(f.lines, 1); /* once more, in the full run */
    lines_events.changed(f.lines);
    printed(&f, "");
    f.session.model.asked = f.session.model.done = 2;
    f.session.model.counts[OUTCOME_FAILED] = 1;
    lines_events.run_ended(f.lines, 1, NULL);
    printed(&f, "2 tests, 1 failure in 0.00s\n");
    lines_events.changed(f.lines); /* the plan goes on to another run */
    printed(&f, "");
    f.session.status.state = LOOP_IDLE;
    lines_events.changed(f.lines);
    printed(&f, "RED 1 of 2\n");
    lines_events.changed(f.lines);
    printed(&f, "");
    f.session.status.because = "key";
    f.session.status.run = RUN_ONE;
    lines_events.run_begins(f.lines);
    printed(&f, "running one test\n");
    end(&f);
}

static void what_comes_while_the_terminal_is_away_is_printed_when_it_is_back(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    buf_clear(&f.lines->teletype->paper);
    teletype_give(f.lines->teletype);
    lines_events.notice(f.lines, "one");
    lines_events.notice(f.lines, "two");
    printed(&f, "");
    teletype_take(f.lines->teletype);
    printed(&f, "one\ntwo\nRED 2 of 2\n");
    teletype_give(f.lines->teletype);
    for (int i = 0; i < 200000; i++)
        lines_events.notice(f.lines, "three, four, five");
    assert_in_range(f.lines->out.len, 1, 1024 * 1024 + 100);
    teletype_take(f.lines->teletype);
    assert_memory_equal(buf_str(&f.lines->teletype->paper), "what came meanwhile was too much to keep\n", 41);
    end(&f);
}

static void keys_are_about_the_failure_that_was_gone_to(void **state)
{
    static const struct {
        int input;
        const char *printed, *asked;
    } rows[] = {
        {'s', "", "first "},
        {'n', "2 of 2: FAIL a.py::test_y: KeyError: yes\n   vim a.py\n", ""},
        {'s', "", "second "},
        {'n', "that was the last\n", ""},
        {INPUT_HOME, "1 of 2: FAIL a.py::test_x: ValueError: no\n   vim a.py\n", ""},
        {'N', "that was the first\n", ""},
        {'2', "2 of 2: FAIL a.py::test_y: KeyError: yes\n   vim a.py\n", ""},
        {'3', "there are 2\n", ""},
        {'y', "a.py::test_y\n", ""},
        {'1', "1 of 2: FAIL a.py::test_x: ValueError: no\n   vim a.py\n", ""},
        {'v',
         "FAIL  a.py::test_x\n   ValueError: no\n\nHistory\n   .F  red in 1 of 2 runs, the newest last\n"
         "   00:00:00  passed                 all tests\n   00:00:01  failed                 this test\n",
         ""},
        {'t', "failed a.py::test_x\nfailed a.py::test_y\n2 are red; once more for all tests\n", ""},
        {'t', "failed a.py::test_x\nfailed a.py::test_y\n2 in all\n", ""},
        {'r', "", "red "},
        {'a', "", "all "},
        {'x', "nothing runs\n", "stop "},
        {'p', "paused: changes wait\n", "pause "},
        {'/', "that key does nothing here; ? lists those that do\n", ""},
        {INPUT_PASTE, "that key does nothing here; ? lists those that do\n", ""},
        {CONTROL('L'), "RED 2 of 2\nnothing runs\n", ""},
    };
    setenv("TZ", "UTC0", 1);
    (void)state;
    struct fixture f;
    begin(&f);
    buf_clear(&f.lines->teletype->paper);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        press(&f, rows[i].input);
        printed(&f, rows[i].printed);
        assert_string_equal(f.session.asked, rows[i].asked);
        f.session.asked[0] = '\0';
    }
    end(&f);
}

static void it_says_how_far_a_run_is_when_asked(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    buf_clear(&f.lines->teletype->paper);
    struct session_status *status = &f.session.status;
    status->state = LOOP_RUNNING;
    status->collecting = true;
    press(&f, CONTROL('L'));
    printed(&f, "RED 2 of 2\ncollecting\n");
    status->collecting = false;
    status->run_ns = 4000000000;
    f.session.model.asked = 2;
    f.session.slot = (struct session_slot){"a.py::test_x", 3000000000, 500000000, STAGE_RUNNING};
    press(&f, CONTROL('L'));
    printed(&f, "RED 2 of 2\nrunning: 0 of 2 ended, 4 s\n   a.py::test_x: 3 s slow\n");
    end(&f);
}

static void a_filter_is_typed_on_a_line_of_its_own(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    buf_clear(&f.lines->teletype->paper);
    press(&f, 'f');
    for (const char *key = "A\t.PYz"; *key != '\0'; key++)
        press(&f, *key);
    press(&f, INPUT_BACKSPACE);
    lines_events.notice(f.lines, "this waits");
    press(&f, '\r');
    printed(&f, "words of the ids of those tests that are to run, and Enter; Esc gives up\n"
                "filter: A.PYz\b \b\n"
                "this waits\n"
                "filter \"A.PY\": 2 of 2 tests match\n");
    assert_string_equal(f.session.asked, "filter:A.PY ");
    end(&f);
}

static void steps_are_told_once_and_left_by_escape(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    buf_clear(&f.lines->teletype->paper);
    press(&f, 'i');
    f.session.status.step = 1;
    f.session.status.step_at = f.session.status.steps = 2;
    lines_events.changed(f.lines);
    lines_events.changed(f.lines);
    printed(&f, "step 2 of 2: FAIL a.py::test_y: KeyError: yes\n   vim a.py\n");
    press(&f, 'n');
    press(&f, 'N');
    press(&f, INPUT_ESCAPE);
    printed(&f, "no more steps: all that a change asks for runs again\n");
    assert_string_equal(f.session.asked, "steps forth back out ");
    end(&f);
}

static void quitting_gives_the_terminal_back_and_ends_the_session(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    press(&f, 'q');
    assert_true(f.lines->teletype->closed);
    assert_string_equal(f.session.asked, "close ");
    assert_int_equal(lines_exit_code(f.lines), 0);
    press(&f, 'a');
    assert_string_equal(f.session.asked, "close ");
    end(&f);
    begin(&f);
    f.lines->teletype->events->end(f.lines, SIGTERM);
    assert_int_equal(lines_exit_code(f.lines), 2);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_greets_with_the_keys_as_they_are_bound),
        cmocka_unit_test(a_run_is_told_from_its_cause_to_its_verdict),
        cmocka_unit_test(what_comes_while_the_terminal_is_away_is_printed_when_it_is_back),
        cmocka_unit_test(keys_are_about_the_failure_that_was_gone_to),
        cmocka_unit_test(it_says_how_far_a_run_is_when_asked),
        cmocka_unit_test(a_filter_is_typed_on_a_line_of_its_own),
        cmocka_unit_test(steps_are_told_once_and_left_by_escape),
        cmocka_unit_test(quitting_gives_the_terminal_back_and_ends_the_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
