/* XML documents in a stream of octets, by expat: found between whatever else is there, read as they come,
 * with limits. Entities are not expanded: a document that declares some is refused. */
#ifndef ALOOF_STREAM_XML_READ_H
#define ALOOF_STREAM_XML_READ_H

#include "stream/emit.h"

#include <expat.h>

#define XML_DEPTH_MAX 100
#define XML_TAG_MAX (8 << 20) /* octets of one tag or comment */

/* How a kind of document is read. Attributes: names and values by turns, then NULL. All in UTF-8. */
struct xml_kind {
    const char *title; /* "JUnit report" */
    bool (*is_root)(const char *name);
    void (*start)(void *owner, const char *name, const char *const *attributes);
    void (*text)(void *owner, struct bytes text);
    void (*end)(void *owner, const char *name);
    /* The document is over: at its end, or where it broke off. */
    void (*over)(void *owner, bool whole);
};

/* Zeroed but for the first three is a reader at the start of a stream. Documents in UTF-8 are read on across
 * what is not: each such octet, and each control character that XML has not, becomes a '?'. */
struct xml_read {
    const struct xml_kind *kind;
    void *owner;            /* of kind's functions */
    struct emitter emitter; /* for noise and damage */
    XML_Parser parser;      /* NULL between documents */
    struct buf unit;        /* octets: up to … */
    size_t at;              /* … here they are dealt with */
    size_t wanted;          /* fewer are not tried */
    uint64_t offset;        /* in the stream, of the next octet */
    uint64_t start;         /* in the stream, of the document */
    unsigned depth;
    bool begun, other_encoding;
    bool ended;          /* a document has just ended: blanks are no noise */
    const char *refused; /* why the document is not read further */
};

void xml_feed(struct xml_read *xml, struct bytes octets);
void xml_end(struct xml_read *xml);
void xml_release(struct xml_read *xml);

/* Where in the stream the event at hand is; for kind's functions. */
uint64_t xml_offset(const struct xml_read *xml);

/* The value of an attribute; absent when there is none of that name. Borrowed. */
struct bytes xml_attribute(const char *const *attributes, const char *name);

#endif
