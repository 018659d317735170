#include "ui/page.h"

#include "trace/text.h"
#include "ui/help.h"
#include "ui/hints.h"

#include <stdlib.h>

static const struct hint hints[] = {
    {COMMAND_NEXT, COMMAND_PREVIOUS, "line", false},  {COMMAND_PAGE_DOWN, COMMAND_PAGE_UP, "page", false},
    {COMMAND_SEARCH, COMMAND_NONE, "search", false},  {COMMAND_WRAP, COMMAND_NONE, "wrap", false},
    {COMMAND_LEFT, COMMAND_RIGHT, "sideways", false}, {COMMAND_FIRST, COMMAND_LAST, "ends", false},
    {COMMAND_QUIT, COMMAND_NONE, "back", true},
};

/* While something is searched for. */
static const struct hint search_hints[] = {
    {COMMAND_NEXT_FAILURE, COMMAND_PREVIOUS_FAILURE, "next", false},
    {COMMAND_SEARCH, COMMAND_NONE, "search", false},
    {COMMAND_NEXT, COMMAND_PREVIOUS, "line", false},
    {COMMAND_PAGE_DOWN, COMMAND_PAGE_UP, "page", false},
    {COMMAND_WRAP, COMMAND_NONE, "wrap", false},
    {COMMAND_QUIT, COMMAND_NONE, "back", true},
};

static const struct hint help_hints[] = {
    {COMMAND_NEXT, COMMAND_PREVIOUS, "line", false},
    {COMMAND_PAGE_DOWN, COMMAND_PAGE_UP, "page", false},
    {COMMAND_SEARCH, COMMAND_NONE, "search", false},
    {COMMAND_QUIT, COMMAND_NONE, "back", true},
};

static const struct hint *hints_of(const struct page *page, size_t *count)
{
    if (page->pager.reading.needle.text != NULL) {
        *count = sizeof search_hints / sizeof *search_hints;
        return search_hints;
    }
    bool help = page->kind == PAGE_HELP;
    *count = help ? sizeof help_hints / sizeof *help_hints : sizeof hints / sizeof *hints;
    return help ? help_hints : hints;
}

void page_close(struct page *page)
{
    bool wrap =
        page->kind == PAGE_LOG || page->kind == PAGE_TEST ? page->pager.reading.look.wrap : page->wrap;
    page_release(page);
    page->wrap = wrap;
}

void page_release(struct page *page)
{
    struct section *section;
    free(page->title);
    free(page->answer);
    story_release(&page->story);
    vec_each (section, &page->sections)
        section_release(section);
    vec_release(&page->sections);
    pager_release(&page->pager);
    *page = (struct page){0};
}

static void open(struct page *page, enum page_kind kind, const char *title)
{
    page_close(page);
    page->kind = kind;
    page->title = mem_strdup(title);
    page->pager.reading.look.wrap = page->wrap;
}

void page_show_log(struct page *page)
{
    open(page, PAGE_LOG, "aloof: the log");
    page->pager.at_end = true;
}

void page_show_test(struct page *page, const char *title, struct story *take_story)
{
    open(page, PAGE_TEST, title);
    page->story = *take_story;
}

void page_add(struct page *page, const char *heading, bool report, struct buf *take_text)
{
    struct section section;
    size_t len = take_text->len;
    section_init(&section, heading, report, buf_take(take_text), len);
    vec_push(&page->sections, section);
}

/* All of its lines is wanted however narrow the screen is. */
void page_show_history(struct page *page, const char *title, const char *text)
{
    struct ink ink = {0};
    struct bytes line;
    open(page, PAGE_HISTORY, title);
    page->pager.reading.look.wrap = true;
    for (size_t at = 0; text_line(bytes_of(text), &at, &line);) {
        struct story_line told = {.frame = -1};
        vec_push(&told.spans, story_printed(STYLE_PLAIN, line, &ink));
        vec_push(&page->story.lines, told);
    }
}

/* Its lines are short, and all of each is wanted however narrow the screen is. */
void page_show_help(struct page *page, const struct keymap *keymap, int cols)
{
    open(page, PAGE_HELP, "aloof: the keys");
    page->pager.reading.look.wrap = true;
    help_tell(&page->story, keymap, cols);
}

static struct long_text text_of(const struct page *page, const struct story *log)
{
    return (struct long_text){
        .head = page->kind == PAGE_LOG ? log : &page->story,
        .sections = page->sections.items,
        .section_count = page->sections.len,
    };
}

static void answer(struct page *page, char *take_text)
{
    free(page->answer);
    page->answer = take_text;
}

static void search(struct page *page, const struct long_text *text, int rows, int cols,
                   enum reading_wish wish)
{
    if (wish == READING_FIND)
        page->pager.found = 0;
    if (!pager_search(&page->pager, text, rows, cols, wish == READING_PREVIOUS ? -1 : 1))
        answer(page, reading_not_found(&page->pager.reading));
}

/* What is done to the session from here as from its own screen. */
static bool is_for_session(const struct page *page, enum command command)
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
    case COMMAND_HISTORY:
        return page->kind == PAGE_TEST;
    case COMMAND_STORY:
        return page->kind == PAGE_HISTORY;
    default:
        return false;
    }
}

static bool closes(const struct page *page, int input, enum command command)
{
    return page->kind == PAGE_HELP || input == INPUT_ESCAPE || command == COMMAND_QUIT ||
           command == COMMAND_LOG || command == COMMAND_STORY || command == COMMAND_HISTORY;
}

bool page_input(struct page *page, const struct story *log, int rows, int cols, int input,
                enum command command)
{
    struct long_text text = text_of(page, log);
    struct reading *reading = &page->pager.reading;
    long widest = command == COMMAND_RIGHT ? pager_widest(&page->pager, &text, rows) : 0;
    answer(page, NULL);
    enum reading_wish wish = reading_input(reading, input, command, cols, widest);
    if (wish == READING_OTHER && pager_move(&page->pager, &text, rows, cols, command))
        return true;
    if (wish == READING_FIND || wish == READING_NEXT || wish == READING_PREVIOUS)
        search(page, &text, rows, cols, wish);
    if (wish != READING_OTHER)
        return true;
    if (command == COMMAND_NEXT_FAILURE || command == COMMAND_PREVIOUS_FAILURE)
        answer(page, mem_strdup("nothing was searched for yet"));
    else if (command == COMMAND_REDRAW || (page->kind != PAGE_HELP && is_for_session(page, command)))
        return false;
    else if (closes(page, input, command))
        page_close(page);
    return true;
}

void page_draw(struct screen *screen, struct page *page, const struct story *log, const struct keymap *keymap)
{
    struct long_text text = text_of(page, log);
    int row = screen->rows - 1;
    size_t count;
    const struct hint *shown = hints_of(page, &count);
    pager_draw(screen, &page->pager, page->title, &text);
    if (pager_hinted(screen->rows))
        hints_draw(screen, row, keymap, shown, count);
    if (page->answer != NULL) {
        screen_fill(screen, row, 0, screen->cols, STYLE_PLAIN, " ");
        screen_fit(screen, row, 1, screen->cols, STYLE_YELLOW, page->answer);
    }
    reading_draw(screen, &page->pager.reading);
}

int page_hint_at(const struct screen *screen, const struct page *page, const struct keymap *keymap, int row,
                 int col)
{
    size_t count;
    const struct hint *shown = hints_of(page, &count);
    bool covered = page->answer != NULL || page->pager.reading.asking;
    if (!pager_hinted(screen->rows) || row != screen->rows - 1 || covered)
        return INPUT_NONE;
    return hints_at(screen, keymap, shown, count, col);
}
