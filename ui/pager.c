#include "ui/pager.h"

#include <stdlib.h>

int pager_room(int rows)
{
    return rows <= 3 ? rows : pager_hinted(rows) ? rows - 2 : rows - 1;
}

bool pager_hinted(int rows)
{
    return rows >= 7;
}

/* What walking over the text needs. */
struct walk {
    const struct long_text *text;
    const struct line_look *look;
    int cols;
    size_t lines;
    struct long_line room;
};

static struct walk walk_over(const struct pager *pager, const struct long_text *text, int cols)
{
    return (struct walk){
        .text = text, .look = &pager->reading.look, .cols = cols, .lines = long_text_lines(text)};
}

static size_t rows_of(struct walk *walk, size_t line)
{
    return walk->look->wrap ? line_rows(long_text_line(walk->text, line, &walk->room), walk->look, walk->cols)
                            : 1;
}

/* So many rows further down; at most the last row of the text. */
static struct pager_place below(struct walk *walk, struct pager_place place, size_t rows)
{
    while (place.line < walk->lines) {
        size_t left = rows_of(walk, place.line) - place.row;
        if (rows < left) {
            place.row += rows;
            return place;
        }
        if (place.line + 1 == walk->lines) {
            place.row += left - 1;
            return place;
        }
        rows -= left;
        place = (struct pager_place){place.line + 1, 0};
    }
    return place;
}

/* So many rows further up; at least the first row of the text. */
static struct pager_place above(struct walk *walk, struct pager_place place, size_t rows)
{
    while (rows > place.row && place.line > 0) {
        rows -= place.row + 1;
        place.line--;
        place.row = rows_of(walk, place.line) - 1;
    }
    place.row = rows < place.row ? place.row - rows : 0;
    return place;
}

static bool before(struct pager_place a, struct pager_place b)
{
    return a.line < b.line || (a.line == b.line && a.row < b.row);
}

static struct pager_place last_top(struct walk *walk, int rows)
{
    if (walk->lines == 0)
        return (struct pager_place){0};
    struct pager_place end = {walk->lines - 1, rows_of(walk, walk->lines - 1) - 1};
    return above(walk, end, (size_t)pager_room(rows) - 1);
}

static void go_to(struct pager *pager, struct walk *walk, int rows, struct pager_place top)
{
    struct pager_place last = last_top(walk, rows);
    bool down = !before(top, pager->top);
    pager->at_end = down && !before(top, last);
    pager->top = before(top, last) ? top : last;
}

bool pager_move(struct pager *pager, const struct long_text *text, int rows, int cols, enum command command)
{
    struct walk walk = walk_over(pager, text, cols);
    struct pager_place top = pager->top;
    size_t page = pager_room(rows) > 1 ? (size_t)pager_room(rows) - 1 : 1;
    switch (command) {
    case COMMAND_NEXT:
        top = below(&walk, top, 1);
        break;
    case COMMAND_PREVIOUS:
        top = above(&walk, top, 1);
        break;
    case COMMAND_PAGE_DOWN:
        top = below(&walk, top, page);
        break;
    case COMMAND_PAGE_UP:
        top = above(&walk, top, page);
        break;
    case COMMAND_FIRST:
        pager->top = (struct pager_place){0};
        pager->at_end = false;
        return true;
    case COMMAND_LAST:
        top = (struct pager_place){walk.lines, 0};
        break;
    default:
        return false;
    }
    go_to(pager, &walk, rows, top);
    return true;
}

/* The last line of which something shows. */
static size_t last_shown(const struct pager *pager, struct walk *walk, int rows)
{
    return below(walk, pager->top, (size_t)pager_room(rows) - 1).line;
}

static void show_found(struct pager *pager, struct walk *walk, int rows, size_t line)
{
    struct reading *reading = &pager->reading;
    const struct story_line *found = long_text_line(walk->text, line, &walk->room);
    struct pager_place place = {line, line_show(found, &reading->look, &reading->needle, walk->cols)};
    struct pager_place end = below(walk, pager->top, (size_t)pager_room(rows) - 1);
    pager->found = line + 1;
    if (before(place, pager->top) || before(end, place))
        go_to(pager, walk, rows, place);
}

