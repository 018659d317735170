#include "ui/screen.h"

#include "trace/clean.h"

#include <stdlib.h>
#include <utf8proc.h>

#define ZERO_WIDTH_JOINER 0x200D
#define EMOJI_SELECTOR 0xFE0F

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

/* Terminals disagree about how joined and selected emoji look, so the characters that ask for it are left
 * out. */
static bool disputed(utf8proc_int32_t code)
{
    return code == ZERO_WIDTH_JOINER || code == EMOJI_SELECTOR;
}

/* Reads the next character of cleaned text; false at its end. */
static bool next_glyph(const char **text, const char *end, struct glyph *glyph)
{
    while (*text < end) {
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
        if (code >= ' ' && !disputed(code))
            return true;
    }
    return false;
}

/* Removes what a wide character leaves when one of its halves is written over. */
static void break_wide(struct screen *screen, int row, int col)
{
    struct cell *cell = screen_cell(screen, row, col);
    if (cell->width == 0 && col > 0)
        cell[-1] = (struct cell){.text = " ", .width = 1, .style = cell[-1].style};
    if (cell->width == 2 && col + 1 < screen->cols)
        cell[1] = (struct cell){.text = " ", .width = 1, .style = cell[1].style};
}

static void set_cell(struct screen *screen, int row, int col, enum style style, const struct glyph *glyph)
{
    for (int i = 0; i < glyph->width; i++)
        break_wide(screen, row, col + i);
    struct cell *cell = screen_cell(screen, row, col);
    *cell = (struct cell){.style = (unsigned char)style, .width = (unsigned char)glyph->width};
    memcpy(cell->text, glyph->at, glyph->len);
    if (glyph->width == 2)
        cell[1] = (struct cell){.style = (unsigned char)style};
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
static void set_question(struct screen *screen, int row, int col, enum style style, int width)
{
    for (int i = 0; i < width; i++)
        set_cell(screen, row, col + i, style, &(struct glyph){"?", 1, 1});
}

static int put_clean(struct screen *screen, int row, int col, int limit, enum style style, struct bytes text)
{
    const char *at = text.data, *end = text.data + text.len;
    struct cell *last = NULL;
    struct glyph glyph;
    while (next_glyph(&at, end, &glyph)) {
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
            set_question(screen, row, col, style, width);
        else
            set_cell(screen, row, col, style, &glyph);
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

int screen_put(struct screen *screen, int row, int col, int limit, enum style style, const char *text)
{
    int first = col < 0 ? 0 : col;
    if (!inside(screen, row, &first, &limit))
        return col;
    struct buf clean = {0};
    clean_text(&clean, bytes_of(text), false);
    col = put_clean(screen, row, col, limit, style, buf_bytes(&clean));
    buf_release(&clean);
    return col;
}

static int clean_columns(struct bytes text)
{
    const char *at = text.data, *end = text.data + text.len;
    struct glyph glyph;
    int width = 0;
    while (next_glyph(&at, end, &glyph))
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
        while (width > limit - col - 1 && next_glyph(&at, end, &glyph))
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

static bool row_styled(const struct screen *screen, int row, int cols)
{
    for (int col = 0; col < cols; col++)
        if (screen_cell(screen, row, col)->style != STYLE_PLAIN)
            return true;
    return false;
}

void screen_dump(const struct screen *screen, bool styles, struct buf *to)
{
    static const char letters[STYLE_COUNT + 1] = ".dbrgyc-+#";
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
            buf_putc(to, letters[screen_cell(screen, row, col)->style]);
        buf_putc(to, '\n');
    }
}
