/* A TAP stream, or one subtest in it: how many points it promised and how many came. */
#ifndef ALOOF_STREAM_TAP_LEVEL_H
#define ALOOF_STREAM_TAP_LEVEL_H

#include "stream/emit.h"
#include "stream/names.h"
#include "stream/tap_line.h"

struct tap_level {
    char *name;      /* the subtest's id; NULL of the whole stream */
    char *announced; /* how the next subtest in it is called; NULL unknown */
    bool planned;
    uint64_t plan, points, failed, number;
    uint64_t before; /* points of the documents before this one, which are over */
    bool again;      /* another plan came when all points had, of `next`: a document may follow */
    uint64_t next, next_at, next_len; /* where that plan stands */
    uint64_t offset;                  /* of its first line */
    struct names names;
};

/* Appends to `id` how something is called in the level: below the level's own name; numbered where it has no
 * name or one that came before. */
void tap_level_name(struct tap_level *level, struct bytes name, struct buf *id);

/* A plan came, at that line. */
void tap_level_plan(struct tap_level *level, uint64_t plan, const struct line *line,
                    const struct emitter *emitter);

/* A point comes: it is counted, and damage where it is not the next one. */
void tap_level_point(struct tap_level *level, const struct tap_line *point, const struct line *line,
                     const struct emitter *emitter);

/* Behind a document that is complete and another plan the next one begins, if with its first point: cmocka
 * prints one for each group of tests. */
void tap_level_settle(struct tap_level *level, bool first, const struct emitter *emitter);

/* The level is over at this line: what it promised and did not keep is damage. */
void tap_level_end(struct tap_level *level, const struct line *line, const struct emitter *emitter);

void tap_level_release(struct tap_level *level);

#endif
