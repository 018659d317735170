#include "report/bar.h"

#include "trace/clean.h"

#define FULL_COLUMNS 40
#define LEAST_COLUMNS 5
#define EIGHTHS 8

/* "  412/851  2 failed  1 crashed  4 skipped  6 s": how it goes, behind the bar. */
static void write_counts(struct buf *to, const struct paper *paper, const struct bar *bar)
{
    static const enum outcome order[] = {
        OUTCOME_FAILED,  OUTCOME_ERROR,   OUTCOME_COLLECTION, OUTCOME_CRASHED, OUTCOME_TIMEOUT,
        OUTCOME_NOT_RUN, OUTCOME_SKIPPED, OUTCOME_XFAILED,    OUTCOME_XPASSED, OUTCOME_FLAKY,
    };
    const struct model *model = bar->model;
    if (bar->collecting)
        buf_puts(to, "  collecting");
    else
        buf_printf(to, "  %zu/%zu", model->done, model->asked);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (model->counts[order[i]] == 0)
            continue;
        char *text = mem_printf("%zu %s", model->counts[order[i]], outcome_counted(order[i]));
        buf_puts(to, "  ");
        paper_put(paper, to, outcome_is_red(order[i]) ? STYLE_RED : STYLE_YELLOW, text);
        free(text);
    }
    struct buf time = {0};
    if (!bar->still)
        progress_time(&time, bar->run_ns);
    buf_printf(to, "%s%s", time.len > 0 ? "  " : "", buf_str(&time));
    buf_release(&time);
}

static bool is_red(const struct model *model)
{
    for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++)
        if (outcome_is_red((enum outcome)outcome) && model->counts[outcome] > 0)
            return true;
    return false;
}

static void repeat(struct buf *to, const char *text, size_t count)
{
    while (count-- > 0)
        buf_puts(to, text);
}

/* So many columns, filled by the part that is done, in eighths of a column where there is Unicode. */
static void write_bar(struct buf *to, const struct paper *paper, const struct bar *bar, size_t columns)
{
    static const char *const parts[EIGHTHS] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const struct model *model = bar->model;
    size_t total = bar->collecting || model->asked == 0 ? 1 : model->asked;
    size_t done = bar->collecting ? 0 : model->done < total ? model->done : total;
    size_t eighths = columns * EIGHTHS * done / total;
    size_t whole = eighths / EIGHTHS, part = paper->ascii ? 0 : eighths % EIGHTHS;
    struct buf filled = {0};
    repeat(&filled, paper->ascii ? "#" : "█", whole);
    buf_puts(&filled, parts[part]);
    paper_put(paper, to, is_red(model) ? STYLE_RED : STYLE_GREEN, buf_str(&filled));
    buf_clear(&filled);
    repeat(&filled, paper->ascii ? "." : "░", columns - whole - (part > 0));
    paper_put(paper, to, STYLE_DIM, buf_str(&filled));
    buf_release(&filled);
}

/* The running test, cut to the room that is left, and what is worth telling about it. */
static void write_running(struct buf *to, const struct paper *paper, const struct bar *bar, size_t room)
{
    const struct session_slot *slot = &bar->longest;
    if (slot->test_id == NULL)
        return;
    struct buf words = {0}, clean = {0}, fit = {0};
    progress_words(&words, slot->stage, slot->running_ns, slot->usual_ns, !bar->still);
    size_t taken = 2 + (words.len > 0 ? words.len + 1 : 0);
    if (room >= LEAST_COLUMNS + taken) {
        clean_text(&clean, bytes_of(slot->test_id), false);
        for (size_t i = 0; i < clean.len; i++)
            clean.data[i] = clean.data[i] == '\n' ? ' ' : clean.data[i];
        clean_fit(&fit, buf_bytes(&clean), room - taken, paper->ascii ? "~" : "…", false);
        buf_puts(to, "  ");
        paper_put(paper, to, STYLE_DIM, buf_str(&fit));
        buf_puts(to, words.len > 0 ? " " : "");
        paper_put(paper, to, STYLE_YELLOW, buf_str(&words));
    }
    buf_release(&words);
    buf_release(&clean);
    buf_release(&fit);
}

void bar_write(struct buf *to, const struct paper *paper, const struct bar *bar, size_t columns)
{
    struct buf counts = {0};
    write_counts(&counts, paper, bar);
    size_t width = clean_width(buf_bytes(&counts));
    size_t room = columns > width ? columns - width : 0;
    size_t wanted = columns / 3 < FULL_COLUMNS ? columns / 3 : FULL_COLUMNS;
    size_t length = wanted < room ? wanted : room;
    if (length < LEAST_COLUMNS)
        length = 0;
    if (length > 0)
        write_bar(to, paper, bar, length);
    clean_fit(to, buf_bytes(&counts), columns - length, paper->ascii ? "~" : "…", false);
    write_running(to, paper, bar, room - (length < room ? length : room));
    buf_release(&counts);
}
