/* Order and deal: which tests share a box, and which box goes first. Pure. */
#ifndef ALOOF_PLAN_SCHEDULE_H
#define ALOOF_PLAN_SCHEDULE_H

#include "plan/model.h"
#include "plan/setups.h"

enum box_mode {
    BOX_AUTO,  /* by group, small ones together; tests that crashed or hung before get a box of their own */
    BOX_TEST,  /* one process a test */
    BOX_GROUP, /* one process a group (file); a long one is split between classes, never inside of one */
    BOX_FEW,   /* as few processes as keep all slots busy: whole groups, and several of them, in each */
    BOX_ONE,   /* one process for all; see order_deal */
};

/* How soon a parcel wants to run. */
enum urgency {
    URGENCY_NONE,
    URGENCY_AFFECTED, /* what changed can affect its group */
    URGENCY_RISKY,    /* it failed before when that changed */
    URGENCY_RED,      /* is red, or was until its newest execution */
    URGENCY_CHANGED,  /* its group changed */
};

/* What one box runs, in order: positions in the model's listing. */
struct parcel {
    VEC(uint32_t) positions;
    enum urgency urgency;
    int64_t cost_ns; /* what it takes, as far as can be told */
    bool guessed;    /* of some of it nothing is known */
    bool whole;      /* in an open schedule: goes to one box, by itself */
    bool cut;        /* likewise: some of it is with a box already */
};

/* The queue of parcels. Boxes take from the front as they become free, so no box idles while tests wait. It
 * is open while little is known of how long its tests take: then what it holds is groups, and how much of
 * them the next box gets is settled when that asks, by how long those took that ran meanwhile. */
struct schedule {
    VEC(struct parcel *) parcels; /* those before `next` are taken */
    size_t next;
    bool open;
    unsigned boxes;
    size_t learned;                 /* tests that ran, … */
    int64_t learned_ns, slowest_ns; /* … how long, all of them and the slowest */
};

/* What a deal goes by, beside the model; all may be NULL, and are borrowed. */
struct schedule_facts {
    const struct strings *changed; /* files that changed */
    const struct setups *setups;   /* what groups and classes cost beside their tests */
    const struct map *affected;    /* groups */
    const struct map *risky;       /* tests, by id: their rank, the riskiest first */
};

/* Deals the team's asked tests of the model's listing into parcels for `boxes` slots (>= 1); what was dealt
 * before is released. Staged order: by urgency, then longest first by usual time (unknown ones by number of
 * tests). Within a parcel the runner's order stands, as fixtures expect. A group longer than half of an even
 * share is split (at class boundaries; in BOX_AUTO inside of a class that is itself so long), so that the
 * last box is never a long one; but not into pieces of less than 50 ms, which cost more than they gain, nor
 * where what is set up once more for each piece costs more than what the whole run gains by it. In BOX_AUTO a
 * parcel of several small groups costs one box: whole neighbours of the same urgency are put together until
 * they cost half of an even share, but 50 ms at least (ten times what is set up for each box) and about 400
 * ms at most; in BOX_FEW until they cost an even share. In BOX_AUTO the schedule is open when most times are
 * unknown, and the risky tests of a group are apart from the rest of it. */
void schedule_deal(struct schedule *schedule, const struct model *model, unsigned team,
                   const struct schedule_facts *facts, enum box_mode mode, unsigned boxes);

/* Whether nothing is left to be taken. */
bool schedule_is_empty(const struct schedule *schedule);

/* Whether the next parcel of the one goes before that of the other, by the order above; both have one. */
bool schedule_precedes(const struct schedule *one, const struct schedule *other);

/* Whether the next parcel may wait in a slot that holds `held` already, so that the slot need not wait for
 * us. One may when enough is left behind it for all slots to end together, several when they are known to be
 * quick; of the last ones none, and none that nothing is known of unless all that ran was quick: those go to
 * whoever is free first. False when there is no next one. */
bool schedule_may_wait(const struct schedule *schedule, unsigned held, unsigned slots);

/* One of its tests took so long without what it set up for others (0: not known). */
void schedule_learn(struct schedule *schedule, int64_t ns);

/* The next parcel, or NULL. Borrowed until release. Of an open schedule: a single test for each box until one
 * was learned of, then more of them, of one group or several, as they seem to be quick; at most twice as many
 * as were learned of, but more where what they share takes long to set up. A class that is not much larger
 * stays together. model: that it was dealt from. setups: as known by now, or NULL. */
const struct parcel *schedule_take(struct schedule *schedule, const struct model *model,
                                   const struct setups *setups);

/* Puts positions back at the front as one parcel (the rest of a crashed box). They are copied; none: nothing
 * happens. */
void schedule_return(struct schedule *schedule, const uint32_t *positions, size_t count);

/* A new, empty parcel behind all others, for who deals otherwise; it is to be filled. Borrowed until release.
 */
struct parcel *schedule_append(struct schedule *schedule);

void schedule_release(struct schedule *schedule);

#endif
