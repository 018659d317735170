#include "stream/stream.h"

#include "stream/catch2.h"
#include "stream/check.h"
#include "stream/csv_target.h"
#include "stream/ctest.h"
#include "stream/go.h"
#include "stream/gtest.h"
#include "stream/gtest_json.h"
#include "stream/jest.h"
#include "stream/json_write.h"
#include "stream/junit.h"
#include "stream/junit_target.h"
#include "stream/libtest.h"
#include "stream/libtest_json.h"
#include "stream/meson.h"
#include "stream/minitest.h"
#include "stream/mocha.h"
#include "stream/nextest_list.h"
#include "stream/node_spec.h"
#include "stream/rspec.h"
#include "stream/subunit.h"
#include "stream/subunit1.h"
#include "stream/subunit1_target.h"
#include "stream/subunit_target.h"
#include "stream/tap.h"
#include "stream/tap_target.h"
#include "stream/testr_stream.h"
#include "stream/unittest.h"

#include <string.h>

#define SURE 90 /* enough not to look further */

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
    .silent = true,
};

static const struct stream_format *const formats[] = {
    &subunit_format,  &tap_format,          &go_format,         &libtest_json_format, &jest_format,
    &mocha_format,    &mocha_stream_format, &gtest_json_format, &meson_format,        &rspec_format,
    &minitest_format, &nextest_list_format, &junit_format,      &libtest_format,      &node_spec_format,
    &gtest_format,    &unittest_format,     &subunit1_format,   &catch2_format,       &check_format,
    &ctest_format,
};

#define FORMAT_COUNT (sizeof formats / sizeof *formats)

/* A writer that remembers nothing but where to. */
static void init_simple(void *writer, struct buf *to)
{
    *(struct buf **)writer = to;
}

static void end_simple(void *writer)
{
    (void)writer;
}

static void json_event(void *writer, const struct event *event)
{
    json_write_event(*(struct buf **)writer, event);
}

static void json_noise(void *writer, struct bytes octets)
{
    json_write_noise(*(struct buf **)writer, octets);
}

static void json_damage(void *writer, const char *reason, uint64_t offset, uint64_t length)
{
    json_write_damage(*(struct buf **)writer, reason, offset, length);
}

static const struct stream_target json_target = {
    .name = "json",
    .title = "one JSON object a line and event",
    .size = sizeof(struct buf *),
    .init = init_simple,
    .sink = {json_event, json_noise, json_damage},
    .end = end_simple,
    .release = end_simple,
};

static const struct stream_target *const targets[] = {
    &json_target, &subunit_target, &subunit1_target, &tap_target, &junit_target, &csv_target,
};

#define TARGET_COUNT (sizeof targets / sizeof *targets)

const struct stream_target *const *stream_targets(size_t *count)
{
    *count = TARGET_COUNT;
    return targets;
}

const struct stream_target *stream_target(const char *name)
{
    for (size_t i = 0; i < TARGET_COUNT; i++)
        if (strcmp(targets[i]->name, name) == 0)
            return targets[i];
    return NULL;
}

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
    return strcmp(name, testr_format.name) == 0 ? &testr_format : NULL;
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
    bool seen_enough = whole || head.len >= STREAM_HEAD || sure >= SURE;
    return seen_enough ? best : NULL;
}
