/* Which tests of a stream go on: a stage between its reader and whoever wants the events. All that came of a
 * test waits until it is known whether the test goes on; then it goes in its order, or not at all. */
#ifndef ALOOF_STREAM_SELECT_H
#define ALOOF_STREAM_SELECT_H

#include "core/error.h"
#include "core/event.h"
#include "core/vec.h"
#include "stream/roster.h"

#define SELECT_HELD_MAX (16u << 20) /* octets kept of a test that waits; what is left out is told */

struct select_word;
struct select_test;

struct select {
    VEC(struct select_word) only, except;
    bool tests_only;               /* what is of no test does not go on */
    const struct event_sink *sink; /* where to … */
    void *owner;                   /* … both borrowed */
    struct roster roster;
    VEC(struct select_test) tests;
};

/* Adds a word: a status ("fail", "status:fail"), "tag:NAME" or "/REGEX/" to be found in the id. Of several of
 * a kind a test must fit one, and of each kind that there is. 0, or -EINVAL with a line. */
int select_only(struct select *select, const char *word, struct error *error);

/* Likewise; what fits any of these does not go on. */
int select_except(struct select *select, const char *word, struct error *error);

/* Whether everything goes on, so that the stage is not needed. */
bool select_is_open(const struct select *select);

/* The stage's sink; its owner is a struct select. */
extern const struct event_sink select_sink;

/* The stream is over: what waits is settled by what is known of it. */
void select_end(struct select *select);

void select_release(struct select *select);

#endif
