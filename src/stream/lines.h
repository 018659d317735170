/* Octets into lines, for the protocols made of them. Bounded: of a line that is
 * too long the start is kept and the rest counted. */
#ifndef ALOOF_STREAM_LINES_H
#define ALOOF_STREAM_LINES_H

#include "core/bytes.h"

#include <stdint.h>

#define LINE_KEPT (1 << 20) /* octets kept of one line */

struct line {
    struct bytes text; /* without its end: "\n" or "\r\n"; never absent */
    uint64_t offset;   /* of its first octet, in the stream */
    uint64_t lost;     /* octets at its end that are not in text */
    bool ended;        /* by a newline; false only of the stream's last line */
};

/* Called for each line, in order; the line is borrowed for the call. */
typedef void line_taker(void *owner, const struct line *line);

/* Zeroed is a splitter at the start of a stream. */
struct lines {
    struct buf part; /* of the line that has not ended yet, … */
    uint64_t lost;   /* … and what of it was not kept */
    uint64_t offset; /* of that line */
};

/* Takes in the next octets. How a stream is cut into calls makes no difference to the lines. */
void lines_feed(struct lines *lines, struct bytes octets, line_taker *take, void *owner);

/* The stream is over: hands over a last line without an end, if there is one. */
void lines_end(struct lines *lines, line_taker *take, void *owner);

void lines_release(struct lines *lines);

#endif
