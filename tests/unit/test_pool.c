/* The pool over tests/unit/fake_worker.py, whose tests act out their names, under the reaper, which is this
 * very program. What the pool says is written down, a line each, and compared as a whole. */
#include "run/pool.h"

#include "runner/reaper.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define DEADLINE_MS 30000

struct fixture {
    uv_loop_t loop;
    uv_timer_t deadline;
    struct pool_options options;
    struct pool *pool;
    struct buf log;
    struct buf stages; /* of slot 0, as `moved` tells them */
    unsigned serial;
    struct strings args;      /* of the run */
    VEC(const char *) ids;    /* by position; borrowed from args */
    VEC(uint32_t) to_deal;    /* the next one first */
    size_t parcel_size;       /* tests dealt at once */
    const char *cancel_after; /* a piece of the log */
    const char *close_after;
    const char *note_after; /* slot 0's stage is noted there */
    const char *awaited;    /* the loop stops there */
    bool ended, closed;
    enum run_end how;
    int exit_code;
};

static void note_stage(struct fixture *f)
{
    static const char *const names[] = {"idle", "running", "dumping", "killing", "cleaning"};
    struct pool_slot_view view = pool_slot(f->pool, 0);
    bool breaking = pool_breaking(f->pool);
    buf_printf(&f->stages, "%s %s, ", breaking ? "breaking" : names[view.stage],
               view.newest_id != NULL ? view.newest_id : "");
}

static void look(struct fixture *f)
{
    if (f->note_after != NULL && strstr(buf_str(&f->log), f->note_after) != NULL) {
        f->note_after = NULL;
        note_stage(f);
    }
    if (f->awaited != NULL && strstr(buf_str(&f->log), f->awaited) != NULL) {
        f->awaited = NULL;
        uv_stop(&f->loop);
    }
    if (f->cancel_after != NULL && strstr(buf_str(&f->log), f->cancel_after) != NULL) {
        f->cancel_after = NULL;
        buf_puts(&f->log, "cancel\n");
        pool_cancel(f->pool);
    }
    if (f->close_after != NULL && strstr(buf_str(&f->log), f->close_after) != NULL) {
        f->close_after = NULL;
        buf_puts(&f->log, "close\n");
        pool_close(f->pool);
    }
}

static void hear_event(void *owner, const struct event *event)
{
    struct fixture *f = owner;
    if (event->test_id.data != NULL)
        buf_printf(&f->log, "%.*s", (int)event->test_id.len, event->test_id.data);
    else
        buf_puts(&f->log, "-");
    if (event->status != EVENT_NONE)
        buf_printf(&f->log, " %s", event_status_name(event->status));
    for (size_t i = 0; i < event->tag_count; i++)
        if (event->status != EVENT_EXISTS)
            buf_printf(&f->log, " [%.*s]", (int)event->tags[i].len, event->tags[i].data);
    if (event->file_name.data != NULL)
        buf_printf(&f->log, " %.*s(%.*s)", (int)event->file_name.len, event->file_name.data,
                   (int)event->file.len, event->file.data);
    buf_putc(&f->log, '\n');
    look(f);
}

static void hear_listed(void *owner, size_t tests, unsigned maxfail)
{
    struct fixture *f = owner;
    buf_printf(&f->log, "listed %zu\n", tests);
    assert_int_equal(maxfail, 0);
    assert_int_equal(tests, f->ids.len);
    f->to_deal.len = 0;
    for (size_t i = 0; i < tests; i++)
        vec_push(&f->to_deal, (uint32_t)i);
    if (tests == 0)
        pool_finish(f->pool);
    look(f);
}

static void hear_hungry(void *owner, unsigned slot)
{
    struct fixture *f = owner;
    size_t count = f->to_deal.len < f->parcel_size ? f->to_deal.len : f->parcel_size;
    uint32_t positions[64];
    const char *ids[64];
    if (count == 0 || pool_slot(f->pool, slot).held >= 2)
        return;
    buf_printf(&f->log, "give %u:", slot);
    for (size_t i = 0; i < count; i++) {
        positions[i] = f->to_deal.items[i];
        ids[i] = f->ids.items[positions[i]];
        buf_printf(&f->log, " %u", (unsigned)positions[i]);
    }
    buf_putc(&f->log, '\n');
    f->to_deal.len -= count;
    memmove(f->to_deal.items, f->to_deal.items + count, f->to_deal.len * sizeof *f->to_deal.items);
    pool_give(f->pool, slot, positions, ids, NULL, count);
    if (f->to_deal.len == 0)
        pool_finish(f->pool);
}

