#include "core/crash.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#if __has_include(<execinfo.h>)
#include <execinfo.h>
#endif

#define FRAMES_MAX 100
#define NOTE_MAX 300
#define STACK_SIZE (64 * 1024) /* of the handlers: a stack that overflowed is no place to work on */

static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};
static const char *const fatal_names[] = {"SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT", "SIGSYS"};
#define FATAL_COUNT (sizeof fatal / sizeof *fatal)

/* Mutable and global as ui/guard.c's, and for the same reason. */
static struct {
    char version[32];
    char dir[PATH_MAX];
    char paths[2][PATH_MAX];
    char notes[CRASH_NOTES][NOTE_MAX];
    _Alignas(max_align_t) char stack[STACK_SIZE];
    struct sigaction before[FATAL_COUNT];
} crash;

static void put(int fd, const char *text)
{
    size_t len = strlen(text);
    while (len > 0) {
        ssize_t written = write(fd, text, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        text += written;
        len -= (size_t)written;
    }
}

static void put_number(int fd, unsigned long long number)
{
    char digits[24];
    size_t at = sizeof digits - 1;
    digits[at] = '\0';
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    put(fd, digits + at);
}

static void put_row(int fd, const char *name, const char *text)
{
    put(fd, name);
    put(fd, *text != '\0' ? text : "-");
    put(fd, "\n");
}

static void put_stack(int fd)
{
#if __has_include(<execinfo.h>)
    void *frames[FRAMES_MAX];
    put(fd, "stack (addr2line -f -e ALOOF +OFFSET tells the lines):\n");
    backtrace_symbols_fd(frames, backtrace(frames, FRAMES_MAX), fd);
#else
    put(fd, "stack: not known on this system\n");
#endif
}

static void write_report(int fd, const char *name)
{
    put(fd, "aloof ");
    put(fd, crash.version);
    put_row(fd, " crashed: ", name);
    put_row(fd, "reason: ", crash.notes[CRASH_REASON]);
    put(fd, "time: ");
    put_number(fd, (unsigned long long)time(NULL));
    put(fd, " (seconds since 1970, UTC)\npid: ");
    put_number(fd, (unsigned long long)getpid());
    put_row(fd, "\nrun: ", crash.notes[CRASH_RUN]);
    put_row(fd, "last heard of: ", crash.notes[CRASH_TEST]);
    put_stack(fd);
}

/* "aloof: crashed (SIGABRT: out of memory); the report is in …" */
static void tell(const char *name, const char *path)
{
    put(STDERR_FILENO, "\naloof: crashed ("); /* behind a bar, perhaps */
    put(STDERR_FILENO, name);
    put(STDERR_FILENO, crash.notes[CRASH_REASON][0] != '\0' ? ": " : "");
    put(STDERR_FILENO, crash.notes[CRASH_REASON]);
    put(STDERR_FILENO, path != NULL ? "); the report is in " : "); no report could be written");
    put(STDERR_FILENO, path != NULL ? path : "");
    put(STDERR_FILENO, "\n");
}

/* The signal stays blocked until we return; then it strikes again, and this time as it does without us. */
static void die(int number)
{
    const char *name = "?", *path = NULL;
    mkdir(crash.dir, 0777);
    for (size_t i = 0; i < FATAL_COUNT; i++)
        if (fatal[i] == number)
            name = fatal_names[i];
    for (int i = 0; i < 2 && path == NULL; i++) {
        int fd = open(crash.paths[i], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0)
            continue;
        path = crash.paths[i];
        write_report(fd, name);
        close(fd);
    }
    tell(name, path);
    for (size_t i = 0; i < FATAL_COUNT; i++)
        if (fatal[i] == number)
            sigaction(number, &crash.before[i], NULL);
    raise(number);
}

static void prepare_path(char path[PATH_MAX], const char *dir)
{
    char moment[32] = "";
    time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc) != NULL)
        strftime(moment, sizeof moment, "%Y%m%d-%H%M%S", &utc);
    snprintf(path, PATH_MAX, "%s/crash-%s-%ld.txt", dir, moment, (long)getpid());
}

void crash_install(const char *version, const char *dir, const char *spare)
{
    snprintf(crash.version, sizeof crash.version, "%s", version);
    snprintf(crash.dir, sizeof crash.dir, "%s", dir);
    prepare_path(crash.paths[0], dir);
    prepare_path(crash.paths[1], spare);
#if __has_include(<execinfo.h>)
    void *frame;
    backtrace(&frame, 1); /* loads what it needs, which a handler may not */
#endif
    const stack_t stack = {.ss_sp = crash.stack, .ss_size = sizeof crash.stack};
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_handler = die, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < FATAL_COUNT; i++)
        sigaction(fatal[i], &action, &crash.before[i]);
}

void crash_note(enum crash_note note, struct bytes text)
{
    size_t len = text.len < NOTE_MAX ? text.len : NOTE_MAX - 1;
    if (len > 0)
        memcpy(crash.notes[note], text.data, len);
    crash.notes[note][len] = '\0';
}
