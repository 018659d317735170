/* What it takes to set up what tests share, as far as it was learned: for a box, a file in it (a group), a
 * class in that. It is paid once more by each box that has tests of the file. Pure. */
#ifndef ALOOF_PLAN_SETUPS_H
#define ALOOF_PLAN_SETUPS_H

#include "core/event.h"
#include "core/map.h"
#include "core/vec.h"

enum setup_kind {
    SETUP_BOX,   /* for all tests of a box; known by a file whose tests want it */
    SETUP_FILE,  /* for those of a file */
    SETUP_CLASS, /* for those of a class; known by "FILE::CLASS" */
};
#define SETUP_KINDS 3

struct setup {
    char *place;
    int64_t ns[SETUP_KINDS]; /* decayed means, -1 not known */
};

struct setups {
    VEC(struct setup) items;
    struct map by_place;
};

/* What an event tells of the set-ups that its test paid for (TAG_SETUP). */
struct setup_told {
    int64_t ns[SETUP_KINDS]; /* -1: nothing */
};
struct setup_told setup_read(const struct event *event);

/* All of it together. */
int64_t setup_sum(const struct setup_told *told);

/* What lies between the first and the last "::" of an id, the brackets of parameters left out; empty for a
 * plain function. Borrowed. */
struct bytes setup_class(const char *id);

/* What it takes, in ns; 0 nothing, or not known. */
int64_t setups_find(const struct setups *setups, enum setup_kind kind, struct bytes place);

/* The place of a test's class: the file and it; empty when it has none. Borrowed from the id. */
struct bytes setups_class_place(const char *id);

/* It took so long this time. Returns what it takes by now, -1: as before, or nearly. */
int64_t setups_learn(struct setups *setups, enum setup_kind kind, struct bytes place, int64_t ns);

/* What history knows, at start. */
void setups_recall(struct setups *setups, enum setup_kind kind, const char *place, int64_t ns);

void setups_release(struct setups *setups);

#endif
