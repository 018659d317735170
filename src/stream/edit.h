/* What the tests of a stream are called, and their tags, changed on the way: a stage as select.h is one. */
#ifndef ALOOF_STREAM_EDIT_H
#define ALOOF_STREAM_EDIT_H

#include "core/error.h"
#include "core/event.h"
#include "core/vec.h"

struct edit_rename;

struct edit {
    VEC(struct edit_rename) renames; /* one after the other */
    struct strings added, removed;   /* tags */
    const struct event_sink *sink;   /* where to … */
    void *owner;                     /* … both borrowed */
    struct buf id, spare;            /* scratch */
    VEC(struct bytes) tags;
};

/* Adds "REGEX=REPLACEMENT" ($1 is a group) for each place of an id where the regex is found. The first "="
 * parts them that is neither escaped nor of a (?=. 0, or -EINVAL with a line. */
int edit_rename(struct edit *edit, const char *rule, struct error *error);

/* Adds "+TAG,-TAG,…": what events that tell a status or tags of a test have from now on, and have not. 0, or
 * -EINVAL with a line. */
int edit_tags(struct edit *edit, const char *changes, struct error *error);

/* Whether nothing is changed, so that the stage is not needed. */
bool edit_is_open(const struct edit *edit);

/* The stage's sink; its owner is a struct edit. */
extern const struct event_sink edit_sink;

void edit_release(struct edit *edit);

#endif
