/* The terminal's other half: what it sends, and the modes in which it does.
 * Private to terminal_curses.c, which owns one; the two alone include curses. */
#ifndef ALOOF_UI_TERMINAL_INPUT_H
#define ALOOF_UI_TERMINAL_INPUT_H

#include "core/bytes.h"
#include "ui/typed.h"

#define NAMED_KEYS 7

/* Embedded; its owner must not move. */
struct terminal_input {
    struct typed typed;
    struct key_sequence keys[NAMED_KEYS];
    struct buf switch_on, switch_off; /* what is written for the modes */
};

/* Prepares it, not reading yet; typed_start and typed_stop see to that. fd: the terminal, non-blocking,
 * borrowed until `closed`. mouse: whether it is to be reported. curses must have been started: the terminal's
 * ways come from terminfo. */
void terminal_input_init(struct terminal_input *input, uv_loop_t *loop, int fd, bool mouse,
                         const struct typed_events *events, void *owner);

/* Switches the modes on or off. Off also forgets what has begun. */
void terminal_input_modes(struct terminal_input *input, bool on);

/* Appends a terminfo string without its padding ($<5/>), which no terminal of today waits for. */
void terminal_capability(struct buf *to, const char *name);

/* Stops for good and frees; `closed` follows. */
void terminal_input_close(struct terminal_input *input);

#endif
