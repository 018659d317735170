#include "report/plain.h"

#include "report/bar.h"
#include "report/block.h"
#include "report/summary.h"
#include "trace/clean.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A session that only holds what plain reads; the real one needs tests to run. */
struct session {
    struct model model;
    struct failure failures[1];
    struct session_status status;
    const char *slots[3];
    int64_t usual_ns; /* of all of them */
    unsigned stopped, closed;
};

const struct model *session_model(const struct session *session)
{
    return &session->model;
}

const struct failure *session_failures(const struct session *session, size_t *count)
{
    *count = COUNT(session->failures);
    return session->failures;
}

void session_status(const struct session *session, struct session_status *status)
{
    *status = session->status;
}

struct session_slot session_slot(const struct session *session, unsigned slot)
{
    return (struct session_slot){.test_id = session->slots[slot],
                                 .running_ns = session->slots[slot] ? (int64_t)slot * 1000000000 : 0,
                                 .usual_ns = session->usual_ns,
                                 .stage = STAGE_RUNNING};
}

const char *session_root(const struct session *session)
{
    (void)session;
    return "/home/u/my proj";
}

const char *session_here(const struct session *session)
{
    (void)session;
    return "";
}

bool session_next_round(struct session *session)
{
    (void)session;
    return false;
}

const struct rounds *session_rounds(const struct session *session)
{
    static const struct rounds one = {.wanted = 1};
    (void)session;
    return &one;
}

void session_stop_run(struct session *session)
{
    session->stopped++;
}

void session_close(struct session *session)
{
    session->closed++;
}

/* A front end on the fake session, writing into memory. */
struct fixture {
    uv_loop_t loop;
    struct plain *plain;
    struct session session;
    int fd;
};

static void begin(struct fixture *fixture, struct plain_options options)
{
    static struct test tests[1];
    *fixture = (struct fixture){.fd = memfd_create("plain", 0)};
    assert_true(fixture->fd >= 0);
    uv_loop_init(&fixture->loop);
    options.fd = fixture->fd;
    options.editor = "vim";
    tests[0] = (struct test){.id = mem_strdup("tests/a.py::test_x"), .outcome = OUTCOME_FAILED};
    fixture->session.model.tests.items = tests;
    fixture->session.model.tests.len = 1;
    fixture->session.status.boxes = COUNT(fixture->session.slots);
    const struct trace_paths paths = {.root = "/home/u/my proj"};
    trace_parse(
        &fixture->session.failures[0].trace,
        bytes_of(
            "Traceback (most recent call last):\n  File \"tests/a.py\", line 3, in test_x\n    assert 0\n"
            "AssertionError: \033[31massert\033[2J 0\n"),
        &paths);
    fixture->plain = plain_new(&fixture->loop, &options);
    plain_attach(fixture->plain, &fixture->session);
    plain_events.run_begins(fixture->plain);
}

static char *written(const struct fixture *fixture)
{
    struct buf text = {0};
    size_t size = (size_t)lseek(fixture->fd, 0, SEEK_END);
    ssize_t got = pread(fixture->fd, buf_reserve(&text, size), size, 0);
    assert_int_equal(got, size);
    text.len = size;
    buf_puts(&text, "");
    return buf_take(&text);
}

static void end(struct fixture *fixture)
{
    plain_events.closed(fixture->plain);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&fixture->loop), 0);
    plain_free(fixture->plain);
    trace_release(&fixture->session.failures[0].trace);
    free(fixture->session.model.tests.items[0].id);
    close(fixture->fd);
}

static void a_file_gets_lines_without_codes(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, (struct plain_options){.utf8 = true});
    fixture.session.model.asked = fixture.session.model.done = 2;
    fixture.session.model.counts[OUTCOME_FAILED] = fixture.session.model.counts[OUTCOME_PASSED] = 1;
    fixture.session.status.run_ns = 1234567890;
    plain_events.failed(fixture.plain, 0);
    plain_events.changed(fixture.plain);
    plain_events.notice(fixture.plain, "a \033]0;notice\a");
    plain_events.run_ended(fixture.plain, 1, NULL);
    char *got = written(&fixture);
    assert_string_equal(got, "FAIL  tests/a.py::test_x\n"
                             "   vim +3 tests/a.py  # test_x\n"
                             "          assert 0\n"
                             "   AssertionError: assert 0\n"
                             "\n"
                             "a \n"
                             "2 tests, 1 failure in 1.2s\n");
    assert_int_equal(plain_exit_code(fixture.plain), 1);
    assert_int_equal(fixture.session.closed, 1);
    free(got);
    end(&fixture);
}

