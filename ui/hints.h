/* The row of keys at the bottom of a view: what is drawn there, and what lies
 * under the mouse. */
#ifndef ALOOF_UI_HINTS_H
#define ALOOF_UI_HINTS_H

#include "ui/keys.h"
#include "ui/screen.h"

struct hint {
    enum command command; /* what its first key does */
    enum command other;   /* of "j/k": what the second key does; COMMAND_NONE: there is none */
    const char *label;
    bool always; /* it is in the row however narrow that is */
};

/* Draws "j/k move · Enter edit · … · q quit": from the left as many as fit, and those that always are. A
 * command that no key is bound to has no hint. */
void hints_draw(struct screen *screen, int row, const struct keymap *keymap, const struct hint *hints,
                size_t count);

/* What the hint at that column of the row sends; INPUT_NONE: there is none. Of the screen only size and ascii
 * count. */
int hints_at(const struct screen *screen, const struct keymap *keymap, const struct hint *hints, size_t count,
             int col);

#endif
