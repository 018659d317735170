#include "ui/list.h"

#include "plan/filter.h"
#include "ui/hints.h"
#include "ui/pager.h"
#include "ui/typing.h"
#include "ui/view.h"

#include <stdlib.h>

#define STATUS_COLS 9
#define TIME_COLS 9
#define FLAKY_COLS 5
#define WAIT_COLS 11           /* "94% waiting" */
#define WAIT_LEAST_NS 50000000 /* in less the start of a process weighs too much */
#define WAIT_LEAST_PERCENT 10
#define OCTETS 256
#define NARROW_COLS 48 /* in fewer there is no room for both */
#define WIDE_COLS 100  /* from here on there is room for what is not always wanted */

static const struct hint hints[] = {
    {COMMAND_SEARCH, COMMAND_NONE, "filter", false},    {COMMAND_SORT, COMMAND_NONE, "order", false},
    {COMMAND_EDIT, COMMAND_NONE, "edit", false},        {COMMAND_STORY, COMMAND_NONE, "whole", false},
    {COMMAND_RUN_ONE, COMMAND_NONE, "run this", false}, {COMMAND_QUIT, COMMAND_NONE, "back", true},
};
#define HINTS (sizeof hints / sizeof *hints)

static const char *const order_names[LIST_ORDERS] = {"by outcome", "by time", "by CPU time", "by name"};

void list_open(struct list *list)
{
    list->open = list->stale = true;
    list->asking = false;
}

static int64_t time_of(const struct test *test)
{
    return test->duration_ns > 0 ? test->duration_ns : test->usual_ns;
}

/* The time that the order is about. */
static int64_t time_in(const struct test *test, enum list_order order)
{
    return order == LIST_BY_CPU ? test->cpu_ns : time_of(test);
}

/* How much of its time the test spent on no processor, in percent; 0 where that is not known or tells
 * nothing.
 */
static int waiting(const struct test *test)
{
    if (test->duration_ns < WAIT_LEAST_NS || test->cpu_ns == 0 || test->cpu_ns > test->duration_ns)
        return 0;
    int percent = (int)((test->duration_ns - test->cpu_ns) * 100 / test->duration_ns);
    return percent < WAIT_LEAST_PERCENT ? 0 : percent;
}

static uint64_t key_of(const struct test *test, enum list_order order)
{
    if (order == LIST_BY_TIME || order == LIST_BY_CPU)
        return UINT64_MAX - (uint64_t)time_in(test, order);
    return order == LIST_BY_OUTCOME ? OUTCOME_COUNT - test->outcome : 0;
}

static int compare_names(const void *a, const void *b)
{
    const struct list_name *x = a, *y = b;
    return strcmp(x->id, y->id);
}

/* How many rows have a smaller octet there, for each octet; false when they all have the same. */
static bool count_octets(const struct list_row *rows, size_t count, unsigned shift, size_t starts[OCTETS])
{
    size_t counts[OCTETS] = {0}, sum = 0;
    for (size_t i = 0; i < count; i++)
        counts[rows[i].key >> shift & 0xFF]++;
    if (counts[rows[0].key >> shift & 0xFF] == count)
        return false;
    for (int octet = 0; octet < OCTETS; octet++) {
        starts[octet] = sum;
        sum += counts[octet];
    }
    return true;
}

/* By key, octet for octet from the least: in 100,000 rows this is several times as fast as comparing. Those
 * of one key stay as they were, by name. */
static void sort_rows(struct list_row *rows, size_t count)
{
    size_t starts[OCTETS];
    struct list_row *spare = mem_resize(NULL, count, sizeof *spare);
    for (unsigned shift = 0; count > 0 && shift < 64; shift += 8) {
        if (!count_octets(rows, count, shift, starts))
            continue;
        for (size_t i = 0; i < count; i++)
            spare[starts[rows[i].key >> shift & 0xFF]++] = rows[i];
        memcpy(rows, spare, count * sizeof *rows);
    }
    free(spare);
}