static void hear_returned(void *owner, const uint32_t *positions, size_t count)
{
    struct fixture *f = owner;
    buf_puts(&f->log, "returned");
    for (size_t i = 0; i < count; i++) {
        buf_printf(&f->log, " %u", (unsigned)positions[i]);
        vec_push(&f->to_deal, positions[i]);
    }
    buf_putc(&f->log, '\n');
    look(f);
}

static void hear_ended(void *owner, const struct pool_end *end)
{
    static const char *const hows[] = {"complete", "cancelled", "broken"};
    struct fixture *f = owner;
    assert_false(f->ended);
    assert_false(pool_running(f->pool));
    buf_printf(&f->log, "ended %s %d (%s)\n", hows[end->how], end->exit_code, end->text);
    f->ended = true;
    f->how = end->how;
    f->exit_code = end->exit_code;
    uv_stop(&f->loop);
    look(f);
}

static void hear_hello(void *owner, const char *runner, const char *python, const char *executable)
{
    struct fixture *f = owner;
    assert_string_equal(runner, "pytest 7.2.1");
    assert_string_equal(python, "3.11.2");
    assert_true(strlen(executable) > 0);
    buf_puts(&f->log, "hello\n");
    look(f);
}

static void hear_damage(void *owner, const char *reason)
{
    struct fixture *f = owner;
    buf_printf(&f->log, "damage: %s\n", reason);
    look(f);
}

static void hear_closed(void *owner)
{
    struct fixture *f = owner;
    assert_false(f->closed);
    f->closed = true;
    f->pool = NULL;
    uv_close((uv_handle_t *)&f->deadline, NULL);
}

static void hear_moved(void *owner)
{
    note_stage(owner);
}

static const struct pool_events events = {
    .event = hear_event,
    .listed = hear_listed,
    .hungry = hear_hungry,
    .returned = hear_returned,
    .ended = hear_ended,
    .hello = hear_hello,
    .damage = hear_damage,
    .moved = hear_moved,
    .closed = hear_closed,
};

static void give_up(uv_timer_t *timer)
{
    struct fixture *f = timer->data;
    fail_msg("nothing more came; so far:\n%s", buf_str(&f->log));
}

static void open_fixture(struct fixture *f, unsigned slots)
{
    *f = (struct fixture){
        .options = {.worker = {"/proc/self/exe", "python3", "tests/unit/fake", NULL, NULL, NULL, NULL, NULL},
                    .slots = slots,
                    .grace_ms = 1},
        .parcel_size = 64,
    };
    uv_loop_init(&f->loop);
    uv_timer_init(&f->loop, &f->deadline);
    f->deadline.data = f;
    uv_timer_start(&f->deadline, give_up, DEADLINE_MS, 0);
}

static void open_pool(struct fixture *f)
{
    f->pool = pool_new(&f->loop, &f->options, &events, f);
}

static void close_fixture(struct fixture *f)
{
    if (f->pool != NULL)
        pool_close(f->pool);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_true(f->closed);
    assert_int_equal(uv_loop_close(&f->loop), 0);
    buf_release(&f->log);
    buf_release(&f->stages);
    strings_release(&f->args);
    vec_release(&f->ids);
    vec_release(&f->to_deal);
}

/* args: separated by spaces. Returns when the run ended, the pool was closed, or what is awaited came. */
static void run(struct fixture *f, const char *words)
{
    char *text = mem_strdup(words);
    char *rest = text;
    strings_clear(&f->args);
    for (char *word; (word = strsep(&rest, " ")) != NULL;)
        strings_add(&f->args, word);
    f->ids.len = 0;
    for (size_t i = 0; i < f->args.len; i++)
        if (f->args.items[i][0] != '@')
            vec_push(&f->ids, f->args.items[i]);
    buf_clear(&f->log);
    f->ended = false;
    pool_run(f->pool, ++f->serial, &f->args, NULL, false);
    assert_true(pool_running(f->pool));
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_true(f->ended || f->closed || pool_slot(f->pool, 0).held > 0);
    free(text);
}

