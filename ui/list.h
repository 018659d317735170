/* All tests as a list: outcome, time, what of it is spent waiting, id; in one of several orders, narrowed
 * down as one types. Which of them show and where the cursor is; pure. */
#ifndef ALOOF_UI_LIST_H
#define ALOOF_UI_LIST_H

#include "plan/model.h"
#include "ui/keys.h"
#include "ui/screen.h"

/* By time: what the test usually takes. By CPU and waiting: of its newest time. */
enum list_order { LIST_BY_OUTCOME, LIST_BY_TIME, LIST_BY_CPU, LIST_BY_WAITING, LIST_BY_NAME };
#define LIST_ORDERS 5

struct list_row {
    size_t test;
    const char *id; /* the model's */
    uint64_t key;   /* what it is ordered by, the least first, before its name */
};

struct list_name {
    const char *id; /* the model's */
    size_t test;
};

/* Zeroed: closed. */
struct list {
    bool open, asking; /* asking: what is typed goes into the filter */
    bool stale;        /* the rows are made anew before they are next looked at */
    bool flaky;        /* there are flaky tests */
    bool waits;        /* there are tests that spend their time waiting */
    enum list_order order;
    struct buf filter;            /* see filter_matches */
    struct buf kept;              /* the filter that the rows passed */
    VEC(struct list_name) names;  /* every test by name; made anew when there are more */
    VEC(struct list_row) ordered; /* every test that is not gone, in order */
    VEC(struct list_row) rows;    /* of these, what the filter lets through */
    size_t at, top;               /* the cursor, and the first row that shows */
};

void list_open(struct list *list);

/* The same, the slowest first and the cursor on it. */
void list_open_slowest(struct list *list);

/* Makes the rows when they are stale or there are new tests. The cursor stays on its test while that matches.
 */
void list_update(struct list *list, const struct model *model);

/* The test under the cursor, MAP_NONE when no row is there. list_update must have been called. */
size_t list_selected(const struct list *list);

/* A key was pressed while the list is open. False: it is not for the list, and what it commands is to be done
 * with the selected test, or as ever. */
bool list_input(struct list *list, int rows, int input, enum command command);

/* Puts the cursor on the row of the screen, which has so many rows. False: no test is there. */
bool list_put(struct list *list, int rows, int row);

/* Draws it; list_update must have been called. */
void list_draw(struct screen *screen, struct list *list, const struct model *model,
               const struct keymap *keymap);

/* What the hint at that place sends; INPUT_NONE: there is none. Of the screen only size and ascii count. */
int list_hint_at(const struct screen *screen, const struct list *list, const struct keymap *keymap, int row,
                 int col);

void list_release(struct list *list);

#endif
