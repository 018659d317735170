/* How a person reads a text that a view shows: long lines wrapped or cut and
 * scrolled sideways, and what is searched for. The same in all views. */
#ifndef ALOOF_UI_READING_H
#define ALOOF_UI_READING_H

#include "ui/keys.h"
#include "ui/line.h"

/* What an input asks of the view: nothing, as it is none of reading's; nothing more; to go to a place of the
 * needle: the first one from here on, the next, the one before. */
enum reading_wish { READING_OTHER, READING_DONE, READING_FIND, READING_NEXT, READING_PREVIOUS };

/* Zeroed: long lines are cut, nothing is searched for. */
struct reading {
    struct line_look look;
    struct needle needle;
    bool asking;      /* what is typed goes into `typed` */
    struct buf typed; /* UTF-8 */
};

/* Takes a key: what is typed while a search is asked for, and the commands of reading. cols: of the screen;
 * widest: columns of the widest line that shows, beyond whose end nothing is scrolled. */
enum reading_wish reading_input(struct reading *reading, int input, enum command command, int cols,
                                long widest);

/* Draws what is being typed over the last row; nothing while nothing is. */
void reading_draw(struct screen *screen, const struct reading *reading);

/* The line for the person when the needle is nowhere. The caller frees. */
char *reading_not_found(const struct reading *reading);

/* Back to the start of the lines, and nothing searched for; wrapping stays as it is. */
void reading_reset(struct reading *reading);

void reading_release(struct reading *reading);

#endif
