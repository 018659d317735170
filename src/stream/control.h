/* Control messages in a subunit stream, as the worker protocol has them: a packet
 * without a test id whose file name begins with "aloof." and whose content is one
 * JSON object (share/workers/README.md). */
#ifndef ALOOF_STREAM_CONTROL_H
#define ALOOF_STREAM_CONTROL_H

#include "core/error.h"
#include "core/event.h"

#include <jansson.h>

#define CONTROL_PREFIX "aloof."
#define CONTROL_NO_SLOT (-1)

struct control {
    char *verb; /* the file name without the prefix */
    int slot;   /* by its route; CONTROL_NO_SLOT: none */
    json_t *body;
};

/* Whether the event is a control message. */
bool control_is(const struct event *event);

/* Reads it. 0, or -EINVAL with a line: a route that is no number, content that is no JSON object. */
int control_read(struct control *control, const struct event *event, struct error *error);

void control_release(struct control *control);

/* Appends a message as one packet; slot as above. Takes the body's reference; it must be an object of valid
 * UTF-8. */
void control_write(struct buf *to, const char *verb, int slot, json_t *body);

#endif
