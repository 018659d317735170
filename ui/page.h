/* What covers the session's screen for a while: aloof's log, or one test in full.
 * A pager over a text, with a line at the bottom to type a search into. */
#ifndef ALOOF_UI_PAGE_H
#define ALOOF_UI_PAGE_H

#include "ui/pager.h"

enum page_kind { PAGE_NONE, PAGE_LOG, PAGE_TEST };

/* Zeroed: no page. */
struct page {
    enum page_kind kind;
    char *title;
    struct story text; /* of PAGE_TEST; the log is its owner's and passed in */
    struct pager pager;
    bool asking;        /* what is typed goes into `typed` */
    struct buf typed;   /* UTF-8 */
    const char *answer; /* what came of the last search, for the bottom line; static, NULL nothing */
};

/* Opens the log at its end. */
void page_show_log(struct page *page);

/* Opens a test: its story is taken, the title copied. */
void page_show_test(struct page *page, const char *title, struct story *take_story);

void page_close(struct page *page);

/* A key was pressed while a page is open. False: it is not for the page, and what it commands is to be done
 * as ever (a run, the editor). */
bool page_input(struct page *page, const struct story *log, int rows, int input, enum command command);

void page_draw(struct screen *screen, struct page *page, const struct story *log);

#endif
