#include "stream/mux.h"

#include "stream/subunit.h"
#include "stream/subunit_target.h"

#include <stdlib.h>

#define PLAIN_TEXT "text/plain;charset=utf8"
#define NOISE_PIECE 65536
#define COMPLAINTS_MAX 8192

struct mux_test {
    bool runs;
    size_t id_at; /* in its key */
};

/* The route of what came on this one, absent: on none, in the command. */
static struct bytes own_route(struct mux *mux, struct bytes route)
{
    buf_clear(&mux->scratch);
    buf_puts(&mux->scratch, mux->route);
    if (route.data != NULL) {
        buf_putc(&mux->scratch, '/');
        buf_add(&mux->scratch, route.data, route.len);
    }
    return buf_bytes(&mux->scratch);
}

static void put_file(struct mux *mux, bool errors, struct bytes octets, bool eof)
{
    const struct event event = {.route = own_route(mux, (struct bytes){0}),
                                .file_name = bytes_of(errors ? "stderr" : "stdout"),
                                .file = octets,
                                .mime = bytes_of(PLAIN_TEXT),
                                .eof = eof};
    mux->printed[errors] = true;
    subunit_write(mux->to, &event, 0);
}

static void give_noise(struct mux *mux)
{
    if (mux->noise.len > 0)
        put_file(mux, false, buf_bytes(&mux->noise), false);
    buf_clear(&mux->noise);
}

static void follow(struct mux *mux, const struct event *event)
{
    size_t number = roster_find(&mux->roster, event);
    if (number == mux->tests.len)
        vec_push(&mux->tests, (struct mux_test){.id_at = event->route.len + 1});
    bool final = event_is_final(event);
    if (final || event->status == EVENT_INPROGRESS)
        mux->tests.items[number].runs = !final;
    mux->told += final;
    mux->failed += event->status == EVENT_FAIL;
}

static void on_event(void *owner, const struct event *event)
{
    struct mux *mux = owner;
    struct event routed = *event;
    give_noise(mux);
    routed.route = own_route(mux, event->route);
    if (event->test_id.data != NULL)
        follow(mux, &routed);
    if (mux->format == stream_format("subunit"))
        subunit_write(mux->to, &routed, 0);
    else
        subunit_target.sink.event(mux->writer, &routed);
}

static void on_noise(void *owner, struct bytes octets)
{
    struct mux *mux = owner;
    buf_add(&mux->noise, octets.data, octets.len);
    if (mux->noise.len >= NOISE_PIECE)
        give_noise(mux);
}

static void on_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    struct mux *mux = owner;
    (void)length;
    if (mux->complaints.len < COMPLAINTS_MAX)
        buf_printf(&mux->complaints, "octet %llu of its standard output: %s\n", (unsigned long long)offset,
                   reason);
}

static const struct event_sink sink = {on_event, on_noise, on_damage};

/* It is of that format: what waited for that is its start. */
static void begin(struct mux *mux, const struct stream_format *format)
{
    mux->format = format;
    mux->reader = mem_zero(format->size);
    format->init(mux->reader, &sink, mux);
    subunit_target_live(mux->writer, format->late);
    format->feed(mux->reader, buf_str(&mux->head), mux->head.len);
    give_noise(mux);
    buf_release(&mux->head);
}

void mux_init(struct mux *mux, const char *name, const char *route, const struct stream_format *format,
              struct buf *to)
{
    *mux = (struct mux){.to = to, .name = mem_strdup(name), .route = mem_strdup(route)};
    mux->writer = mem_zero(subunit_target.size);
    subunit_target.init(mux->writer, to);
    if (format != NULL)
        begin(mux, format);
}

static bool begins_document(char octet)
{
    return octet == '{' || octet == '[' || octet == '<';
}

/* Where the first line begins that may be the start of a document of many lines, or that is not complete; of
 * what is before, no reader has any use. */
static size_t useless_start(struct bytes head)
{
    size_t at = 0;
    while (at < head.len && !begins_document(head.data[at])) {
        const char *end = memchr(head.data + at, '\n', head.len - at);
        if (end == NULL)
            break;
        at = (size_t)(end - head.data) + 1;
    }
    return at;
}

/* What came yet is all that there is to tell by what it is. */
static void decide(struct mux *mux, bool over)
{
    const struct stream_format *format = stream_guess(buf_bytes(&mux->head), true);
    if (format != NULL) {
        begin(mux, format);
        return;
    }
    bool all = over || mux->head.len >= STREAM_HEAD;
    size_t noise = all ? mux->head.len : useless_start(buf_bytes(&mux->head));
    if (noise > 0)
        put_file(mux, false, (struct bytes){mux->head.data, noise}, false);
    buf_drop(&mux->head, noise);
}

