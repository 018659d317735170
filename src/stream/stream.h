/* Test protocols as they arrive: octets in, events out, one row of a table each.
 * What all readers keep to:
 *  - however a stream is cut into reads, the same events come out, in stream order;
 *  - memory is bounded by the protocol's own nesting and by limits, not by the input;
 *  - what cannot be true (a plan of 5 with 3 points, a number twice) is damage: a line that says what and
 *    where. A run with damage is never green; damage never becomes a test;
 *  - what is not of the protocol is noise, in order, with its newlines: it belongs to somebody's output. */
#ifndef ALOOF_STREAM_STREAM_H
#define ALOOF_STREAM_STREAM_H

#include "core/event.h"

#include <stddef.h>

struct stream_format {
    const char *name;  /* "tap": how commands and recipes call it */
    const char *title; /* "Test Anything Protocol 12 to 14" */
    size_t size;       /* of a reader, in octets */
    /* The sink's functions are called from feed and end with `owner`; both are borrowed for the reader's
     * life. */
    void (*init)(void *reader, const struct event_sink *sink, void *owner);
    void (*feed)(void *reader, const void *data, size_t len);
    void (*end)(void *reader); /* then the reader can only be released */
    void (*release)(void *reader);
    /* Before the end, where that is known: the process that wrote the stream exited with that status. May be
     * NULL. */
    void (*exited)(void *reader, int exit_code);
    /* How sure it is that a stream that begins so (`whole`: and is no longer) is of this format: 0 to 100. */
    int (*guess)(struct bytes head, bool whole);
    bool late;   /* why a test failed may come at the stream's end only */
    bool silent; /* a stream with nothing in it is no damage */
};

/* What writes a protocol: a sink for events, whose owner is the writer. */
struct stream_target {
    const char *name, *title;
    size_t size;                                /* of a writer, in octets */
    void (*init)(void *writer, struct buf *to); /* appends to `to`, borrowed for the writer's life */
    struct event_sink sink;                     /* damage NULL: the protocol has no words for it */
    void (*end)(void *writer);                  /* appends what only the end tells; then only release */
    void (*release)(void *writer);
};

/* All formats, and how many. */
const struct stream_format *const *stream_formats(size_t *count);
const struct stream_target *const *stream_targets(size_t *count);

/* The format of that name (also "testr", see stream/testr_stream.h); NULL: there is none. */
const struct stream_format *stream_format(const char *name);
const struct stream_target *stream_target(const char *name);

/* How many octets of a stream's start stream_guess may want to see. */
#define STREAM_HEAD 65536

/* The format that is most likely for a stream that begins so; `whole`: and is no longer. NULL: it looks like
 * none of them, or more is to be seen first. */
const struct stream_format *stream_guess(struct bytes head, bool whole);

#endif
