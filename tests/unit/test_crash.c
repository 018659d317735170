/* Each crash is that of a child, as the real ones end the process. */
#include "core/crash.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch.h"

/* Sanitizers have handlers of their own, whose words come after ours. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#else
#define SANITIZED false
#endif

struct crashed {
    int status;
    char said[4096];   /* on standard error */
    char report[8192]; /* of the one file in the directory; "" none */
};

static void read_all(int fd, char *to, size_t size)
{
    size_t len = 0;
    ssize_t got;
    while (len + 1 < size && (got = read(fd, to + len, size - 1 - len)) > 0)
        len += (size_t)got;
    to[len] = '\0';
}

static void read_report(struct crashed *crashed, const char *dir)
{
    DIR *entries = opendir(dir);
    struct dirent *entry;
    crashed->report[0] = '\0';
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        if (strncmp(entry->d_name, "crash-", 6) != 0)
            continue;
        assert_string_equal(crashed->report, "");
        char *path = mem_printf("%s/%s", dir, entry->d_name);
        int fd = open(path, O_RDONLY);
        read_all(fd, crashed->report, sizeof crashed->report);
        close(fd);
        free(path);
    }
    if (entries != NULL)
        closedir(entries);
}

static struct crashed crash_in(void (*act)(void), const char *dir, const char *spare)
{
    struct crashed crashed;
    int said[2];
    assert_int_equal(pipe(said), 0);
    pid_t pid = fork();
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        dup2(said[1], STDERR_FILENO);
        for (int number = 1; number < 32; number++) /* cmocka's own, too */
            signal(number, SIG_DFL);
        crash_install("9.8.7", dir, spare);
        crash_note(CRASH_RUN, bytes_of("3, red, a.py changed"));
        crash_note(CRASH_TEST, bytes_of("tests/test_a.py::test_x"));
        act();
        _exit(0);
    }
    close(said[1]);
    read_all(said[0], crashed.said, sizeof crashed.said);
    close(said[0]);
    assert_int_equal(waitpid(pid, &crashed.status, 0), pid);
    return crashed;
}

static void do_segv(void)
{
    raise(SIGSEGV);
}

static void do_run_out(void)
{
    mem_resize(NULL, SIZE_MAX, 2);
}

static volatile int depth = 1;

static int recurse(int from)
{
    volatile char room[4096] = {0};
    return depth > 0 ? recurse(from + 1) + room[from % 4096] : 0;
}

static void do_overflow(void)
{
    recurse(0);
}

static void assert_report(const struct crashed *crashed, const char *signal, int number, const char *dir)
{
    char *line = mem_printf("the report is in %s/crash-", dir);
    char *first = mem_printf("aloof 9.8.7 crashed: %s\n", signal);
    assert_non_null(strstr(crashed->said, line));
    assert_ptr_equal(strstr(crashed->report, first), crashed->report);
    assert_non_null(strstr(crashed->report, "\nrun: 3, red, a.py changed\n"));
    assert_non_null(strstr(crashed->report, "\nlast heard of: tests/test_a.py::test_x\n"));
    assert_true(WIFSIGNALED(crashed->status) ? WTERMSIG(crashed->status) == number : SANITIZED);
    free(line);
    free(first);
}

static void a_crash_is_reported_and_the_signal_kills(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    char *made = mem_printf("%s/state", scratch.dir);
    struct crashed crashed = crash_in(do_segv, made, "/");
    read_report(&crashed, made);
    assert_report(&crashed, "SIGSEGV", SIGSEGV, made);
    assert_non_null(strstr(crashed.said, "aloof: crashed (SIGSEGV); the report"));
    assert_non_null(strstr(crashed.report, "test_crash"));
    free(made);
    scratch_release(&scratch);
}

static void out_of_memory_is_the_reason_of_its_abort(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    struct crashed crashed = crash_in(do_run_out, "/dev/null/no", scratch.dir);
    read_report(&crashed, scratch.dir);
    assert_report(&crashed, "SIGABRT", SIGABRT, scratch.dir);
    assert_non_null(strstr(crashed.said, "aloof: crashed (SIGABRT: out of memory); "));
    assert_non_null(strstr(crashed.report, "\nreason: out of memory\n"));
    scratch_release(&scratch);
}

static void an_overflown_stack_can_still_be_told_of(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    struct crashed crashed = crash_in(do_overflow, scratch.dir, "/");
    read_report(&crashed, scratch.dir);
    assert_report(&crashed, "SIGSEGV", SIGSEGV, scratch.dir);
    scratch_release(&scratch);
}

static void without_a_place_for_the_report_the_line_says_so(void **state)
{
    (void)state;
    struct crashed crashed = crash_in(do_segv, "/dev/null/no", "/dev/null/neither");
    assert_non_null(strstr(crashed.said, "aloof: crashed (SIGSEGV); no report could be written\n"));
    assert_int_not_equal(crashed.status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crash_is_reported_and_the_signal_kills),
        cmocka_unit_test(out_of_memory_is_the_reason_of_its_abort),
        cmocka_unit_test(an_overflown_stack_can_still_be_told_of),
        cmocka_unit_test(without_a_place_for_the_report_the_line_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
