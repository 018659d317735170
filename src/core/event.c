#include "core/event.h"

#include <string.h>

bool event_is_final(const struct event *event)
{
    return event->status >= EVENT_SUCCESS;
}

bool event_is_output(const struct event *event)
{
    return bytes_is(event->file_name, "stdout") || bytes_is(event->file_name, "stderr");
}

bool event_has_tag(const struct event *event, const char *tag)
{
    for (size_t i = 0; i < event->tag_count; i++)
        if (bytes_is(event->tags[i], tag))
            return true;
    return false;
}

struct bytes event_tag_value(const struct event *event, const char *prefix)
{
    size_t len = strlen(prefix);
    for (size_t i = 0; i < event->tag_count; i++)
        if (bytes_starts(event->tags[i], prefix))
            return (struct bytes){event->tags[i].data + len, event->tags[i].len - len};
    return (struct bytes){0};
}

size_t event_size(const struct event *event)
{
    size_t size = sizeof *event + event->tag_count * sizeof *event->tags + event->test_id.len +
                  event->route.len + event->file_name.len + event->file.len + event->mime.len;
    for (size_t i = 0; i < event->tag_count; i++)
        size += event->tags[i].len;
    return size;
}

/* Moves the octets to *to, which goes on behind them. */
static void store(struct bytes *octets, char **to)
{
    if (octets->data == NULL)
        return;
    if (octets->len > 0)
        memcpy(*to, octets->data, octets->len);
    octets->data = *to;
    *to += octets->len;
}

struct event *event_dup(const struct event *event)
{
    struct event *copy = mem_zero(event_size(event) + 1); /* an empty text has a place, too */
    struct bytes *tags = (struct bytes *)(copy + 1);
    char *to = (char *)(tags + event->tag_count);
    *copy = *event;
    copy->tags = tags;
    for (size_t i = 0; i < event->tag_count; i++) {
        tags[i] = event->tags[i];
        store(&tags[i], &to);
    }
    store(&copy->test_id, &to);
    store(&copy->route, &to);
    store(&copy->file_name, &to);
    store(&copy->file, &to);
    store(&copy->mime, &to);
    return copy;
}

const char *event_status_name(enum event_status status)
{
    static const char *const names[] = {"",          "exists", "inprogress", "success",
                                        "uxsuccess", "skip",   "fail",       "xfail"};
    return names[status];
}
