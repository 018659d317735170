#include "session/past.h"

#include <stdlib.h>
#include <time.h>

#define SECOND_NS 1000000000
#define INDENT "   "
#define DETAILED 8 /* results that get lines of their own */
#define PATHS_TOLD 3

/* A mark is a sign of its own, so that it says the same without its colour. */
static const struct {
    const char *fine, *ascii;
} marks[OUTCOME_COUNT] = {
    [OUTCOME_UNKNOWN] = {"?", "?"}, [OUTCOME_PASSED] = {"✓", "."},  [OUTCOME_SKIPPED] = {"s", "s"},
    [OUTCOME_XFAILED] = {"x", "x"}, [OUTCOME_XPASSED] = {"X", "X"}, [OUTCOME_FAILED] = {"✗", "F"},
    [OUTCOME_FLAKY] = {"f", "f"},   [OUTCOME_ERROR] = {"E", "E"},   [OUTCOME_COLLECTION] = {"E", "E"},
    [OUTCOME_CRASHED] = {"C", "C"}, [OUTCOME_TIMEOUT] = {"T", "T"}, [OUTCOME_NOT_RUN] = {"-", "-"},
};

void past_release(struct past *past)
{
    struct past_result *result;
    vec_each (result, &past->results) {
        free(result->commit);
        free(result->dirty);
        free(result->changed);
    }
    vec_release(&past->results);
}

const char *past_run(const char *kind)
{
    static const char *const words[][2] = {
        {"all", "all tests"},          {"some", "some tests"}, {"red", "red and changed tests"},
        {"one", "this test"},          {"load", "loaded"},     {"list", "a list of tests"},
        {"affected", "affected tests"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], kind) == 0)
            return words[i][1];
    return "";
}

const char *past_mark(enum outcome outcome, bool ascii)
{
    return ascii ? marks[outcome].ascii : marks[outcome].fine;
}

/* What was skipped neither failed nor passed. */
size_t past_first_bad(const struct past *past)
{
    size_t first = MAP_NONE;
    bool red = false;
    for (size_t i = 0; i < past->results.len; i++) {
        enum outcome outcome = past->results.items[i].outcome;
        if (outcome_is_red(outcome) && !red)
            first = i;
        if (outcome != OUTCOME_SKIPPED)
            red = outcome_is_red(outcome);
    }
    return first;
}

size_t past_last_good(const struct past *past, size_t first_bad)
{
    for (size_t i = first_bad == MAP_NONE ? 0 : first_bad; i-- > 0;)
        if (past->results.items[i].outcome == OUTCOME_PASSED ||
            past->results.items[i].outcome == OUTCOME_XFAILED)
            return i;
    return MAP_NONE;
}

/* Whether the test both passed and failed on these sources. */
static bool has_turned(const struct past *past, int64_t tree)
{
    bool passed = false, red = false;
    const struct past_result *result;
    vec_each (result, &past->results) {
        passed |= result->tree == tree && result->outcome == OUTCOME_PASSED;
        red |= result->tree == tree && outcome_is_red(result->outcome);
    }
    return passed && red;
}

struct past_share past_flakiness(const struct past *past)
{
    struct past_share share = {0};
    const struct past_result *result;
    vec_each (result, &past->results) {
        bool red = outcome_is_red(result->outcome), told = red || result->outcome == OUTCOME_PASSED;
        if (result->tree == 0 || !told || !has_turned(past, result->tree))
            continue;
        share.red += red;
        share.of++;
    }
    return share;
}

size_t past_range(const struct past *past, int64_t *shortest_ns, int64_t *longest_ns)
{
    size_t known = 0;
    const struct past_result *result;
    *shortest_ns = *longest_ns = 0;
    vec_each (result, &past->results) {
        int64_t took = result->duration_ns;
        known += took > 0;
        *longest_ns = took > *longest_ns ? took : *longest_ns;
        *shortest_ns = took > 0 && (*shortest_ns == 0 || took < *shortest_ns) ? took : *shortest_ns;
    }
    return known;
}

void past_bars(const struct past *past, size_t from, size_t end, bool ascii, struct buf *to)
{
    static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const letters[] = {"_", ".", "-", "~", "=", "+", "*", "#"};
    int64_t shortest, longest;
    if (past_range(past, &shortest, &longest) == 0)
        return;
    for (size_t i = from; i < end; i++) {
        int64_t took = past->results.items[i].duration_ns, bar = took * 8 / longest;
        bar = bar > 7 ? 7 : bar;
        buf_puts(to, took == 0 ? " " : ascii ? letters[bar] : bars[bar]);
    }
}

