/* The terminal's other half: what it sends, and the modes in which it does.
 * Private to terminal_curses.c, which owns one; the two alone include curses. */
#ifndef ALOOF_UI_TERMINAL_INPUT_H
#define ALOOF_UI_TERMINAL_INPUT_H

#include "core/bytes.h"
#include "ui/decode.h"

#include <uv.h>

#define NAMED_KEYS 7

struct terminal_input_events {
    void (*key)(void *owner, int input);
    void (*mouse)(void *owner, const struct mouse *mouse, uint64_t time_ms);
    void (*pasted)(void *owner, int character);
    /* The terminal is gone; reading has stopped. */
    void (*hung_up)(void *owner);
    /* terminal_input_close is through. */
    void (*closed)(void *owner);
};

/* Embedded; its owner must not move. */
struct terminal_input {
    const struct terminal_input_events *events;
    void *owner;
    int fd;
    bool reading;
    uv_poll_t poll;
    uv_timer_t timer; /* how long what has begun may take to go on */
    unsigned open_handles;
    struct decoder decoder;
    struct key_sequence keys[NAMED_KEYS];
    struct buf switch_on, switch_off; /* what is written for the modes */
};

/* Prepares it, not reading yet. fd: the terminal, non-blocking, borrowed until `closed`. mouse: whether it is
 * to be reported. curses must have been started: the terminal's ways come from terminfo. */
void terminal_input_init(struct terminal_input *input, uv_loop_t *loop, int fd, bool mouse,
                         const struct terminal_input_events *events, void *owner);

/* Switches the modes on or off. Off also forgets what has begun. */
void terminal_input_modes(struct terminal_input *input, bool on);

/* Reads from now on; no more. Stopping is safe in a callback: nothing more is read then, not even the octet
 * behind the key, which is for whoever has the terminal next. */
void terminal_input_start(struct terminal_input *input);
void terminal_input_stop(struct terminal_input *input);

/* Appends a terminfo string without its padding ($<5/>), which no terminal of today waits for. */
void terminal_capability(struct buf *to, const char *name);

/* Stops for good and frees; `closed` follows. */
void terminal_input_close(struct terminal_input *input);

#endif
