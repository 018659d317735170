/* The worker under its reaper, which is this very program (`test_worker --reaper FD COMMAND…`). */
#include "run/worker.h"

#include "runner/reaper.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define DEADLINE_MS 20000
#define FAKE "tests/unit/fake"
#define FAKE_MODULE "tests/unit/fake_worker.py"

struct fixture {
    uv_loop_t loop;
    uv_timer_t deadline;
    struct worker_options options;
    struct worker *worker;
    char source[64]; /* a scratch directory, "" none */
    struct buf log;  /* everything heard, a line each */
    const char *awaited;
    unsigned closed;
    int64_t exit_code;
    int signal;
    char *text;
};

static void hear_event(void *owner, const struct event *event)
{
    struct fixture *f = owner;
    buf_printf(&f->log, "event %.*s %s\n", (int)event->test_id.len, event->test_id.data,
               event_status_name(event->status));
}

static void stop_at_awaited(struct fixture *f)
{
    if (f->awaited != NULL && strstr(buf_str(&f->log), f->awaited) != NULL)
        uv_stop(&f->loop);
}

static void hear_message(void *owner, const char *verb, int slot, json_t *body)
{
    struct fixture *f = owner;
    char *json = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
    buf_printf(&f->log, "message %s %d %s\n", verb, slot, json);
    free(json);
    stop_at_awaited(f);
}

static void hear_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    struct fixture *f = owner;
    (void)offset;
    (void)length;
    buf_printf(&f->log, "damage %s\n", reason);
    stop_at_awaited(f);
}

static void hear_closed(void *owner, int64_t exit_code, int signal, const char *text)
{
    struct fixture *f = owner;
    f->closed++;
    f->exit_code = exit_code;
    f->signal = signal;
    f->text = mem_strdup(text);
    f->worker = NULL;
    uv_close((uv_handle_t *)&f->deadline, NULL);
}

static const struct worker_events events = {
    .event = hear_event, .message = hear_message, .damage = hear_damage, .closed = hear_closed};

static void give_up(uv_timer_t *timer)
{
    struct fixture *f = timer->data;
    fail_msg("nothing more came; so far:\n%s", buf_str(&f->log));
}

static void write_file(const char *directory, const char *name, const char *text)
{
    char *path = mem_printf("%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    free(path);
}

/* The real boot.py, and a package whose main module is `text`. */
static void make_source(const char *directory, const char *text)
{
    char *package = mem_printf("%s/aloof_worker", directory), *link = mem_printf("%s/boot.py", directory);
    char *boot = realpath("share/workers/boot.py", NULL);
    assert_non_null(boot);
    assert_int_equal(mkdir(package, 0700), 0);
    assert_int_equal(symlink(boot, link), 0);
    write_file(package, "__init__.py", "");
    write_file(package, "main.py", text);
    write_file(package, "pytest_framework.py", "class Framework: pass");
    free(boot);
    free(link);
    free(package);
}

static void remove_source(const char *directory)
{
    static const char *const names[] = {"boot.py",
                                        "aloof_worker/__init__.py",
                                        "aloof_worker/main.py",
                                        "aloof_worker/pytest_framework.py",
                                        "aloof_worker",
                                        ""};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = mem_printf("%s/%s", directory, names[i]);
        assert_int_equal(remove(path), 0);
        free(path);
    }
}

static void open_fixture(struct fixture *f, const char *source)
{
    *f = (struct fixture){.options = {"/proc/self/exe", "python3", FAKE, NULL, NULL, NULL, NULL, NULL}};
    uv_loop_init(&f->loop);
    uv_timer_init(&f->loop, &f->deadline);
    f->deadline.data = f;
    uv_timer_start(&f->deadline, give_up, DEADLINE_MS, 0);
    if (source == NULL)
        return;
    snprintf(f->source, sizeof f->source, "/tmp/aloof-test-XXXXXX");
    assert_non_null(mkdtemp(f->source));
    make_source(f->source, source);
    f->options.source = f->source;
}

static void start(struct fixture *f)
{
    f->worker = worker_start(&f->loop, &f->options, &events, f);
    assert_int_equal(f->closed, 0);
}

