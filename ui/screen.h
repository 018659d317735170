/* A screen of cells, as views fill it and a terminal paints it: per cell one
 * character with its combining marks, a style, the colours that a test printed it
 * in, and a width. Pure memory. */
#ifndef ALOOF_UI_SCREEN_H
#define ALOOF_UI_SCREEN_H

#include "core/bytes.h"
#include "trace/story.h"

/* A base character and at most four marks, as much as curses holds (CCHARW_MAX), in UTF-8. The one octet more
 * leaves a cell without padding, so that cells can be compared as memory. */
#define CELL_MARKS 4
#define CELL_BYTES (4 * (1 + CELL_MARKS) + 1 + 1)

struct cell {
    struct ink ink;        /* laid over the style */
    char text[CELL_BYTES]; /* NUL-padded; "" is the right half of a wide character */
    unsigned char style;   /* enum style */
    unsigned char width;   /* columns: 1, 2; 0 for a right half */
};

struct screen {
    int rows, cols;     /* each at least 1 */
    bool ascii;         /* nothing outside ASCII may be put; what is, becomes '?' */
    int cursor_row;     /* where the terminal's cursor rests, for readers that follow it */
    struct cell *cells; /* rows * cols of them, row by row */
};

/* Makes a blank screen; sizes below 1 are taken as 1. */
void screen_init(struct screen *screen, int rows, int cols, bool ascii);
void screen_release(struct screen *screen);

/* Puts text (cleaned here, one line: newlines are blanks) at row and col, cut at column `limit` (exclusive,
 * at most cols). Rows and columns outside of the screen are ignored: a text may begin left of it. Returns the
 * column behind what was put. */
int screen_put(struct screen *screen, int row, int col, int limit, enum style style, const char *text);

/* Like screen_put, and when the text does not fit its end is replaced by an ellipsis. */
int screen_fit(struct screen *screen, int row, int col, int limit, enum style style, const char *text);

/* Like screen_fit, but the start is what is dropped. */
int screen_fit_end(struct screen *screen, int row, int col, int limit, enum style style, const char *text);

/* Puts a span of a story, like screen_put; the colours of a printed one are kept. */
int screen_put_span(struct screen *screen, int row, int col, int limit, const struct span *span);

/* Fills the columns [col, limit) with one character of width 1. */
void screen_fill(struct screen *screen, int row, int col, int limit, enum style style, const char *text);

/* The columns that screen_put would take for this text, were there room. screen: may be NULL. */
int screen_width(const struct screen *screen, const char *text);

/* One cell; row and col must be inside. */
struct cell *screen_cell(const struct screen *screen, int row, int col);

/* Appends the rows as lines of text, blanks at their ends dropped; with styles, each row that has any is
 * followed by a line that marks every column's style with a letter ("*": plain, in colours of a test). For
 * tests. */
void screen_dump(const struct screen *screen, bool styles, struct buf *to);

#endif
