#include "ui/pager.h"

#include <stdlib.h>
#include <strings.h>

static size_t room(int rows)
{
    return rows > 3 ? (size_t)rows - 2 : (size_t)rows;
}

static size_t last_top(size_t lines, int rows)
{
    return lines > room(rows) ? lines - room(rows) : 0;
}

static void go_to(struct pager *pager, size_t top, size_t lines, int rows)
{
    size_t last = last_top(lines, rows);
    pager->top = top < last ? top : last;
    pager->at_end = top >= last;
}

bool pager_move(struct pager *pager, size_t lines, int rows, enum command command)
{
    size_t top = pager->top, page = room(rows) > 1 ? room(rows) - 1 : 1;
    switch (command) {
    case COMMAND_NEXT:
        go_to(pager, top + 1, lines, rows);
        return true;
    case COMMAND_PREVIOUS:
        go_to(pager, top > 0 ? top - 1 : 0, lines, rows);
        return true;
    case COMMAND_PAGE_DOWN:
        go_to(pager, top + page, lines, rows);
        return true;
    case COMMAND_PAGE_UP:
        go_to(pager, top > page ? top - page : 0, lines, rows);
        return true;
    case COMMAND_FIRST:
        go_to(pager, 0, lines, rows);
        return true;
    case COMMAND_LAST:
        go_to(pager, lines, lines, rows);
        return true;
    default:
        return false;
    }
}

static bool has(const struct story_line *line, const char *needle)
{
    size_t len = strlen(needle);
    struct buf text = {0};
    const struct span *span;
    vec_each (span, &line->spans)
        buf_puts(&text, span->text);
    bool found = false;
    for (size_t i = 0; !found && i + len <= text.len; i++)
        found = strncasecmp(text.data + i, needle, len) == 0;
    buf_release(&text);
    return found;
}

bool pager_search(struct pager *pager, const struct story *text, int rows, const char *needle, int step)
{
    size_t lines = text->lines.len;
    if (needle != NULL) {
        free(pager->needle);
        pager->needle = mem_strdup(needle);
        pager->found = 0;
    }
    if (pager->needle == NULL || *pager->needle == '\0')
        return false;
    bool shows = pager->found > pager->top && pager->found <= pager->top + room(rows);
    size_t from = shows ? pager->found - 1 : step > 0 ? pager->top + lines - 1 : pager->top;
    for (size_t i = 1; i <= lines; i++) {
        size_t at = (from + (step > 0 ? i : lines - i)) % lines;
        if (!has(&text->lines.items[at], pager->needle))
            continue;
        pager->found = at + 1;
        if (at < pager->top || at >= pager->top + room(rows))
            go_to(pager, at, lines, rows);
        return true;
    }
    pager->found = 0;
    return false;
}

/* "12-40 of 300" */
static void draw_place(struct screen *screen, int from, const struct pager *pager, size_t lines)
{
    char place[64];
    size_t end = pager->top + room(screen->rows);
    snprintf(place, sizeof place, "%zu-%zu of %zu", lines > 0 ? pager->top + 1 : 0, end < lines ? end : lines,
             lines);
    int start = screen->cols - 1 - screen_width(screen, place);
    if (start > from + 1)
        screen_put(screen, 0, start, screen->cols, STYLE_DIM, place);
}

/* Lines that were searched for have a mark, the one that was found last a bold one. */
static void draw_line(struct screen *screen, int row, const struct story_line *line, const char *needle,
                      bool found)
{
    int col = 1;
    const struct span *span;
    vec_each (span, &line->spans)
        if (col < screen->cols)
            col = screen_span(screen, row, col, screen->cols, span);
    if (needle != NULL && *needle != '\0' && has(line, needle))
        screen_put(screen, row, 0, 1, found ? STYLE_BOLD : STYLE_YELLOW,
                   screen->ascii ? (found ? ">" : "*") : (found ? "▶" : "▸"));
}

void pager_draw(struct screen *screen, struct pager *pager, const char *title, const struct story *text)
{
    size_t lines = text->lines.len, shown = room(screen->rows);
    if (pager->at_end || pager->top > last_top(lines, screen->rows))
        pager->top = last_top(lines, screen->rows);
    bool framed = shown < (size_t)screen->rows;
    if (framed) {
        draw_place(screen, screen_fit(screen, 0, 1, screen->cols, STYLE_BOLD, title), pager, lines);
        screen_fit(screen, screen->rows - 1, 1, screen->cols, STYLE_DIM,
                   screen->ascii ? "j/k line - Space/b page - g/G ends - / search - n/N next - q back"
                                 : "j/k line · Space/b page · g/G ends · / search · n/N next · q back");
    }
    for (size_t i = 0; i < shown && pager->top + i < lines; i++)
        draw_line(screen, (framed ? 1 : 0) + (int)i, &text->lines.items[pager->top + i], pager->needle,
                  pager->top + i + 1 == pager->found);
}

void pager_release(struct pager *pager)
{
    free(pager->needle);
    *pager = (struct pager){0};
}
