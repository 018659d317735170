#include "ui/screen.h"

#include "trace/clean.h"

#include <stdlib.h>
#include <utf8proc.h>

#define EMOJI_SELECTOR 0xFE0F
#define SKIN_TONE_FIRST 0x1F3FB
#define SKIN_TONE_LAST 0x1F3FF

_Static_assert(sizeof(struct cell) == sizeof(struct ink) + CELL_BYTES + 2, "cells are compared as memory");

/* How text is put: its style, and the colours in force, which sequences in it change. */
struct pen {
    enum style style;
    struct ink ink;
};

/* One character read from cleaned text. */
struct glyph {
    const char *at;
    size_t len;
    int width; /* 0: a mark on the one before */
};

void screen_init(struct screen *screen, int rows, int cols, bool ascii)
{
    *screen = (struct screen){.rows = rows > 0 ? rows : 1, .cols = cols > 0 ? cols : 1, .ascii = ascii};
    size_t count = (size_t)screen->rows * (size_t)screen->cols;
    screen->cells = mem_zero(count * sizeof *screen->cells);
    for (size_t i = 0; i < count; i++)
        screen->cells[i] = (struct cell){.text = " ", .width = 1};
}

void screen_release(struct screen *screen)
{
    free(screen->cells);
    *screen = (struct screen){0};
}

struct cell *screen_cell(const struct screen *screen, int row, int col)
{
    return &screen->cells[(size_t)row * (size_t)screen->cols + (size_t)col];
}

/* Terminals disagree about how joined, toned and selected emoji look, so the characters that ask for it are
 * left out, as are all others that cannot be seen. */
static bool disputed(utf8proc_int32_t code, int width)
{
    bool toned = code >= SKIN_TONE_FIRST && code <= SKIN_TONE_LAST;
    return toned || code == EMOJI_SELECTOR || (width == 0 && utf8proc_category(code) == UTF8PROC_CATEGORY_CF);
}

/* Skips a sequence of colours at the start of the rest; pen NULL: they do not matter. */
static bool skip_sgr(const char **text, const char *end, struct pen *pen)
{
    size_t len = **text == '\033' ? clean_sgr((struct bytes){*text, (size_t)(end - *text)}) : 0;
    if (len > 0 && pen != NULL)
        ink_apply(&pen->ink, (struct bytes){*text + 2, len - 3});
    *text += len;
    return len > 0;
}

/* Reads the next character of cleaned text; false at its end. */
static bool next_glyph(const char **text, const char *end, struct glyph *glyph, struct pen *pen)
{
    while (*text < end) {
        if (skip_sgr(text, end, pen))
            continue;
        utf8proc_int32_t code;
        utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)*text, end - *text, &code);
        if (len <= 0) {
            (*text)++;
            continue;
        }
        *glyph = (struct glyph){*text, (size_t)len, utf8proc_charwidth(code)};
        *text += len;
        if (code == '\n') {
            *glyph = (struct glyph){" ", 1, 1};
            return true;
        }
        if (code >= ' ' && !disputed(code, glyph->width))
            return true;
    }
    return false;
}

/* Removes what a wide character leaves when one of its halves is written over. */
static void break_wide(struct screen *screen, int row, int col)
{
    struct cell *cell = screen_cell(screen, row, col);
    if (cell->width == 0 && col > 0)
        cell[-1] = (struct cell){.text = " ", .width = 1, .style = cell[-1].style, .ink = cell[-1].ink};
    if (cell->width == 2 && col + 1 < screen->cols)
        cell[1] = (struct cell){.text = " ", .width = 1, .style = cell[1].style, .ink = cell[1].ink};
}

static void set_cell(struct screen *screen, int row, int col, const struct pen *pen,
                     const struct glyph *glyph)
{
    for (int i = 0; i < glyph->width; i++)
        break_wide(screen, row, col + i);
    struct cell *cell = screen_cell(screen, row, col);
    *cell = (struct cell){
        .style = (unsigned char)pen->style, .ink = pen->ink, .width = (unsigned char)glyph->width};
    memcpy(cell->text, glyph->at, glyph->len);
    if (glyph->width == 2)
        cell[1] = (struct cell){.style = cell->style, .ink = cell->ink};
}

