/* However a stream is cut into reads, the same comes out; and what came out, written and read again, comes
 * out again. The first octets of the input choose the cuts. */
#include "stream/subunit.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct story {
    struct buf text;  /* events as packets, noise and damage in words */
    struct buf again; /* only the packets */
    bool in_noise;
};

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void on_event(void *owner, const struct event *event)
{
    struct story *story = owner;
    expect(bytes_utf8(event->test_id) && bytes_utf8(event->route));
    story->in_noise = false;
    buf_puts(&story->text, "event ");
    expect(subunit_write(&story->text, event, 0) == 0);
    expect(subunit_write(&story->again, event, 0) == 0);
}

static void on_noise(void *owner, struct bytes octets)
{
    struct story *story = owner;
    expect(octets.len > 0);
    if (!story->in_noise)
        buf_puts(&story->text, "noise ");
    story->in_noise = true;
    buf_add(&story->text, octets.data, octets.len);
}

static void on_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    struct story *story = owner;
    story->in_noise = false;
    buf_printf(&story->text, "damage %s %llu %llu ", reason, (unsigned long long)offset,
               (unsigned long long)length);
}

/* Reads the octets cut as the choices say (0 of them: not cut). Each piece is a copy, so that reading past it
 * is seen. */
static struct story read_cut(struct bytes octets, const uint8_t *choices, size_t count)
{
    static const struct event_sink sink = {on_event, on_noise, on_damage};
    struct story story = {0};
    struct subunit_reader reader;
    subunit_reader_init(&reader, &sink, &story);
    for (size_t at = 0, cut = 0; at < octets.len; cut++) {
        size_t len = count > 0 ? (size_t)choices[cut % count] + 1 : octets.len;
        len = len < octets.len - at ? len : octets.len - at;
        char *piece = mem_dup(octets.data + at, len);
        subunit_reader_feed(&reader, piece, len);
        free(piece);
        at += len;
    }
    subunit_reader_end(&reader);
    expect(reader.offset == octets.len);
    subunit_reader_release(&reader);
    return story;
}

static void story_release(struct story *story)
{
    buf_release(&story->text);
    buf_release(&story->again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count = size < 8 ? size : 8;
    struct bytes octets = {(const char *)data + count, size - count};
    struct story whole = read_cut(octets, NULL, 0);
    struct story cut = read_cut(octets, data, count);
    expect(bytes_equal(buf_bytes(&whole.text), buf_bytes(&cut.text)));
    struct story again = read_cut(buf_bytes(&whole.again), NULL, 0);
    expect(bytes_equal(buf_bytes(&whole.again), buf_bytes(&again.again)));
    story_release(&whole);
    story_release(&cut);
    story_release(&again);
    return 0;
}
