/* The line at the bottom in which a filter is typed, with how many tests it
 * matches so far. Pure. */
#ifndef ALOOF_UI_PROMPT_H
#define ALOOF_UI_PROMPT_H

#include "plan/model.h"
#include "ui/screen.h"
#include "ui/typing.h"

/* Zeroed: closed. */
struct prompt {
    bool open;
    struct buf typed; /* UTF-8 */
    bool stale;       /* matches are counted anew before they are next shown */
    size_t known;     /* tests of the model when they were counted */
    size_t matches, tests;
};

/* Opens it, empty. */
void prompt_open(struct prompt *prompt);

/* A key was pressed while it is open. TYPING_DONE, and TYPING_CANCELLED: it is closed; what was typed stays
 * until it is opened again. */
enum typing prompt_input(struct prompt *prompt, int input);

/* Draws it over the last row: "filter: api                12 of 851 match". filter: the one that is set, NULL
 * none. */
void prompt_draw(struct screen *screen, struct prompt *prompt, const struct model *model, const char *filter);

void prompt_release(struct prompt *prompt);

#endif
