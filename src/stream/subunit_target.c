#include "stream/subunit_target.h"

#include "core/vec.h"
#include "stream/subunit.h"

#include <stdlib.h>

#define ID_MAX 65536 /* octets kept of an id that does not fit into a packet */
#define SECOND_NS 1e9

struct writer {
    struct buf *to;
    bool holds;        /* a final status, of the test … */
    struct event held; /* … whose strings are these */
    struct buf id, route;
    struct strings tags;
};

static void put(struct writer *writer, const struct event *event)
{
    if (subunit_write(writer->to, event, 0) == 0)
        return;
    struct event shorter = *event; /* an id or tags of more than a packet */
    shorter.test_id.len = shorter.test_id.len < ID_MAX ? shorter.test_id.len : ID_MAX;
    shorter.tag_count = 0;
    subunit_write(writer->to, &shorter, 0);
}

static void settle(struct writer *writer)
{
    if (!writer->holds)
        return;
    VEC(struct bytes) tags = {0};
    for (size_t i = 0; i < writer->tags.len; i++)
        vec_push(&tags, bytes_of(writer->tags.items[i]));
    char duration[40];
    if (writer->held.duration_ns > 0 && !writer->held.has_time) {
        snprintf(duration, sizeof duration, "duration=%.6f", (double)writer->held.duration_ns / SECOND_NS);
        vec_push(&tags, bytes_of(duration));
        writer->held.has_tags = true;
    }
    struct event event = writer->held;
    event.test_id = buf_bytes(&writer->id);
    event.route = event.route.data != NULL ? buf_bytes(&writer->route) : event.route;
    event.tags = tags.items;
    event.tag_count = tags.len;
    put(writer, &event);
    vec_release(&tags);
    writer->holds = false;
}

static void hold(struct writer *writer, const struct event *event)
{
    writer->holds = true;
    writer->held = *event;
    writer->held.file_name = writer->held.file = writer->held.mime = (struct bytes){0};
    writer->held.eof = false;
    buf_clear(&writer->id);
    buf_add(&writer->id, event->test_id.data, event->test_id.len);
    buf_clear(&writer->route);
    buf_add(&writer->route, event->route.data, event->route.len);
    strings_clear(&writer->tags);
    for (size_t i = 0; i < event->tag_count; i++)
        strings_take(&writer->tags, bytes_dup(event->tags[i]));
}

/* Whether the event only adds to the test that is held. */
static bool adds(const struct writer *writer, const struct event *event)
{
    return writer->holds && event->status == EVENT_NONE && event->test_id.data != NULL &&
           bytes_equal(event->test_id, buf_bytes(&writer->id));
}

static void write_event(void *state, const struct event *event)
{
    struct writer *writer = state;
    if (adds(writer, event) && event->duration_ns > 0)
        writer->held.duration_ns = event->duration_ns;
    if (!adds(writer, event))
        settle(writer);
    bool final = event_is_final(event) && event->test_id.data != NULL;
    bool says = event->file_name.data != NULL || event->file.data != NULL || event->has_tags;
    struct event now = *event;
    if (final) {
        hold(writer, event);
        now.status = EVENT_NONE;
        now.has_tags = false;
        now.tag_count = 0;
        says = event->file_name.data != NULL || event->file.data != NULL;
    }
    if (says || now.status != EVENT_NONE || (!final && event->duration_ns == 0))
        put(writer, &now);
}

static void write_noise(void *state, struct bytes octets)
{
    struct writer *writer = state;
    buf_add(writer->to, octets.data, octets.len);
}

static void writer_init(void *state, struct buf *to)
{
    *(struct writer *)state = (struct writer){.to = to};
}

static void writer_end(void *state)
{
    settle(state);
}

static void writer_release(void *state)
{
    struct writer *writer = state;
    buf_release(&writer->id);
    buf_release(&writer->route);
    strings_release(&writer->tags);
}

const struct stream_target subunit_target = {
    .name = "subunit",
    .title = "subunit version 2",
    .size = sizeof(struct writer),
    .init = writer_init,
    .sink = {write_event, write_noise, NULL},
    .end = writer_end,
    .release = writer_release,
};
