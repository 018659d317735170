#include "command/page.h"
#include "report/html.h"

static const struct digest_test *test_at(const struct digest *digest, size_t test)
{
    return &digest->tests.items[test];
}

static void put_turns(struct buf *to, const struct digest *digest, const char *heading,
                      const struct digest_turn *turns, size_t count, size_t known)
{
    static const struct page_columns columns = {{"Test", "Before", "Now"}, 0};
    if (count == 0)
        return;
    buf_printf(to, "<h3>%s <span class=\"sub\">", heading);
    html_count(to, known);
    buf_puts(to, "</span></h3>\n");
    page_table(to, heading, &columns);
    for (size_t i = 0; i < count; i++) {
        page_row(to, test_at(digest, turns[i].test));
        page_cell(to, "", "");
        if (turns[i].before == OUTCOME_UNKNOWN)
            buf_puts(to, "<span class=\"dim\">new</span>");
        else
            page_outcome(to, turns[i].before);
        page_cell_end(to);
        page_cell(to, "then", "");
        page_outcome(to, turns[i].now);
        page_cell_end(to);
        buf_puts(to, "</tr>\n");
    }
    page_table_end(to);
    page_more(to, known, count, "aloof diff");
}

void page_turned(struct buf *to, const struct digest *digest)
{
    page_section(to, "newest", "Turned in the newest run",
                 "Compared with what each test came to before, in whichever run that was.");
    if (digest->failing.len == 0 && digest->fixed.len == 0)
        buf_puts(to, "<p class=\"none\">No test turned.</p>\n");
    put_turns(to, digest, "Newly failing", digest->failing.items, digest->failing.len, digest->failing_count);
    put_turns(to, digest, "Fixed", digest->fixed.items, digest->fixed.len, digest->fixed_count);
    buf_puts(to, "</section>\n");
}

/* -1: not known. */
static double waited(const struct digest_test *test)
{
    if (test->cpu_ns <= 0 || test->duration_ns <= 0)
        return -1;
    return test->cpu_ns < test->duration_ns
               ? (double)(test->duration_ns - test->cpu_ns) / (double)test->duration_ns
               : 0;
}

static void put_slow(struct buf *to, const struct digest_test *test, int64_t longest_ns)
{
    double waiting = waited(test);
    struct buf label = {0};
    page_seconds(&label, test->usual_ns);
    if (waiting >= 0)
        buf_printf(&label, ", %.0f%% of it waiting", 100 * waiting);
    page_row(to, test);
    page_cell(to, "wide", "");
    html_bar(to, (double)test->usual_ns / (double)longest_ns, waiting >= 0 ? 1 - waiting : 1,
             buf_str(&label));
    page_cell_end(to);
    page_cell(to, "number", "");
    page_seconds(to, test->usual_ns);
    page_cell_end(to);
    page_cell(to, "number", "processor");
    page_seconds(to, test->cpu_ns);
    page_cell_end(to);
    page_cell(to, "number", "waiting");
    if (waiting >= 0)
        buf_printf(to, "%.0f%%", 100 * waiting);
    else
        buf_puts(to, "–");
    page_cell_end(to);
    buf_puts(to, "</tr>\n");
    buf_release(&label);
}

void page_slowest(struct buf *to, const struct digest *digest)
{
    static const struct page_columns columns = {
        {"Test", "Computing and waiting", "Usually", "Processor", "Waiting"}, 1 << 2 | 1 << 3 | 1 << 4};
    page_section(to, "slowest", "Slowest", NULL);
    if (digest->slowest.len == 0)
        buf_puts(to, "<p class=\"none\">No times are known.</p>\n");
    else {
        buf_puts(to,
                 "<p class=\"note\"><span class=\"key k0\"></span>computing <span class=\"key k1\"></span>"
                 "waiting: for a disk, the network, a sleep, a busy processor</p>\n");
        page_table(to, "The tests that take longest", &columns);
    }
    for (size_t i = 0; i < digest->slowest.len && i < DIGEST_SLOWEST; i++)
        put_slow(to, test_at(digest, digest->slowest.items[i]),
                 test_at(digest, digest->slowest.items[0])->usual_ns);
    if (digest->slowest.len > 0)
        page_table_end(to);
    buf_puts(to, "</section>\n");
}

