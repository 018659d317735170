/* The one type for everything that a test run reports. Every parser emits it,
 * everything else reads it; parsers know no receiver, receivers no protocol. */
#ifndef ALOOF_CORE_EVENT_H
#define ALOOF_CORE_EVENT_H

#include "core/bytes.h"

#include <stdint.h>

/* In the numbering of subunit v2 (section 3 of its text). */
enum event_status {
    EVENT_NONE, /* no statement about the outcome: files, tags, timestamps */
    EVENT_EXISTS,
    EVENT_INPROGRESS,
    EVENT_SUCCESS,
    EVENT_UXSUCCESS,
    EVENT_SKIP,
    EVENT_FAIL,
    EVENT_XFAIL,
};

/* All pointers are borrowed and valid during the call that hands the event over.
 * A string whose data is NULL is absent. Zeroed: an event that says nothing. */
struct event {
    enum event_status status;
    struct bytes test_id;
    struct bytes route;     /* which box, innermost last, joined with '/' */
    struct bytes file_name; /* of an attachment; `file` is its next piece */
    struct bytes file;
    struct bytes mime;
    const struct bytes *tags;
    size_t tag_count;
    bool has_tags; /* a present, empty set differs from no information */
    bool runnable; /* can be asked for again by its id */
    bool eof;      /* `file` is the last piece */
    bool has_time;
    int64_t time_ns;     /* UTC, since 1970 */
    int64_t duration_ns; /* of the test, where the protocol tells it by itself; 0 unknown */
};

/* Who receives what a parser finds. Called during feed and end, in stream order. */
struct event_sink {
    void (*event)(void *owner, const struct event *event);
    /* Octets between the packets of the protocol: ordinary output of the same process. */
    void (*noise)(void *owner, struct bytes octets);
    /* A part of the stream that could not be read; offsets in octets from its start. */
    void (*damage)(void *owner, const char *reason, uint64_t offset, uint64_t length);
};

/* Tags by which an event says more about an outcome than its status does. */
#define PART_BETWEEN " > " /* in an id: what something is a part of, and its name there */

#define TAG_CRASH "crash"             /* fail: its box died under it */
#define TAG_TIMEOUT "timeout"         /* fail: it was killed at its deadline */
#define TAG_NOT_RUN "not-run"         /* fail: it was asked for and never reported */
#define TAG_INTERRUPTED "interrupted" /* none: it was running when the run was stopped */
#define TAG_LEAK "leak"               /* none: its box left processes behind */
#define TAG_ERROR "error"             /* fail: in setup or teardown, not in the test itself */
#define TAG_COLLECTION "collection"   /* fail: a file that could not be collected */
#define TAG_FLAKY "flaky"             /* final: it failed in this run, and passed when it was run again */
#define TAG_RETRIED "retried"         /* none: it failed, and is run again */
#define TAG_DESELECTED "deselected"   /* exists: left out by the user's own filter */
#define TAG_CPU "cpu_us="             /* final, prefix: microseconds on a processor, children included */
#define TAG_SETUP "setup_us=" /* final, prefix: what it set up for others too: "s20,m0,c3", see setups.h */
#define TAG_GROUP "group="    /* exists, prefix: what shares set-up (a test file) */

/* Whether the status ends a test (it is neither none, exists nor inprogress). */
bool event_is_final(const struct event *event);

/* Whether the event is a piece of what a process printed: of the file stdout or stderr. */
bool event_is_output(const struct event *event);

/* Whether the tag is in the event's set. */
bool event_has_tag(const struct event *event, const char *tag);

/* The rest of the first tag that begins with prefix; absent when there is none. Borrowed. */
struct bytes event_tag_value(const struct event *event, const char *prefix);

/* A copy that owns all that it points at, in one piece of memory. The caller frees it. */
struct event *event_dup(const struct event *event);

/* Octets that event_dup takes. */
size_t event_size(const struct event *event);

/* "success", "fail", …: the protocol's word for a status; "" for EVENT_NONE. */
const char *event_status_name(enum event_status status);

#endif