/* The log from the listing on. */
static const char *after_listing(const struct fixture *f)
{
    const char *at = strstr(buf_str(&f->log), "listed ");
    assert_non_null(at);
    return strchr(at, '\n') + 1;
}

struct story {
    const char *args;
    const char *log; /* one slot, from the listing on */
    unsigned timeout_ms;
};

static const struct story stories[] = {
    {"pass:a fail:b skip:c",
     "give 0: 0 1 2\n"
     "pass:a inprogress\npass:a success\nfail:b inprogress\nfail:b fail report(it failed)\nskip:c skip "
     "reason(skipped)\n"
     "ended complete 0 (1 passed)\n",
     0},
    {"@red pass:a", "give 0: 0\npass:a inprogress\npass:a success\nended complete 1 (1 passed)\n", 0},
    {"loud:a",
     "give 0: 0\nloud:a inprogress\nloud:a stdout(loud)\nloud:a success\n- stdout(late)\n"
     "ended complete 0 (1 passed)\n",
     0},
    {"pass:a segv:b pass:c",
     "give 0: 0 1 2\n"
     "pass:a inprogress\npass:a success\nsegv:b inprogress\n"
     "segv:b reason(killed by SIGSEGV)\nsegv:b fail [crash]\n"
     "returned 2\ngive 0: 2\npass:c inprogress\npass:c success\nended complete 0 (1 passed)\n",
     0},
    {"exit0:a",
     "give 0: 0\nexit0:a inprogress\n"
     "exit0:a reason(exited with status 0 in the middle of the test (os._exit?))\nexit0:a fail [crash]\n"
     "ended complete 0 (1 passed)\n",
     0},
    {"exit3:a",
     "give 0: 0\nexit3:a inprogress\n"
     "exit3:a reason(exited with status 3 in the middle of the test (os._exit?))\nexit3:a fail [crash]\n"
     "ended complete 0 (1 passed)\n",
     0},
    {"segv:a segv:b pass:c",
     "give 0: 0 1 2\nsegv:a inprogress\nsegv:a reason(killed by SIGSEGV)\nsegv:a fail [crash]\nreturned 1 2\n"
     "give 0: 1 2\nsegv:b inprogress\nsegv:b reason(killed by SIGSEGV)\nsegv:b fail [crash]\nreturned 2\n"
     "give 0: 2\npass:c inprogress\npass:c success\nended complete 0 (1 passed)\n",
     0},
    {"pass:a early:b pass:c", /* dies between tests, then at once, then at once again */
     "give 0: 0 1 2\npass:a inprogress\npass:a success\nreturned 1 2\n"
     "give 0: 1 2\nreturned 1 2\ngive 0: 1 2\n"
     "early:b reason(its box ended before any test began, twice: exited with status 1)\nearly:b fail "
     "[not-run]\n"
     "pass:c reason(its box ended before any test began, twice: exited with status 1)\npass:c fail "
     "[not-run]\n"
     "ended complete 0 (1 passed)\n",
     0},
    {"silent:a pass:b",
     "give 0: 0 1\npass:b inprogress\npass:b success\n"
     "silent:a reason(its box ended without reporting it)\nsilent:a fail [not-run]\nended complete 0 (1 "
     "passed)\n",
     0},
    {"leak:a pass:b orphan:c",
     "give 0: 0 1 2\nleak:a inprogress\nleak:a success\npass:b inprogress\npass:b success\norphan:c "
     "inprogress\n"
     "orphan:c success\nleak:a [leak] leak(sleep 7\nsleep 8\n)\norphan:c [leak] leak(sleep 9\n)\n"
     "ended complete 0 (1 passed)\n",
     0},
    {"hang:a pass:b",
     "give 0: 0 1\nhang:a inprogress\nhang:a stderr(stack of hang:a)\n"
     "hang:a reason(no answer for 0.05 s)\nhang:a fail [timeout]\nreturned 1\n"
     "give 0: 1\npass:b inprogress\npass:b success\nended complete 0 (1 passed)\n",
     50},
    {"late:a pass:b",
     "give 0: 0 1\nlate:a inprogress\nlate:a stderr(stack of late:a)\nlate:a success\npass:b "
     "inprogress\npass:b success\n"
     "ended complete 0 (1 passed)\n",
     50},
    {"overtaken:a pass:b",
     "give 0: 0 1\novertaken:a inprogress\novertaken:a stderr(stack of overtaken:a)\novertaken:a success\n"
     "pass:b inprogress\nreturned 1\n"
     "give 0: 1\npass:b inprogress\npass:b success\nended complete 0 (1 passed)\n",
     50},
    {"stuck:a pass:b",
     "give 0: 0 1\nstuck:a inprogress\nstuck:a stderr(stack of stuck:a)\n"
     "stuck:a reason(no answer for 0.05 s)\nstuck:a fail [timeout]\n"
     "pass:b reason(the worker ended before it)\npass:b fail [not-run]\n"
     "ended broken -1 (stuck:a: its box could not be killed; the worker starts anew)\n",
     50},
    {"pass:a die:b pass:c",
     "give 0: 0 1 2\npass:a inprogress\npass:a success\ndie:b inprogress\n"
     "die:b reason(exited with status 3 in the middle of the test (os._exit?))\ndie:b fail [crash]\n"
     "pass:c reason(the worker ended before it)\npass:c fail [not-run]\n"
     "ended broken -1 (Traceback: the worker broke)\n",
     0},
    {"stopped:a pass:b",
     "give 0: 0 1\nstopped:a inprogress\nstopped:a success\n"
     "ended broken 2 (pytest.exit: enough)\n",
     0},
    {"pass:a pass:a pass:a",
     "give 0: 0 1 2\npass:a inprogress\npass:a success\npass:a inprogress\npass:a success\npass:a "
     "inprogress\n"
     "pass:a success\nended complete 0 (1 passed)\n",
     0},
    {"nonsense:a",
     "give 0: 0\n"
     "damage: bad JSON in message aloof.gone: string or '}' expected near 'nonsense'\n"
     "damage: a message about a slot that does not exist\ndamage: a message about a slot that does not "
     "exist\n"
     "damage: a message about a slot that does not exist\ndamage: a message about a run that is not on\n"
     "nonsense:a inprogress\nnonsense:a success\nended complete 0 (1 passed)\n",
     0},
};

