#include "ui/list.h"

#include "plan/filter.h"
#include "ui/list_order.h"
#include "ui/pager.h"
#include "ui/typing.h"

#include <stdlib.h>

void list_open(struct list *list)
{
    list->open = list->stale = true;
    list->asking = false;
}

void list_open_slowest(struct list *list)
{
    list_open(list);
    list->order = LIST_BY_TIME;
    list->rows.len = list->at = 0; /* so that the cursor does not stay on its test */
}

static int compare_names(const void *a, const void *b)
{
    const struct list_name *x = a, *y = b;
    return strcmp(x->id, y->id);
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
        vec_push(&list->ordered, (struct list_row){name->test, name->id, list_key(test, list->order)});
        list->waits |= list_waiting(test) > 0;
        list->flaky |= test->flaky > 0;
    }
    list_sort(list->ordered.items, list->ordered.len);
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

void list_release(struct list *list)
{
    buf_release(&list->filter);
    buf_release(&list->kept);
    vec_release(&list->names);
    vec_release(&list->ordered);
    vec_release(&list->rows);
    *list = (struct list){0};
}
