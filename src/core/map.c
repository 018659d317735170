#include "core/map.h"

#include <stdlib.h>
#include <string.h>

/* A step that no information gets lost in: two words that differ stay apart. */
static uint64_t stir(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0xd6e8feb86659fd93);
    return hash ^ (hash >> 32);
}

uint64_t hash_bytes(struct bytes data)
{
    uint64_t hash = data.len, word;
    size_t at = 0;
    for (; at + sizeof word <= data.len; at += sizeof word) {
        memcpy(&word, data.data + at, sizeof word);
        hash = stir(hash, word);
    }
    word = 0;
    if (at < data.len)
        memcpy(&word, data.data + at, data.len - at);
    return stir(stir(hash, word), 0);
}

/* The slot of the key, else the first empty one. There is always an empty one. A removed slot's key may be
 * gone: it is passed over unread. */
static struct map_slot *probe(const struct map *map, struct bytes key, uint64_t hash)
{
    size_t mask = map->cap - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct map_slot *slot = &map->slots[i];
        if (slot->key.data == NULL)
            return slot;
        if (slot->hash == hash && slot->value != MAP_NONE && bytes_equal(slot->key, key))
            return slot;
    }
}

size_t map_get(const struct map *map, struct bytes key)
{
    if (map->cap == 0)
        return MAP_NONE;
    const struct map_slot *slot = probe(map, key, hash_bytes(key));
    return slot->key.data != NULL ? slot->value : MAP_NONE;
}

static void grow(struct map *map)
{
    size_t live = 0;
    for (size_t i = 0; i < map->cap; i++)
        live += map->slots[i].key.data != NULL && map->slots[i].value != MAP_NONE;
    struct map bigger = {.cap = 16};
    while (bigger.cap < (live + 1) * 2)
        bigger.cap *= 2;
    bigger.slots = mem_zero(bigger.cap * sizeof *bigger.slots);
    for (size_t i = 0; i < map->cap; i++) {
        const struct map_slot *old = &map->slots[i];
        if (old->key.data == NULL || old->value == MAP_NONE)
            continue;
        *probe(&bigger, old->key, old->hash) = *old;
        bigger.used++;
    }
    free(map->slots);
    *map = bigger;
}

void map_put(struct map *map, struct bytes key, size_t value)
{
    if ((map->used + 1) * 4 > map->cap * 3)
        grow(map);
    uint64_t hash = hash_bytes(key);
    struct map_slot *slot = probe(map, key, hash);
    if (slot->key.data == NULL)
        map->used++;
    *slot = (struct map_slot){key, value, hash};
}

void map_remove(struct map *map, struct bytes key)
{
    if (map->cap == 0)
        return;
    struct map_slot *slot = probe(map, key, hash_bytes(key));
    if (slot->key.data != NULL)
        slot->value = MAP_NONE;
}

void map_release(struct map *map)
{
    free(map->slots);
    *map = (struct map){0};
}
