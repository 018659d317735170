#include "past.h"

#include <time.h>

#define SECOND_NS 1000000000
#define INDENT "   "
#define DETAILED 8 /* results that get lines of their own */

/* A mark is a sign of its own, so that it says the same without its colour. */
static const struct {
    const char *fine, *ascii;
} marks[OUTCOME_COUNT] = {
    [OUTCOME_UNKNOWN] = {"?", "?"}, [OUTCOME_PASSED] = {"✓", "."},     [OUTCOME_SKIPPED] = {"s", "s"},
    [OUTCOME_XFAILED] = {"x", "x"}, [OUTCOME_XPASSED] = {"X", "X"},    [OUTCOME_FAILED] = {"✗", "F"},
    [OUTCOME_ERROR] = {"E", "E"},   [OUTCOME_COLLECTION] = {"E", "E"}, [OUTCOME_CRASHED] = {"C", "C"},
    [OUTCOME_TIMEOUT] = {"T", "T"}, [OUTCOME_NOT_RUN] = {"-", "-"},
};

void past_release(struct past *past)
{
    vec_release(&past->results);
}

static const char *colour_of(enum outcome outcome)
{
    if (outcome_is_red(outcome))
        return "\033[1;31m";
    return outcome == OUTCOME_PASSED ? "\033[32m" : "\033[33m";
}

static void add_marks(const struct past *past, bool ascii, struct buf *to)
{
    size_t red = 0;
    const struct past_result *result;
    buf_puts(to, INDENT);
    vec_each (result, &past->results) {
        red += outcome_is_red(result->outcome);
        buf_printf(to, "%s%s\033[m", colour_of(result->outcome),
                   ascii ? marks[result->outcome].ascii : marks[result->outcome].fine);
    }
    buf_printf(to, "  red in %zu of %zu run%s, the newest last\n", red, past->results.len,
               past->results.len == 1 ? "" : "s");
}

static void add_seconds(int64_t ns, struct buf *to)
{
    double seconds = (double)ns / SECOND_NS;
    buf_printf(to, "%.*f s", seconds < 1 ? 3 : seconds < 10 ? 2 : 0, seconds);
}

static void add_times(const struct test *test, struct buf *to)
{
    if (test->duration_ns == 0 && test->usual_ns == 0)
        return;
    buf_puts(to, INDENT);
    if (test->duration_ns > 0) {
        buf_puts(to, "it took ");
        add_seconds(test->duration_ns, to);
    }
    if (test->usual_ns > 0) {
        buf_puts(to, test->duration_ns > 0 ? ", usually " : "it usually takes ");
        add_seconds(test->usual_ns, to);
    }
    buf_putc(to, '\n');
}

static struct tm local_time(int64_t ns)
{
    time_t seconds = (time_t)(ns / SECOND_NS);
    struct tm local = {0};
    localtime_r(&seconds, &local);
    return local;
}

static bool same_day(int64_t a_ns, int64_t b_ns)
{
    struct tm a = local_time(a_ns), b = local_time(b_ns);
    return a.tm_year == b.tm_year && a.tm_yday == b.tm_yday;
}

static void add_result(const struct past_result *result, bool dated, struct buf *to)
{
    char when[32];
    struct tm local = local_time(result->time_ns);
    strftime(when, sizeof when, dated ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S", &local);
    buf_printf(to, INDENT "%s  %s%-10s\033[m  ", when, colour_of(result->outcome),
               outcome_name(result->outcome));
    struct buf seconds = {0};
    if (result->duration_ns > 0)
        add_seconds(result->duration_ns, &seconds);
    buf_printf(to, "%9s  %s\n", buf_str(&seconds), result->run);
    buf_release(&seconds);
}

void past_tell(const struct past *past, const struct test *test, int64_t now_ns, bool ascii, struct buf *to)
{
    size_t count = past->results.len, from = count > DETAILED ? count - DETAILED : 0;
    if (count == 0)
        return;
    add_marks(past, ascii, to);
    add_times(test, to);
    if (test->flaky > 0)
        buf_puts(to, INDENT "flaky: it passed and failed while no file changed\n");
    bool dated = false;
    for (size_t i = from; i < count; i++)
        dated |= !same_day(past->results.items[i].time_ns, now_ns);
    for (size_t i = from; i < count; i++)
        add_result(&past->results.items[i], dated, to);
}
