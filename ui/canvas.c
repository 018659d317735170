#include "ui/canvas.h"

#include "ui/looks.h"

#include <curses.h>

#include <utf8proc.h>
#include <wchar.h>

/* Direct colours do not fit into a short. */
static void tell_pair(const struct palette_pair *pair)
{
#if NCURSES_EXT_COLORS
    init_extended_pair(pair->number, pair->front, pair->back);
#else
    init_pair((short)pair->number, (short)pair->front, (short)pair->back);
#endif
}

/* Curses' pair for an ink. */
static short pair_of(struct canvas *canvas, const struct ink *ink)
{
    const struct palette_pair *made;
    if (canvas->palette.colors == 0 || (ink->front == INK_DEFAULT && ink->back == INK_DEFAULT))
        return 0;
    int number = palette_pair(&canvas->palette, ink, &made);
    if (made != NULL)
        tell_pair(made);
    return (short)number;
}

/* The pairs of our own come first, so that none is ever missing, then the eight that others fall back to. */
static void set_looks(struct canvas *canvas, bool wanted)
{
    bool colored = wanted && has_colors() && start_color() == OK && COLORS >= 8;
    if (colored)
        palette_init(&canvas->palette, COLORS, COLOR_PAIRS, use_default_colors() == OK);
    for (int style = 0; style < STYLE_COUNT; style++) {
        canvas->looks[style] = look_of((enum style)style, colored ? COLORS : 0);
        pair_of(canvas, &canvas->looks[style]);
    }
    for (uint32_t i = 0; i < 8; i++)
        pair_of(canvas, &(struct ink){.front = INK_PALETTE | i});
}

void canvas_init(struct canvas *canvas, int fd, bool colors)
{
    *canvas = (struct canvas){0};
    collect_init(&canvas->out, fd);
    set_looks(canvas, colors);
}

/* The cell's characters as curses wants them, as far as the C library agrees about their widths. Returns
 * false when it does not agree about the base. */
static bool wide_text(const struct cell *cell, wchar_t wide[CCHARW_MAX])
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)cell->text;
    int len = 0;
    while (*at != '\0' && len < CCHARW_MAX) {
        utf8proc_int32_t code;
        utf8proc_ssize_t step = utf8proc_iterate(at, -1, &code);
        if (step <= 0)
            break;
        at += step;
        int width = wcwidth((wchar_t)code);
        if (len == 0 && width != cell->width)
            return false;
        if (len == 0 || width == 0)
            wide[len++] = (wchar_t)code;
    }
    if (len < CCHARW_MAX)
        wide[len] = L'\0';
    return len > 0;
}

static attr_t attributes_of(const struct ink *ink)
{
    attr_t attributes = A_NORMAL;
    attributes |= (ink->attributes & INK_BOLD) != 0 ? A_BOLD : 0;
    attributes |= (ink->attributes & INK_DIM) != 0 ? A_DIM : 0;
    attributes |= (ink->attributes & INK_ITALIC) != 0 ? A_ITALIC : 0;
    attributes |= (ink->attributes & INK_UNDERLINE) != 0 ? A_UNDERLINE : 0;
    attributes |= (ink->attributes & INK_REVERSE) != 0 ? A_REVERSE : 0;
    return attributes;
}

static void paint_cell(struct canvas *canvas, int row, int col, const struct cell *cell)
{
    wchar_t wide[CCHARW_MAX + 1] = {0};
    cchar_t out;
    struct ink ink = ink_over(&canvas->looks[cell->style], &cell->ink);
    attr_t attributes = attributes_of(&ink);
    short pair = pair_of(canvas, &ink);
    if (wide_text(cell, wide)) {
        setcchar(&out, wide, attributes, pair, NULL);
        mvadd_wch(row, col, &out);
        return;
    }
    setcchar(&out, L"?", attributes, pair, NULL);
    for (int i = 0; i < cell->width; i++)
        mvadd_wch(row, col + i, &out);
}

/* Rows go to curses as a whole when any of their cells changed; what of that is sent is its decision. */
static void paint_row(struct canvas *canvas, const struct screen *screen, int row)
{
    const struct cell *cells = screen_cell(screen, row, 0);
    size_t size = (size_t)screen->cols * sizeof *cells;
    if (canvas->shown.cells != NULL && memcmp(cells, screen_cell(&canvas->shown, row, 0), size) == 0)
        return;
    for (int col = 0; col < screen->cols; col++)
        if (cells[col].width > 0)
            paint_cell(canvas, row, col, &cells[col]);
}

void canvas_paint(struct canvas *canvas, const struct screen *screen)
{
    if (screen->rows != LINES || screen->cols != COLS)
        return;
    if (canvas->shown.rows != screen->rows || canvas->shown.cols != screen->cols) {
        screen_release(&canvas->shown);
        erase();
    }
    for (int row = 0; row < screen->rows; row++)
        paint_row(canvas, screen, row);
    move(screen->cursor_row, 0);
    collect_begin(&canvas->out);
    refresh();
    collect_end(&canvas->out);
    if (canvas->shown.cells == NULL)
        screen_init(&canvas->shown, screen->rows, screen->cols, screen->ascii);
    size_t count = (size_t)screen->rows * (size_t)screen->cols;
    memcpy(canvas->shown.cells, screen->cells, count * sizeof *screen->cells);
}

void canvas_forget(struct canvas *canvas, bool clear)
{
    if (clear)
        clearok(stdscr, TRUE);
    screen_release(&canvas->shown);
}

void canvas_release(struct canvas *canvas)
{
    collect_release(&canvas->out);
    screen_release(&canvas->shown);
}
