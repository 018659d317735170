/* A screen of cells on what curses draws on, in the colours that there are. Private to terminal_curses.c,
 * which owns one while curses is at work. */
#ifndef ALOOF_UI_CANVAS_H
#define ALOOF_UI_CANVAS_H

#include "ui/collect.h"
#include "ui/palette.h"
#include "ui/screen.h"

struct canvas {
    struct ink looks[STYLE_COUNT];
    struct palette palette; /* without colours: no pairs */
    struct screen shown;    /* what curses holds; no cells: unknown */
    struct collect out;
};

/* Curses is there. fd: what it writes to. colors: they are wanted, if the terminal has any. */
void canvas_init(struct canvas *canvas, int fd, bool colors);

/* Shows the screen, of which only what differs is sent; nothing when it is of another size than the terminal.
 */
void canvas_paint(struct canvas *canvas, const struct screen *screen);

/* Has the next paint show everything. clear: on a terminal that is ours, which is cleared first. */
void canvas_forget(struct canvas *canvas, bool clear);

void canvas_release(struct canvas *canvas);

#endif
