/* How the list of all tests looks, and where its rows are. */
#include "ui/hints.h"
#include "ui/list_order.h"
#include "ui/pager.h"
#include "ui/typing.h"
#include "ui/view.h"

#define STATUS_COLS 9
#define TIME_COLS 9
#define FLAKY_COLS 5
#define WAIT_COLS 11   /* "94% waiting" */
#define NARROW_COLS 48 /* in fewer there is no room for both */
#define TIMED_COLS 30  /* in fewer, not even for the time */
#define WIDE_COLS 100  /* from here on there is room for what is not always wanted */

static const struct hint hints[] = {
    {COMMAND_SEARCH, COMMAND_NONE, "filter", false},   {COMMAND_SORT, COMMAND_NONE, "order", false},
    {COMMAND_EDIT, COMMAND_NONE, "edit", false},       {COMMAND_STORY, COMMAND_NONE, "whole", false},
    {COMMAND_HISTORY, COMMAND_NONE, "history", false}, {COMMAND_RUN_ONE, COMMAND_NONE, "run this", false},
    {COMMAND_QUIT, COMMAND_NONE, "back", true},
};
#define HINTS (sizeof hints / sizeof *hints)

static const char *const order_names[LIST_ORDERS] = {"by outcome", "by usual time", "by CPU time",
                                                     "by time waited", "by name"};

static enum style style_of(const struct test *test)
{
    if (test->state == TEST_RUNNING)
        return STYLE_CYAN;
    if (outcome_is_red(test->outcome))
        return STYLE_RED;
    if (test->outcome == OUTCOME_PASSED)
        return STYLE_GREEN;
    return test->outcome == OUTCOME_UNKNOWN ? STYLE_DIM : STYLE_YELLOW;
}

static const char *status_of(const struct test *test)
{
    if (test->state == TEST_RUNNING)
        return "running";
    return test->outcome == OUTCOME_UNKNOWN ? "-" : outcome_counted(test->outcome);
}

/* Puts it at the end of so many columns. */
static void put_right(struct screen *screen, int row, int col, int cols, const char *text)
{
    screen_put(screen, row, col + cols - screen_width(screen, text), screen->cols, STYLE_DIM, text);
}

static void put_time(struct screen *screen, int row, int col, const struct list *list,
                     const struct test *test)
{
    char text[32];
    view_seconds(text, sizeof text, list_time(test, list->order), 2);
    if (list_time(test, list->order) > 0)
        put_right(screen, row, col, TIME_COLS, text);
}

/* Where there is little room, the outcome's first letter, a mark for what is flaky, the time if the order is
 * about that, and the end of the id, which says most. */
static void draw_narrow(struct screen *screen, int row, const struct list *list, const struct test *test)
{
    int col = 3;
    screen_put(screen, row, 1, 2, style_of(test), status_of(test));
    if (test->flaky > 0)
        screen_put(screen, row, 2, 3, STYLE_YELLOW, "~");
    if (list_timed(list->order) && screen->cols >= TIMED_COLS) {
        put_time(screen, row, col - 1, list, test);
        col += TIME_COLS;
    }
    screen_fit_end(screen, row, col, screen->cols, test->deselected ? STYLE_DIM : STYLE_PLAIN, test->id);
}

static void draw_row(struct screen *screen, int row, const struct list *list, const struct test *test)
{
    char text[32];
    int col = 1 + STATUS_COLS;
    screen_fit(screen, row, 1, col, style_of(test), status_of(test));
    put_time(screen, row, col, list, test);
    col += TIME_COLS + 2;
    if (list->flaky) {
        if (test->flaky > 0)
            screen_put(screen, row, col, screen->cols, STYLE_YELLOW, "flaky");
        col += FLAKY_COLS + 2;
    }
    snprintf(text, sizeof text, "%d%% waiting", list_waiting(test));
    if (list->waits && (screen->cols >= WIDE_COLS || list->order == LIST_BY_WAITING)) {
        if (list_waiting(test) > 0)
            put_right(screen, row, col, WAIT_COLS, text);
        col += WAIT_COLS + 2;
    }
    screen_fit(screen, row, col, screen->cols, test->deselected ? STYLE_DIM : STYLE_PLAIN, test->id);
}

/* One of the tests, as there is room. */
static void draw_test(struct screen *screen, int row, const struct list *list, const struct test *test)
{
    if (screen->cols < NARROW_COLS)
        draw_narrow(screen, row, list, test);
    else
        draw_row(screen, row, list, test);
}

static void draw_title(struct screen *screen, const struct list *list)
{
    const char *dot = screen->ascii ? " - " : " · ";
    char count[64];
    snprintf(count, sizeof count, "%zu of %zu", list->rows.len > 0 ? list->at + 1 : 0, list->rows.len);
    struct buf title = {0};
    buf_printf(&title, "all tests%s%s", dot, order_names[list->order]);
    if (list->filter.len > 0)
        buf_printf(&title, "%swith %s", dot, buf_str(&list->filter));
    int limit = screen->cols - screen_width(screen, count) - 2;
    screen_fit(screen, 0, 1, limit, STYLE_BOLD, buf_str(&title));
    screen_put(screen, 0, limit + 1, screen->cols, STYLE_DIM, count);
    buf_release(&title);
}

/* The row of the first test. */
static int first_row(int rows)
{
    return pager_room(rows) < rows ? 1 : 0;
}

bool list_put(struct list *list, int rows, int row)
{
    int from = row - first_row(rows);
    if (from < 0 || from >= pager_room(rows) || list->top + (size_t)from >= list->rows.len)
        return false;
    list->at = list->top + (size_t)from;
    return true;
}

void list_draw(struct screen *screen, struct list *list, const struct model *model,
               const struct keymap *keymap)
{
    size_t shown = (size_t)pager_room(screen->rows);
    if (list->at < list->top)
        list->top = list->at;
    if (list->at >= list->top + shown)
        list->top = list->at + 1 - shown;
    if (first_row(screen->rows) > 0)
        draw_title(screen, list);
    for (size_t i = 0; i < shown && list->top + i < list->rows.len; i++) {
        int row = first_row(screen->rows) + (int)i;
        const struct test *test = &model->tests.items[list->rows.items[list->top + i].test];
        draw_test(screen, row, list, test);
        if (list->top + i != list->at)
            continue;
        screen_put(screen, row, 0, 1, STYLE_BOLD, screen->ascii ? ">" : "▌");
        screen->cursor_row = row;
    }
    if (list->asking)
        typing_draw(screen, "/", &list->filter);
    else if (pager_hinted(screen->rows))
        hints_draw(screen, screen->rows - 1, keymap, hints, HINTS);
}

int list_hint_at(const struct screen *screen, const struct list *list, const struct keymap *keymap, int row,
                 int col)
{
    bool shows = pager_hinted(screen->rows) && row == screen->rows - 1 && !list->asking;
    return shows ? hints_at(screen, keymap, hints, HINTS, col) : INPUT_NONE;
}
