/* The tests of a stream, numbered in the order in which they came: one of the same id on another route is
 * another test. */
#ifndef ALOOF_STREAM_ROSTER_H
#define ALOOF_STREAM_ROSTER_H

#include "core/event.h"
#include "core/map.h"
#include "core/vec.h"

/* Zeroed is empty. */
struct roster {
    struct strings keys; /* route, line feed, id; owned, as the map borrows them */
    struct map by_key;
    struct buf scratch;
};

/* The number of the event's test, from 0; a new one is the count so far. The event has a test id. */
size_t roster_find(struct roster *roster, const struct event *event);

void roster_release(struct roster *roster);

#endif
