/* The subunit v2 stream, both ways. The reader never dies on any input, never
 * loses a good packet because of a bad one, and never invents a test: after the
 * published text and the recovery rules R1..R7 named in subunit_read.c. */
#ifndef ALOOF_STREAM_SUBUNIT_H
#define ALOOF_STREAM_SUBUNIT_H

#include "core/event.h"
#include "core/vec.h"

#define SUBUNIT_PACKET_MAX 4194303 /* octets, signature to checksum */

struct subunit_reader {
    const struct event_sink *sink;
    void *owner;
    struct buf pending;  /* octets not yet classified, at most one packet and one read */
    uint64_t offset;     /* of pending.data[0] in the stream */
    VEC(struct bytes) tags; /* scratch for the event at hand */
    /* the implementer adds what the recovery rules need */
};

/* The sink's functions are called from feed and end with `owner`; both are borrowed for the reader's life. */
void subunit_reader_init(struct subunit_reader *reader, const struct event_sink *sink, void *owner);
void subunit_reader_feed(struct subunit_reader *reader, const void *data, size_t len);
/* The stream is over: what is pending is settled. The reader can then only be released. */
void subunit_reader_end(struct subunit_reader *reader);
void subunit_reader_release(struct subunit_reader *reader);
/* Octets of a packet that is not complete yet (0: none): to be shown as pending after a quiet time. */
size_t subunit_reader_pending(const struct subunit_reader *reader);

/* Appends the event as one packet, or as several when the file content needs it: pieces of at most `max` octets
 * a packet (0: SUBUNIT_PACKET_MAX), status and eof on the last only. NUL and invalid UTF-8 in strings are replaced
 * by U+FFFD; times before 1970 or after 2106 are left out. 0, or -E2BIG when the strings alone do not fit. */
int subunit_write(struct buf *to, const struct event *event, size_t max);

#endif
