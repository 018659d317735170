/* Failures that wait for what explains them: several protocols tell a failure
 * first and its diagnostics behind it, and nothing of a test comes behind its
 * final status in ours. */
#ifndef ALOOF_STREAM_HELD_H
#define ALOOF_STREAM_HELD_H

#include "core/event.h"
#include "core/vec.h"

#include <stdbool.h>

struct held {
    void (*event)(void *owner, const struct event *event); /* who gets the events, in their new order */
    void *owner;
    bool holds;
    struct event failure; /* whose strings are these: */
    struct buf id;
    struct strings tags;
};

/* Takes in an event: a failure is held until another test is spoken of; all else goes on. */
void held_take(struct held *held, const struct event *event);

/* Nothing more will be said of what is held. */
void held_settle(struct held *held);

void held_release(struct held *held);

#endif