static void tells_the_story(void **state)
{
    const struct story *story = *state;
    struct fixture f;
    open_fixture(&f, 1);
    f.options.timeout_ms = story->timeout_ms;
    f.options.grace_ms = strncmp(story->args, "late:", 5) == 0 ? DEADLINE_MS : 1;
    open_pool(&f);
    run(&f, story->args);
    assert_string_equal(after_listing(&f), story->log);
    run(&f, "pass:again"); /* whatever happened, the next run works */
    assert_string_equal(after_listing(&f), "give 0: 0\npass:again inprogress\npass:again success\n"
                                           "ended complete 0 (1 passed)\n");
    close_fixture(&f);
}

static void empty_slots_are_fed_before_reserves(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 2);
    f.parcel_size = 1;
    open_pool(&f);
    run(&f, "pass:a pass:b pass:c pass:d pass:e");
    assert_int_equal(strncmp(after_listing(&f), "give 0: 0\ngive 1: 1\ngive 0: 2\ngive 1: 3\n", 40), 0);
    const char *const successes[] = {"pass:a success\n", "pass:b success\n", "pass:c success\n",
                                     "pass:d success\n", "pass:e success\n"};
    for (size_t i = 0; i < 5; i++)
        assert_non_null(strstr(buf_str(&f.log), successes[i]));
    assert_int_equal(f.how, RUN_COMPLETE);
    close_fixture(&f);
}

static void a_parcel_in_reserve_outlives_the_box_before_it(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 1);
    f.parcel_size = 2;
    open_pool(&f);
    run(&f, "segv:a pass:b pass:c pass:d");
    assert_string_equal(after_listing(&f),
                        "give 0: 0 1\ngive 0: 2 3\nsegv:a inprogress\n"
                        "segv:a reason(killed by SIGSEGV)\nsegv:a fail [crash]\nreturned 1\n"
                        "give 0: 1\npass:c inprogress\npass:c success\npass:d inprogress\n"
                        "pass:d success\npass:b inprogress\npass:b success\n"
                        "ended complete 0 (1 passed)\n");
    close_fixture(&f);
}