static void a_terminal_gets_blocks_above_a_bar_that_vanishes(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture,
          (struct plain_options){.utf8 = true, .terminal = true, .term = "xterm", .columns = 60, .color = 2});
    fixture.session.model.asked = 4;
    fixture.session.model.done = 1;
    fixture.session.slots[1] = "short";
    fixture.session.slots[2] = "tests/b.py::test_long";
    fixture.session.usual_ns = 500000000;
    plain_events.changed(fixture.plain);
    plain_events.changed(fixture.plain); /* too early for another paint */
    plain_events.failed(fixture.plain, 0);
    plain_events.run_ended(fixture.plain, 1, NULL);
    char *got = written(&fixture);
    static const char bar[] = "████▊░░░░░░░░░░░░░░  1/4  tests/b.py::test_long 2 s slow";
    char *want = mem_printf(
        "%s\r\033[KFAIL  tests/a.py::test_x\n"
        "   \033]8;;file:///home/u/my%%20proj/tests/a.py\033\\vim +3 tests/a.py\033]8;;\033\\  # test_x\n"
        "          assert 0\n"
        "   AssertionError: assert 0\n"
        "\n%s\r\033[K1 of 4 tests in 0.00s\n",
        bar, bar);
    assert_string_equal(got, want);
    free(got);
    free(want);
    end(&fixture);
}

static bool has_seen(const struct fixture *fixture, const char *what)
{
    char *got = written(fixture);
    bool seen = strstr(got, what) != NULL;
    free(got);
    return seen;
}

static void the_time_goes_on_while_nothing_happens(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, (struct plain_options){.terminal = true, .term = "xterm", .columns = 60, .color = 2});
    uv_run(&fixture.loop, UV_RUN_ONCE);
    assert_true(has_seen(&fixture, "0/0"));
    fixture.session.status.run_ns = 7999000000;
    plain_resized(fixture.plain, 50);
    assert_true(has_seen(&fixture, "0/0  7 s"));
    fixture.session.status.run_ns = 8000000000;
    while (!has_seen(&fixture, "0/0  8 s"))
        assert_int_not_equal(uv_run(&fixture.loop, UV_RUN_ONCE), 0);
    plain_events.run_ended(fixture.plain, 0, NULL);
    assert_int_equal(uv_run(&fixture.loop, UV_RUN_NOWAIT), 0);
    end(&fixture);
}

static void without_motion_nothing_goes_on_by_itself(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, (struct plain_options){
                        .terminal = true, .term = "xterm", .columns = 60, .color = 2, .still = true});
    fixture.session.status.run_ns = 7700000000;
    fixture.session.slots[2] = "tests/b.py::test_long";
    fixture.session.usual_ns = 500000000;
    assert_int_equal(uv_run(&fixture.loop, UV_RUN_DEFAULT), 0);
    assert_true(has_seen(&fixture, "0/0  tests/b.py::test_long slow"));
    fixture.session.model.asked = 2;
    plain_events.changed(fixture.plain); /* however soon after the other one */
    assert_int_equal(uv_run(&fixture.loop, UV_RUN_DEFAULT), 0);
    assert_true(has_seen(&fixture, "0/2  tests/b.py::test_long slow"));
    plain_events.run_ended(fixture.plain, 0, NULL);
    end(&fixture);
}

static void a_resized_terminal_gets_a_bar_of_its_new_width(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, (struct plain_options){.terminal = true, .term = "xterm", .columns = 60, .color = 2});
    fixture.session.slots[0] = "tests/b.py::test_long_name_of_a_test";
    plain_resized(fixture.plain, 40);
    assert_true(has_seen(&fixture, ".............  0/0  tests/b.py::test_l~"));
    plain_resized(fixture.plain, 20);
    assert_true(has_seen(&fixture, "\r\033[K......  0/0  tests~"));
    plain_events.run_ended(fixture.plain, 0, NULL);
    end(&fixture);
}

