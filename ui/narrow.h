/* What the keys of the filter, of steps, of jumps and of the clipboard do: a part of
 * the app, see act.c. */
#ifndef ALOOF_UI_NARROW_H
#define ALOOF_UI_NARROW_H

#include "ui/app_private.h"

/* A key was pressed while nothing covers the session's screen but the list of tests or (the clipboard's key)
 * a test in full. False: it is not for one of these. */
bool narrow_act(struct app *app, int input, enum command command);

/* A key was pressed while the filter's line is open. */
void narrow_type(struct app *app, int input);

#endif
