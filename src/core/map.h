/* A hash map from octets to a size_t (an index into some vector). It copies no
 * keys: the caller keeps each key alive and unmoved while it is in the map.
 * Zeroed is empty. */
#ifndef ALOOF_CORE_MAP_H
#define ALOOF_CORE_MAP_H

#include "core/bytes.h"

#include <stdint.h>

#define MAP_NONE SIZE_MAX

struct map_slot {
    struct bytes key;
    size_t value; /* MAP_NONE with a key: removed */
    uint64_t hash;
};

struct map {
    struct map_slot *slots;
    size_t used, cap; /* used counts removed slots too */
};

/* The value, or MAP_NONE. */
size_t map_get(const struct map *map, struct bytes key);

/* Sets the value, new or again; `key` is borrowed while it is in the map. */
void map_put(struct map *map, struct bytes key, size_t value);

void map_remove(struct map *map, struct bytes key);

void map_release(struct map *map);

/* A 64-bit hash of the octets (eight at a time), for content comparison within one process. */
uint64_t hash_bytes(struct bytes data);

#endif
