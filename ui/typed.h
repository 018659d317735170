/* What a terminal sends, read and told as keys and mouse events. Knows nothing of
 * what kind of terminal it is; that comes in with the decoder's keys. */
#ifndef ALOOF_UI_TYPED_H
#define ALOOF_UI_TYPED_H

#include "ui/decode.h"

#include <uv.h>

struct typed_events {
    void (*key)(void *owner, int input);
    void (*mouse)(void *owner, const struct mouse *mouse, uint64_t time_ms);
    void (*pasted)(void *owner, int character); /* one of a pasted text */
    /* The terminal is gone; reading has stopped. */
    void (*hung_up)(void *owner);
    /* typed_close is through. */
    void (*closed)(void *owner);
};

/* Embedded; its owner must not move. */
struct typed {
    const struct typed_events *events;
    void *owner;
    int fd;
    bool reading;
    uv_poll_t poll;
    uv_timer_t timer; /* how long what has begun may take to go on */
    unsigned open_handles;
    struct decoder decoder;
};

/* Prepares it, not reading yet. fd: the terminal, non-blocking, borrowed until `closed`. */
void typed_init(struct typed *typed, uv_loop_t *loop, int fd, const struct typed_events *events, void *owner);

/* Reads from now on; no more. Stopping is safe in a callback: nothing more is read then, not even the octet
 * behind the key, which is for whoever has the terminal next. */
void typed_start(struct typed *typed);
void typed_stop(struct typed *typed);

/* Forgets what has begun. */
void typed_forget(struct typed *typed);

/* Stops for good; `closed` follows. */
void typed_close(struct typed *typed);

#endif
