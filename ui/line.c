#include "ui/line.h"

#include "trace/clean.h"

#include <stdlib.h>

#define WRAP_COLUMNS_MIN 8 /* in fewer nothing is wrapped */
#define MARK_COLUMNS 2     /* "↳ " in front of a wrapped line's further rows */
#define OCTETS_A_COLUMN 16 /* of a line: more, marks and escape sequences, are not looked at */
#define OCTETS_MORE 4096

/* How a wrapped line is divided: its columns [0, first) are on the first row, `step` columns on each other
 * one. Where wide characters may be, a row has a column to spare, for the one that would be torn. */
struct division {
    long columns;
    long first, step;
    int indent;
    size_t rows;
};

void line_text(const struct story_line *line, struct buf *to)
{
    const struct span *span;
    vec_each (span, &line->spans)
        clean_text(to, bytes_of(span->text), false);
}

/* Whether every octet is a character of one column. */
static bool simple(const char *text, size_t *len)
{
    const char *at = text;
    while (*at >= ' ' && *at < 0x7F)
        at++;
    *len = (size_t)(at - text);
    return *at == '\0';
}

static long measure(const struct story_line *line, bool *plain)
{
    long columns = 0;
    const struct span *span;
    *plain = true;
    vec_each (span, &line->spans) {
        size_t len;
        bool easy = simple(span->text, &len);
        columns += easy ? (long)len : screen_width(NULL, span->text);
        *plain &= easy;
    }
    return columns;
}

long line_columns(const struct story_line *line)
{
    bool plain;
    return measure(line, &plain);
}

static int indent_of(const struct story_line *line)
{
    int indent = 0;
    const struct span *span;
    if (line->hang > 0)
        return (int)line->hang;
    vec_each (span, &line->spans) {
        size_t blanks = strspn(span->text, " ");
        indent += (int)blanks;
        if (span->text[blanks] != '\0')
            break;
    }
    return indent;
}

static struct division divide(const struct story_line *line, const struct line_look *look, int cols)
{
    bool plain;
    int room = cols - 1;
    if (!look->wrap || room < WRAP_COLUMNS_MIN)
        return (struct division){.rows = 1};
    struct division division = {.columns = measure(line, &plain), .rows = 1, .first = room};
    if (division.columns <= room)
        return division;
    int spare = plain ? 0 : 1, indent = indent_of(line);
    division.indent = indent < room / 3 ? indent : room / 3;
    division.first = room - spare;
    division.step = room - division.indent - MARK_COLUMNS - spare;
    division.rows += (size_t)((division.columns - division.first + division.step - 1) / division.step);
    return division;
}

size_t line_rows(const struct story_line *line, const struct line_look *look, int cols)
{
    return divide(line, look, cols).rows;
}

/* Where the row begins, as a column of the line. */
static long start_of(const struct division *division, size_t row)
{
    return row == 0 ? 0 : division->first + (long)(row - 1) * division->step;
}

static int put_span(struct screen *strip, int col, const struct span *span, size_t *octets)
{
    size_t len = strnlen(span->text, *octets + 1);
    if (len <= *octets) {
        *octets -= len;
        return screen_put_span(strip, 0, col, strip->cols, span);
    }
    for (len = *octets; len > 0 && ((unsigned char)span->text[len] & 0xC0) == 0x80;)
        len--;
    struct span start = *span;
    start.text = mem_dup(span->text, len);
    *octets = 0;
    screen_put_span(strip, 0, col, strip->cols, &start);
    free(start.text);
    return strip->cols;
}

/* The line's columns from `from` on, one column further to the left, drawn on a screen of one row. Returns
 * the strip's column behind the line; at least strip->cols - 1 where there is more of it. */
static int draw_strip(struct screen *strip, const struct story_line *line, long from)
{
    size_t octets = (size_t)(from + strip->cols) * OCTETS_A_COLUMN + OCTETS_MORE;
    int col = 1 - (int)from;
    const struct span *span;
    vec_each (span, &line->spans)
        if (col < strip->cols && octets > 0)
            col = put_span(strip, col, span, &octets);
    return col;
}

static void mark_cell(struct cell *cell)
{
    cell->style = STYLE_REVERSE;
    cell->ink = (struct ink){0};
}

static void mark_needle(struct screen *strip, const struct story_line *line, const struct needle *needle,
                        long from)
{
    struct buf text = {0};
    if (needle == NULL || needle->text == NULL)
        return;
    line_text(line, &text);
    struct bytes rest = buf_bytes(&text), found;
    long col = 1 - from;
    while (col < strip->cols && needle_find(needle, rest, &found)) {
        size_t before = (size_t)(found.data - rest.data);
        col += (long)clean_width((struct bytes){rest.data, before});
        long end = col + (long)clean_width(found);
        for (; col < end; col++)
            if (col >= 0 && col < strip->cols)
                mark_cell(screen_cell(strip, 0, (int)col));
        rest = (struct bytes){found.data + found.len, rest.len - before - found.len};
    }
    buf_release(&text);
}

