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

static uint64_t hash_of(struct bytes name)
{
    uint64_t hash = hash_bytes(name);
    return hash + (hash == 0);
}

bool names_has(const struct names *names, struct bytes name)
{
    return names->cap > 0 && *slot_of(names, hash_of(name)) != 0;
}

bool names_add(struct names *names, struct bytes name)
{
    uint64_t hash = hash_of(name);
    if (names->used * 2 >= names->cap)
        grow(names);
    uint64_t *slot = slot_of(names, hash);
    if (*slot != 0)
        return false;
    *slot = hash;
    names->used++;
    return true;
}

/* Whether the name came with that number; it is left with it. */
static bool has_numbered(const struct names *names, struct buf *name, size_t plain, size_t number)
{
    buf_reserve(name, 32);
    name->len = plain;
    buf_printf(name, " #%zu", number);
    return names_has(names, buf_bytes(name));
}

bool names_add_distinct(struct names *names, struct buf *name)
{
    if (names_add(names, buf_bytes(name)))
        return true;
    /* All numbers up to some are taken: a doubling search for one that is not, then halving. */
    size_t plain = name->len, taken = 1, vacant = 2;
    while (has_numbered(names, name, plain, vacant)) {
        taken = vacant;
        vacant *= 2;
    }
    while (vacant - taken > 1) {
        size_t middle = taken + (vacant - taken) / 2;
        if (has_numbered(names, name, plain, middle))
            taken = middle;
        else
            vacant = middle;
    }
    has_numbered(names, name, plain, vacant);
    names_add(names, buf_bytes(name));
    return false;
}

void names_release(struct names *names)
{
    free(names->slots);
    *names = (struct names){0};
}
