/* The terminal's other half: what it sends, and the modes in which it does.
 * Private to terminal_curses.c, which owns one. */
#ifndef ALOOF_UI_TERMINAL_INPUT_H
#define ALOOF_UI_TERMINAL_INPUT_H

#include "core/bytes.h"
#include "ui/typed.h"

#define NAMED_KEYS 7

/* What terminfo knows of the terminal. */
struct terminal_ways {
    const char *(*capability)(const char *name);            /* NULL: it has none of that name */
    const char *(*with)(const char *capability, int value); /* with its parameter; good until the next call */
};

/* Embedded; its owner must not move. */
struct terminal_input {
    struct typed typed;
    struct key_sequence keys[NAMED_KEYS];
    struct buf switch_on, switch_off; /* what is written for the modes */
};

/* Prepares it, not reading yet; typed_start and typed_stop see to that. fd: the terminal, non-blocking,
 * borrowed until `closed`. ways: used during the call only. mouse: whether it is to be reported. */
void terminal_input_init(struct terminal_input *input, uv_loop_t *loop, int fd,
                         const struct terminal_ways *ways, bool mouse, const struct typed_events *events,
                         void *owner);

/* Switches the modes on or off. Off also forgets what has begun. */
void terminal_input_modes(struct terminal_input *input, bool on);

/* Stops for good and frees; `closed` follows. */
void terminal_input_close(struct terminal_input *input);

#endif
