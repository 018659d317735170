/* Events into whole tests, for protocols that tell a test in one piece. */
#ifndef ALOOF_STREAM_GATHER_H
#define ALOOF_STREAM_GATHER_H

#include "core/event.h"
#include "core/map.h"
#include "core/vec.h"

#define GATHER_TEXT_MAX (1 << 20) /* octets kept of one attachment */

struct gathered_text {
    char *name, *mime; /* mime NULL: not told */
    struct buf data;
};

/* A test with all that was said about it. */
struct gathered {
    struct buf id;
    enum event_status status; /* final; a test that never ended has failed, with the tag "interrupted" */
    struct strings tags;
    VEC(struct gathered_text) texts;
    bool has_start, has_end;
    int64_t start_ns, end_ns, duration_ns;
};

/* A failed test waits until the end for what some protocols tell then, another until a test reports. */
struct gather {
    void (*take)(void *owner, const struct gathered *test);
    void *owner;
    VEC(struct gathered *) open;   /* that run, and the one that has just ended */
    VEC(struct gathered *) failed; /* in their order */
    struct map by_id;              /* of the failed ones, the newest of each id: where */
    struct gathered *over;         /* of the open ones the one that has ended; NULL: none has */
};

void gather_event(struct gather *gather, const struct event *event);

/* Hands over what waits. */
void gather_end(struct gather *gather);

void gather_release(struct gather *gather);

/* The attachment of that name; NULL: none. Borrowed. */
const struct buf *gathered_text(const struct gathered *test, const char *name);

bool gathered_has_tag(const struct gathered *test, const char *tag);

/* Why it is not a pass, in one line: its message or reason, else what its traceback says; absent
 * when nothing is known. Borrowed. */
struct bytes gathered_message(const struct gathered *test);

#endif
