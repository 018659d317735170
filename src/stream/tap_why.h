/* The newest point of a TAP stream, and what tells why it failed: the comments behind it and its YAML block.
 */
#ifndef ALOOF_STREAM_TAP_WHY_H
#define ALOOF_STREAM_TAP_WHY_H

#include "stream/emit.h"
#include "stream/tap_line.h"

struct tap_why {
    struct emitter emitter;
    struct buf id;   /* of the point; empty when it is no event */
    bool failing;    /* it failed, and what comes next tells why */
    bool in_block;   /* in its YAML block, … */
    size_t indent;   /* … which is indented by so much */
    struct buf said; /* scratch: a line of it */
};

/* Emits the point, whose id is set. */
void tap_why_point(struct tap_why *why, const struct tap_line *point, enum event_status status);

/* A comment. Returns whether it tells why the point failed. */
bool tap_why_comment(struct tap_why *why, struct bytes text);

/* A line of the YAML block. Returns false when it is none: the block broke off. */
bool tap_why_block(struct tap_why *why, const struct line *line);

void tap_why_release(struct tap_why *why);

#endif
