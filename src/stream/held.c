#include "stream/held.h"

static void hold(struct held *held, const struct event *event)
{
    held->holds = true;
    held->failure = *event;
    buf_clear(&held->id);
    buf_add(&held->id, event->test_id.data, event->test_id.len);
    strings_clear(&held->tags);
    for (size_t i = 0; i < event->tag_count; i++)
        strings_take(&held->tags, bytes_dup(event->tags[i]));
}

void held_settle(struct held *held)
{
    if (!held->holds)
        return;
    held->holds = false;
    VEC(struct bytes) tags = {0};
    for (size_t i = 0; i < held->tags.len; i++)
        vec_push(&tags, bytes_of(held->tags.items[i]));
    struct event failure = held->failure;
    failure.test_id = buf_bytes(&held->id);
    failure.tags = tags.items;
    failure.tag_count = tags.len;
    held->event(held->owner, &failure);
    vec_release(&tags);
}

void held_take(struct held *held, const struct event *event)
{
    bool same = event->test_id.data != NULL && bytes_equal(event->test_id, buf_bytes(&held->id));
    if (!same || event->status != EVENT_NONE)
        held_settle(held);
    bool bare = event->file_name.data == NULL && event->route.data == NULL;
    if (event->status == EVENT_FAIL && event->test_id.data != NULL && bare)
        hold(held, event);
    else
        held->event(held->owner, event);
}

void held_release(struct held *held)
{
    buf_release(&held->id);
    strings_release(&held->tags);
    *held = (struct held){0};
}