static void colours_follow_option_environment_and_terminal(void **state)
{
    static const struct {
        struct plain_options options;
        bool color;
    } rows[] = {
        {{.terminal = true, .term = "xterm"}, true},
        {{.terminal = true, .term = "xterm", .no_color = true}, false},
        {{.terminal = true, .term = "xterm", .no_color = true, .color = 1}, true},
        {{.terminal = true, .term = "xterm", .color = 2}, false},
        {{.terminal = true, .term = "dumb"}, false},
        {{.terminal = true, .term = "vt100"}, false},
        {{.terminal = true, .term = "xterm-mono"}, false},
        {{.terminal = true, .term = "vt100", .color = 1}, true},
        {{.terminal = true, .term = "vte-256color"}, true},
        {{.terminal = true}, false},
        {{.term = "xterm"}, false},
        {{.term = "xterm", .color = 1}, true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fixture fixture;
        begin(&fixture, rows[i].options);
        plain_events.failed(fixture.plain, 0);
        assert_int_equal(has_seen(&fixture, "\033[31mFAIL\033[0m"), rows[i].color);
        assert_int_equal(has_seen(&fixture, "  0/0"), rows[i].options.term != NULL &&
                                                          rows[i].options.terminal &&
                                                          strcmp(rows[i].options.term, "dumb") != 0);
        end(&fixture);
    }
}

static void a_runner_that_cannot_work_is_quoted(void **state)
{
    (void)state;
    static char *const asked[] = {(char *)(uintptr_t) "tests/none.py", (char *)(uintptr_t) "-k x"};
    const struct strings paths = {.items = (char **)(uintptr_t)asked, .len = 2};
    struct fixture fixture;
    begin(&fixture, (struct plain_options){.paths = &paths});
    plain_events.run_ended(fixture.plain, 5, "header\n\nno tests ran\n");
    assert_true(has_seen(&fixture, "no tests ran\nno tests found in tests/none.py, -k x\n"));
    assert_false(has_seen(&fixture, "header"));
    assert_int_equal(plain_exit_code(fixture.plain), 5);
    end(&fixture);

    struct buf many = {0};
    for (int i = 0; i < 100; i++)
        buf_printf(&many, "line %d\n", i);
    begin(&fixture, (struct plain_options){0});
    plain_events.run_ended(fixture.plain, 4, buf_str(&many));
    assert_true(has_seen(&fixture, "line 60\n"));
    assert_true(has_seen(&fixture, "line 99\n"));
    assert_false(has_seen(&fixture, "line 59\n"));
    assert_false(has_seen(&fixture, "tests"));
    buf_release(&many);
    end(&fixture);
}

static void an_interrupt_stops_the_run_and_a_second_one_does_not_wait(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, (struct plain_options){0});
    plain_interrupt(fixture.plain);
    assert_int_equal(fixture.session.stopped, 1);
    assert_int_equal(fixture.session.closed, 0);
    plain_interrupt(fixture.plain);
    assert_int_equal(fixture.session.stopped, 1);
    assert_int_equal(fixture.session.closed, 1);
    plain_events.run_ended(fixture.plain, 1, NULL);
    assert_int_equal(plain_exit_code(fixture.plain), 2);
    assert_true(has_seen(&fixture, "Interrupted: 0 tests in"));
    end(&fixture);
}

static void output_that_nobody_reads_ends_the_run(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, (struct plain_options){0});
    int full = open("/dev/full", O_WRONLY);
    assert_true(full >= 0);
    assert_int_equal(dup2(full, fixture.fd), fixture.fd);
    close(full);
    plain_events.failed(fixture.plain, 0);
    plain_events.failed(fixture.plain, 0);
    assert_int_equal(fixture.session.closed, 1);
    assert_int_equal(plain_exit_code(fixture.plain), 3);
    end(&fixture);
}