void past_sparkline(const struct past *past, bool ascii, struct buf *to)
{
    past_bars(past, 0, past->results.len, ascii, to);
}

const char *past_colour(enum outcome outcome)
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
        buf_printf(to, "%s%s\033[m", past_colour(result->outcome), past_mark(result->outcome, ascii));
    }
    buf_printf(to, "  red in %zu of %zu run%s, the newest last\n", red, past->results.len,
               past->results.len == 1 ? "" : "s");
}

void past_seconds(int64_t ns, struct buf *to)
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
        past_seconds(test->duration_ns, to);
    }
    if (test->usual_ns > 0) {
        buf_puts(to, test->duration_ns > 0 ? ", usually " : "it usually takes ");
        past_seconds(test->usual_ns, to);
    }
    buf_putc(to, '\n');
}

static void add_sparkline(const struct past *past, bool ascii, struct buf *to)
{
    int64_t shortest, longest;
    if (past_range(past, &shortest, &longest) < 2)
        return;
    buf_puts(to, INDENT);
    past_sparkline(past, ascii, to);
    buf_puts(to, "  it took from ");
    past_seconds(shortest, to);
    buf_puts(to, " to ");
    past_seconds(longest, to);
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
    buf_printf(to, INDENT "%s  %s%-10s\033[m  ", when, past_colour(result->outcome),
               outcome_name(result->outcome));
    struct buf seconds = {0};
    if (result->duration_ns > 0)
        past_seconds(result->duration_ns, &seconds);
    buf_printf(to, "%9s  %s\n", buf_str(&seconds), result->run);
    buf_release(&seconds);
}

static void add_paths(const char *what, const char *lines, struct buf *to)
{
    size_t told = 0, count = 0;
    for (const char *p = lines; *p != '\0'; p++)
        count += *p == '\n';
    buf_puts(to, what);
    for (; told < count && told < PATHS_TOLD; told++) {
        size_t len = strcspn(lines, "\n");
        buf_puts(to, told > 0 ? ", " : " ");
        buf_add(to, lines, len);
        lines += len + 1;
    }
    if (told < count)
        buf_printf(to, " and %zu more", count - told);
}

static bool is_given(const char *text)
{
    return text != NULL && *text != '\0';
}

/* Since when it is red, or was last, and what had changed then. */
void past_tell_first_bad(const struct past *past, const char *indent, struct buf *to)
{
    size_t first = past_first_bad(past), newest = past->results.len - 1;
    if (first == MAP_NONE || past->results.items[first].run_id == 0)
        return;
    const struct past_result *bad = &past->results.items[first];
    bool red = outcome_is_red(past->results.items[newest].outcome);
    buf_printf(to, "%s%s since run %lld", indent, red ? "red" : "it was red last", (long long)bad->run_id);
    if (is_given(bad->commit))
        buf_printf(to, ", of commit %.9s", bad->commit);
    if (is_given(bad->changed))
        add_paths(", when these had changed:", bad->changed, to);
    else if (is_given(bad->dirty))
        add_paths(" with changes in", bad->dirty, to);
    buf_putc(to, '\n');
}

void past_tell_flaky(const struct past *past, const char *indent, struct buf *to)
{
    struct past_share share = past_flakiness(past);
    buf_printf(to, "%sflaky: it passed and failed while no file changed", indent);
    if (share.of > 0)
        buf_printf(to, ": red %zu of %zu times (%zu%%)", share.red, share.of,
                   (100 * share.red + share.of / 2) / share.of);
    buf_putc(to, '\n');
}

void past_tell(const struct past *past, const struct test *test, int64_t now_ns, bool ascii, struct buf *to)
{
    size_t count = past->results.len, from = count > DETAILED ? count - DETAILED : 0;
    if (count == 0)
        return;
    add_marks(past, ascii, to);
    if (test->flaky > 0)
        past_tell_flaky(past, INDENT, to);
    past_tell_first_bad(past, INDENT, to);
    add_sparkline(past, ascii, to);
    add_times(test, to);
    bool dated = false;
    for (size_t i = from; i < count; i++)
        dated |= !same_day(past->results.items[i].time_ns, now_ns);
    for (size_t i = from; i < count; i++)
        add_result(&past->results.items[i], dated, to);
}
