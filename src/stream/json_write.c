#include "stream/json_write.h"

#include "stream/timestamp.h"

#include <jansson.h>
#include <stdlib.h>

#define SECOND_NS 1000000000

static void set(json_t *object, const char *key, json_t *take_value)
{
    if (take_value == NULL || json_object_set_new(object, key, take_value) != 0)
        abort(); /* there is no memory */
}

static json_t *text(struct bytes value)
{
    if (value.data == NULL)
        return json_null();
    struct buf clean = {0};
    buf_add_utf8(&clean, value);
    json_t *made = json_stringn(buf_str(&clean), clean.len);
    buf_release(&clean);
    return made;
}

/* RFC 4648, section 4. */
static json_t *base64(struct bytes value)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (value.data == NULL)
        return json_null();
    struct buf coded = {0};
    for (size_t at = 0; at < value.len; at += 3) {
        size_t left = value.len - at;
        uint32_t bits = 0;
        for (size_t i = 0; i < 3; i++)
            bits = bits << 8 | (i < left ? (unsigned char)value.data[at + i] : 0);
        for (size_t i = 0; i < 4; i++)
            buf_putc(&coded, i <= left ? letters[bits >> (18 - 6 * i) & 63] : '=');
    }
    json_t *made = json_stringn(buf_str(&coded), coded.len);
    buf_release(&coded);
    return made;
}

static json_t *timestamp(const struct event *event)
{
    if (!event->has_time)
        return json_null();
    struct buf stamp = {0};
    timestamp_write(&stamp, event->time_ns, 9, "T");
    json_t *made = json_string(buf_str(&stamp));
    buf_release(&stamp);
    return made;
}

static json_t *tags(const struct event *event)
{
    if (!event->has_tags)
        return json_null();
    json_t *list = json_array();
    for (size_t i = 0; i < event->tag_count; i++)
        json_array_append_new(list, text(event->tags[i]));
    return list;
}

static json_t *make(const char *kind, const struct event *event)
{
    bool packet = kind[0] == 'p';
    json_t *object = json_object();
    set(object, "kind", json_string(kind));
    set(object, "test_id", text(event->test_id));
    set(object, "status",
        event->status != EVENT_NONE ? json_string(event_status_name(event->status)) : json_null());
    set(object, "tags", tags(event));
    set(object, "runnable", packet ? json_boolean(event->runnable) : json_null());
    set(object, "file_name", text(event->file_name));
    set(object, "file_bytes", base64(event->file));
    set(object, "eof", packet ? json_boolean(event->eof) : json_null());
    set(object, "mime_type", text(event->mime));
    set(object, "route_code", text(event->route));
    set(object, "timestamp", timestamp(event));
    if (event->duration_ns > 0)
        set(object, "duration", json_real((double)event->duration_ns / SECOND_NS));
    return object;
}

static void put(struct buf *to, json_t *take_object)
{
    char *line = json_dumps(take_object, JSON_COMPACT);
    if (line == NULL)
        abort();
    buf_puts(to, line);
    buf_putc(to, '\n');
    free(line);
    json_decref(take_object);
}

void json_write_event(struct buf *to, const struct event *event)
{
    put(to, make("packet", event));
}

void json_write_noise(struct buf *to, struct bytes octets)
{
    put(to, make("noise", &(struct event){.file = octets}));
}

void json_write_damage(struct buf *to, const char *reason, uint64_t offset, uint64_t length)
{
    json_t *object = make("damage", &(struct event){.status = EVENT_NONE});
    set(object, "reason", text(bytes_of(reason)));
    set(object, "offset", json_integer((json_int_t)offset));
    set(object, "length", json_integer((json_int_t)length));
    put(to, object);
}