static void garbage_on_the_event_pipe_is_reported_and_survived(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 1);
    open_pool(&f);
    run(&f, "garbage:a pass:b");
    assert_non_null(strstr(buf_str(&f.log), "damage: the worker's stream: "));
    assert_non_null(strstr(buf_str(&f.log), "garbage:a success\n"));
    assert_non_null(strstr(buf_str(&f.log), "pass:b success\n"));
    assert_int_equal(f.how, RUN_COMPLETE);
    close_fixture(&f);
}

static void a_run_without_tests_ends(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 2);
    open_pool(&f);
    run(&f, "@none");
    assert_string_equal(buf_str(&f.log), "hello\nlisted 0\nended complete 0 (1 passed)\n");
    close_fixture(&f);
}

static void a_run_that_cannot_begin_is_broken(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 1);
    open_pool(&f);
    run(&f, "@usage");
    assert_string_equal(buf_str(&f.log), "hello\nended broken 4 (usage: no such option)\n");
    run(&f, "@killed");
    assert_string_equal(buf_str(&f.log), "ended broken -1 ()\n");
    run(&f, "@exits");
    assert_string_equal(buf_str(&f.log), "ended broken -1 (the worker gave up)\n");
    close_fixture(&f);
}

static void a_refusal_and_a_missing_interpreter_are_broken_each_time(void **state)
{
    (void)state;
    static const char *const refuses[] = {"FAKE_WORKER=refuses", NULL};
    struct fixture f;
    open_fixture(&f, 1);
    f.options.worker.env = refuses;
    open_pool(&f);
    for (int i = 0; i < 2; i++) {
        run(&f, "pass:a");
        assert_string_equal(buf_str(&f.log), "ended broken 4 (no pytest here)\n");
    }
    close_fixture(&f);
    open_fixture(&f, 1);
    f.options.worker.python = "no-such-python";
    open_pool(&f);
    for (int i = 0; i < 2; i++) {
        run(&f, "pass:a");
        assert_string_equal(buf_str(&f.log), "ended broken 4 (no-such-python: not found)\n");
    }
    close_fixture(&f);
}

static void files_and_odd_names_reach_the_worker(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 1);
    f.parcel_size = 1;
    open_pool(&f);
    static char *odd[] = {(char *)"pass:\xff\xc3\xa9", (char *)"pass:\xc3\xa9"},
                *named[] = {(char *)"pass:file"};
    struct strings args = {.items = odd, .len = 2}, files = {.items = named, .len = 1};
    vec_push(&f.ids, "pass:???");
    vec_push(&f.ids, "pass:\xc3\xa9");
    vec_push(&f.ids, "pass:file");
    pool_run(f.pool, 1, &args, &files, false);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    assert_true(f.ended);
    assert_int_equal(f.how, RUN_COMPLETE);
    assert_non_null(strstr(buf_str(&f.log), "pass:??? success\n"));
    assert_non_null(strstr(buf_str(&f.log), "pass:\xc3\xa9 success\n"));
    assert_non_null(strstr(buf_str(&f.log), "pass:file success\n"));
    close_fixture(&f);
}

static void cancelled_while_it_lists(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 1);
    open_pool(&f);
    f.cancel_after = "pass:b exists\n";
    run(&f, "@unlisted pass:a pass:b");
    assert_string_equal(buf_str(&f.log),
                        "hello\npass:a exists\npass:b exists\ncancel\nended cancelled -1 ()\n");
    run(&f, "pass:again");
    assert_int_equal(f.how, RUN_COMPLETE);
    close_fixture(&f);
}

static void cancelled_while_tests_run(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 2);
    f.parcel_size = 1;
    open_pool(&f);
    f.cancel_after = "hang:b inprogress\n";
    run(&f, "hang:a hang:b pass:c");
    assert_string_equal(after_listing(&f),
                        "give 0: 0\ngive 1: 1\ngive 0: 2\nhang:a inprogress\nhang:b inprogress\n"
                        "cancel\nhang:a [interrupted]\nhang:b [interrupted]\n"
                        "ended cancelled -1 ()\n");
    run(&f, "pass:again");
    assert_string_equal(buf_str(&f.log), "pass:again exists\nlisted 1\ngive 0: 0\npass:again inprogress\n"
                                         "pass:again success\nended complete 0 (1 passed)\n");
    close_fixture(&f);
}

