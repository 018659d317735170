/* Which names came before: for protocols in which two tests may be called the same. */
#ifndef ALOOF_STREAM_NAMES_H
#define ALOOF_STREAM_NAMES_H

#include "core/bytes.h"

#include <stdint.h>

/* A set of hashes; zeroed is empty. Two names of one hash of 64 bits are taken for the same name. */
struct names {
    uint64_t *slots;
    size_t used, cap;
};

/* Adds the name. Returns whether it is new. */
bool names_add(struct names *names, struct bytes name);

/* Whether the name came before. */
bool names_has(const struct names *names, struct bytes name);

/* Adds the name; one that came before becomes the first of "name #2", "name #3", … that did not. Returns
 * whether it was new as it stood. */
bool names_add_distinct(struct names *names, struct buf *name);

void names_release(struct names *names);

#endif
