/* A line that somebody types: a search, a filter. */
#ifndef ALOOF_UI_TYPING_H
#define ALOOF_UI_TYPING_H

#include "core/bytes.h"

enum typing { TYPING_ON, TYPING_DONE, TYPING_CANCELLED };

/* Takes in one input: a character is added (UTF-8, up to 200 octets in all), Backspace takes the last one
 * away, Enter ends the line, Escape gives it up (what was typed stays in `line`). */
enum typing typing_input(struct buf *line, int input);

#endif
