#include "run/verdict.h"

#include <limits.h>
#include <signal.h>
#include <time.h>

/* strsignal(3) explains; people search for the name. */
static const char *name_signal(int number)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {SIGHUP, "SIGHUP"},   {SIGINT, "SIGINT"},   {SIGQUIT, "SIGQUIT"}, {SIGILL, "SIGILL"},
        {SIGTRAP, "SIGTRAP"}, {SIGABRT, "SIGABRT"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},
        {SIGKILL, "SIGKILL"}, {SIGUSR1, "SIGUSR1"}, {SIGSEGV, "SIGSEGV"}, {SIGUSR2, "SIGUSR2"},
        {SIGPIPE, "SIGPIPE"}, {SIGALRM, "SIGALRM"}, {SIGTERM, "SIGTERM"}, {SIGXCPU, "SIGXCPU"},
        {SIGXFSZ, "SIGXFSZ"}, {SIGSYS, "SIGSYS"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].number == number)
            return names[i].name;
    return NULL;
}

static int read_int(json_t *value, int otherwise)
{
    json_int_t number = json_is_integer(value) ? json_integer_value(value) : -1;
    return number >= 0 && number <= INT_MAX ? (int)number : otherwise;
}

struct death death_read(json_t *body)
{
    return (struct death){read_int(json_object_get(body, "exit"), -1),
                          read_int(json_object_get(body, "signal"), 0)};
}

void death_describe(struct buf *to, const struct death *death)
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

void verdict_fail(const struct verdict_sink *sink, const char *test_id, unsigned slot, const char *tag,
                  const char *reason)
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

static void judge_running(const struct verdict_sink *sink, unsigned slot, struct box *box,
                          const struct box_end *end)
{
    size_t at = box->running;
    if (at == BOX_NO_TEST || (end->late && at != end->late_test))
        return; /* the latter began between the deadline of the one before and the kill: it is dealt again */
    struct buf reason = {0};
    const char *id = box->ids[at];
    box_report(box, at);
    if (end->late) {
        buf_printf(&reason, "no answer for %g s", end->timeout_ms / 1000.0);
        verdict_fail(sink, id, slot, TAG_TIMEOUT, buf_str(&reason));
    } else if (end->bystander) {
        verdict_remark(sink, id, slot, TAG_INTERRUPTED, NULL, NULL);
    } else {
        death_describe(&reason, &end->death);
        if (end->death.signal == 0)
            buf_puts(&reason, " in the middle of the test (os._exit?)");
        verdict_fail(sink, id, slot, TAG_CRASH, buf_str(&reason));
    }
    buf_release(&reason);
}

static const char *culprit_of(json_t *entry, const char *otherwise)
{
    const char *named = json_string_value(json_object_get(entry, "test"));
    return named != NULL ? named : otherwise;
}

/* One event for each run of entries of one test; what names no test goes to the last one that ran. */
static void tell_leaks(const struct verdict_sink *sink, unsigned slot, const struct box *box, json_t *left)
{
    const char *newest = box->ids[box->newest == BOX_NO_TEST ? box->count - 1 : box->newest];
    struct buf commands = {0};
    for (size_t i = 0; i < json_array_size(left); i++) {
        json_t *entry = json_array_get(left, i);
        const char *culprit = culprit_of(entry, newest);
        const char *command = json_string_value(json_object_get(entry, "command"));
        buf_printf(&commands, "%s\n", command != NULL ? command : "?");
        json_t *next = json_array_get(left, i + 1);
        if (next != NULL && strcmp(culprit_of(next, newest), culprit) == 0)
            continue;
        verdict_remark(sink, culprit, slot, TAG_LEAK, "leak", buf_str(&commands));
        buf_clear(&commands);
    }
    buf_release(&commands);
}

static void fail_rest(const struct verdict_sink *sink, unsigned slot, struct box *box, const char *reason)
{
    for (size_t i = 0; i < box->count; i++)
        if (!box->reported[i])
            verdict_fail(sink, box->ids[i], slot, TAG_NOT_RUN, reason);
}

bool verdict_box(const struct verdict_sink *sink, unsigned slot, struct box *box, const struct box_end *end)
{
    bool died = end->death.signal != 0 || end->death.exit_code != 0 || box->running != BOX_NO_TEST;
    judge_running(sink, slot, box, end);
    if (!end->late) /* what a box leaves that we killed is our doing */
        tell_leaks(sink, slot, box, end->left);
    if (!died && end->stopped == NULL)
        fail_rest(sink, slot, box, "its box ended without reporting it");
    return died && end->stopped == NULL;
}

void verdict_abandon(const struct verdict_sink *sink, unsigned slot, struct box *box,
                     const struct box_end *end)
{
    judge_running(sink, slot, box, end);
    fail_rest(sink, slot, box, "the worker ended before it");
}
