#include "stream/stream.h"

#include "stream/subunit.h"
#include "stream/tap.h"

#include <string.h>

static void subunit_init(void *reader, const struct event_sink *sink, void *owner)
{
    subunit_reader_init(reader, sink, owner);
}

static void subunit_feed(void *reader, const void *data, size_t len)
{
    subunit_reader_feed(reader, data, len);
}

static void subunit_end(void *reader)
{
    subunit_reader_end(reader);
}

static void subunit_release(void *reader)
{
    subunit_reader_release(reader);
}

/* A signature that is followed by version 2, at the start or behind some text. */
static int subunit_guess(struct bytes head, bool whole)
{
    (void)whole;
    for (size_t at = 0; at + 1 < head.len; at++) {
        const char *found = memchr(head.data + at, SUBUNIT_SIGNATURE, head.len - at - 1);
        if (found == NULL)
            break;
        at = (size_t)(found - head.data);
        if (((unsigned char)found[1] << 8 & SUBUNIT_VERSION_MASK) == SUBUNIT_VERSION)
            return at == 0 ? 100 : 60;
    }
    return 0;
}

static const struct stream_format subunit_format = {
    .name = "subunit",
    .title = "subunit version 2",
    .size = sizeof(struct subunit_reader),
    .init = subunit_init,
    .feed = subunit_feed,
    .end = subunit_end,
    .release = subunit_release,
    .guess = subunit_guess,
};

static const struct stream_format *const formats[] = {
    &subunit_format,
    &tap_format,
};

#define FORMAT_COUNT (sizeof formats / sizeof *formats)

const struct stream_format *const *stream_formats(size_t *count)
{
    *count = FORMAT_COUNT;
    return formats;
}

const struct stream_format *stream_format(const char *name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

const struct stream_format *stream_guess(struct bytes head, bool whole)
{
    const struct stream_format *best = NULL;
    int sure = 0;
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        int guess = formats[i]->guess(head, whole);
        if (guess > sure) {
            sure = guess;
            best = formats[i];
        }
    }
    return best;
}
