/* The terminal, by curses: takes it and gives it back, paints a screen of cells,
 * has keys read, follows its size, its job control and its end. */
#ifndef ALOOF_UI_TERMINAL_CURSES_H
#define ALOOF_UI_TERMINAL_CURSES_H

#include "core/error.h"
#include "ui/decode.h"
#include "ui/screen.h"
#include "ui/terminal_say.h"

#include <stdbool.h>
#include <uv.h>

struct terminal_events {
    /* A key was pressed: a character or one of enum input. */
    void (*key)(void *owner, int input);
    /* The mouse was used; time_ms: uv_now. */
    void (*mouse)(void *owner, const struct mouse *mouse, uint64_t time_ms);
    /* A character of a pasted text, after the key INPUT_PASTE. */
    void (*pasted)(void *owner, int character);
    /* The size changed, or the screen was lost: paint anew. */
    void (*lost)(void *owner);
    /* The terminal or a signal ends the program: SIGINT, SIGQUIT, SIGTERM, SIGHUP; SIGHUP too for a closed
     * one. */
    void (*end)(void *owner, int signal);
    /* terminal_close is through; the only place where it may be freed. */
    void (*closed)(void *owner);
};

enum terminal_color { TERMINAL_COLOR_AUTO, TERMINAL_COLOR_ALWAYS, TERMINAL_COLOR_NEVER };

struct terminal_options {
    enum terminal_color color; /* auto heeds NO_COLOR */
    bool mouse;                /* clicks and the wheel are reported, as far as the terminal can */
};

struct terminal; /* heap */

/* What a terminal is able to do, without taking it. */
struct terminal_abilities {
    int colors;
    bool mouse, title;
};

/* Asks terminfo and the environment about the terminal at fd. -ENOTSUP with a line: TERM is unknown, or
 * cannot place its cursor. */
int terminal_able(int fd, struct terminal_abilities *abilities, struct error *error);

/* The version of curses. */
const char *terminal_library(void);

/* Takes the terminal that standard input and output are. Sets the locale of characters (LC_CTYPE) from the
 * environment. 0; -ENOTTY, -ENOTSUP (TERM is unknown, or cannot place its cursor) or another negative errno,
 * with a line; then the terminal is as it was and nothing is to be closed. */
int terminal_open(struct terminal **terminal, uv_loop_t *loop, const struct terminal_options *options,
                  const struct terminal_events *events, void *owner, struct error *error);

/* Its size. */
void terminal_size(const struct terminal *terminal, int *rows, int *cols);

/* Whether its characters are but those of ASCII. */
bool terminal_ascii(const struct terminal *terminal);

/* Shows the screen; only what differs from what is there is sent. Nothing while the terminal is given away.
 */
void terminal_paint(struct terminal *terminal, const struct screen *screen);

/* To say something beside the screen with; NULL while the terminal is given away. Borrowed until then. */
struct terminal_say *terminal_say(struct terminal *terminal);

/* Has the next paint send everything. */
void terminal_forget(struct terminal *terminal);

/* Gives the terminal to a program that is to run in it, and takes it again. Meanwhile keys are not read, and
 * SIGINT, SIGQUIT and SIGTSTP are that program's business: the first two are ignored, and the third stops us
 * as well, so that the shell gets its turn. */
void terminal_give(struct terminal *terminal);
void terminal_take(struct terminal *terminal);

/* Gives the terminal back for good at once, and lets signals do again what they did before; `closed` follows.
 */
void terminal_close(struct terminal *terminal);
void terminal_free(struct terminal *terminal);

#endif
