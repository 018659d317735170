#include "command/page.h"
#include "command/recall.h"
#include "report/html.h"

#define SLOTS 30 /* fewer runs leave room at the left */
#define BECAUSE_MOST 80

enum chart { CHART_FAILED, CHART_TESTS, CHART_TOOK, CHART_COUNT };

static int64_t took(const struct digest_run *run)
{
    return run->ended_ns > 0 ? run->ended_ns - run->started_ns : 0;
}

/* In words; the caller frees. */
static char *describe(const struct digest_run *run)
{
    struct buf words = {0};
    buf_printf(&words, "run %lld, %s: ", (long long)run->id, recall_kind(run->kind));
    page_count(&words, run->tests, "test");
    buf_puts(&words, ", ");
    html_count(&words, run->failed);
    buf_puts(&words, " failed, ");
    html_count(&words, run->counts[OUTCOME_SKIPPED]);
    buf_puts(&words, " skipped");
    if (took(run) > 0) {
        buf_puts(&words, ", ");
        recall_seconds(&words, took(run));
    }
    if (*run->commit != '\0')
        buf_printf(&words, ", %.9s", run->commit);
    return buf_take(&words);
}

static struct html_column column_of(const struct digest_run *run, enum chart chart, const char *title)
{
    double failed = (double)run->failed, skipped = (double)run->counts[OUTCOME_SKIPPED];
    double passed = (double)run->tests - failed - skipped;
    switch (chart) {
    case CHART_FAILED:
        return (struct html_column){{0, 0, failed}, title};
    case CHART_TESTS:
        return (struct html_column){{passed, skipped, failed}, title};
    default:
        return (struct html_column){{(double)took(run), 0, 0}, title};
    }
}

static void put_most(struct buf *to, const struct digest *digest, enum chart chart)
{
    size_t tests = 0, failed = 0;
    int64_t longest_ns = 0;
    const struct digest_run *run;
    vec_each (run, &digest->runs) {
        tests = run->tests > tests ? run->tests : tests;
        failed = run->failed > failed ? run->failed : failed;
        longest_ns = took(run) > longest_ns ? took(run) : longest_ns;
    }
    if (chart == CHART_TOOK)
        page_seconds(to, longest_ns);
    else
        html_count(to, chart == CHART_TESTS ? tests : failed);
}

static void put_chart(struct buf *to, const struct digest *digest, enum chart chart)
{
    static const struct {
        const char *class, *name, *label;
    } charts[CHART_COUNT] = {
        [CHART_FAILED] = {"failed", "Failed", "How many tests failed in each run"},
        [CHART_TESTS] = {"tests", "Tests", "How many tests passed, were skipped and failed in each run"},
        [CHART_TOOK] = {"took", "Time", "How long each run took"},
    };
    struct html_column columns[DIGEST_RUNS];
    char *titles[DIGEST_RUNS];
    for (size_t i = 0; i < digest->runs.len; i++) {
        titles[i] = describe(&digest->runs.items[i]);
        columns[i] = column_of(&digest->runs.items[i], chart, titles[i]);
    }
    buf_printf(to, "<figure class=\"%s\"><figcaption>%s <span class=\"sub\">up to ", charts[chart].class,
               charts[chart].name);
    put_most(to, digest, chart);
    buf_puts(to, "</span></figcaption>");
    html_columns(to, columns, digest->runs.len, SLOTS, charts[chart].label);
    buf_puts(to, "</figure>\n");
    for (size_t i = 0; i < digest->runs.len; i++)
        free(titles[i]);
}

static void put_run(struct buf *to, const struct digest_run *run)
{
    bool bad = run->verdict != NULL && strcmp(run->verdict, "passed") != 0;
    buf_printf(to, "<tr><th scope=\"row\" data-head=\"run\">%lld</th>", (long long)run->id);
    page_cell(to, "when", "");
    page_time(to, run->started_ns);
    buf_puts(to, "</td><td>");
    html_text(to, recall_kind(run->kind));
    page_cell_end(to);
    const size_t counts[] = {run->tests, run->failed, run->counts[OUTCOME_SKIPPED]};
    static const char *const heads[] = {"tests", "failed", "skipped"};
    for (int i = 0; i < 3; i++) {
        page_cell(to, "number", heads[i]);
        html_count(to, counts[i]);
        page_cell_end(to);
    }
    page_cell(to, "number", "");
    page_seconds(to, took(run));
    buf_printf(to, "</td><td><span class=\"%s\">", bad ? "bad" : run->verdict != NULL ? "good" : "dim");
    html_text(to, run->verdict != NULL ? run->verdict : "not ended");
    buf_printf(to, "</span></td><td><code>%.9s</code></td>", run->commit);
    page_cell(to, "because", "because");
    html_clipped(to, run->because, BECAUSE_MOST);
    buf_puts(to, "</td></tr>\n");
}

void page_runs(struct buf *to, const struct digest *digest)
{
    static const struct page_columns columns = {
        {"Run", "When", "Of", "Tests", "Failed", "Skipped", "Took", "Verdict", "Commit", "Because"},
        1 << 3 | 1 << 4 | 1 << 5 | 1 << 6};
    page_section(to, "runs", "Runs", NULL);
    for (int chart = 0; chart < CHART_COUNT; chart++)
        put_chart(to, digest, (enum chart)chart);
    if (digest->runs.len > 0) {
        buf_puts(to, "<p class=\"ends\"><span>");
        page_time(to, digest->runs.items[0].started_ns);
        buf_puts(to, "</span><span>");
        page_time(to, digest_newest(digest)->started_ns);
        buf_puts(to, "</span></p>\n");
    }
    buf_puts(to, "<details><summary>");
    page_count(to, digest->runs.len, "run");
    buf_puts(to, " as a table</summary>\n");
    page_table(to, "The newest runs", &columns);
    for (size_t i = digest->runs.len; i-- > 0;)
        put_run(to, &digest->runs.items[i]);
    page_table_end(to);
    buf_puts(to, "</details>\n</section>\n");
}
