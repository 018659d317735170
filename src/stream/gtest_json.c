#include "stream/gtest_json.h"

#include "stream/document.h"
#include "stream/timestamp.h"

#include <string.h>

struct tally {
    uint64_t tests, failed, disabled;
};

/* The text of a failure behind the line with its place. */
static struct bytes behind_place(struct bytes text)
{
    const char *newline = memchr(text.data, '\n', text.len);
    if (newline == NULL)
        return text;
    return (struct bytes){newline + 1, text.len - (size_t)(newline + 1 - text.data)};
}

/* Appends the failures as the program prints them: "t.cc:4: Failure", then what it is. */
static void put_failures(const json_t *list, struct buf *to)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct bytes text = member_text(json_array_get(list, i), "failure"), rest = behind_place(text);
        size_t place = text.len - rest.len;
        buf_puts(to, to->len > 0 ? "\n" : "");
        if (place > 0)
            buf_add(to, text.data, place - 1);
        buf_puts(to, place > 0 ? ": Failure\n" : "");
        buf_add(to, rest.data, rest.len);
        buf_putc(to, '\n');
    }
}

static void take_test(struct document *document, struct bytes suite, const json_t *said, struct tally *tally)
{
    struct bytes name = member_text(said, "name"), result = member_text(said, "result");
    const json_t *failures = member_list(said, "failures");
    struct buf id = {0}, texts = {0};
    buf_add(&id, suite.data, suite.len);
    buf_puts(&id, name.len > 0 ? "." : ""); /* what failed outside of any test has none */
    buf_add(&id, name.data, name.len);
    struct testcase test = {.id = buf_bytes(&id),
                            .status = EVENT_SUCCESS,
                            .runnable = name.len > 0,
                            .duration_ns = duration_of(strtod(member_text(said, "time").data, NULL), 1e9)};
    tally->tests++;
    if (json_array_size(failures) > 0) {
        put_failures(failures, &texts);
        test.status = EVENT_FAIL;
        test.tag = name.len == 0 ? TAG_ERROR : NULL;
        test.traceback = buf_bytes(&texts);
        test.message = behind_place(member_text(json_array_get(failures, 0), "failure"));
        tally->failed++;
    } else if (bytes_is(member_text(said, "status"), "NOTRUN")) {
        test.status = EVENT_SKIP;
        test.reason = bytes_of("disabled");
        tally->disabled++;
    } else if (bytes_is(result, "SKIPPED")) {
        test.status = EVENT_SKIP;
        test.reason = behind_place(member_text(json_array_get(member_list(said, "skipped"), 0), "message"));
        if (bytes_starts(member_text(said, "timestamp"), "1970-")) /* it never began */
            test.reason = bytes_of("its suite was not set up");
    } else if (!bytes_is(result, "COMPLETED") && result.len > 0) {
        document_damage(document, "a test without a result that is known");
        test.status = EVENT_NONE;
    }
    if (test.status != EVENT_NONE)
        document_tell(document, &test);
    buf_release(&id);
    buf_release(&texts);
}

static void take(struct document *document, const json_t *root)
{
    struct tally tally = {0};
    const json_t *suites = member_list(root, "testsuites");
    for (size_t i = 0; i < json_array_size(suites); i++) {
        const json_t *suite = json_array_get(suites, i), *tests = member_list(suite, "testsuite");
        for (size_t j = 0; j < json_array_size(tests); j++)
            take_test(document, member_text(suite, "name"), json_array_get(tests, j), &tally);
    }
    document_count(document, "tests", member_number(root, "tests"), tally.tests);
    document_count(document, "failed tests", member_number(root, "failures"), tally.failed);
    document_count(document, "disabled tests", member_number(root, "disabled"), tally.disabled);
}

static const struct document_kind kind = {
    .name = "a report of GoogleTest", .marks = {"\"testsuites\"", "\"disabled\""}, .take = take};

static void gtest_init(void *reader, const struct event_sink *sink, void *owner)
{
    document_init(reader, &kind, sink, owner);
}

static int gtest_guess(struct bytes head, bool whole)
{
    (void)whole;
    return document_guess(&kind, head);
}

const struct stream_format gtest_json_format = {
    .name = "gtest-json",
    .title = "a GoogleTest program with --gtest_output=json",
    .size = sizeof(struct document),
    .init = gtest_init,
    .feed = document_feed,
    .end = document_end,
    .release = document_release,
    .guess = gtest_guess,
};