static void run_until(struct fixture *f, const char *awaited)
{
    f->awaited = awaited;
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_non_null(strstr(buf_str(&f->log), awaited));
}

static void close_fixture(struct fixture *f)
{
    f->awaited = NULL;
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(f->closed, 1);
    assert_int_equal(uv_loop_close(&f->loop), 0);
    if (f->source[0] != '\0')
        remove_source(f->source);
    buf_release(&f->log);
    free(f->text);
}

static void speaks_both_ways(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, NULL);
    start(&f);
    worker_send(f.worker, "run", -1,
                json_pack("{s:i,s:[s,s],s:n}", "serial", 7, "args", "pass:a", "pass:b", "files"));
    run_until(&f, "message listed -1 {\"rootdir\":\"/\",\"serial\":7,\"tests\":2}");
    assert_non_null(strstr(buf_str(&f.log), "message hello -1 "));
    assert_non_null(strstr(buf_str(&f.log), "event pass:a exists\nevent pass:b exists\n"));
    worker_send(f.worker, "box", 1, json_pack("{s:[i]}", "tests", 1));
    run_until(&f, "message gone 1 {\"exit\":0,\"left\":[],\"signal\":null}");
    assert_non_null(strstr(buf_str(&f.log), "message started 1 {\"pid\":1001}\nevent pass:b inprogress\n"));
    worker_stop(f.worker, DEADLINE_MS);
    close_fixture(&f);
    assert_int_equal(f.exit_code, 0);
    assert_int_equal(f.signal, 0);
}

static void a_command_larger_than_the_pipe_arrives(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, NULL);
    start(&f);
    char *name = mem_zero(1000001);
    memset(name, 'x', 1000000);
    memcpy(name, "pass:", 5);
    worker_send(f.worker, "run", -1, json_pack("{s:i,s:[s],s:n}", "serial", 1, "args", name, "files"));
    run_until(&f, "message listed -1 {\"rootdir\":\"/\",\"serial\":1,\"tests\":1}");
    assert_non_null(strstr(buf_str(&f.log), name));
    free(name);
    worker_stop(f.worker, DEADLINE_MS);
    close_fixture(&f);
}

struct start_failure {
    const char *self, *python, *source, *cwd;
    int64_t exit_code;
    const char *text;
};

static void says_why_it_could_not_start(void **state)
{
    (void)state;
    static const struct start_failure cases[] = {
        {"/proc/self/exe", "no-such-python", FAKE, NULL, 127, "no-such-python: not found\n"},
        {"/no/such/aloof", "python3", FAKE, NULL, -ENOENT,
         "/no/such/aloof in .: cannot be started: No such file or directory"},
        {"/proc/self/exe", "python3", FAKE, "/no/such/root", -ENOENT,
         "/proc/self/exe in /no/such/root: cannot be started: No such file or directory"},
        {"/proc/self/exe", "python3", "/no/such/source", NULL, -ENOENT,
         "/no/such/source: the worker's source cannot be read: No such file or directory"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        open_fixture(&f, NULL);
        f.options = (struct worker_options){
            .self = cases[i].self, .python = cases[i].python, .source = cases[i].source, .cwd = cases[i].cwd};
        start(&f);
        worker_send(f.worker, "run", -1, json_object());
        uv_run(&f.loop, UV_RUN_DEFAULT);
        assert_string_equal(f.text, cases[i].text);
        assert_int_equal(f.exit_code, cases[i].exit_code);
        close_fixture(&f);
    }
}

static void the_last_of_stderr_is_kept(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "import sys\nsys.stderr.write('x' * 300000 + ' the end')\nsys.exit(3)\n");
    start(&f);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    assert_int_equal(f.exit_code, 3);
    assert_int_equal(strlen(f.text), 8192);
    assert_string_equal(f.text + 8192 - 8, " the end");
    close_fixture(&f);
}

