#include "stream/roster.h"

size_t roster_find(struct roster *roster, const struct event *event)
{
    struct buf *key = &roster->scratch;
    buf_clear(key);
    buf_add(key, event->route.data, event->route.len);
    buf_putc(key, '\n');
    buf_add(key, event->test_id.data, event->test_id.len);
    size_t found = map_get(&roster->by_key, buf_bytes(key));
    if (found != MAP_NONE)
        return found;
    char *kept = mem_dup(key->data, key->len);
    strings_take(&roster->keys, kept);
    map_put(&roster->by_key, (struct bytes){kept, key->len}, roster->keys.len - 1);
    return roster->keys.len - 1;
}

void roster_release(struct roster *roster)
{
    map_release(&roster->by_key);
    strings_release(&roster->keys);
    buf_release(&roster->scratch);
}
