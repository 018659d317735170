/* The colours that a terminal has: the nearest to the one asked for, and a bounded
 * table of the pairs (text, background) that curses wants to be told of. Pure. */
#ifndef ALOOF_UI_PALETTE_H
#define ALOOF_UI_PALETTE_H

#include "trace/ink.h"

#define PALETTE_PAIRS 512                 /* at most */
#define PALETTE_SLOTS (2 * PALETTE_PAIRS) /* a power of 2, so that there are always free ones */
#define PALETTE_OWN (-1)                  /* the terminal's own colour */

struct palette_pair {
    int front, back; /* the terminal's numbers, or PALETTE_OWN */
    int number;      /* 0: the slot is free */
};

struct palette {
    int colors;   /* that the terminal has; more than 256: its numbers are 0xrrggbb, those below 8 names */
    bool own;     /* it can be told to use its own colours */
    int count;    /* of the pairs in the table; their numbers are 1 to count */
    int capacity; /* pairs that curses has */
    struct palette_pair slots[PALETTE_SLOTS];
};

/* own: whether PALETTE_OWN is understood; else white on black stands for it. pairs: how many curses has,
 * number 0 included. */
void palette_init(struct palette *palette, int colors, int pairs, bool own);

/* The terminal's number for a colour of an ink. */
int palette_color(const struct palette *palette, uint32_t color);

/* The pair for an ink's colours. `made`, where it is not NULL on return, is new: curses has to be told. When
 * there are no more, the nearest of those that are, without a background. 0: the terminal's own colours. */
int palette_pair(struct palette *palette, const struct ink *ink, const struct palette_pair **made);

#endif
