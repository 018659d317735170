/* A report that is one JSON document, somewhere in what a command printed. It is found as it comes (by its
 * brackets, in any pieces) and read when it is whole. What is not of it is noise. */
#ifndef ALOOF_STREAM_DOCUMENT_H
#define ALOOF_STREAM_DOCUMENT_H

#include "stream/document_scan.h"
#include "stream/names.h"
#include "stream/stream.h"
#include "stream/testcase.h"

#include <jansson.h>

#define DOCUMENT_MAX (256u << 20) /* octets */

struct document;

/* What a format says about its documents. */
struct document_kind {
    const char *name;     /* "a report of jest" */
    const char *marks[2]; /* keys with their quotes that each document has, so that it is known by them */
    void (*take)(struct document *document, const json_t *root);
};

/* The reader of every format that is one document. */
struct document {
    const struct document_kind *kind;
    const struct event_sink *sink;
    void *owner;
    struct names names;
    struct document_scan scan;
    struct buf text, id;   /* of the document at hand; scratch */
    uint64_t offset, size; /* of it */
    uint64_t end;          /* octets so far */
    bool any;              /* one was read … */
    bool behind;           /* … right before what comes next: a newline there belongs to it */
};

/* The functions of a struct stream_format; its init and guess call the others with their kind. */
void document_init(void *reader, const struct document_kind *kind, const struct event_sink *sink,
                   void *owner);
void document_feed(void *reader, const void *data, size_t len);
void document_end(void *reader);
void document_release(void *reader);
int document_guess(const struct document_kind *kind, struct bytes head);

/* The JSON in the text, repaired where it holds octets or escapes that are no characters. The caller gives it
 * back with json_decref. NULL, and the error is set: it is none. */
json_t *document_parse(struct bytes text, json_error_t *error);

/* For take. */

/* The document says something that cannot be true. */
void document_damage(struct document *document, const char *reason);
/* Damage when it tells another count of those tests ("failed tests") than came. */
void document_count(struct document *document, const char *tests, double said, uint64_t came);
/* Hands a test over; an id that came before is numbered, and cannot be asked for. */
void document_tell(struct document *document, const struct testcase *test);
/* An id for document_tell: both joined by " > ", or the one that is not empty. Borrowed until the next. */
struct bytes document_id(struct document *document, struct bytes a, struct bytes b);

/* The text at that place of a list, borrowed: empty when it is none. */
struct bytes item_text(const json_t *list, size_t at);

/* Members, borrowed: empty text, 0 or NULL where there is none of that type. */
struct bytes member_text(const json_t *object, const char *key);
double member_number(const json_t *object, const char *key);
bool member_true(const json_t *object, const char *key);
const json_t *member_list(const json_t *object, const char *key);

#endif
