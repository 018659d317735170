/* The interactive front end that prints lines and takes single keys: for screen readers, and for
 * terminals that cannot place a cursor. What the screen shows by moving things, it says, and once. */
#ifndef ALOOF_UI_LINES_H
#define ALOOF_UI_LINES_H

#include "session/session.h"
#include "ui/keys.h"

struct lines; /* heap */

/* What it wants to hear from the session; the owner to give with it is the lines. */
extern const struct session_events lines_events;

/* Makes one, without a terminal yet. settings, keys: borrowed for its life. */
struct lines *lines_new(uv_loop_t *loop, const struct settings *settings, const struct keymap *keys);

/* Takes the terminal and greets. 0, or a negative errno with a line: then the terminal is as it was, and
 * session_close is the caller's. */
int lines_start(struct lines *lines, struct session *session, struct error *error);

/* Gives the terminal back, ends the session and everything else that keeps the loop alive. Safe again. */
void lines_quit(struct lines *lines, int exit_code);

/* 0 after q; 2 (interrupted) after ^C or a signal; what lines_quit said. For when the loop has ended. */
int lines_exit_code(const struct lines *lines);

void lines_free(struct lines *lines);

#endif
