/* What covers the session's screen for a while: aloof's log, one test in full, its
 * history, the help. A pager over a text. */
#ifndef ALOOF_UI_PAGE_H
#define ALOOF_UI_PAGE_H

#include "ui/pager.h"

enum page_kind { PAGE_NONE, PAGE_LOG, PAGE_TEST, PAGE_HISTORY, PAGE_HELP };
#define PAGE_KINDS 5

/* Zeroed: no page. */
struct page {
    enum page_kind kind;
    char *title;
    struct story story;           /* of all others; the log is its owner's and passed in */
    VEC(struct section) sections; /* behind it */
    struct pager pager;
    bool wrap;    /* whether the next page that is opened wraps long lines */
    char *answer; /* what came of the last search, for the bottom line; NULL nothing */
};

/* Opens the log at its end. */
void page_show_log(struct page *page);

/* Opens a test: its story is taken, the title copied; sections of it may follow. */
void page_show_test(struct page *page, const char *title, struct story *take_story);

/* Adds a section behind what the page has; the text is taken. */
void page_add(struct page *page, const char *heading, bool report, struct buf *take_text);

/* Opens a test's history, in which colours are SGR. */
void page_show_history(struct page *page, const char *title, const char *text);

/* Opens the help on a screen of so many columns. */
void page_show_help(struct page *page, const struct keymap *keymap, int cols);

/* `wrap` stays as the page had it, but for the help and histories. */
void page_close(struct page *page);

void page_release(struct page *page);

/* A key was pressed while a page is open, on a screen of that size. False: it is not for the page, and what
 * it commands is to be done as ever (a run, the editor). */
bool page_input(struct page *page, const struct story *log, int rows, int cols, int input,
                enum command command);

void page_draw(struct screen *screen, struct page *page, const struct story *log,
               const struct keymap *keymap);

/* What the hint at that place of the page sends; INPUT_NONE: there is none. Of the screen only size and ascii
 * count. */
int page_hint_at(const struct screen *screen, const struct page *page, const struct keymap *keymap, int row,
                 int col);

#endif