bool pager_search(struct pager *pager, const struct long_text *text, int rows, int cols, int step)
{
    struct walk walk = walk_over(pager, text, cols);
    size_t lines = walk.lines;
    bool shows = pager->found > pager->top.line && pager->found <= last_shown(pager, &walk, rows) + 1;
    size_t from = shows ? pager->found - 1 : step > 0 ? pager->top.line + lines - 1 : pager->top.line;
    for (size_t i = 1; i <= lines; i++) {
        size_t at = (from + (step > 0 ? i : lines - i)) % lines;
        if (!line_has(long_text_line(text, at, &walk.room), &pager->reading.needle))
            continue;
        show_found(pager, &walk, rows, at);
        return true;
    }
    pager->found = 0;
    return false;
}

long pager_widest(const struct pager *pager, const struct long_text *text, int rows)
{
    struct long_line room = {0};
    long widest = 0;
    size_t lines = long_text_lines(text);
    for (size_t i = 0; i < (size_t)pager_room(rows) && pager->top.line + i < lines; i++) {
        long columns = line_columns(long_text_line(text, pager->top.line + i, &room));
        widest = columns > widest ? columns : widest;
    }
    return widest;
}

/* "12-40 of 300", where not all shows. */
static void draw_place(struct screen *screen, int from, const struct pager *pager, size_t end, size_t lines)
{
    char place[64];
    if (pager->top.line == 0 && pager->top.row == 0 && end == lines)
        return;
    snprintf(place, sizeof place, "%zu-%zu of %zu", pager->top.line + 1, end, lines);
    int start = screen->cols - 1 - screen_width(screen, place);
    if (start > from + 1)
        screen_put(screen, 0, start, screen->cols, STYLE_DIM, place);
}

/* Lines that were searched for have a mark, the one that was found last a bold one. */
static void draw_mark(struct screen *screen, int row, bool found)
{
    screen_put(screen, row, 0, 1, found ? STYLE_BOLD : STYLE_YELLOW,
               screen->ascii ? (found ? ">" : "*") : (found ? "▶" : "▸"));
    if (found)
        screen->cursor_row = row;
}

/* Returns the line behind the last that shows. */
static size_t draw_text(struct screen *screen, const struct pager *pager, const struct long_text *text,
                        int row, int end)
{
    const struct reading *reading = &pager->reading;
    struct long_line room = {0};
    size_t at = pager->top.line, first = pager->top.row, lines = long_text_lines(text);
    for (; row < end && at < lines; at++, first = 0) {
        const struct story_line *line = long_text_line(text, at, &room);
        int drawn = line_draw(screen, row, end - row, line, &reading->look, &reading->needle, first);
        if (first == 0 && line_has(line, &reading->needle))
            draw_mark(screen, row, at + 1 == pager->found);
        row += drawn;
    }
    return at;
}

void pager_draw(struct screen *screen, struct pager *pager, const char *title, const struct long_text *text)
{
    struct walk walk = walk_over(pager, text, screen->cols);
    struct pager_place last = last_top(&walk, screen->rows);
    int room = pager_room(screen->rows), top = room < screen->rows ? 1 : 0;
    if (pager->at_end || !before(pager->top, last))
        pager->top = last;
    else if (pager->top.row >= rows_of(&walk, pager->top.line)) /* it was wrapped otherwise */
        pager->top.row = 0;
    size_t end = draw_text(screen, pager, text, top, top + room);
    if (top > 0)
        draw_place(screen, screen_fit_end(screen, 0, 1, screen->cols, STYLE_BOLD, title), pager, end,
                   walk.lines);
}

void pager_release(struct pager *pager)
{
    reading_release(&pager->reading);
    *pager = (struct pager){0};
}