static int count_characters(const char *text)
{
    int count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

static void add_mark(struct cell *cell, const struct glyph *glyph)
{
    int have = count_characters(cell->text);
    if (have > 0 && have <= CELL_MARKS)
        memcpy(cell->text + strlen(cell->text), glyph->at, glyph->len);
}

/* Where only ASCII may be shown, every column of another character is a question mark. */
static void set_question(struct screen *screen, int row, int col, const struct pen *pen, int width)
{
    for (int i = 0; i < width; i++)
        set_cell(screen, row, col + i, pen, &(struct glyph){"?", 1, 1});
}

static int put_clean(struct screen *screen, int row, int col, int limit, enum style style, struct bytes text)
{
    struct pen pen = {.style = style};
    const char *at = text.data, *end = text.data + text.len;
    struct cell *last = NULL;
    struct glyph glyph;
    while (next_glyph(&at, end, &glyph, &pen)) {
        if (glyph.width == 0) {
            if (last != NULL && !screen->ascii)
                add_mark(last, &glyph);
            continue;
        }
        if (col + glyph.width > limit)
            break;
        int width = glyph.width;
        if (col < 0) {
            col += width;
            last = NULL;
            continue;
        }
        if (screen->ascii && (unsigned char)glyph.at[0] >= 0x80)
            set_question(screen, row, col, &pen, width);
        else
            set_cell(screen, row, col, &pen, &glyph);
        last = screen_cell(screen, row, col);
        col += width;
    }
    return col;
}

static bool inside(const struct screen *screen, int row, int *col, int *limit)
{
    if (*limit > screen->cols)
        *limit = screen->cols;
    if (*col < 0)
        *col = 0;
    return row >= 0 && row < screen->rows && *col < *limit;
}

int screen_put_span(struct screen *screen, int row, int col, int limit, const struct span *span)
{
    int first = col < 0 ? 0 : col;
    if (!inside(screen, row, &first, &limit))
        return col;
    const struct ink plain = {0};
    struct buf clean = {0};
    if (span->printed)
        clean_inked(&clean, bytes_of(span->text), &plain, &span->ink);
    else
        clean_text(&clean, bytes_of(span->text), false);
    col = put_clean(screen, row, col, limit, span->style, buf_bytes(&clean));
    buf_release(&clean);
    return col;
}

int screen_put(struct screen *screen, int row, int col, int limit, enum style style, const char *text)
{
    const struct span span = {.style = style, .text = (char *)text};
    return screen_put_span(screen, row, col, limit, &span);
}

static int clean_columns(struct bytes text)
{
    const char *at = text.data, *end = text.data + text.len;
    struct glyph glyph;
    int width = 0;
    while (next_glyph(&at, end, &glyph, NULL))
        width += glyph.width;
    return width;
}

int screen_width(const struct screen *screen, const char *text)
{
    (void)screen;
    struct buf clean = {0};
    clean_text(&clean, bytes_of(text), false);
    int width = clean_columns(buf_bytes(&clean));
    buf_release(&clean);
    return width;
}

static const char *ellipsis(const struct screen *screen)
{
    return screen->ascii ? "~" : "…";
}

int screen_fit(struct screen *screen, int row, int col, int limit, enum style style, const char *text)
{
    if (!inside(screen, row, &col, &limit))
        return col;
    if (screen_width(screen, text) <= limit - col)
        return screen_put(screen, row, col, limit, style, text);
    col = screen_put(screen, row, col, limit - 1, style, text);
    return screen_put(screen, row, col, limit, style, ellipsis(screen));
}

int screen_fit_end(struct screen *screen, int row, int col, int limit, enum style style, const char *text)
{
    if (!inside(screen, row, &col, &limit))
        return col;
    struct buf clean = {0};
    clean_text(&clean, bytes_of(text), false);
    struct bytes rest = buf_bytes(&clean);
    int width = clean_columns(rest);
    if (width > limit - col) {
        const char *at = rest.data, *end = rest.data + rest.len;
        struct glyph glyph;
        while (width > limit - col - 1 && next_glyph(&at, end, &glyph, NULL))
            width -= glyph.width;
        rest = (struct bytes){at, (size_t)(end - at)};
        col = screen_put(screen, row, col, limit, style, ellipsis(screen));
    }
    col = put_clean(screen, row, col, limit, style, rest);
    buf_release(&clean);
    return col;
}

void screen_fill(struct screen *screen, int row, int col, int limit, enum style style, const char *text)
{
    if (!inside(screen, row, &col, &limit))
        return;
    for (; col < limit; col++)
        screen_put(screen, row, col, limit, style, text);
}

static char letter_of(const struct cell *cell)
{
    static const char letters[STYLE_COUNT + 1] = ".dbrgyc-+#ks/";
    const struct ink plain = {0};
    return cell->style == STYLE_PLAIN && !ink_same(&cell->ink, &plain) ? '*' : letters[cell->style];
}

static bool row_styled(const struct screen *screen, int row, int cols)
{
    for (int col = 0; col < cols; col++)
        if (letter_of(screen_cell(screen, row, col)) != '.')
            return true;
    return false;
}

void screen_dump(const struct screen *screen, bool styles, struct buf *to)
{
    for (int row = 0; row < screen->rows; row++) {
        int cols = screen->cols;
        while (cols > 0 && strcmp(screen_cell(screen, row, cols - 1)->text, " ") == 0)
            cols--;
        for (int col = 0; col < cols; col++)
            buf_puts(to, screen_cell(screen, row, col)->text);
        buf_putc(to, '\n');
        if (!styles || !row_styled(screen, row, cols))
            continue;
        for (int col = 0; col < cols; col++)
            buf_putc(to, letter_of(screen_cell(screen, row, col)));
        buf_putc(to, '\n');
    }
}
