/* HTML: text that may be in a page wherever it came from, and small drawings as inline SVG, which say in
 * words what they show. Pure. Colours are the page's: a drawing has marks of the classes m0, m1, …. */
#ifndef ALOOF_REPORT_HTML_H
#define ALOOF_REPORT_HTML_H

#include "core/bytes.h"

#include <stdint.h>

/* Appends the text as it may stand in an element or between quotes. Control characters become their pictures
 * ("␛"); what is no UTF-8, no character, or would change the direction of what is around it, U+FFFD. */
void html_text(struct buf *to, const char *text);

/* The same, of at most so many characters (2 or more): what is longer has an ellipsis for its middle. */
void html_clipped(struct buf *to, const char *text, size_t most);

/* Appends the number with commas: "12,345". */
void html_count(struct buf *to, size_t number);

/* Appends a start tag's attribute: ` name="value"`. */
void html_attribute(struct buf *to, const char *name, const char *value);

#define HTML_PARTS 3

/* A column of parts that stand upon each other, the first at the bottom. */
struct html_column {
    double parts[HTML_PARTS]; /* 0 and more; the mark of each is its number */
    const char *title;        /* said when it is pointed at; NULL nothing */
};

/* Appends columns, as wide as what they are in: the highest fills the height, and what is more than 0 can be
 * seen. At least `slots` find room; fewer columns stand at the right. label: what a reader hears. */
void html_columns(struct buf *to, const struct html_column *columns, size_t count, size_t slots,
                  const char *label);

/* Appends a bar that is `part` of the width, 0 to 1, of which `dark` (0 to 1) has mark 0, the rest mark 1. */
void html_bar(struct buf *to, double part, double dark, const char *label);

enum html_end { HTML_WON, HTML_LOST, HTML_NEITHER };

/* A point of a sparkline. */
struct html_point {
    enum html_end end;
    double size; /* 0 and more */
};

/* Appends a sparkline of a fixed size, the newest point at its right end: what was won stands on the line as
 * high as its size is of the largest (mark 0), what was lost hangs below it (mark 2), the rest are dots on it
 * (mark 1). */
void html_sparkline(struct buf *to, const struct html_point *points, size_t count, size_t slots,
                    const char *label);

#endif
