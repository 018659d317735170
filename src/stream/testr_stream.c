#include "stream/testr_stream.h"

#include "core/bytes.h"
#include "stream/subunit.h"

#include <stdlib.h>

#define HEAD_MAX 8192 /* octets with neither version in them: it is the second, which takes noise */
#define SURE 70       /* of the first version: a test and its outcome, or a time */

struct testr_reader {
    const struct event_sink *sink;
    void *owner;
    struct buf head; /* until it is known which it is */
    const struct stream_format *version;
    void *reader;
};

static void testr_init(void *opaque, const struct event_sink *sink, void *owner)
{
    *(struct testr_reader *)opaque = (struct testr_reader){.sink = sink, .owner = owner};
}

static void choose(struct testr_reader *reader, const char *name)
{
    reader->version = stream_format(name);
    reader->reader = mem_zero(reader->version->size);
    reader->version->init(reader->reader, reader->sink, reader->owner);
    reader->version->feed(reader->reader, reader->head.data, reader->head.len);
    buf_release(&reader->head);
}

/* By the whole lines so far, and by a packet wherever it begins: however it was cut into reads. */
static void look(struct testr_reader *reader, bool line)
{
    struct bytes head = buf_bytes(&reader->head);
    if (stream_format("subunit")->guess(head, false) > 0)
        choose(reader, "subunit");
    else if (line && stream_format("subunit1")->guess(head, false) >= SURE)
        choose(reader, "subunit1");
    else if (head.len >= HEAD_MAX)
        choose(reader, "subunit");
}

static void testr_feed(void *opaque, const void *data, size_t len)
{
    struct testr_reader *reader = opaque;
    const char *octets = data;
    while (reader->version == NULL && len > 0) {
        size_t room = HEAD_MAX - reader->head.len, step = len < room ? len : room;
        const char *end = memchr(octets, '\n', step);
        step = end != NULL ? (size_t)(end - octets) + 1 : step;
        buf_add(&reader->head, octets, step);
        octets += step;
        len -= step;
        look(reader, end != NULL);
    }
    if (len > 0)
        reader->version->feed(reader->reader, octets, len);
}

static void testr_end(void *opaque)
{
    struct testr_reader *reader = opaque;
    struct bytes head = buf_bytes(&reader->head);
    if (reader->version == NULL)
        choose(reader, stream_format("subunit1")->guess(head, true) > 0 ? "subunit1" : "subunit");
    reader->version->end(reader->reader);
}

static void testr_release(void *opaque)
{
    struct testr_reader *reader = opaque;
    if (reader->version != NULL)
        reader->version->release(reader->reader);
    free(reader->reader);
    buf_release(&reader->head);
}

static int testr_guess(struct bytes head, bool whole)
{
    (void)head, (void)whole;
    return 0;
}

const struct stream_format testr_format = {
    .name = "testr",
    .title = "subunit of either version",
    .size = sizeof(struct testr_reader),
    .init = testr_init,
    .feed = testr_feed,
    .end = testr_end,
    .release = testr_release,
    .guess = testr_guess,
};
