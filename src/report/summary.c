#include "report/summary.h"

/* What is counted after the tests, in this order; red ones first. */
static const struct counted {
    enum outcome outcome;
    const char *one, *many;
} table[] = {
    {OUTCOME_FAILED, "failure", "failures"},
    {OUTCOME_ERROR, "error", "errors"},
    {OUTCOME_COLLECTION, "collection error", "collection errors"},
    {OUTCOME_CRASHED, "crash", "crashes"},
    {OUTCOME_TIMEOUT, "timeout", "timeouts"},
    {OUTCOME_NOT_RUN, "not run", "not run"},
    {OUTCOME_FLAKY, "flaky", "flaky"},
    {OUTCOME_SKIPPED, "skipped", "skipped"},
    {OUTCOME_XFAILED, "expected failure", "expected failures"},
    {OUTCOME_XPASSED, "unexpected pass", "unexpected passes"},
};

static bool is_green(const struct model *model, int exit_code)
{
    for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++)
        if (outcome_is_red((enum outcome)outcome) && model->counts[outcome] > 0)
            return false;
    return exit_code == 0 && model->damage == 0 && model->counts[OUTCOME_FLAKY] == 0;
}

static void add_count(struct buf *to, const struct paper *paper, enum style style, uint64_t count,
                      const char *one, const char *many)
{
    if (count == 0)
        return;
    char *text = mem_printf("%llu %s", (unsigned long long)count, count == 1 ? one : many);
    buf_puts(to, ", ");
    paper_put(paper, to, style, text);
    free(text);
}

/* Tests are what has an outcome now; a file that could not be collected is none. */
static size_t tests_done(const struct model *model)
{
    size_t files = model->counts[OUTCOME_COLLECTION];
    return model->done > files ? model->done - files : 0;
}

void summary_write(struct buf *to, const struct paper *paper, const struct model *model, int exit_code,
                   int64_t run_ns)
{
    bool green = is_green(model, exit_code);
    if (green)
        paper_put(paper, to, STYLE_GREEN, "OK!");
    else if (exit_code == 2)
        paper_put(paper, to, STYLE_YELLOW, "Interrupted:");
    buf_puts(to, green ? "  " : exit_code == 2 ? " " : "");
    size_t done = tests_done(model);
    if (model->asked > model->done)
        buf_printf(to, "%zu of %zu tests", done, model->asked);
    else
        buf_printf(to, "%zu test%s", done, done == 1 ? "" : "s");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        enum style style = outcome_is_red(table[i].outcome) ? STYLE_RED : STYLE_YELLOW;
        add_count(to, paper, style, model->counts[table[i].outcome], table[i].one, table[i].many);
    }
    add_count(to, paper, STYLE_YELLOW, model->leaks, "leak", "leaks");
    add_count(to, paper, STYLE_RED, model->damage, "damaged place in the stream",
              "damaged places in the stream");
    buf_printf(to, " in %.*fs\n", run_ns < 100000000 ? 2 : 1, (double)run_ns / 1e9);
}