static void the_last_line_counts_by_name(void **state)
{
    static const struct {
        struct model model;
        int exit_code;
        int64_t run_ns;
        const char *want;
    } rows[] = {
        {{.asked = 851, .done = 851, .counts = {[OUTCOME_PASSED] = 851}},
         0,
         900000000,
         "OK!  851 tests in 0.9s\n"},
        {{.asked = 1, .done = 1, .counts = {[OUTCOME_PASSED] = 1}}, 0, 20000000, "OK!  1 test in 0.02s\n"},
        {{.asked = 851,
          .done = 851,
          .counts = {[OUTCOME_FAILED] = 2, [OUTCOME_CRASHED] = 1, [OUTCOME_SKIPPED] = 4}},
         1,
         1200000000,
         "851 tests, 2 failures, 1 crash, 4 skipped in 1.2s\n"},
        {{.asked = 9,
          .done = 9,
          .counts = {[OUTCOME_SKIPPED] = 1, [OUTCOME_XFAILED] = 2, [OUTCOME_XPASSED] = 1},
          .leaks = 2},
         0,
         1000000000,
         "OK!  9 tests, 1 skipped, 2 expected failures, 1 unexpected pass, 2 leaks in 1.0s\n"},
        {{.asked = 5,
          .done = 5,
          .counts = {[OUTCOME_ERROR] = 1, [OUTCOME_COLLECTION] = 1, [OUTCOME_TIMEOUT] = 2}},
         1,
         1000000000,
         "4 tests, 1 error, 1 collection error, 2 timeouts in 1.0s\n"},
        {{.asked = 2, .done = 2, .counts = {[OUTCOME_NOT_RUN] = 1}},
         0,
         1000000000,
         "2 tests, 1 not run in 1.0s\n"},
        {{.asked = 2, .done = 2, .damage = 1},
         0,
         1000000000,
         "2 tests, 1 damaged place in the stream in 1.0s\n"},
        {{.asked = 5,
          .done = 5,
          .counts = {[OUTCOME_PASSED] = 2, [OUTCOME_FLAKY] = 2, [OUTCOME_SKIPPED] = 1}},
         0,
         1000000000,
         "5 tests, 2 flaky, 1 skipped in 1.0s\n"},
        {{.asked = 9, .done = 3}, 2, 1000000000, "Interrupted: 3 of 9 tests in 1.0s\n"},
        {{.asked = 2, .done = 2}, 3, 1000000000, "2 tests in 1.0s\n"},
    };
    const struct paper paper = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf got = {0};
        summary_write(&got, &paper, &rows[i].model, rows[i].exit_code, rows[i].run_ns);
        assert_string_equal(buf_str(&got), rows[i].want);
        buf_release(&got);
    }
}

static void the_bar_fits_every_width(void **state)
{
    static const char *const ids[] = {NULL, "tests/日本語.py::test_日本語[e\xCC\x81-\033[31m]", "a\nb\tc"};
    (void)state;
    const struct model model = {
        .asked = 851, .done = 412, .counts = {[OUTCOME_FAILED] = 2, [OUTCOME_SKIPPED] = 4}};
    for (size_t columns = 0; columns < 200; columns++)
        for (size_t i = 0; i < COUNT(ids) * 4; i++) {
            const struct paper paper = {.ascii = i & 1, .color = (i & 2) != 0};
            const struct bar bar = {
                .model = &model,
                .run_ns = 60000000000,
                .longest = {.test_id = ids[i / 4], .running_ns = 9000000000, .stage = STAGE_KILLING}};
            struct buf got = {0};
            bar_write(&got, &paper, &bar, columns);
            assert_true(clean_width(buf_bytes(&got)) <= columns);
            assert_null(strchr(buf_str(&got), '\n'));
            buf_release(&got);
        }
}

