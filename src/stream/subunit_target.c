#include "stream/subunit_target.h"

#include "core/vec.h"
#include "stream/subunit.h"

#include <stdlib.h>

#define ID_MAX 65536 /* octets kept of an id that does not fit into a packet */
#define SECOND_NS 1e9

/* A final status that is not written yet, with its strings. */
struct held {
    struct event event;
    struct buf id, route;
    struct strings tags;
};

struct writer {
    struct buf *to;
    bool hasty; /* failures do not wait for the end */
    bool holds; /* the newest one */
    struct held newest;
    VEC(struct held) failed; /* some protocols tell why at their end */
};

static void held_release(struct held *held)
{
    buf_release(&held->id);
    buf_release(&held->route);
    strings_release(&held->tags);
}

static void put(struct writer *writer, const struct event *event)
{
    if (subunit_write(writer->to, event, 0) == 0)
        return;
    struct event shorter = *event; /* an id or tags of more than a packet */
    shorter.test_id.len = shorter.test_id.len < ID_MAX ? shorter.test_id.len : ID_MAX;
    shorter.tag_count = 0;
    subunit_write(writer->to, &shorter, 0);
}

static void put_held(struct writer *writer, const struct held *held)
{
    VEC(struct bytes) tags = {0};
    for (size_t i = 0; i < held->tags.len; i++)
        vec_push(&tags, bytes_of(held->tags.items[i]));
    struct event event = held->event;
    char duration[40];
    if (event.duration_ns > 0 && !event.has_time) {
        snprintf(duration, sizeof duration, "duration=%.6f", (double)event.duration_ns / SECOND_NS);
        vec_push(&tags, bytes_of(duration));
        event.has_tags = true;
    }
    event.test_id = buf_bytes(&held->id);
    event.route = event.route.data != NULL ? buf_bytes(&held->route) : event.route;
    event.tags = tags.items;
    event.tag_count = tags.len;
    put(writer, &event);
    vec_release(&tags);
}

/* Another test reports: writes the newest status, of a failure later. */
static void settle(struct writer *writer)
{
    if (!writer->holds)
        return;
    writer->holds = false;
    if (writer->newest.event.status == EVENT_FAIL && !writer->hasty) {
        vec_push(&writer->failed, writer->newest);
        writer->newest = (struct held){0};
    } else {
        put_held(writer, &writer->newest);
    }
}

static void hold(struct writer *writer, const struct event *event)
{
    struct held *held = &writer->newest;
    writer->holds = true;
    held->event = *event;
    held->event.file_name = held->event.file = held->event.mime = (struct bytes){0};
    held->event.eof = false;
    buf_clear(&held->id);
    buf_add(&held->id, event->test_id.data, event->test_id.len);
    buf_clear(&held->route);
    buf_add(&held->route, event->route.data, event->route.len);
    strings_clear(&held->tags);
    for (size_t i = 0; i < event->tag_count; i++)
        strings_take(&held->tags, bytes_dup(event->tags[i]));
}

/* Whether the event only adds to the test that is held. */
static bool adds(const struct writer *writer, const struct event *event)
{
    return writer->holds && event->status == EVENT_NONE && event->test_id.data != NULL &&
           bytes_equal(event->test_id, buf_bytes(&writer->newest.id));
}

static void write_event(void *state, const struct event *event)
{
    struct writer *writer = state;
    if (adds(writer, event) && event->duration_ns > 0)
        writer->newest.event.duration_ns = event->duration_ns;
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
    struct writer *writer = state;
    struct held *held;
    settle(writer);
    vec_each (held, &writer->failed)
        put_held(writer, held);
}

static void writer_release(void *state)
{
    struct writer *writer = state;
    struct held *held;
    vec_each (held, &writer->failed)
        held_release(held);
    vec_release(&writer->failed);
    held_release(&writer->newest);
}

void subunit_target_live(void *writer, bool late)
{
    ((struct writer *)writer)->hasty = !late;
}

void subunit_target_settle(void *writer)
{
    settle(writer);
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
