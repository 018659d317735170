#include "ui/page.h"

#include "ui/typing.h"

#include <stdlib.h>

void page_close(struct page *page)
{
    free(page->title);
    story_release(&page->text);
    pager_release(&page->pager);
    buf_release(&page->typed);
    *page = (struct page){0};
}

void page_show_log(struct page *page)
{
    page_close(page);
    page->kind = PAGE_LOG;
    page->title = mem_strdup("aloof: what happened");
    page->pager.at_end = true;
}

void page_show_test(struct page *page, const char *title, struct story *take_story)
{
    page_close(page);
    page->kind = PAGE_TEST;
    page->title = mem_strdup(title);
    page->text = *take_story;
}

static const struct story *text_of(const struct page *page, const struct story *log)
{
    return page->kind == PAGE_LOG ? log : &page->text;
}

static void search(struct page *page, const struct story *log, int rows, const char *needle, int step)
{
    bool found = pager_search(&page->pager, text_of(page, log), rows, needle, step);
    page->answer = found ? NULL : page->pager.needle != NULL ? "not found" : "nothing was searched for yet";
}

static void type(struct page *page, const struct story *log, int rows, int input)
{
    enum typing typing = typing_input(&page->typed, input);
    page->asking = typing == TYPING_ON;
    if (typing == TYPING_DONE)
        search(page, log, rows, page->typed.len > 0 ? buf_str(&page->typed) : NULL, 1);
}

/* What is done to the session from here as from its own screen. */
static bool is_for_session(enum command command)
{
    switch (command) {
    case COMMAND_EDIT:
    case COMMAND_DEBUG:
    case COMMAND_RERUN_RED:
    case COMMAND_RUN_ALL:
    case COMMAND_RUN_ONE:
    case COMMAND_STOP:
    case COMMAND_PAUSE:
    case COMMAND_COPY:
    case COMMAND_REDRAW:
        return true;
    default:
        return false;
    }
}

bool page_input(struct page *page, const struct story *log, int rows, int input, enum command command)
{
    if (page->asking) {
        type(page, log, rows, input);
        return true;
    }
    page->answer = NULL;
    if (pager_move(&page->pager, text_of(page, log)->lines.len, rows, command))
        return true;
    if (command == COMMAND_SEARCH) {
        page->asking = true;
        buf_clear(&page->typed);
    } else if (command == COMMAND_NEXT_FAILURE || command == COMMAND_PREVIOUS_FAILURE) {
        search(page, log, rows, NULL, command == COMMAND_NEXT_FAILURE ? 1 : -1);
    } else if (is_for_session(command)) {
        return false;
    } else if (input == INPUT_ESCAPE || command == COMMAND_QUIT || command == COMMAND_LOG ||
               command == COMMAND_STORY) {
        page_close(page);
    }
    return true;
}

void page_draw(struct screen *screen, struct page *page, const struct story *log)
{
    pager_draw(screen, &page->pager, page->title, text_of(page, log));
    int row = screen->rows - 1;
    if (!page->asking && page->answer == NULL)
        return;
    screen_fill(screen, row, 0, screen->cols, STYLE_PLAIN, " ");
    if (page->asking) {
        int col = screen_put(screen, row, 1, screen->cols, STYLE_BOLD, "/");
        screen_fit_end(screen, row, col, screen->cols, STYLE_PLAIN, buf_str(&page->typed));
        screen->cursor_row = row;
    } else {
        screen_fit(screen, row, 1, screen->cols, STYLE_YELLOW, page->answer);
    }
}
