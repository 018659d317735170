/* Text from outside, made safe to draw: valid UTF-8, no control octets, known
 * widths. Also how many columns such text takes, and where to cut it. */
#ifndef ALOOF_TRACE_CLEAN_H
#define ALOOF_TRACE_CLEAN_H

#include "core/bytes.h"
#include "trace/ink.h"

/* Appends the text, of one line or many, as it may be drawn: \n kept, tabs expanded to every 8th column
 * (counted from the start of the text or its line), \r and other control characters dropped, escape sequences
 * (CSI, OSC, DCS and the like) dropped whole, invalid UTF-8 and unassigned characters as U+FFFD,
 * bidirectional marks and overrides dropped, of a flood of combining marks the first 16 kept. keep_sgr: the
 * colours (ESC [ … m) stay as far as ink_apply understands them, written anew; a reset is added at the end
 * when one is left on. */
void clean_text(struct buf *to, struct bytes text, bool keep_sgr);

/* Like clean_text with colours, over a ground: what the text leaves at its default is as there. `ink`: the
 * colours that the text is to begin with. All are off at the end. */
void clean_inked(struct buf *to, struct bytes text, const struct ink *ground, const struct ink *ink);

/* What colours are on behind the text, when those of `ink` are on before it. */
void clean_follow(struct ink *ink, struct bytes text);

/* The columns that cleaned text takes on a line; SGR sequences take none. */
size_t clean_width(struct bytes text);

/* How many octets from the start of cleaned text fit in so many columns, never splitting a character from its
 * combining marks or an SGR sequence. *width (may be NULL) becomes the columns that those octets take.
 * Colours that are on at the cut are the caller's to reset. */
size_t clean_cut(struct bytes text, size_t columns, size_t *width);

/* Appends the cleaned text cut to `columns`: with the ellipsis ("…", "~") in its last columns where something
 * is lost, and padded with blanks up to `columns` when pad is set. A reset follows when the cut part held
 * SGR. */
void clean_fit(struct buf *to, struct bytes text, size_t columns, const char *ellipsis, bool pad);

/* The length of the SGR sequence that the text begins with, 0 when it does not. */
size_t clean_sgr(struct bytes text);

#endif
