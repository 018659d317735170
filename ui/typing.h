/* A line that somebody types: a search, a filter. */
#ifndef ALOOF_UI_TYPING_H
#define ALOOF_UI_TYPING_H

#include "ui/screen.h"

enum typing { TYPING_ON, TYPING_DONE, TYPING_CANCELLED };

/* Takes in one input: a character is added (UTF-8, up to 200 octets in all), Backspace takes the last one
 * away with its marks, Enter ends the line, Escape gives it up (what was typed stays in `line`). */
enum typing typing_input(struct buf *line, int input);

/* Takes in one character of a pasted text: a tab is a blank, other control characters are dropped, so that a
 * line that was copied with its end does not end this one. */
void typing_paste(struct buf *line, int character);

/* Draws the line over the screen's last row, behind its prompt; the end shows of one that is too long. */
void typing_draw(struct screen *screen, const char *prompt, const struct buf *line);

#endif
