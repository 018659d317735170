#include "stream/rspec.h"

#include "stream/document.h"
#include "stream/timestamp.h"

#include <string.h>

struct tally {
    uint64_t examples, failed, pending, outside;
};

static struct bytes trim(struct bytes text)
{
    while (text.len > 0 && (text.data[0] == '\n' || text.data[0] == ' '))
        text = (struct bytes){text.data + 1, text.len - 1};
    while (text.len > 0 && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == ' '))
        text.len--;
    return text;
}

/* The class, the message and the frames, as rspec's own formatter does. */
static void put_exception(const json_t *exception, struct buf *to)
{
    const json_t *frames = member_list(exception, "backtrace");
    struct bytes kind = member_text(exception, "class"), message = trim(member_text(exception, "message"));
    if (exception == NULL)
        return;
    buf_add(to, kind.data, kind.len);
    buf_puts(to, ":\n");
    buf_add(to, message.data, message.len);
    for (size_t i = 0; i < json_array_size(frames); i++) {
        buf_puts(to, "\n# ");
        buf_add(to, item_text(frames, i).data, item_text(frames, i).len);
    }
    buf_putc(to, '\n');
}

static void take_example(struct document *document, const json_t *said, struct tally *tally)
{
    struct bytes status = member_text(said, "status");
    const json_t *exception = json_object_get(said, "exception");
    struct buf trace = {0};
    struct testcase test = {.id = document_id(document, member_text(said, "file_path"),
                                              trim(member_text(said, "full_description"))),
                            .status = EVENT_SUCCESS,
                            .runnable = true,
                            .duration_ns = duration_of(member_number(said, "run_time"), 1e9)};
    tally->examples++;
    if (bytes_is(status, "failed")) {
        put_exception(exception, &trace);
        test.status = EVENT_FAIL;
        test.message = trim(member_text(exception, "message"));
        test.traceback = buf_bytes(&trace);
        tally->failed++;
    } else if (bytes_is(status, "pending")) {
        test.status = EVENT_SKIP;
        test.reason = member_text(said, "pending_message");
        tally->pending++;
    } else if (!bytes_is(status, "passed")) {
        document_damage(document, "an example without a status that is known");
        test.status = EVENT_NONE;
    }
    if (test.status != EVENT_NONE)
        document_tell(document, &test);
    buf_release(&trace);
}

/* "An error occurred while loading ./sums_spec.rb." and whatever else failed outside of examples. */
static void take_message(struct document *document, struct bytes text, struct tally *tally)
{
    static const char loading[] = "An error occurred while loading ";
    text = trim(text);
    if (!bytes_starts(text, "An error occurred "))
        return;
    const char *newline = memchr(text.data, '\n', text.len);
    struct bytes first = {text.data, newline != NULL ? (size_t)(newline - text.data) : text.len};
    bool file = bytes_starts(first, loading);
    struct bytes id = first;
    if (file)
        id = (struct bytes){first.data + sizeof loading - 1, first.len - (sizeof loading - 1)};
    id.len -= id.len > 0 && id.data[id.len - 1] == '.';
    const struct testcase test = {.id = id,
                                  .status = EVENT_FAIL,
                                  .tag = file ? TAG_COLLECTION : TAG_ERROR,
                                  .runnable = file,
                                  .message = first,
                                  .traceback = text};
    document_tell(document, &test);
    tally->outside++;
}

static void take(struct document *document, const json_t *root)
{
    struct tally tally = {0};
    const json_t *summary = json_object_get(root, "summary");
    const json_t *examples = member_list(root, "examples"), *messages = member_list(root, "messages");
    for (size_t i = 0; i < json_array_size(examples); i++)
        take_example(document, json_array_get(examples, i), &tally);
    for (size_t i = 0; i < json_array_size(messages); i++)
        take_message(document, item_text(messages, i), &tally);
    document_count(document, "examples", member_number(summary, "example_count"), tally.examples);
    document_count(document, "failed examples", member_number(summary, "failure_count"), tally.failed);
    document_count(document, "pending examples", member_number(summary, "pending_count"), tally.pending);
    if (member_number(summary, "errors_outside_of_examples_count") > 0 && tally.outside == 0)
        document_damage(document, "it says that something failed outside of examples, and not what");
}

static const struct document_kind kind = {
    .name = "a report of RSpec", .marks = {"\"examples\"", "\"version\""}, .take = take};

static void rspec_init(void *reader, const struct event_sink *sink, void *owner)
{
    document_init(reader, &kind, sink, owner);
}

static int rspec_guess(struct bytes head, bool whole)
{
    (void)whole;
    return document_guess(&kind, head);
}

const struct stream_format rspec_format = {
    .name = "rspec",
    .title = "rspec -f json",
    .size = sizeof(struct document),
    .init = rspec_init,
    .feed = document_feed,
    .end = document_end,
    .release = document_release,
    .guess = rspec_guess,
};
