/* Reading text by lines: what the parsers of tracebacks share. Pure. */
#ifndef ALOOF_TRACE_TEXT_H
#define ALOOF_TRACE_TEXT_H

#include "core/bytes.h"

/* The line at *at, without its end (\n or \r\n); moves *at behind it. false at the end of the text. */
bool text_line(struct bytes text, size_t *at, struct bytes *line);

/* Where the first line begins that fits; text.len: none does. */
size_t text_find(struct bytes text, bool (*fits)(struct bytes line));

/* Without the blanks at both ends. */
struct bytes text_trim(struct bytes text);

/* The line without the colours that a terminal would show: itself when it has none, else what is then in
 * scratch. */
struct bytes text_plain(struct bytes line, struct buf *scratch);

bool text_has(struct bytes text, const char *what);
bool text_ends(struct bytes text, const char *what);

/* Takes a decimal number off the start; false when there is none. One too large for an unsigned is 0. */
bool text_number(struct bytes *text, unsigned *number);

/* Drops blanks and line ends from the end of the buffer, not before `from`. */
void text_chop(struct buf *buf, size_t from);

#endif
