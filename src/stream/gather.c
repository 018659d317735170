#include "stream/gather.h"

#include "stream/scan.h"

#include <stdlib.h>

static void free_test(struct gathered *test)
{
    struct gathered_text *text;
    vec_each (text, &test->texts) {
        free(text->name);
        free(text->mime);
        buf_release(&text->data);
    }
    vec_release(&test->texts);
    strings_release(&test->tags);
    buf_release(&test->id);
    free(test);
}

static void hand_over(struct gather *gather, struct gathered *test)
{
    if (test->status == EVENT_INPROGRESS) {
        test->status = EVENT_FAIL;
        strings_add(&test->tags, TAG_INTERRUPTED);
    }
    if (test->status != EVENT_NONE)
        gather->take(gather->owner, test);
    free_test(test);
}

/* Another test reports: the one that is over is complete, unless it has failed. */
static void settle(struct gather *gather)
{
    struct gathered *test = gather->over;
    gather->over = NULL;
    if (test == NULL)
        return;
    size_t at = gather->open.len - 1;
    while (gather->open.items[at] != test)
        at--;
    gather->open.len--;
    memmove(gather->open.items + at, gather->open.items + at + 1,
            (gather->open.len - at) * sizeof *gather->open.items);
    if (test->status != EVENT_FAIL) {
        hand_over(gather, test);
        return;
    }
    map_put(&gather->by_id, buf_bytes(&test->id), gather->failed.len);
    vec_push(&gather->failed, test);
}

static struct gathered *find_open(const struct gather *gather, struct bytes id)
{
    for (size_t i = gather->open.len; i-- > 0;)
        if (bytes_equal(buf_bytes(&gather->open.items[i]->id), id))
            return gather->open.items[i];
    return NULL;
}

/* Which test the event is of: the newest of that id, unless it begins or ends one that is over. */
static struct gathered *test_of(struct gather *gather, const struct event *event)
{
    struct gathered *test = find_open(gather, event->test_id);
    bool again = event->status > EVENT_EXISTS;
    if (test != NULL && !(test == gather->over && again))
        return test;
    size_t at = again ? MAP_NONE : map_get(&gather->by_id, event->test_id);
    if (at != MAP_NONE)
        return gather->failed.items[at];
    test = mem_zero(sizeof *test);
    buf_add(&test->id, event->test_id.data, event->test_id.len);
    vec_push(&gather->open, test);
    return test;
}

static void add_text(struct gathered *test, const struct event *event)
{
    struct gathered_text *text, *found = NULL;
    vec_each (text, &test->texts)
        if (bytes_is(event->file_name, text->name))
            found = text;
    if (found == NULL) {
        const struct gathered_text fresh = {.name = bytes_dup(event->file_name),
                                            .mime = bytes_dup(event->mime)};
        vec_push(&test->texts, fresh);
        found = &test->texts.items[test->texts.len - 1];
    }
    size_t room = GATHER_TEXT_MAX - found->data.len;
    buf_add(&found->data, event->file.data, event->file.len < room ? event->file.len : room);
}

static void add_tags(struct gathered *test, const struct event *event)
{
    for (size_t i = 0; i < event->tag_count; i++) {
        size_t at;
        char *tag = bytes_dup(event->tags[i]);
        if (strings_find(&test->tags, tag, &at) == 0)
            free(tag);
        else
            strings_take(&test->tags, tag);
    }
}

void gather_event(struct gather *gather, const struct event *event)
{
    if (event->test_id.data == NULL || event->status == EVENT_EXISTS)
        return;
    struct gathered *test = test_of(gather, event);
    if (gather->over != test)
        settle(gather);
    if (event->status == EVENT_INPROGRESS && event->has_time) {
        test->has_start = true;
        test->start_ns = event->time_ns;
    } else if (event_is_final(event) && event->has_time) {
        test->has_end = true;
        test->end_ns = event->time_ns;
    }
    if (event->status != EVENT_NONE)
        test->status = event->status;
    if (event->duration_ns > 0)
        test->duration_ns = event->duration_ns;
    else if (test->has_start && test->has_end && test->end_ns > test->start_ns && test->duration_ns == 0)
        test->duration_ns = test->end_ns - test->start_ns;
    if (event->file_name.data != NULL)
        add_text(test, event);
    add_tags(test, event);
    if (event_is_final(event))
        gather->over = test;
}

void gather_end(struct gather *gather)
{
    struct gathered **test;
    settle(gather);
    vec_each (test, &gather->failed)
        hand_over(gather, *test);
    vec_each (test, &gather->open)
        hand_over(gather, *test);
    gather->failed.len = gather->open.len = 0;
}

void gather_release(struct gather *gather)
{
    struct gathered **test;
    vec_each (test, &gather->failed)
        free_test(*test);
    vec_each (test, &gather->open)
        free_test(*test);
    vec_release(&gather->failed);
    vec_release(&gather->open);
    map_release(&gather->by_id);
}

const struct buf *gathered_text(const struct gathered *test, const char *name)
{
    const struct gathered_text *text;
    vec_each (text, &test->texts)
        if (strcmp(text->name, name) == 0)
            return &text->data;
    return NULL;
}

bool gathered_has_tag(const struct gathered *test, const char *tag)
{
    size_t at;
    return strings_find(&test->tags, tag, &at) == 0;
}

struct bytes gathered_message(const struct gathered *test)
{
    static const char *const names[] = {"message", "reason"};
    for (size_t i = 0; i < 2; i++) {
        const struct buf *text = gathered_text(test, names[i]);
        struct bytes line = text != NULL ? scan_trim(buf_bytes(text)) : (struct bytes){0};
        size_t len = scan_find(line, "\n");
        line.len = len != SIZE_MAX ? len : line.len;
        if (line.len > 0)
            return line;
    }
    const struct buf *traceback = gathered_text(test, "traceback");
    if (traceback == NULL)
        return (struct bytes){0};
    struct bytes text = scan_trim(buf_bytes(traceback));
    bool python = bytes_starts(text, "Traceback ");
    size_t first = scan_find(text, "\n"), last = scan_find_last(text, "\n");
    if (first == SIZE_MAX)
        return text;
    return python ? scan_trim(scan_skip(text, last + 1)) : (struct bytes){text.data, first};
}