void mux_out(struct mux *mux, struct bytes octets)
{
    if (mux->format != NULL) {
        mux->format->feed(mux->reader, octets.data, octets.len);
        give_noise(mux);
        return;
    }
    buf_add(&mux->head, octets.data, octets.len);
    const struct stream_format *format = stream_guess(buf_bytes(&mux->head), false);
    if (format != NULL)
        begin(mux, format);
    else if (mux->head.len >= STREAM_HEAD)
        decide(mux, false);
}

void mux_err(struct mux *mux, struct bytes octets)
{
    put_file(mux, true, octets, false);
}

void mux_quiet(struct mux *mux)
{
    if (mux->format == NULL)
        decide(mux, false);
    else
        subunit_target_settle(mux->writer);
}

/* A failure that no reader found: why, then the status. route: whole. */
static void put_failure(struct mux *mux, struct bytes id, struct bytes route, const char *tag,
                        const struct buf *why)
{
    const struct bytes tags = bytes_of(tag);
    const struct event reason = {.test_id = id,
                                 .route = route,
                                 .file_name = bytes_of("reason"),
                                 .file = buf_bytes(why),
                                 .mime = bytes_of(PLAIN_TEXT),
                                 .eof = true};
    const struct event status = {.test_id = id,
                                 .route = route,
                                 .status = EVENT_FAIL,
                                 .tags = &tags,
                                 .tag_count = tag != NULL,
                                 .has_tags = tag != NULL};
    subunit_write(mux->to, &reason, 0);
    subunit_write(mux->to, &status, 0);
    mux->failed++;
}

static const char *tag_of(const struct mux_end *end)
{
    return end->interrupted || end->code == 0 ? TAG_INTERRUPTED : TAG_CRASH;
}

static void fail_unfinished(struct mux *mux, const struct mux_end *end)
{
    struct buf why = {0};
    buf_printf(&why, "not finished: %s: %s\n", mux->name, end->interrupted ? "interrupted" : end->how);
    for (size_t i = 0; i < mux->tests.len; i++) {
        const struct mux_test *test = &mux->tests.items[i];
        const char *key = mux->roster.keys.items[i];
        if (test->runs)
            put_failure(mux, bytes_of(key + test->id_at), (struct bytes){key, test->id_at - 1}, tag_of(end),
                        &why);
    }
    buf_release(&why);
}

/* The command itself, as a test: it is one where it tells of none, and when nobody else would say that it
 * failed. An exit status of 1 is what runners leave with when a test failed. */
static void tell_command(struct mux *mux, const struct mux_end *end)
{
    bool explained = mux->failed > 0 && end->code == 1;
    bool bad = end->interrupted || (end->code != 0 && !explained);
    const struct event passed = {
        .test_id = bytes_of(mux->name), .route = own_route(mux, (struct bytes){0}), .status = EVENT_SUCCESS};
    if (bad || mux->complaints.len > 0) {
        struct buf why = {0};
        if (bad)
            buf_printf(&why, "%s\n", end->interrupted ? "interrupted" : end->how);
        buf_add(&why, mux->complaints.data, mux->complaints.len);
        const char *tag = end->interrupted ? TAG_INTERRUPTED : end->code > 128 ? TAG_CRASH : NULL;
        put_failure(mux, passed.test_id, passed.route, tag, &why);
        buf_release(&why);
    } else if (mux->format == NULL) {
        subunit_write(mux->to, &passed, 0);
    }
}

void mux_end(struct mux *mux, const struct mux_end *end)
{
    if (mux->format == NULL)
        decide(mux, true);
    if (mux->format != NULL)
        mux->format->end(mux->reader);
    give_noise(mux);
    subunit_target.end(mux->writer);
    fail_unfinished(mux, end);
    tell_command(mux, end);
    for (int errors = 0; errors < 2; errors++)
        if (mux->printed[errors])
            put_file(mux, errors, (struct bytes){"", 0}, true);
}

bool mux_failed(const struct mux *mux)
{
    return mux->failed > 0;
}

void mux_release(struct mux *mux)
{
    if (mux->format != NULL)
        mux->format->release(mux->reader);
    subunit_target.release(mux->writer);
    free(mux->reader);
    free(mux->writer);
    free(mux->name);
    free(mux->route);
    roster_release(&mux->roster);
    vec_release(&mux->tests);
    buf_release(&mux->head);
    buf_release(&mux->noise);
    buf_release(&mux->complaints);
    buf_release(&mux->scratch);
}
