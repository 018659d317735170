#include "run/verdict.h"

#include <signal.h>
#include <time.h>

/* strsignal(3) explains, and people search for the name. */
static const char *name_signal(int number)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {SIGHUP, "SIGHUP"},   {SIGINT, "SIGINT"},   {SIGQUIT, "SIGQUIT"}, {SIGILL, "SIGILL"},   {SIGTRAP, "SIGTRAP"},
        {SIGABRT, "SIGABRT"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},   {SIGKILL, "SIGKILL"}, {SIGUSR1, "SIGUSR1"},
        {SIGSEGV, "SIGSEGV"}, {SIGUSR2, "SIGUSR2"}, {SIGPIPE, "SIGPIPE"}, {SIGALRM, "SIGALRM"}, {SIGTERM, "SIGTERM"},
        {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}, {SIGSYS, "SIGSYS"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].number == number)
            return names[i].name;
    return NULL;
}

void verdict_describe(struct buf *to, const struct death *death)
{
    const char *name = name_signal(death->signal);
    if (name != NULL)
        buf_printf(to, "killed by %s", name);
    else if (death->signal != 0)
        buf_printf(to, "killed by signal %d", death->signal);
    else if (death->exit_code >= 0)
        buf_printf(to, "exited with status %d", death->exit_code);
    else
        buf_puts(to, "ended in an unknown way");
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void tell(const struct verdict_sink *sink, unsigned slot, struct event *event)
{
    char route[16];
    snprintf(route, sizeof route, "%u", slot);
    event->route = bytes_of(route);
    event->has_time = true;
    event->time_ns = now_ns();
    sink->event(sink->owner, event);
}

void verdict_fail(const struct verdict_sink *sink, const char *test_id, unsigned slot, const char *tag, const char *reason)
{
    struct bytes tags[] = {bytes_of(tag)};
    struct event why = {
        .test_id = bytes_of(test_id), .file_name = bytes_of("reason"), .file = bytes_of(reason), .eof = true};
    tell(sink, slot, &why);
    struct event outcome = {
        .status = EVENT_FAIL, .test_id = bytes_of(test_id), .tags = tags, .tag_count = 1, .has_tags = true};
    tell(sink, slot, &outcome);
}

void verdict_remark(const struct verdict_sink *sink, const char *test_id, unsigned slot, const char *tag,
                    const char *file_name, const char *text)
{
    struct bytes tags[] = {bytes_of(tag)};
    struct event remark = {.test_id = bytes_of(test_id), .tags = tags, .tag_count = 1, .has_tags = true};
    if (file_name != NULL) {
        remark.file_name = bytes_of(file_name);
        remark.file = bytes_of(text);
        remark.eof = true;
    }
    tell(sink, slot, &remark);
}
