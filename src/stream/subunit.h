/* The subunit v2 stream, both ways. The reader never dies on any input, never
 * loses a good packet because of a bad one, and never invents a test: after the
 * published text and the recovery rules R1..R7 named in subunit_read.c. */
#ifndef ALOOF_STREAM_SUBUNIT_H
#define ALOOF_STREAM_SUBUNIT_H

#include "core/event.h"
#include "core/vec.h"

#define SUBUNIT_PACKET_MAX 4194303 /* octets, signature to checksum */

/* The packet's flags; the low three bits are the status. */
enum subunit_flags {
    SUBUNIT_STATUS = 0x0007,
    SUBUNIT_RESERVED = 0x0008,
    SUBUNIT_EOF = 0x0010,
    SUBUNIT_MIME = 0x0020,
    SUBUNIT_FILE = 0x0040,
    SUBUNIT_TAGS = 0x0080,
    SUBUNIT_RUNNABLE = 0x0100,
    SUBUNIT_TIME = 0x0200,
    SUBUNIT_ROUTE = 0x0400,
    SUBUNIT_ID = 0x0800,
    SUBUNIT_VERSION = 0x2000,
    SUBUNIT_VERSION_MASK = 0xF000,
};
#define SUBUNIT_SIGNATURE 0xB3

struct subunit_reader {
    const struct event_sink *sink;
    void *owner;
    struct buf pending;      /* octets not yet classified, at most one packet and one slice of a read … */
    size_t start;            /* … from here on; what is before has been dealt with */
    uint64_t offset;         /* of the first octet not yet classified, in the stream */
    VEC(struct bytes) tags;  /* scratch for the event at hand */
    uint64_t wasted;         /* octets that were checksummed for nothing */
    unsigned char last;      /* the octet before, '\n' after a packet and at the start */
    unsigned char left;      /* octets that the UTF-8 character at hand still lacks … */
    unsigned char low, high; /* … and the range of the next one */
    uint32_t crc[8][256];    /* tables of the checksum, see subunit_read.c */
};

/* The sink's functions are called from feed and end with `owner`; both are borrowed for the reader's life.
 * The tags of an event are as they were sent, duplicates included. */
void subunit_reader_init(struct subunit_reader *reader, const struct event_sink *sink, void *owner);

/* Takes in the next octets of the stream; the sink may not feed the same reader. How a stream is cut into
 * calls makes no difference to what comes out, but for where a run of noise is cut. */
void subunit_reader_feed(struct subunit_reader *reader, const void *data, size_t len);

/* The stream is over: what is pending is settled. The reader can then only be released. */
void subunit_reader_end(struct subunit_reader *reader);

void subunit_reader_release(struct subunit_reader *reader);

/* Octets of a packet that is not complete yet (0: none): to be shown as pending after a quiet time. */
size_t subunit_reader_pending(const struct subunit_reader *reader);

/* Appends the event as one packet, or as several when the file content needs it: pieces of at most `max`
 * octets a packet (0: SUBUNIT_PACKET_MAX), status, tags and eof on the last only. NUL and invalid UTF-8 in
 * strings are replaced by U+FFFD; times before 1970 or after 2106 are left out. 0, or -E2BIG when the strings
 * alone do not fit; then nothing was appended. */
int subunit_write(struct buf *to, const struct event *event, size_t max);

#endif
