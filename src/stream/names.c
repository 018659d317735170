#include "stream/names.h"

#include "core/map.h"

#include <stdlib.h>

/* Where the hash is, or would go. 0 stands for an empty slot. */
static uint64_t *slot_of(const struct names *names, uint64_t hash)
{
    size_t at = hash & (names->cap - 1);
    while (names->slots[at] != 0 && names->slots[at] != hash)
        at = (at + 1) & (names->cap - 1);
    return &names->slots[at];
}

static void grow(struct names *names)
{
    struct names larger = {.cap = names->cap > 0 ? names->cap * 2 : 64, .used = names->used};
    larger.slots = mem_zero(larger.cap * sizeof *larger.slots);
    for (size_t i = 0; i < names->cap; i++)
        if (names->slots[i] != 0)
            *slot_of(&larger, names->slots[i]) = names->slots[i];
    free(names->slots);
    *names = larger;
}

bool names_add(struct names *names, struct bytes name)
{
    uint64_t hash = hash_bytes(name);
    hash += hash == 0;
    if (names->used * 2 >= names->cap)
        grow(names);
    uint64_t *slot = slot_of(names, hash);
    if (*slot != 0)
        return false;
    *slot = hash;
    names->used++;
    return true;
}

void names_release(struct names *names)
{
    free(names->slots);
    *names = (struct names){0};
}
