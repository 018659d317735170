/* A text that is longer than the screen: which part of it shows, and how keys
 * move through it. Nothing of it is looked at but what shows, what is moved over and
 * what is searched. Pure; the text is somebody else's and may grow at its end. */
#ifndef ALOOF_UI_PAGER_H
#define ALOOF_UI_PAGER_H

#include "ui/long_text.h"
#include "ui/reading.h"

/* A row of the text: a line, and which of its rows when it is wrapped. */
struct pager_place {
    size_t line, row;
};

struct pager {
    struct pager_place top; /* the first row that shows */
    bool at_end;            /* stays at the end when the text grows */
    size_t found;           /* the line where the needle was, counted from 1; 0 none */
    struct reading reading;
};

/* The rows for the text on a screen of so many; what is left has a title and, where there is room, hints. */
int pager_room(int rows);

/* Whether a screen of so many rows has a row of hints, the last one. */
bool pager_hinted(int rows);

/* Moves as the command says; rows and cols are the screen's. False: the command is none of a pager's. */
bool pager_move(struct pager *pager, const struct long_text *text, int rows, int cols, enum command command);

/* Goes to the next line (step 1) or the one before (step -1) that has the needle in it, from the last such
 * line on while that shows, else from the top; round the ends. False: there is none, and nothing moves. */
bool pager_search(struct pager *pager, const struct long_text *text, int rows, int cols, int step);

/* The columns of the widest line that shows. */
long pager_widest(const struct pager *pager, const struct long_text *text, int rows);

/* Draws the title and as much of the text as fits from its top on. The top is brought within the text. */
void pager_draw(struct screen *screen, struct pager *pager, const char *title, const struct long_text *text);

void pager_release(struct pager *pager);

#endif