void page_flaky(struct buf *to, const struct digest *digest)
{
    static const struct page_columns columns = {{"Test", "Failed", "Of runs", "Newest"}, 1 << 1 | 1 << 2};
    page_section(to, "flaky", "Flaky", "Passed and failed on the same sources.");
    if (digest->flaky.len == 0)
        buf_puts(to, "<p class=\"none\">No test is known to be flaky.</p>\n");
    else
        page_table(to, "The tests that passed and failed on the same sources", &columns);
    for (size_t i = 0; i < digest->flaky.len; i++) {
        const struct digest_flaky *flaky = &digest->flaky.items[i];
        size_t runs = flaky->passed + flaky->failed;
        page_row(to, test_at(digest, flaky->test));
        page_cell(to, "number", "failed");
        buf_printf(to, "%.0f%%", 100.0 * (double)flaky->failed / (double)runs);
        page_cell_end(to);
        page_cell(to, "number", "");
        buf_printf(to, "%zu of %zu", flaky->failed, runs);
        page_cell_end(to);
        page_cell(to, "when", "newest");
        page_time(to, flaky->time_ns);
        page_cell_end(to);
        buf_puts(to, "</tr>\n");
    }
    if (digest->flaky.len > 0)
        page_table_end(to);
    page_more(to, digest->flaky_count, digest->flaky.len, "aloof flaky");
    buf_puts(to, "</section>\n");
}

static enum html_end end_of(enum outcome outcome)
{
    return outcome_is_red(outcome)                                    ? HTML_LOST
           : outcome == OUTCOME_SKIPPED || outcome == OUTCOME_UNKNOWN ? HTML_NEITHER
                                                                      : HTML_WON;
}

static void put_life(struct buf *to, const struct digest_life *life)
{
    struct html_point points[DIGEST_POINTS];
    size_t ends[HTML_NEITHER + 1] = {0};
    struct buf label = {0};
    for (size_t i = 0; i < life->points.len; i++) {
        const struct digest_point *point = &life->points.items[i];
        points[i] = (struct html_point){end_of(point->outcome), (double)point->duration_ns};
        ends[points[i].end]++;
    }
    page_count(&label, life->points.len, "run");
    buf_printf(&label, ": %zu passed, %zu failed", ends[HTML_WON], ends[HTML_LOST]);
    if (ends[HTML_NEITHER] > 0)
        buf_printf(&label, ", %zu skipped", ends[HTML_NEITHER]);
    html_sparkline(to, points, life->points.len, DIGEST_POINTS, buf_str(&label));
    buf_release(&label);
}

void page_lives(struct buf *to, const struct digest *digest)
{
    static const struct page_columns columns = {{"Test", "Its newest runs", "Newest", "Usually"}, 1 << 3};
    page_section(
        to, "tests", "Tests",
        "The most telling ones: what is red, flaky or failed most often, then what is slow. A stroke is a "
        "run, the newest at the right: up, it passed, and took so long; down, it failed.");
    page_table(to, "What the newest runs made of the most telling tests", &columns);
    for (size_t i = 0; i < digest->lives.len; i++) {
        const struct digest_life *life = &digest->lives.items[i];
        const struct digest_test *test = test_at(digest, life->test);
        page_row(to, test);
        page_cell(to, "life", "");
        put_life(to, life);
        page_cell_end(to);
        page_cell(to, "", "");
        page_outcome(to, test->outcome);
        page_cell_end(to);
        page_cell(to, "number", "");
        page_seconds(to, test->usual_ns);
        page_cell_end(to);
        buf_puts(to, "</tr>\n");
    }
    page_table_end(to);
    page_more(to, digest->tests.len, digest->lives.len, "aloof list");
    buf_puts(to, "</section>\n");
}
