/* A text that is longer than the screen: which part of it shows, and how keys
 * move through it. Pure; the text is somebody else's and may grow at its end. */
#ifndef ALOOF_UI_PAGER_H
#define ALOOF_UI_PAGER_H

#include "ui/keys.h"
#include "ui/screen.h"

struct pager {
    size_t top;   /* the first line that shows */
    bool at_end;  /* stays at the end when the text grows */
    char *needle; /* what was searched for last; NULL nothing */
    size_t found; /* the line where it was, counted from 1; 0 none */
};

/* Moves as the command says; `lines` are in the text, `rows` on the screen. False: the command is none of a
 * pager's. */
bool pager_move(struct pager *pager, size_t lines, int rows, enum command command);

/* Goes to the next line (step 1) or the one before (step -1) that has the needle in it, letters of either
 * case alike, from the last such line on while that shows, else from the top; round the ends. False: there is
 * none, and nothing moves. needle NULL: the last one again. */
bool pager_search(struct pager *pager, const struct story *text, int rows, const char *needle, int step);

/* Draws the title, as much of the text as fits from its top line on, and the hints. top is brought within the
 * text. */
void pager_draw(struct screen *screen, struct pager *pager, const char *title, const struct story *text);

void pager_release(struct pager *pager);

#endif
