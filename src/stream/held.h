/* Failures that wait for what explains them: several protocols tell a failure
 * first and its diagnostics behind it, and nothing of a test comes behind its
 * final status in ours. */
#ifndef ALOOF_STREAM_HELD_H
#define ALOOF_STREAM_HELD_H

#include "core/event.h"
#include "core/vec.h"

#include <stdbool.h>

struct held_failure {
    struct event *event; /* a copy */
    bool explained;
};

struct held {
    void (*event)(void *owner, const struct event *event); /* who gets the events, in their new order */
    void *owner;
    bool late; /* what explains them may come when others have ended */
    VEC(struct held_failure) failures;
};

/* Takes in an event: a failure is held until another test is spoken of, a late one until it is explained and
 * then another is spoken of; all else goes on. */
void held_take(struct held *held, const struct event *event);

/* Nothing more will be said of those that are held. */
void held_settle(struct held *held);

void held_release(struct held *held);

#endif
