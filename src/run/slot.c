#include "run/slot.h"

#include "core/memory.h"

#include <assert.h>
#include <stdlib.h>

void slot_init(struct slot *slot, uv_loop_t *loop, const struct deadline_events *events, unsigned grace_ms)
{
    deadline_init(&slot->deadline, loop, events, slot, grace_ms);
}

void slot_push(struct slot *slot, const uint32_t *positions, const char *const *ids, size_t count)
{
    assert(slot->held < SLOT_PARCELS && count > 0);
    struct parcel *parcel = &slot->parcels[slot->held++];
    *parcel = (struct parcel){
        .positions = (void *)mem_dup(positions, count * sizeof *positions),
        .ids = (void *)mem_dup(ids, count * sizeof *ids),
        .reported = mem_zero(count),
        .count = count,
        .running = SLOT_NO_TEST,
        .newest = SLOT_NO_TEST,
    };
}

struct parcel slot_take(struct slot *slot)
{
    assert(slot->held > 0);
    struct parcel taken = slot->parcels[0];
    slot->held--;
    for (unsigned i = 0; i < slot->held; i++)
        slot->parcels[i] = slot->parcels[i + 1];
    deadline_reset(&slot->deadline);
    slot->pid = 0;
    return taken;
}

void slot_clear(struct slot *slot)
{
    while (slot->held > 0) {
        struct parcel parcel = slot_take(slot);
        parcel_release(&parcel);
    }
}

/* The first unreported test of that id from where the parcel is; ids may occur twice, and come in order. */
static size_t find(const struct slot *slot, struct bytes id)
{
    if (slot->held == 0)
        return SLOT_NO_TEST;
    const struct parcel *parcel = &slot->parcels[0];
    size_t from = parcel->newest == SLOT_NO_TEST ? 0 : parcel->newest;
    for (size_t i = 0; i < parcel->count; i++) {
        size_t at = (from + i) % parcel->count;
        if (!parcel->reported[at] && bytes_is(id, parcel->ids[at]))
            return at;
    }
    return SLOT_NO_TEST;
}

void slot_begin(struct slot *slot, struct bytes id, unsigned timeout_ms)
{
    size_t at = find(slot, id);
    if (at == SLOT_NO_TEST)
        return;
    slot->parcels[0].running = slot->parcels[0].newest = at;
    slot->started_ns = (int64_t)uv_hrtime();
    deadline_set(&slot->deadline, timeout_ms, at);
}

void slot_report(struct slot *slot, struct bytes id)
{
    size_t at = find(slot, id);
    if (at == SLOT_NO_TEST)
        return;
    struct parcel *parcel = &slot->parcels[0];
    parcel->reported[at] = true;
    parcel->newest = at;
    if (parcel->running != at)
        return;
    parcel->running = SLOT_NO_TEST;
    deadline_lift(&slot->deadline);
}

const char *slot_running(const struct slot *slot)
{
    if (slot->held == 0 || slot->parcels[0].running == SLOT_NO_TEST)
        return NULL;
    return slot->parcels[0].ids[slot->parcels[0].running];
}

void parcel_release(struct parcel *parcel)
{
    free(parcel->positions);
    free(parcel->ids);
    free(parcel->reported);
    *parcel = (struct parcel){0};
}
