/* One format under libFuzzer: however a stream is cut into reads, the same comes out. The first octets of the
 * input choose the cuts. A target is a file that defines FORMAT and includes this one. */
#include "stream/json_write.h"
#include "stream/stream.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct record {
    struct buf lines, noise;
};

#ifndef FORMAT
#define FORMAT "tap" /* of a target that names none */
#endif

static void end_noise(struct record *record)
{
    if (record->noise.len > 0)
        json_write_noise(&record->lines, buf_bytes(&record->noise));
    buf_clear(&record->noise);
}

static void on_event(void *owner, const struct event *event)
{
    struct record *record = owner;
    end_noise(record);
    json_write_event(&record->lines, event);
}

static void on_noise(void *owner, struct bytes octets)
{
    struct record *record = owner;
    buf_add(&record->noise, octets.data, octets.len);
}

static void on_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    struct record *record = owner;
    end_noise(record);
    json_write_damage(&record->lines, reason, offset, length);
}

/* Reads the octets cut as the choices say (0 of them: not cut). Each piece is a copy, so that reading past it
 * is seen. */
static struct record read_cut(struct bytes octets, const uint8_t *choices, size_t count)
{
    static const struct event_sink sink = {on_event, on_noise, on_damage};
    const struct stream_format *format = stream_format(FORMAT);
    struct record record = {0};
    void *reader = mem_zero(format->size);
    format->init(reader, &sink, &record);
    for (size_t at = 0, cut = 0; at < octets.len; cut++) {
        size_t len = count > 0 ? (size_t)choices[cut % count] + 1 : octets.len;
        len = len < octets.len - at ? len : octets.len - at;
        char *piece = mem_dup(octets.data + at, len);
        format->feed(reader, piece, len);
        free(piece);
        at += len;
    }
    format->end(reader);
    format->release(reader);
    free(reader);
    end_noise(&record);
    return record;
}

static void record_release(struct record *record)
{
    buf_release(&record->lines);
    buf_release(&record->noise);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count = size < 8 ? size : 8;
    struct bytes octets = {(const char *)data + count, size - count};
    struct record whole = read_cut(octets, NULL, 0), cut = read_cut(octets, data, count);
    if (!bytes_equal(buf_bytes(&whole.lines), buf_bytes(&cut.lines)))
        abort();
    record_release(&whole);
    record_release(&cut);
    return 0;
}