/* Copies the strip's cells [at, end) to the row, from col on; a wide character that begins before the end and
 * ends behind it is left out. */
static void copy_cells(struct screen *screen, int row, int col, const struct screen *strip, int at, int end)
{
    for (; at < end && col < screen->cols; at++, col++) {
        const struct cell *cell = screen_cell(strip, 0, at);
        if (cell->width == 2 && (at + 2 > end || col + 2 > screen->cols))
            return;
        *screen_cell(screen, row, col) = *cell;
    }
}

static void draw_cut(struct screen *screen, int row, const struct story_line *line,
                     const struct line_look *look, const struct needle *needle)
{
    const char *more = screen->ascii ? "~" : "…";
    struct screen strip;
    int room = screen->cols - 1;
    screen_init(&strip, 1, room + 3, screen->ascii);
    int end = draw_strip(&strip, line, look->left);
    mark_needle(&strip, line, needle, look->left);
    bool torn = screen_cell(&strip, 0, 1)->width == 0;
    copy_cells(screen, row, torn ? 2 : 1, &strip, torn ? 2 : 1, 1 + room);
    if (look->left > 0 && room > 1 && line_columns(line) > 0)
        screen_put(screen, row, 1, 2, STYLE_DIM, more);
    if (end > 1 + room) {
        enum style style = (enum style)screen_cell(&strip, 0, room)->style;
        screen_put(screen, row, room, room + 1, style, more);
    }
    screen_release(&strip);
}

static int draw_wrapped(struct screen *screen, int row, int rows, const struct story_line *line,
                        const struct division *division, const struct needle *needle, size_t first)
{
    size_t last = first + (size_t)rows < division->rows ? first + (size_t)rows : division->rows;
    long from = start_of(division, first);
    struct screen strip;
    screen_init(&strip, 1, (int)(start_of(division, last) - from) + 3, screen->ascii);
    draw_strip(&strip, line, from);
    mark_needle(&strip, line, needle, from);
    for (size_t i = first; i < last; i++, row++) {
        int at = 1 + (int)(start_of(division, i) - from), end = 1 + (int)(start_of(division, i + 1) - from);
        int col = i == 0 ? 1 : 1 + division->indent + MARK_COLUMNS;
        if (i > 0)
            screen_put(screen, row, col - MARK_COLUMNS, col, STYLE_DIM, screen->ascii ? "\\" : "↳");
        if (screen_cell(&strip, 0, at)->width == 0) /* what did not fit on the row before */
            at--;
        copy_cells(screen, row, col, &strip, at, end);
    }
    screen_release(&strip);
    return (int)(last - first);
}

int line_draw(struct screen *screen, int row, int rows, const struct story_line *line,
              const struct line_look *look, const struct needle *needle, size_t first)
{
    struct division division = divide(line, look, screen->cols);
    if (rows <= 0 || screen->cols < 2 || first >= division.rows)
        return rows <= 0 ? 0 : 1;
    if (division.rows > 1)
        return draw_wrapped(screen, row, rows, line, &division, needle, first);
    const struct line_look from_start = {.left = look->wrap ? 0 : look->left};
    draw_cut(screen, row, line, &from_start, needle);
    return 1;
}

/* Looks at the text as it came where that is the same, which it is in most of the lines of a long one. */
bool line_has(const struct story_line *line, const struct needle *needle)
{
    struct bytes found;
    size_t len;
    if (needle->text == NULL)
        return false;
    if (line->spans.len == 1 && simple(line->spans.items[0].text, &len))
        return needle_find(needle, (struct bytes){line->spans.items[0].text, len}, &found);
    struct buf text = {0};
    line_text(line, &text);
    bool has = needle_find(needle, buf_bytes(&text), &found);
    buf_release(&text);
    return has;
}

/* Whether the columns from a up to b are on the row, beside the ellipses. */
static bool in_sight(long a, long b, int left, int room)
{
    return (left == 0 ? a >= 0 : a > left) && b < left + room;
}

size_t line_show(const struct story_line *line, struct line_look *look, const struct needle *needle, int cols)
{
    struct division division = divide(line, look, cols);
    struct buf text = {0};
    struct bytes found;
    size_t row = 0;
    int room = cols - 1;
    line_text(line, &text);
    if (needle_find(needle, buf_bytes(&text), &found)) {
        long a = (long)clean_width((struct bytes){text.data, (size_t)(found.data - text.data)});
        long b = a + (long)clean_width(found);
        while (row + 1 < division.rows && start_of(&division, row + 1) <= a)
            row++;
        if (!look->wrap && !in_sight(a, b, look->left, room))
            look->left = in_sight(a, b, 0, room) ? 0 : a > room / 3 ? (int)a - room / 3 : 0;
    }
    buf_release(&text);
    return row;
}