static void cancelled_again_while_it_cancels(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 2);
    f.parcel_size = 1;
    open_pool(&f);
    f.awaited = "hang:b inprogress\n";
    run(&f, "hang:a hang:b");
    f.cancel_after = "hang:a [interrupted]\n";
    pool_cancel(f.pool);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    const char *end = strstr(buf_str(&f.log), "hang:b inprogress\n");
    assert_string_equal(end, "hang:b inprogress\nhang:a [interrupted]\ncancel\nhang:b [interrupted]\n"
                             "ended cancelled -1 ()\n");
    close_fixture(&f);
}

static void cancelled_before_the_worker_is_there(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 1);
    open_pool(&f);
    f.cancel_after = "hello\n"; /* the run was sent before, and goes on to list */
    run(&f, "pass:a");
    assert_string_equal(buf_str(&f.log), "hello\ncancel\nended cancelled -1 ()\n");
    struct strings none = {0};
    buf_clear(&f.log);
    f.ended = false;
    pool_run(f.pool, ++f.serial, &none, NULL, false);
    pool_cancel(f.pool);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    assert_string_equal(buf_str(&f.log), "ended cancelled -1 ()\n");
    close_fixture(&f);
}

/* The owner cancels from within any callback, in the middle of whatever the pool does. */
static void cancelled_in_the_middle_of_a_step(void **state)
{
    (void)state;
    static const char *const moments[] = {"listed 3\n",    "pass:a inprogress\n",   "pass:a success\n",
                                          "segv:b reason", "segv:b fail [crash]\n", "returned 2\n"};
    struct fixture f;
    open_fixture(&f, 1);
    open_pool(&f);
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        f.cancel_after = moments[i];
        run(&f, "pass:a segv:b pass:c");
        assert_int_equal(f.how, RUN_CANCELLED);
        assert_null(f.cancel_after);
        assert_null(strstr(buf_str(&f.log), "pass:c inprogress"));
    }
    close_fixture(&f);
}

static void a_worker_deaf_to_the_cancel_is_replaced(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 1);
    open_pool(&f);
    f.cancel_after = "hang:a inprogress\n";
    run(&f, "@deaf hang:a");
    assert_int_equal(f.how, RUN_CANCELLED);
    run(&f, "pass:again");
    assert_int_equal(strncmp(buf_str(&f.log), "hello\n", 6), 0);
    assert_int_equal(f.how, RUN_COMPLETE);
    close_fixture(&f);
}

static void cancelled_when_the_worker_dies(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 1);
    open_pool(&f);
    f.cancel_after = "die:a fail [crash]\n";
    run(&f, "die:a pass:b");
    assert_int_equal(f.how, RUN_CANCELLED);
    run(&f, "pass:again");
    assert_int_equal(f.how, RUN_COMPLETE);
    close_fixture(&f);
}

static void a_warm_worker_waits_for_its_run(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 3);
    open_pool(&f);
    assert_int_equal(pool_slots(f.pool), 3);
    f.awaited = "hello\n";
    pool_warm(f.pool);
    pool_warm(f.pool);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    assert_string_equal(buf_str(&f.log), "hello\n");
    assert_false(pool_running(f.pool));
    pool_cancel(f.pool);
    run(&f, "pass:a");
    assert_string_equal(after_listing(&f),
                        "give 0: 0\npass:a inprogress\npass:a success\nended complete 0 (1 passed)\n");
    assert_null(strstr(buf_str(&f.log), "hello"));
    close_fixture(&f);
}

static void shows_what_runs(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, 1);
    f.parcel_size = 1;
    open_pool(&f);
    struct pool_slot_view view = pool_slot(f.pool, 0);
    assert_null(view.test_id);
    assert_int_equal(view.held, 0);
    assert_int_equal(view.pid, 0);

    int64_t before_ns = (int64_t)uv_hrtime();
    f.awaited = "hang:b inprogress\n";
    run(&f, "pass:a hang:b pass:c");
    view = pool_slot(f.pool, 0);
    assert_string_equal(view.test_id, "hang:b");
    assert_int_equal(view.held, 2);
    assert_int_equal(view.pid, 2000);
    assert_int_equal(view.stage, STAGE_RUNNING);
    assert_in_range(view.since_ns, before_ns, (int64_t)uv_hrtime());
    pool_cancel(f.pool);
    assert_null(pool_slot(f.pool, 0).test_id);
    close_fixture(&f);
}

