/* The interactive front end: a terminal, the views and a session, tied together.
 * Keys become commands; what changes is painted once per turn of the loop. */
#ifndef ALOOF_UI_APP_H
#define ALOOF_UI_APP_H

#include "session/session.h"
#include "ui/keys.h"

struct app; /* heap */

/* What app wants to hear from the session; the owner to give with it is the app. */
extern const struct session_events app_events;

/* Makes one, without a terminal yet. settings, keys: borrowed for its life. */
struct app *app_new(uv_loop_t *loop, const struct settings *settings, const struct keymap *keys);

/* Takes the terminal and shows the session. 0, or a negative errno with a line (not a terminal, unknown TERM,
 * …): then the terminal is as it was, and session_close is the caller's. */
int app_start(struct app *app, struct session *session, struct error *error);

/* Gives the terminal back, ends the session and everything else that keeps the loop alive. Safe to call
 * again. */
void app_quit(struct app *app, int exit_code);

/* 0 after q; 2 (interrupted) after ^C or a signal; what app_quit said. For when the loop has ended. */
int app_exit_code(const struct app *app);

void app_free(struct app *app);

#endif
