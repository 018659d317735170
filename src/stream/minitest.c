#include "stream/minitest.h"

#include "stream/document.h"
#include "stream/scan.h"
#include "stream/timestamp.h"

#include <stdlib.h>

/* The lists of a report, and what its counts call them: now, and before version 0.9. */
static const struct kind {
    const char *list;
    enum event_status status;
    const char *counts[2], *older[2];
    const char *tests;
} kinds[] = {
    {"fails", EVENT_FAIL, {"failures", "errors"}, {"failed", "errored"}, "failed tests"},
    {"skips", EVENT_SKIP, {"skips", NULL}, {"skipped", NULL}, "skipped tests"},
    {"passes", EVENT_SUCCESS, {"passes", NULL}, {"passed", NULL}, "passed tests"},
};

#define KIND_COUNT (sizeof kinds / sizeof *kinds)

/* "TestSums#test_adds"; since minitest 5.11 the class of all is that of results. */
static void put_id(const json_t *said, struct buf *id)
{
    struct bytes type = member_text(said, "class"), name = member_text(said, "name");
    if (type.len > 0 && !bytes_is(type, "Minitest::Result")) {
        buf_add(id, type.data, type.len);
        buf_putc(id, '#');
    }
    buf_add(id, name.data, name.len);
}

/* The message of an exception holds its frames, which are a list, too. */
static struct bytes message_of(const json_t *said)
{
    struct bytes message = member_text(said, "message"), frame = item_text(member_list(said, "backtrace"), 0);
    char *line = mem_printf("\n    %s", frame.data);
    size_t at = frame.len > 0 ? scan_find(message, line) : SIZE_MAX;
    message.len = at != SIZE_MAX ? at : message.len;
    free(line);
    return scan_trim(message);
}

/* As minitest prints it: an error with its frames, a failure behind "TestSums#test_adds [test/sums.rb:6]:".
 */
static void put_trace(const json_t *said, struct bytes id, struct bytes message, struct buf *to)
{
    const json_t *frames = member_list(said, "backtrace");
    struct bytes place = member_text(said, "location");
    if (json_array_size(frames) == 0 && place.len > 0)
        buf_printf(to, "%s [%s]:\n", id.data, place.data);
    buf_add(to, message.data, message.len);
    for (size_t i = 0; i < json_array_size(frames); i++)
        buf_printf(to, "\n    %s", item_text(frames, i).data);
    buf_putc(to, '\n');
}

static void take_test(struct document *document, const json_t *said, enum event_status status)
{
    struct buf id = {0}, trace = {0};
    put_id(said, &id);
    struct testcase test = {.id = buf_bytes(&id),
                            .status = status,
                            .runnable = true,
                            .duration_ns = duration_of(member_number(said, "time"), 1e9)};
    if (status == EVENT_FAIL) {
        test.message = message_of(said);
        put_trace(said, test.id, test.message, &trace);
        test.traceback = buf_bytes(&trace);
    } else if (status == EVENT_SKIP) {
        test.reason = member_text(said, "message");
    }
    document_tell(document, &test);
    buf_release(&id);
    buf_release(&trace);
}

static double count_in(const json_t *statistics, const struct kind *kind)
{
    double count = 0;
    for (size_t i = 0; i < 2 && kind->counts[i] != NULL; i++) {
        bool now = json_object_get(statistics, kind->counts[i]) != NULL;
        count += member_number(statistics, now ? kind->counts[i] : kind->older[i]);
    }
    return count;
}

static void take(struct document *document, const json_t *root)
{
    const json_t *statistics = json_object_get(root, "statistics");
    double tests = 0;
    for (const struct kind *kind = kinds; kind < kinds + KIND_COUNT; kind++) {
        const json_t *list = member_list(root, kind->list);
        for (size_t i = 0; i < json_array_size(list); i++)
            take_test(document, json_array_get(list, i), kind->status);
        double count = count_in(statistics, kind);
        tests += count;
        if (list != NULL || kind->status == EVENT_FAIL)
            document_count(document, kind->tests, count, json_array_size(list));
    }
    if (member_number(statistics, "total") != tests)
        document_damage(document, "its counts do not add up to all tests");
}

static const struct document_kind kind = {
    .name = "a report of minitest", .marks = {"\"statistics\"", "\"fails\""}, .take = take};

static void minitest_init(void *reader, const struct event_sink *sink, void *owner)
{
    document_init(reader, &kind, sink, owner);
}

static int minitest_guess(struct bytes head, bool whole)
{
    (void)whole;
    return document_guess(&kind, head);
}

const struct stream_format minitest_format = {
    .name = "minitest",
    .title = "minitest's JSON reporter",
    .size = sizeof(struct document),
    .init = minitest_init,
    .feed = document_feed,
    .end = document_end,
    .release = document_release,
    .guess = minitest_guess,
};