static void sort_names(struct list *list, const struct model *model)
{
    if (list->names.len == model->tests.len)
        return;
    for (size_t i = list->names.len; i < model->tests.len; i++)
        vec_push(&list->names, (struct list_name){model->tests.items[i].id, i});
    qsort(list->names.items, list->names.len, sizeof *list->names.items, compare_names);
}

/* Every test in the list's order: made when that or the outcomes changed, not at every key. */
static void put_in_order(struct list *list, const struct model *model)
{
    list->stale = list->waits = list->flaky = false;
    list->ordered.len = 0;
    sort_names(list, model);
    const struct list_name *name;
    vec_each (name, &list->names) {
        const struct test *test = &model->tests.items[name->test];
        if (test->gone)
            continue;
        vec_push(&list->ordered, (struct list_row){name->test, name->id, key_of(test, list->order)});
        list->waits |= waiting(test) > 0;
        list->flaky |= test->flaky > 0;
    }
    sort_rows(list->ordered.items, list->ordered.len);
}

static void keep_matching(struct list *list, const struct list_row *from, size_t count)
{
    const char *filter = buf_str(&list->filter);
    vec_reserve(&list->rows, count);
    list->rows.len = 0;
    for (size_t i = 0; i < count; i++)
        if (filter_matches(filter, from[i].id))
            vec_push(&list->rows, from[i]);
    buf_clear(&list->kept);
    buf_puts(&list->kept, filter);
}

static void keep_cursor(struct list *list, size_t selected)
{
    for (size_t i = 0; i < list->rows.len; i++)
        if (list->rows.items[i].test == selected)
            list->at = i;
    if (list->at >= list->rows.len)
        list->at = list->rows.len > 0 ? list->rows.len - 1 : 0;
}

void list_update(struct list *list, const struct model *model)
{
    const char *filter = buf_str(&list->filter), *kept = buf_str(&list->kept);
    bool anew = list->stale || list->names.len != model->tests.len;
    if (!anew && strcmp(filter, kept) == 0)
        return;
    size_t selected = list_selected(list);
    if (anew)
        put_in_order(list, model);
    /* What goes on where the last filter ended can only leave fewer rows. */
    if (!anew && strncmp(filter, kept, strlen(kept)) == 0)
        keep_matching(list, list->rows.items, list->rows.len);
    else
        keep_matching(list, list->ordered.items, list->ordered.len);
    keep_cursor(list, selected);
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

/* Puts it at the end of so many columns. */
static void put_right(struct screen *screen, int row, int col, int cols, const char *text)
{
    screen_put(screen, row, col + cols - screen_width(screen, text), screen->cols, STYLE_DIM, text);
}

static void draw_row(struct screen *screen, int row, const struct list *list, const struct test *test)
{
    char text[32];
    int col = 1 + STATUS_COLS;
    screen_fit(screen, row, 1, col, style_of(test), status_of(test));
    view_seconds(text, sizeof text, time_in(test, list->order), 2);
    if (time_in(test, list->order) > 0)
        put_right(screen, row, col, TIME_COLS, text);
    col += TIME_COLS + 2;
    if (list->flaky) {
        if (test->flaky > 0)
            screen_put(screen, row, col, screen->cols, STYLE_YELLOW, "flaky");
        col += FLAKY_COLS + 2;
    }
    snprintf(text, sizeof text, "%d%% waiting", waiting(test));
    if (list->waits && screen->cols >= WIDE_COLS) {
        if (waiting(test) > 0)
            put_right(screen, row, col, WAIT_COLS, text);
        col += WAIT_COLS + 2;
    }
    screen_fit(screen, row, col, screen->cols, test->deselected ? STYLE_DIM : STYLE_PLAIN, test->id);
}

/* One of the tests, as there is room. */
static void draw_test(struct screen *screen, int row, const struct list *list, const struct test *test)
{
    if (screen->cols < NARROW_COLS)
        draw_narrow(screen, row, test);
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

void list_release(struct list *list)
{
    buf_release(&list->filter);
    buf_release(&list->kept);
    vec_release(&list->names);
    vec_release(&list->ordered);
    vec_release(&list->rows);
    *list = (struct list){0};
}
