#include "plan/schedule_parts.h"

#define QUICK_NS INT64_C(10000000) /* several that cost so little may wait for each other */
#define MANY_LEFT 16               /* for each slot, as long as they may */
#define LEFT_BEHIND 2              /* times what one costs is left for each slot, as long as it may wait */

bool schedule_is_empty(const struct schedule *schedule)
{
    return schedule->next == schedule->parcels.len;
}

bool schedule_precedes(const struct schedule *one, const struct schedule *other)
{
    const struct parcel *x = one->parcels.items[one->next], *y = other->parcels.items[other->next];
    return x->urgency != y->urgency ? x->urgency > y->urgency : x->cost_ns > y->cost_ns;
}

/* Whether what is behind the next parcel costs so much. */
static bool is_behind(const struct schedule *schedule, int64_t cost_ns)
{
    for (size_t i = schedule->next + 1; cost_ns > 0 && i < schedule->parcels.len; i++)
        cost_ns -= schedule->parcels.items[i]->cost_ns;
    return cost_ns <= 0;
}

bool schedule_may_wait(const struct schedule *schedule, unsigned held, unsigned slots)
{
    size_t left = schedule->parcels.len - schedule->next;
    if (left == 0 || (held > 0 && (left <= slots || schedule->open)))
        return false;
    if (held == 0)
        return true;
    const struct parcel *next = schedule->parcels.items[schedule->next];
    bool many = left > (size_t)MANY_LEFT * slots;
    if (next->guessed)
        return many && schedule->learned >= 2 * (size_t)slots && schedule->slowest_ns <= QUICK_NS;
    if (next->cost_ns <= QUICK_NS && many)
        return true;
    return held == 1 && is_behind(schedule, next->cost_ns * LEFT_BEHIND * (int64_t)slots);
}

void schedule_learn(struct schedule *schedule, int64_t ns)
{
    schedule->learned += ns > 0;
    schedule->learned_ns += ns > 0 ? ns : 0;
    if (ns > schedule->slowest_ns)
        schedule->slowest_ns = ns;
}

const struct parcel *schedule_take(struct schedule *schedule, const struct model *model,
                                   const struct setups *setups)
{
    if (schedule_is_empty(schedule))
        return NULL;
    if (schedule->open)
        schedule_settle(schedule, model, setups);
    return schedule->parcels.items[schedule->next++];
}

void schedule_return(struct schedule *schedule, const uint32_t *positions, size_t count)
{
    if (count == 0)
        return;
    struct parcel *parcel = mem_zero(sizeof *parcel);
    parcel->urgency = URGENCY_CHANGED; /* it was the next one before */
    parcel->guessed = parcel->whole = true;
    vec_reserve(&parcel->positions, count);
    memcpy(parcel->positions.items, positions, count * sizeof *positions);
    parcel->positions.len = count;
    vec_push(&schedule->parcels, parcel);
    struct parcel **front = schedule->parcels.items + schedule->next;
    memmove(front + 1, front, (schedule->parcels.len - 1 - schedule->next) * sizeof *front);
    *front = parcel;
}

struct parcel *schedule_append(struct schedule *schedule)
{
    struct parcel *parcel = mem_zero(sizeof *parcel);
    vec_push(&schedule->parcels, parcel);
    return parcel;
}

void schedule_release(struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->parcels.len; i++) {
        vec_release(&schedule->parcels.items[i]->positions);
        free(schedule->parcels.items[i]);
    }
    vec_release(&schedule->parcels);
    *schedule = (struct schedule){0};
}
