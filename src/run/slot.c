#include "run/slot.h"

#include <assert.h>

void slot_init(struct slot *slot, uv_loop_t *loop, const struct deadline_events *events, unsigned grace_ms)
{
    deadline_init(&slot->deadline, loop, events, slot, grace_ms);
}

void slot_push(struct slot *slot, const uint32_t *positions, const char *const *ids, size_t count)
{
    assert(slot->held < SLOT_BOXES);
    box_init(&slot->boxes[slot->held++], positions, ids, count);
}

struct box slot_take(struct slot *slot)
{
    assert(slot->held > 0);
    struct box taken = slot->boxes[0];
    slot->held--;
    for (unsigned i = 0; i < slot->held; i++)
        slot->boxes[i] = slot->boxes[i + 1];
    deadline_reset(&slot->deadline);
    slot->pid = 0;
    return taken;
}

void slot_clear(struct slot *slot)
{
    while (slot->held > 0) {
        struct box box = slot_take(slot);
        box_release(&box);
    }
}

static size_t find(const struct slot *slot, struct bytes id)
{
    return slot->held > 0 ? box_find(&slot->boxes[0], id) : BOX_NO_TEST;
}

void slot_begin(struct slot *slot, struct bytes id, unsigned timeout_ms)
{
    size_t at = find(slot, id);
    if (at == BOX_NO_TEST)
        return;
    slot->boxes[0].running = slot->boxes[0].newest = at;
    slot->since_ns = (int64_t)uv_hrtime();
    deadline_set(&slot->deadline, timeout_ms, at);
}

void slot_report(struct slot *slot, struct bytes id)
{
    size_t at = find(slot, id);
    if (at == BOX_NO_TEST)
        return;
    struct box *box = &slot->boxes[0];
    box_report(box, at);
    box->newest = at;
    slot->since_ns = (int64_t)uv_hrtime();
    if (box->running != at)
        return;
    box->running = BOX_NO_TEST;
    deadline_lift(&slot->deadline);
}

enum stage slot_stage(const struct slot *slot)
{
    const struct box *box = &slot->boxes[0];
    if (slot->held == 0 || box->newest == BOX_NO_TEST)
        return STAGE_IDLE;
    if (slot->deadline.stage == DEADLINE_KILLED)
        return STAGE_KILLING;
    if (box->running != BOX_NO_TEST)
        return slot->deadline.stage == DEADLINE_DUMPED ? STAGE_DUMPING : STAGE_RUNNING;
    return box->unreported == 0 ? STAGE_CLEANING : STAGE_IDLE;
}

const char *slot_newest(const struct slot *slot)
{
    const struct box *box = &slot->boxes[0];
    return slot->held > 0 && box->newest != BOX_NO_TEST ? box->ids[box->newest] : NULL;
}

const char *slot_running(const struct slot *slot)
{
    return slot->held > 0 ? box_running(&slot->boxes[0]) : NULL;
}
