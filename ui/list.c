#include "ui/list.h"

#include "plan/filter.h"
#include "ui/hints.h"
#include "ui/pager.h"
#include "ui/typing.h"
#include "ui/view.h"

#include <stdlib.h>

#define STATUS_COLS 9
#define TIME_COLS 9
#define NARROW_COLS 48 /* in fewer there is no room for both */

static const struct hint hints[] = {
    {COMMAND_SEARCH, COMMAND_NONE, "filter", false},    {COMMAND_SORT, COMMAND_NONE, "order", false},
    {COMMAND_EDIT, COMMAND_NONE, "edit", false},        {COMMAND_STORY, COMMAND_NONE, "whole", false},
    {COMMAND_RUN_ONE, COMMAND_NONE, "run this", false}, {COMMAND_QUIT, COMMAND_NONE, "back", true},
};
#define HINTS (sizeof hints / sizeof *hints)

static const char *const order_names[LIST_ORDERS] = {"by outcome", "by time", "by name"};

void list_open(struct list *list)
{
    list->open = list->stale = true;
    list->asking = false;
}

static int64_t time_of(const struct test *test)
{
    return test->duration_ns > 0 ? test->duration_ns : test->usual_ns;
}

static int64_t key_of(const struct test *test, enum list_order order)
{
    if (order == LIST_BY_TIME)
        return -time_of(test);
    return order == LIST_BY_OUTCOME ? -(int64_t)test->outcome : 0;
}

static int compare(const void *a, const void *b)
{
    const struct list_row *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return strcmp(x->id, y->id);
}

void list_update(struct list *list, const struct model *model)
{
    if (!list->stale && list->known == model->tests.len)
        return;
    size_t selected = list_selected(list);
    list->stale = false;
    list->known = model->tests.len;
    list->rows.len = 0;
    for (size_t i = 0; i < model->tests.len; i++) {
        const struct test *test = &model->tests.items[i];
        struct list_row row = {i, key_of(test, list->order), test->id};
        if (!test->gone && filter_matches(buf_str(&list->filter), test->id))
            vec_push(&list->rows, row);
    }
    if (list->rows.len > 1)
        qsort(list->rows.items, list->rows.len, sizeof *list->rows.items, compare);
    for (size_t i = 0; i < list->rows.len; i++)
        if (list->rows.items[i].test == selected)
            list->at = i;
    if (list->at >= list->rows.len)
        list->at = list->rows.len > 0 ? list->rows.len - 1 : 0;
}

size_t list_selected(const struct list *list)
{
    return list->at < list->rows.len ? list->rows.items[list->at].test : MAP_NONE;
}

static void move_to(struct list *list, size_t at)
{
    size_t last = list->rows.len > 0 ? list->rows.len - 1 : 0;
    list->at = at < last ? at : last;
}

static bool move(struct list *list, int rows, enum command command)
{
    size_t page = pager_room(rows) > 1 ? (size_t)pager_room(rows) - 1 : 1, at = list->at;
    switch (command) {
    case COMMAND_NEXT:
    case COMMAND_NEXT_FAILURE: /* every row is what was filtered for */
        move_to(list, at + 1);
        return true;
    case COMMAND_PREVIOUS:
    case COMMAND_PREVIOUS_FAILURE:
        move_to(list, at > 0 ? at - 1 : 0);
        return true;
    case COMMAND_PAGE_DOWN:
        move_to(list, at + page);
        return true;
    case COMMAND_PAGE_UP:
        move_to(list, at > page ? at - page : 0);
        return true;
    case COMMAND_FIRST:
        move_to(list, 0);
        return true;
    case COMMAND_LAST:
        move_to(list, list->rows.len);
        return true;
    default:
        return false;
    }
}

static void close_or_widen(struct list *list)
{
    list->stale = true;
    if (list->filter.len > 0)
        buf_clear(&list->filter);
    else
        list->open = false;
}

bool list_input(struct list *list, int rows, int input, enum command command)
{
    if (list->asking) {
        enum typing typing = typing_input(&list->filter, input);
        list->asking = typing == TYPING_ON;
        if (typing == TYPING_CANCELLED)
            buf_clear(&list->filter);
        list->stale = true;
        return true;
    }
    if (move(list, rows, command))
        return true;
    if (command == COMMAND_SEARCH) {
        list->asking = true;
    } else if (command == COMMAND_SORT) {
        list->order = (enum list_order)((list->order + 1) % LIST_ORDERS);
        list->stale = true;
    } else if (input == INPUT_ESCAPE) {
        close_or_widen(list);
    } else if (command == COMMAND_QUIT || command == COMMAND_TESTS) {
        list->open = false;
    } else {
        return false;
    }
    return true;
}

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

/* Where there is little room, the outcome's first letter and the end of the id, which says most. */
static void draw_narrow(struct screen *screen, int row, const struct test *test)
{
    screen_put(screen, row, 1, 2, style_of(test), status_of(test));
    screen_fit_end(screen, row, 3, screen->cols, test->deselected ? STYLE_DIM : STYLE_PLAIN, test->id);
}

static void draw_row(struct screen *screen, int row, const struct test *test)
{
    char time[32] = "";
    if (time_of(test) > 0)
        view_seconds(time, sizeof time, time_of(test), 2);
    screen_fit(screen, row, 1, 1 + STATUS_COLS, style_of(test), status_of(test));
    int start = 1 + STATUS_COLS + TIME_COLS - screen_width(screen, time);
    screen_put(screen, row, start, screen->cols, STYLE_DIM, time);
    screen_fit(screen, row, 1 + STATUS_COLS + TIME_COLS + 2, screen->cols,
               test->deselected ? STYLE_DIM : STYLE_PLAIN, test->id);
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
        (screen->cols < NARROW_COLS ? draw_narrow : draw_row)(screen, row, test);
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

void list_release(struct list *list)
{
    buf_release(&list->filter);
    vec_release(&list->rows);
    *list = (struct list){0};
}
