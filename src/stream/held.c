#include "stream/held.h"

#include <stdlib.h>

static void release(struct held *held, size_t at)
{
    struct event *failure = held->failures.items[at].event;
    held->failures.len--;
    memmove(held->failures.items + at, held->failures.items + at + 1,
            (held->failures.len - at) * sizeof *held->failures.items);
    held->event(held->owner, failure);
    free(failure);
}

void held_settle(struct held *held)
{
    while (held->failures.len > 0)
        release(held, 0);
}

/* An event that is not about the one that waits. Whether that has waited long enough. */
static bool is_over(const struct held *held, const struct held_failure *failure, const struct event *event)
{
    if (!held->late)
        return true;
    return failure->explained && event->test_id.data != NULL;
}

void held_take(struct held *held, const struct event *event)
{
    for (size_t i = 0; i < held->failures.len;) {
        struct held_failure *failure = &held->failures.items[i];
        bool same = event->test_id.data != NULL && bytes_equal(event->test_id, failure->event->test_id);
        bool file = same && event->status == EVENT_NONE;
        failure->explained |= file;
        if (!file && (same || is_over(held, failure, event)))
            release(held, i);
        else
            i++;
    }
    bool bare = event->file_name.data == NULL && event->route.data == NULL;
    bool whole = held->late && event_has_tag(event, TAG_CRASH);
    if (event->status == EVENT_FAIL && event->test_id.data != NULL && bare && !whole)
        vec_push(&held->failures, (struct held_failure){.event = event_dup(event)});
    else
        held->event(held->owner, event);
}

void held_release(struct held *held)
{
    struct held_failure *failure;
    vec_each (failure, &held->failures)
        free(failure->event);
    vec_release(&held->failures);
}
