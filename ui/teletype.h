/* The terminal as a teletype: lines go out, single keys come in. No curses, no
 * cursor movement, whatever TERM says; its modes and its job control. */
#ifndef ALOOF_UI_TELETYPE_H
#define ALOOF_UI_TELETYPE_H

#include "core/bytes.h"
#include "core/error.h"

#include <stdbool.h>
#include <uv.h>

struct teletype_events {
    /* A key was pressed: a character or one of enum input. */
    void (*key)(void *owner, int input);
    /* A character of a pasted text, after the key INPUT_PASTE. */
    void (*pasted)(void *owner, int character);
    /* It is ours again: after fg, or after teletype_take. What was to be written meanwhile can be. */
    void (*back)(void *owner);
    /* A signal ends the program: SIGINT, SIGQUIT, SIGTERM, SIGHUP; SIGHUP too for a closed terminal. */
    void (*end)(void *owner, int signal);
    /* teletype_close is through; the only place where it may be freed. */
    void (*closed)(void *owner);
};

struct teletype; /* heap */

/* Takes the terminal that standard input and output are: keys come at once and are not echoed. 0; -ENOTTY or
 * another negative errno with a line, and then nothing is to be closed. */
int teletype_open(struct teletype **teletype, uv_loop_t *loop, const struct teletype_events *events,
                  void *owner, struct error *error);

/* Writes all of the text, waiting where the terminal is slow. Only while it is ours; one that is gone takes
 * nothing, which is told by `end`. */
void teletype_write(struct teletype *teletype, struct bytes text);

/* Whether the terminal is ours right now: neither given away nor closed. */
bool teletype_ours(const struct teletype *teletype);

/* Gives the terminal to a program that is to run in it, and takes it again; as terminal_give. */
void teletype_give(struct teletype *teletype);
void teletype_take(struct teletype *teletype);

/* Gives the terminal back for good at once, and lets signals do again what they did before; `closed` follows.
 */
void teletype_close(struct teletype *teletype);
void teletype_free(struct teletype *teletype);

#endif
