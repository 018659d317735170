/* What readers say to their sink, in the words that most of them need. */
#ifndef ALOOF_STREAM_EMIT_H
#define ALOOF_STREAM_EMIT_H

#include "core/event.h"
#include "stream/lines.h"

/* A sink with its owner, both borrowed. */
struct emitter {
    const struct event_sink *sink;
    void *owner;
};

/* A test's status; `tag` NULL: none. */
struct outcome_said {
    enum event_status status;
    const char *tag;
    int64_t duration_ns; /* 0 unknown */
    bool runnable;
};

/* The octets are not of the protocol. Nothing happens when there are none. */
void emit_noise(const struct emitter *to, struct bytes octets);

/* The line with its newline is not of the protocol. */
void emit_noise_line(const struct emitter *to, const struct line *line);

/* The line cannot be true. */
void emit_damage(const struct emitter *to, const struct line *line, const char *reason);

/* Text for a test, or without an id for the run: the next piece of the attachment of that name. */
void emit_text(const struct emitter *to, struct bytes id, const char *name, struct bytes piece, bool eof);

void emit_outcome(const struct emitter *to, struct bytes id, const struct outcome_said *said);

/* Appends what in the name makes it unique: " #2" where it came before, then " #3", …; nothing where it is
 * new. */
struct names;
void emit_unique(struct names *names, struct buf *name);

#endif
