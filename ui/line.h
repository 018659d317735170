/* One line of a story on the screen: cut and scrolled sideways, or wrapped to as
 * many rows as it takes; what was searched for stands out in it. Pure. */
#ifndef ALOOF_UI_LINE_H
#define ALOOF_UI_LINE_H

#include "ui/needle.h"
#include "ui/screen.h"

/* How lines show that are longer than a row. Zeroed: from their start, cut. */
struct line_look {
    bool wrap;
    int left; /* the columns scrolled out at the left, where lines are not wrapped */
};

/* Appends the line's text as it is drawn, without colours. */
void line_text(const struct story_line *line, struct buf *to);

/* The columns that the line takes, were there room. */
long line_columns(const struct story_line *line);

/* The rows that the line takes on a screen of so many columns; 1 where it is not wrapped. The screen's first
 * column is not the line's. */
size_t line_rows(const struct story_line *line, const struct line_look *look, int cols);

/* Draws the line's rows from the one numbered `first` (from 0) on, at most `rows` of them, from the screen's
 * row on. Where something is cut off, at either side, stands an ellipsis. Every place of the needle (NULL:
 * none) is reversed. Returns how many rows were drawn. */
int line_draw(struct screen *screen, int row, int rows, const struct story_line *line,
              const struct line_look *look, const struct needle *needle, size_t first);

/* Whether the needle is in the line. */
bool line_has(const struct story_line *line, const struct needle *needle);

/* The row of the wrapped line on which the needle is first; a line that is not wrapped is scrolled sideways
 * so that it shows (look->left), and the row is 0. */
size_t line_show(const struct story_line *line, struct line_look *look, const struct needle *needle,
                 int cols);

#endif
