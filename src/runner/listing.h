/* The tests that a recipe's `list` printed: positions to ids, as boxes ask for them. */
#ifndef ALOOF_RUNNER_LISTING_H
#define ALOOF_RUNNER_LISTING_H

#include "core/map.h"
#include "core/recipe_argv.h"
#include "core/regex.h"
#include "runner/wire.h"
#include "stream/lines.h"
#include "stream/stream.h"

struct listing {
    const struct recipe *recipe;
    const struct strings *scope; /* what the person asked for; empty: everything */
    struct wire *wire;           /* where each test is told */
    VEC(struct recipe_test) tests;
    struct strings files;               /* of all that was printed … */
    VEC(size_t) in_file;                /* … and how many tests each has */
    struct map by_file;                 /* positions in these two */
    struct lines lines;                 /* of a list of lines … */
    const struct stream_format *format; /* … or NULL, and the reader of this one */
    void *reader;
    struct regex *group; /* what of an id is its file; NULL: that is told otherwise */
    struct buf remarks;  /* what the stream says of no test: why it could not list them, should it fail */
    struct buf noise;    /* between its packets */
    bool packets;        /* there are any */
    struct buf damage;   /* lines: what could not be understood */
};

/* All borrowed while the listing is in use. */
void listing_init(struct listing *listing, const struct recipe *recipe, const struct strings *scope,
                  struct wire *wire);

/* Takes in the next octets of what `list` prints; each test that is inside of the scope is told. */
void listing_feed(struct listing *listing, struct bytes octets);

/* It is complete: each test now knows how many share its file. ok: the command succeeded; then a list for
 * testr that has no packets is an id a line. */
void listing_end(struct listing *listing, bool ok);

/* For a process that was forked before the listing was complete: the tests written to a file, in memory or
 * wherever, and taken in from there by a listing that has none. */
void listing_write(const struct listing *listing, int fd);
void listing_read(struct listing *listing, int fd);

void listing_release(struct listing *listing);

#endif
