#include "session/past_life.h"

#include <string.h>
#include <time.h>

#define SECOND_NS 1000000000
#define ROW_MIN 10 /* marks in a row */
#define ROW_MAX 100

/* "failed; red in 5 of 10 runs" */
static void tell_sum(const struct past *past, struct buf *to)
{
    size_t red = 0, count = past->results.len;
    const struct past_result *result;
    vec_each (result, &past->results)
        red += outcome_is_red(result->outcome);
    enum outcome newest = past->results.items[count - 1].outcome;
    buf_printf(to, "%s%s\033[m; red in %zu of %zu run%s\n", past_colour(newest), outcome_name(newest), red,
               count, count == 1 ? "" : "s");
}

/* "it took 0.020 s to 15 s, usually 0.020 s" */
static void tell_times(const struct past *past, const struct test *test, struct buf *to)
{
    int64_t shortest, longest;
    if (past_range(past, &shortest, &longest) == 0)
        return;
    buf_puts(to, "it took ");
    past_seconds(shortest, to);
    if (shortest < longest) {
        buf_puts(to, " to ");
        past_seconds(longest, to);
    }
    if (test->usual_ns > 0) {
        buf_puts(to, ", usually ");
        past_seconds(test->usual_ns, to);
    }
    buf_putc(to, '\n');
}

/* Rows of marks, the newest last, and of bars below them. */
static void tell_chart(const struct past *past, size_t cols, bool ascii, struct buf *to)
{
    size_t count = past->results.len, row = cols < ROW_MIN ? ROW_MIN : cols > ROW_MAX ? ROW_MAX : cols;
    for (size_t from = 0; from < count; from += row) {
        size_t end = count - from < row ? count : from + row;
        buf_putc(to, '\n');
        for (size_t i = from; i < end; i++) {
            enum outcome outcome = past->results.items[i].outcome;
            buf_printf(to, "%s%s\033[m", past_colour(outcome), past_mark(outcome, ascii));
        }
        buf_putc(to, '\n');
        past_bars(past, from, end, ascii, to);
        buf_putc(to, '\n');
    }
}

static void add_when(int64_t ns, struct buf *to)
{
    char when[32];
    time_t seconds = (time_t)(ns / SECOND_NS);
    struct tm local = {0};
    localtime_r(&seconds, &local);
    strftime(when, sizeof when, "%Y-%m-%d %H:%M", &local);
    buf_puts(to, when);
}

static void tell_turn(const struct past *past, struct buf *to)
{
    size_t bad = past_first_bad(past), good = past_last_good(past, bad);
    if (bad == MAP_NONE)
        return;
    past_tell_first_bad(past, "", to);
    if (good == MAP_NONE) {
        buf_puts(to, "good in no run that is remembered before\n");
        return;
    }
    const struct past_result *last = &past->results.items[good];
    buf_printf(to, "good last in run %lld, ", (long long)last->run_id);
    add_when(last->time_ns, to);
    if (last->commit != NULL && *last->commit != '\0')
        buf_printf(to, ", of commit %.9s", last->commit);
    buf_putc(to, '\n');
}

/* "   39  2023-11-14 22:13  failed      15 s  c0ffee123  all tests" */
static void tell_result(const struct past_result *result, struct buf *to)
{
    struct buf took = {0};
    if (result->duration_ns > 0)
        past_seconds(result->duration_ns, &took);
    buf_printf(to, "%5lld  ", (long long)result->run_id);
    add_when(result->time_ns, to);
    buf_printf(to, "  %s%-10s\033[m%9s  ", past_colour(result->outcome), outcome_name(result->outcome),
               buf_str(&took));
    buf_printf(to, "%-9.9s  %s\n", result->commit != NULL ? result->commit : "", result->run);
    buf_release(&took);
}

void past_life(const struct past *past, const struct test *test, int cols, bool ascii, struct buf *to)
{
    if (past->results.len == 0)
        return;
    tell_sum(past, to);
    tell_times(past, test, to);
    if (test->flaky > 0)
        past_tell_flaky(past, "", to);
    tell_turn(past, to);
    tell_chart(past, cols > 0 ? (size_t)cols : 0, ascii, to);
    buf_printf(to, "\n\033[1m%5s  %-16s  %-10s%9s  %-9s  of\033[m\n", "run", "when", "outcome", "took",
               "commit");
    for (size_t i = past->results.len; i-- > 0;)
        tell_result(&past->results.items[i], to);
}
