/* The blocks of text in the failures area: what the runner says when it could not
 * run, then the story of each failure. Built once per change, not once per paint. */
#ifndef ALOOF_UI_BLOCKS_H
#define ALOOF_UI_BLOCKS_H

#include "trace/story.h"
#include "ui/snapshot.h"
#include "ui/view_narrow.h"

/* What a block was built from; when it differs the block is built again. */
struct block_stamp {
    size_t test;
    unsigned run, red_runs;
    enum outcome outcome;
    int64_t duration_ns;
    uint64_t marks; /* which frames are changed since HEAD */
    bool fixed, unfolded;
};

struct block {
    size_t test;    /* index into the model; MAP_NONE: the runner's own words */
    size_t failure; /* index into the snapshot's failures */
    int number;     /* 1 to 9 of the first failures that are not fixed, 0 */
    size_t first;   /* its first row, counted over all blocks and the blank rows between them */
    size_t rows;    /* that it takes */
    bool stale;
    int wrapped;          /* the columns for which its lines were wrapped; 0: each is a row */
    VEC(unsigned) starts; /* where they were: the first row of each line */
    struct block_stamp stamp;
    struct story story;
};

struct blocks {
    VEC(struct block) list;
    size_t rows;  /* of all blocks, with the blank rows between them */
    char *broken; /* what the first block was built from; NULL: no such block */
    int cols;     /* of the screen; set before blocks_update */
    bool ascii;
    struct view_order shown; /* failures that have a block, top to bottom */
};

struct view_state;

/* Brings the blocks up to date with the snapshot; builds only those that changed. */
void blocks_update(struct blocks *blocks, const struct snapshot *snapshot, const struct view_state *state);

/* Has the test's block built again by the next update: its story changed. */
void blocks_touch(struct blocks *blocks, size_t test);

/* The position of the test's block, or blocks->list.len. */
size_t blocks_find(const struct blocks *blocks, size_t test);

/* Builds the story of the block's failure, with or without foreign frames; `story` is initialised by it. */
void block_tell(struct story *story, const struct block *block, const struct snapshot *snapshot, bool unfold,
                bool ascii);

/* Whether the cursor can rest on that line of the block: its heading, or the location of a frame. */
bool block_stop(const struct block *block, size_t line);

/* The block's line on which the cursor rests for that frame; its first line when the frame is not shown. */
size_t block_line(const struct block *block, int frame);

/* The block's row on which the line begins; all its rows for the line behind the last. And the line on a row
 * of it. */
size_t block_row(const struct block *block, size_t line);
size_t block_line_on(const struct block *block, size_t row);

void blocks_release(struct blocks *blocks);

#endif
