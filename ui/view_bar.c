#include "ui/view.h"

#define BAR_MIN 10
#define LEFT_LEAST_NS 50000000 /* less would read as nothing left */
#define PARTS_MAX (OUTCOME_COUNT + 4)

/* A piece of text beside the bar; of those that do not fit the one of least weight goes first. */
struct part {
    char text[48];
    enum style style;
    int weight;
};

struct parts {
    struct part items[PARTS_MAX];
    int len;
};

static void add_text(struct parts *parts, enum style style, int weight, const char *text)
{
    struct part *part = &parts->items[parts->len++];
    *part = (struct part){.style = style, .weight = weight};
    snprintf(part->text, sizeof part->text, "%s", text);
}

static void add_count(struct parts *parts, enum style style, int weight, size_t count, const char *noun)
{
    char text[48];
    snprintf(text, sizeof text, "%zu %s", count, noun);
    add_text(parts, style, weight, text);
}

/* "2 failed  1 crashed  4 skipped" */
static void add_counts(struct parts *parts, const struct model *model)
{
    static const enum outcome order[] = {
        OUTCOME_FAILED,  OUTCOME_ERROR,   OUTCOME_COLLECTION, OUTCOME_CRASHED, OUTCOME_TIMEOUT,
        OUTCOME_NOT_RUN, OUTCOME_SKIPPED, OUTCOME_XFAILED,    OUTCOME_XPASSED, OUTCOME_FLAKY,
    };
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        size_t count = model->counts[order[i]];
        bool red = outcome_is_red(order[i]);
        if (count > 0)
            add_count(parts, red ? STYLE_RED : STYLE_YELLOW, red ? 90 : 30, count, outcome_counted(order[i]));
    }
    if (model->leaks > 0)
        add_count(parts, STYLE_YELLOW, 60, model->leaks, "leaked");
}

/* How long the run took; while it goes on, how long it has been on, in whole seconds, and is going to be. */
static void add_times(struct parts *parts, const struct snapshot *snapshot)
{
    const struct session_status *status = &snapshot->status;
    char time[32], left[48];
    if (status->state == LOOP_IDLE) {
        view_seconds(time, sizeof time, status->run_ns, 1);
        add_text(parts, STYLE_PLAIN, 50, time);
        return;
    }
    if (snapshot->still)
        return;
    struct buf elapsed = {0};
    progress_time(&elapsed, status->run_ns);
    if (elapsed.len > 0)
        add_text(parts, STYLE_PLAIN, 50, buf_str(&elapsed));
    buf_release(&elapsed);
    if (status->state != LOOP_RUNNING || status->left_ns < LEFT_LEAST_NS)
        return;
    view_seconds(time, sizeof time, status->left_ns, 1);
    snprintf(left, sizeof left, "~%s left", time);
    add_text(parts, STYLE_DIM, 40, left);
}

static int parts_width(const struct screen *screen, const struct parts *parts)
{
    int width = 0;
    for (int i = 0; i < parts->len; i++)
        width += screen_width(screen, parts->items[i].text) + 2;
    return width;
}

/* Drops the lightest parts until the rest fits, the last of equals first. */
static void drop_parts(const struct screen *screen, struct parts *parts, int room)
{
    while (parts->len > 0 && parts_width(screen, parts) > room) {
        int lightest = 0;
        for (int i = 1; i < parts->len; i++)
            if (parts->items[i].weight <= parts->items[lightest].weight)
                lightest = i;
        parts->len--;
        memmove(&parts->items[lightest], &parts->items[lightest + 1],
                (size_t)(parts->len - lightest) * sizeof *parts->items);
    }
}

static void put_parts(struct screen *screen, int row, int col, const struct parts *parts)
{
    for (int i = 0; i < parts->len; i++) {
        col = screen_put(screen, row, col, screen->cols, parts->items[i].style, parts->items[i].text);
        col += 2;
    }
}

/* Draws done of total over the columns [col, limit), in eighths of a column where there is Unicode. */
static void draw_bar(struct screen *screen, int row, int col, int limit, const struct model *model)
{
    static const char *const eighths[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    size_t red = 0;
    for (enum outcome outcome = OUTCOME_FAILED; outcome < OUTCOME_COUNT; outcome++)
        red += model->counts[outcome];
    enum style style = red > 0 ? STYLE_RED : STYLE_GREEN;
    size_t total = model->asked > 0 ? model->asked : 1;
    size_t done = model->done < total ? model->done : total;
    size_t filled = (size_t)(limit - col) * 8 * done / total;
    int full = col + (int)(filled / 8);
    screen_fill(screen, row, col, full, style, screen->ascii ? "#" : "█");
    screen_fill(screen, row, full, limit, STYLE_DIM, screen->ascii ? "." : "░");
    if (!screen->ascii && filled % 8 > 0)
        screen_put(screen, row, full, limit, style, eighths[filled % 8]);
}

/* "████▌░░░░  412/851  2 failed  0.6 s  ~0.5 s left" */
static void draw_progress(struct screen *screen, int row, const struct snapshot *snapshot)
{
    const struct model *model = snapshot->model;
    struct parts parts = {0};
    char count[48];
    snprintf(count, sizeof count, "%zu/%zu", model->done, model->asked);
    add_text(&parts, STYLE_BOLD, 100, count);
    add_counts(&parts, model);
    add_times(&parts, snapshot);
    int margin = screen->cols >= 20 ? 1 : 0;
    int room = screen->cols - margin - BAR_MIN;
    drop_parts(screen, &parts, room > BAR_MIN ? room : BAR_MIN);
    int limit = screen->cols - parts_width(screen, &parts) - (parts.len > 0 ? 1 : 0);
    int most = margin + screen->cols / 2;
    if (limit > most)
        limit = most;
    int col = margin;
    if (limit - margin >= 4) {
        draw_bar(screen, row, margin, limit, model);
        col = limit + 2;
    }
    put_parts(screen, row, col, &parts);
}

void view_bar(struct screen *screen, int row, const struct snapshot *snapshot)
{
    const struct session_status *status = &snapshot->status;
    const struct model *model = snapshot->model;
    if (status->state != LOOP_IDLE && !status->collecting && model->asked > 0) {
        draw_progress(screen, row, snapshot);
        return;
    }
    struct parts parts = {0};
    if (status->state == LOOP_IDLE) {
        if (status->run == RUN_NONE)
            return;
        add_count(&parts, STYLE_PLAIN, 100, model->done, model->done == 1 ? "test" : "tests");
        add_counts(&parts, model);
    } else if (model->listing.len > 0) {
        add_count(&parts, STYLE_PLAIN, 100, model->listing.len,
                  model->listing.len == 1 ? "test found" : "tests found");
    }
    add_times(&parts, snapshot);
    int margin = screen->cols >= 20 ? 1 : 0;
    drop_parts(screen, &parts, screen->cols - margin + 2);
    put_parts(screen, row, margin, &parts);
}