static void tells_the_stages_of_a_box(void **state)
{
    (void)state;
    static const struct {
        const char *tests, *note_after, *stages;
    } rows[] = {
        {"pass:a", NULL, ""},
        {"pass:a pass:b", "listed", "idle , "},
        {"pass:a pass:b", "pass:a inprogress", "running pass:a, "},
        {"pass:a pass:b", "pass:a success", "idle pass:a, "},
        {"pass:a pass:b", "pass:b success", "cleaning pass:b, "},
        {"pass:a pass:b", "ended", "idle , "},
        {"hang:a", NULL, "dumping hang:a, killing hang:a, "},
        {"stuck:a", NULL, "dumping stuck:a, killing stuck:a, breaking , "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture f;
        open_fixture(&f, 1);
        f.options.timeout_ms = rows[i].tests[0] == 'p' ? 0 : 50;
        f.note_after = rows[i].note_after;
        open_pool(&f);
        run(&f, rows[i].tests);
        assert_string_equal(buf_str(&f.stages), rows[i].stages);
        close_fixture(&f);
    }
}

static void can_be_closed_in_every_state(void **state)
{
    (void)state;
    static const char *const moments[] = {
        "hello\n",          "pass:a exists\n", "listed 2\n", "pass:a inprogress\n",
        "pass:a success\n", "segv:b reason",   "[crash]\n",  "ended complete"};
    struct fixture f;
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        open_fixture(&f, 2);
        open_pool(&f);
        f.close_after = moments[i];
        run(&f, "pass:a segv:b");
        assert_null(f.close_after);
        close_fixture(&f);
    }
    open_fixture(&f, 1); /* new */
    open_pool(&f);
    close_fixture(&f);
    open_fixture(&f, 1); /* starting */
    open_pool(&f);
    pool_warm(f.pool);
    close_fixture(&f);
    open_fixture(&f, 1); /* stopping */
    open_pool(&f);
    f.cancel_after = f.close_after = "hang:a inprogress\n";
    run(&f, "@deaf hang:a");
    assert_false(f.ended);
    close_fixture(&f);
}

int main(int argc, char **argv)
{
    if (argc > 3 && strcmp(argv[1], "--reaper") == 0)
        return reaper_main(atoi(argv[2]), argv + 3);
    signal(SIGPIPE, SIG_IGN);
    struct CMUnitTest told[sizeof stories / sizeof stories[0]];
    for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++)
        told[i] =
            (struct CMUnitTest){stories[i].args, tells_the_story, NULL, NULL, (void *)(uintptr_t)&stories[i]};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_slots_are_fed_before_reserves),
        cmocka_unit_test(a_parcel_in_reserve_outlives_the_box_before_it),
        cmocka_unit_test(garbage_on_the_event_pipe_is_reported_and_survived),
        cmocka_unit_test(a_run_without_tests_ends),
        cmocka_unit_test(a_run_that_cannot_begin_is_broken),
        cmocka_unit_test(a_refusal_and_a_missing_interpreter_are_broken_each_time),
        cmocka_unit_test(files_and_odd_names_reach_the_worker),
        cmocka_unit_test(cancelled_while_it_lists),
        cmocka_unit_test(cancelled_again_while_it_cancels),
        cmocka_unit_test(cancelled_before_the_worker_is_there),
        cmocka_unit_test(cancelled_while_tests_run),
        cmocka_unit_test(cancelled_in_the_middle_of_a_step),
        cmocka_unit_test(a_worker_deaf_to_the_cancel_is_replaced),
        cmocka_unit_test(cancelled_when_the_worker_dies),
        cmocka_unit_test(a_warm_worker_waits_for_its_run),
        cmocka_unit_test(shows_what_runs),
        cmocka_unit_test(tells_the_stages_of_a_box),
        cmocka_unit_test(can_be_closed_in_every_state),
    };
    int failed = cmocka_run_group_tests(told, NULL, NULL);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