static void the_bar_says_how_far_it_is(void **state)
{
    static const struct {
        size_t done, asked, columns;
        bool collecting, ascii;
        int64_t run_ns;
        const char *want;
    } rows[] = {
        {412, 851, 90, false, false, 600000000,
         "██████████████▌░░░░░░░░░░░░░░░  412/851  2 failed  tests/test_lexnparse.py::test_call"},
        {412, 851, 90, false, false, 5600000000,
         "██████████████▌░░░░░░░░░░░░░░░  412/851  2 failed  5 s  tests/test_lexnparse.py::test… 5 s"},
        {412, 851, 60, false, true, 7600000000,
         "#########...........  412/851  2 failed  7 s  test~ 7 s slow"},
        {0, 0, 60, true, false, 600000000, "░░░░░░░░░░░░░░░░░░░░  collecting  2 failed  tests/test_lexn…"},
        {10, 10, 30, false, false, 9000000000, "████████  10/10  2 failed  9 s"},
        {10, 10, 12, false, false, 9000000000, "  10/10  2 …"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct model model = {
            .asked = rows[i].asked, .done = rows[i].done, .counts = {[OUTCOME_FAILED] = 2}};
        const struct bar bar = {.model = &model,
                                .collecting = rows[i].collecting,
                                .run_ns = rows[i].run_ns,
                                .longest = {.test_id = "tests/test_lexnparse.py::test_call",
                                            .running_ns = rows[i].run_ns,
                                            .usual_ns = 2000000000,
                                            .stage = STAGE_RUNNING}};
        const struct paper paper = {.ascii = rows[i].ascii};
        struct buf got = {0};
        bar_write(&got, &paper, &bar, rows[i].columns);
        assert_string_equal(buf_str(&got), rows[i].want);
        buf_release(&got);
    }
}

static void attach(struct result *result, const char *name, const char *text)
{
    struct attachment attachment = {.name = mem_strdup(name), .data.limit = 1000};
    clip_add(&attachment.data, bytes_of(text));
    vec_push(&result->attachments, attachment);
}

static void a_crash_names_its_signal_and_shows_its_output_once(void **state)
{
    (void)state;
    static const char error[] =
        "one\ntwo\nthree\nfour\nFatal Python error: Segmentation fault\n\n"
        "Current thread 0x1 (most recent call first):\n  File \"a.py\", line 2 in test_x\n";
    struct result result = {0};
    attach(&result, "reason", "SIGSEGV\n");
    attach(&result, "stderr", error);
    struct test test = {
        .id = (char *)(uintptr_t) "a.py::test_x", .outcome = OUTCOME_CRASHED, .result = &result};
    const struct block_place place = {.editor = "vim", .here = "below/", .root = "/r", .host = ""};
    const struct trace_paths paths = {.root = "/r"};
    const struct paper paper = {.ascii = true};
    struct trace trace;
    struct buf got = {0};
    trace_parse(&trace, bytes_of(error), &paths);
    block_write(&got, &paper, &place, &test, &trace);
    assert_string_equal(buf_str(&got), "CRASH a.py::test_x   SIGSEGV\n"
                                       "   vim +2 ../a.py  # test_x\n"
                                       "   Fatal Python error: Segmentation fault\n"
                                       "   ... last 3 lines of its output\n"
                                       "   two\n   three\n   four\n\n");
    trace_release(&trace);
    buf_clear(&got);
    trace_parse(&trace, bytes_of("no frames\n"), &paths);
    clip_release(&result.attachments.items[1].data);
    result.attachments.items[1].data = (struct clip){.limit = 1000};
    clip_add(&result.attachments.items[1].data, bytes_of("no frames\n"));
    block_write(&got, &paper, &place, &test, &trace);
    assert_string_equal(buf_str(&got), "CRASH a.py::test_x   SIGSEGV\n   its output\n   no frames\n\n");
    trace_release(&trace);
    buf_release(&got);
    for (size_t i = 0; i < result.attachments.len; i++) {
        free(result.attachments.items[i].name);
        clip_release(&result.attachments.items[i].data);
    }
    vec_release(&result.attachments);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_gets_lines_without_codes),
        cmocka_unit_test(a_terminal_gets_blocks_above_a_bar_that_vanishes),
        cmocka_unit_test(the_time_goes_on_while_nothing_happens),
        cmocka_unit_test(without_motion_nothing_goes_on_by_itself),
        cmocka_unit_test(a_resized_terminal_gets_a_bar_of_its_new_width),
        cmocka_unit_test(colours_follow_option_environment_and_terminal),
        cmocka_unit_test(a_runner_that_cannot_work_is_quoted),
        cmocka_unit_test(an_interrupt_stops_the_run_and_a_second_one_does_not_wait),
        cmocka_unit_test(output_that_nobody_reads_ends_the_run),
        cmocka_unit_test(the_last_line_counts_by_name),
        cmocka_unit_test(the_bar_fits_every_width),
        cmocka_unit_test(the_bar_says_how_far_it_is),
        cmocka_unit_test(a_crash_names_its_signal_and_shows_its_output_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
