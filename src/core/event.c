#include "core/event.h"

#include <string.h>

bool event_is_final(const struct event *event)
{
    return event->status >= EVENT_SUCCESS;
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

const char *event_status_name(enum event_status status)
{
    static const char *const names[] = {"",          "exists", "inprogress", "success",
                                        "uxsuccess", "skip",   "fail",       "xfail"};
    return names[status];
}
