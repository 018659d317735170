/* The reaper is run as this very program: `test_reaper --reaper FD COMMAND…`, as aloof runs itself. Whether a
 * family is dead is seen at a pipe that all of it inherits: end of file when the last one is gone. */
#include "runner/reaper.h"

#include "core/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define DEADLINE_MS 10000

struct subject {
    pid_t pid;
    int lifeline; /* write end */
    int witness;  /* read end of the pipe that the command has as its stdout and stderr */
};

static void exec_reaper(char *const command[], int lifeline, int witness)
{
    char *argv[8] = {(char *)"/proc/self/exe", (char *)"--reaper", (char *)"9"};
    for (int i = 0; command[i] != NULL && i < 4; i++)
        argv[3 + i] = command[i];
    dup2(lifeline, 9);
    dup2(witness, STDOUT_FILENO);
    dup2(witness, STDERR_FILENO);
    execv(argv[0], argv);
    _exit(99);
}

static struct subject start(char *const command[])
{
    int lifeline[2], witness[2];
    assert_int_equal(pipe2(lifeline, O_CLOEXEC), 0);
    assert_int_equal(pipe2(witness, O_CLOEXEC), 0);
    struct subject subject = {fork(), lifeline[1], witness[0]};
    if (subject.pid == 0)
        exec_reaper(command, lifeline[0], witness[1]);
    close(lifeline[0]);
    close(witness[1]);
    return subject;
}

static struct subject start_shell(const char *script)
{
    char *command[] = {(char *)"sh", (char *)"-c", (char *)(uintptr_t)script, NULL};
    return start(command);
}

/* Reads the witness up to the text (NULL: end of file); what was read so far stays in `seen`. */
static void await(int fd, const char *text, struct buf *seen)
{
    for (;;) {
        if (text != NULL && strstr(buf_str(seen), text) != NULL)
            return;
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        assert_int_equal(poll(&wait, 1, DEADLINE_MS), 1);
        ssize_t got = read(fd, buf_reserve(seen, 4096), 4096);
        if (got <= 0) {
            assert_null(text);
            return;
        }
        seen->len += (size_t)got;
        seen->data[seen->len] = '\0';
    }
}

static void await_word(struct subject *subject, const char *word)
{
    struct buf seen = {0};
    await(subject->witness, word, &seen);
    buf_release(&seen);
}

/* The reaper's exit code, when its whole family is gone; what was said goes to `said`. */
static int finish(struct subject *subject, struct buf *said)
{
    struct buf rest = {0};
    await(subject->witness, NULL, said != NULL ? said : &rest);
    buf_release(&rest);
    int status;
    assert_int_equal(waitpid(subject->pid, &status, 0), subject->pid);
    if (subject->lifeline >= 0)
        close(subject->lifeline);
    close(subject->witness);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void cut_lifeline(struct subject *subject)
{
    close(subject->lifeline);
    subject->lifeline = -1;
}

static void leaves_with_the_commands_code(void **state)
{
    (void)state;
    struct subject subject = start_shell("exit 7");
    assert_int_equal(finish(&subject, NULL), 7);
    subject = start_shell("kill -SEGV $$");
    assert_int_equal(finish(&subject, NULL), 128 + SIGSEGV);
}

static void says_which_command_is_missing(void **state)
{
    (void)state;
    char *command[] = {(char *)"no-such-interpreter", NULL};
    struct subject subject = start(command);
    struct buf said = {0};
    assert_int_equal(finish(&subject, &said), 127);
    assert_string_equal(buf_str(&said), "no-such-interpreter: not found\n");
    buf_release(&said);
}

static void kills_what_a_finished_command_left(void **state)
{
    (void)state;
    struct subject subject = start_shell("sleep 1000 & setsid sh -c 'sleep 1000 & exec sleep 1000' & exit 3");
    assert_int_equal(finish(&subject, NULL), 3);
}

static void kills_daemons_when_the_lifeline_ends(void **state)
{
    (void)state;
    struct subject subject = start_shell("trap '' TERM HUP INT; (setsid sh -c '(setsid sh -c \"echo ready; "
                                         "exec sleep 1000\" &)' &); sleep 1000");
    await_word(&subject, "ready");
    cut_lifeline(&subject);
    assert_int_equal(finish(&subject, NULL), 128 + SIGKILL);
}

static void kills_its_family_on_a_signal(void **state)
{
    (void)state;
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < 3; i++) {
        struct subject subject = start_shell("(setsid sleep 1000 &); echo ready; sleep 1000");
        await_word(&subject, "ready");
        kill(subject.pid, numbers[i]);
        assert_int_equal(finish(&subject, NULL), 128 + SIGKILL);
    }
}

/* Somebody else still holds the lifeline; the parent's death signal tells. */
static void notices_its_killed_parent_without_the_lifeline(void **state)
{
    (void)state;
    int lifeline[2], witness[2];
    assert_int_equal(pipe2(lifeline, O_CLOEXEC), 0);
    assert_int_equal(pipe2(witness, O_CLOEXEC), 0);
    pid_t parent = fork();
    if (parent == 0) {
        char *command[] = {(char *)"sh", (char *)"-c",
                           (char *)"(setsid sleep 1000 &); echo ready; sleep 1000", NULL};
        if (fork() == 0)
            exec_reaper(command, lifeline[0], witness[1]);
        for (;;)
            pause();
    }
    close(witness[1]);
    struct buf seen = {0};
    await(witness[0], "ready", &seen);
    kill(parent, SIGKILL);
    await(witness[0], NULL, &seen);
    buf_release(&seen);
    waitpid(parent, NULL, 0);
    close(lifeline[0]);
    close(lifeline[1]);
    close(witness[0]);
}

static void catches_what_forks_and_exits_for_ever(void **state)
{
    (void)state;
    struct subject subject = start_shell("hop() { hop & }; hop; hop; hop; echo ready; exec sleep 1000");
    await_word(&subject, "ready");
    cut_lifeline(&subject);
    assert_int_equal(finish(&subject, NULL), 128 + SIGKILL);
}

static void survives_a_command_that_signals_its_group(void **state)
{
    (void)state;
    struct subject subject = start_shell("(setsid sleep 1000 &); kill -KILL 0");
    assert_int_equal(finish(&subject, NULL), 128 + SIGKILL);
}

static void closes_the_lifeline_in_the_command(void **state)
{
    (void)state;
    struct subject subject = start_shell("if (: <&9) 2>/dev/null; then exit 1; else exit 0; fi");
    assert_int_equal(finish(&subject, NULL), 0);
}

int main(int argc, char **argv)
{
    if (argc > 3 && strcmp(argv[1], "--reaper") == 0)
        return reaper_main(atoi(argv[2]), argv + 3);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_with_the_commands_code),
        cmocka_unit_test(says_which_command_is_missing),
        cmocka_unit_test(kills_what_a_finished_command_left),
        cmocka_unit_test(kills_daemons_when_the_lifeline_ends),
        cmocka_unit_test(kills_its_family_on_a_signal),
        cmocka_unit_test(notices_its_killed_parent_without_the_lifeline),
        cmocka_unit_test(catches_what_forks_and_exits_for_ever),
        cmocka_unit_test(survives_a_command_that_signals_its_group),
        cmocka_unit_test(closes_the_lifeline_in_the_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
