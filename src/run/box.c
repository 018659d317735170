#include "run/box.h"

#include "core/memory.h"

#include <assert.h>
#include <stdlib.h>

void box_init(struct box *box, const uint32_t *positions, const char *const *ids, size_t count)
{
    assert(count > 0);
    *box = (struct box){
        .positions = (void *)mem_dup(positions, count * sizeof *positions),
        .ids = (void *)mem_dup(ids, count * sizeof *ids),
        .reported = mem_zero(count * sizeof *box->reported),
        .count = count,
        .unreported = count,
        .running = BOX_NO_TEST,
        .newest = BOX_NO_TEST,
    };
}

size_t box_find(const struct box *box, struct bytes id)
{
    size_t from = box->newest == BOX_NO_TEST ? 0 : box->newest;
    for (size_t i = 0; i < box->count; i++) {
        size_t at = (from + i) % box->count;
        if (!box->reported[at] && bytes_is(id, box->ids[at]))
            return at;
    }
    return BOX_NO_TEST;
}

void box_report(struct box *box, size_t at)
{
    box->unreported -= !box->reported[at];
    box->reported[at] = true;
}

const char *box_running(const struct box *box)
{
    return box->running != BOX_NO_TEST ? box->ids[box->running] : NULL;
}

void box_release(struct box *box)
{
    free(box->positions);
    free(box->ids);
    free(box->reported);
    *box = (struct box){0};
}