static void everything_written_before_the_end_is_read(void **state)
{
    (void)state;
    struct fixture f;
    /* Events of 100 tests, then sudden death, with a process that keeps the pipe open. */
    open_fixture(&f, "import os, sys\n"
                     "os.environ['FAKE_WORKER'] = 'refuses'\n"
                     "exec(open('" FAKE_MODULE "').read())\n"
                     "os.system('setsid sleep 1000 &')\n"
                     "write(b''.join(packet(SUCCESS, 't%d' % i) for i in range(100)))\n"
                     "os.kill(os.getpid(), 9)\n");
    start(&f);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    assert_int_equal(f.exit_code, 128 + SIGKILL);
    assert_non_null(strstr(buf_str(&f.log), "event t99 success\n"));
    close_fixture(&f);
}

static void malformed_messages_are_damage(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "import os\n"
                     "os.environ['FAKE_WORKER'] = 'refuses'\n"
                     "exec(open('" FAKE_MODULE "').read())\n"
                     "write(b'not a packet')\n"
                     "send(name='aloof.gone', content=b'{nonsense', route=0)\n"
                     "send(name='aloof.gone', content=b'[1]', route=0)\n"
                     "send(name='aloof.gone', content=b'')\n"
                     "send(name='aloof.gone', content=b'{}', route='x')\n"
                     "send(name='aloof.gone', content=b'{}', route='99999999999999')\n"
                     "say('last')\n");
    start(&f);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    assert_int_equal(f.exit_code, 0);
    const char *rest = strstr(buf_str(&f.log), "damage ");
    assert_non_null(rest);
    assert_non_null(rest = strstr(rest, "damage bad JSON in message aloof.gone: "));
    assert_non_null(rest = strstr(rest, "damage bad JSON in message aloof.gone: not an object\n"));
    assert_non_null(rest = strstr(rest, "damage bad JSON in message aloof.gone: "));
    assert_non_null(rest = strstr(rest, "damage bad route in message aloof.gone\n"));
    assert_non_null(rest = strstr(rest + 1, "damage bad route in message aloof.gone\nmessage last -1 {}\n"));
    close_fixture(&f);
}

static void the_environment_is_ours_and_the_additions(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "import os, sys\n"
                     "sys.exit(0 if os.environ['ADDED'] == 'yes' and os.environ['HOME'] == '/changed'"
                     " and os.environ['KEPT'] == 'kept' and os.getcwd() == '/'"
                     " and __name__ == 'aloof_worker.main' and sys.argv == ['-c', '3', 'pytest'] else 9)\n");
    setenv("KEPT", "kept", 1);
    static const char *const added[] = {"ADDED=yes", "HOME=/changed", NULL};
    f.options.env = added;
    f.options.cwd = "/";
    start(&f);
    uv_run(&f.loop, UV_RUN_DEFAULT);
    assert_int_equal(f.exit_code, 0);
    close_fixture(&f);
}

static void a_worker_that_does_not_leave_is_killed(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, "import os, signal\n"
                     "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
                     "os.environ['FAKE_WORKER'] = 'refuses'\n"
                     "exec(open('" FAKE_MODULE "').read())\n"
                     "say('deaf')\n"
                     "signal.pause()\n");
    start(&f);
    run_until(&f, "message deaf");
    worker_stop(f.worker, DEADLINE_MS);
    worker_stop(f.worker, 1);
    worker_send(f.worker, "run", -1, json_object());
    close_fixture(&f);
    assert_int_equal(f.exit_code, 128 + SIGKILL);
}

static void can_be_stopped_at_once(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, NULL);
    start(&f);
    worker_stop(f.worker, 0);
    close_fixture(&f);
}

int main(int argc, char **argv)
{
    if (argc > 3 && strcmp(argv[1], "--reaper") == 0)
        return reaper_main(atoi(argv[2]), argv + 3);
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speaks_both_ways),
        cmocka_unit_test(a_command_larger_than_the_pipe_arrives),
        cmocka_unit_test(says_why_it_could_not_start),
        cmocka_unit_test(the_last_of_stderr_is_kept),
        cmocka_unit_test(everything_written_before_the_end_is_read),
        cmocka_unit_test(malformed_messages_are_damage),
        cmocka_unit_test(the_environment_is_ours_and_the_additions),
        cmocka_unit_test(a_worker_that_does_not_leave_is_killed),
        cmocka_unit_test(can_be_stopped_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
