#include "stream/nextest_list.h"

#include "stream/document.h"

static void take_suite(struct document *document, const char *binary, const json_t *suite)
{
    json_t *tests = json_object_get(suite, "testcases");
    struct buf id = {0}, group = {0};
    buf_printf(&group, TAG_GROUP "%s", binary);
    for (void *at = json_object_iter(tests); at != NULL; at = json_object_iter_next(tests, at)) {
        const json_t *match = json_object_get(json_object_iter_value(at), "filter-match");
        if (!bytes_is(member_text(match, "status"), "matches"))
            continue;
        buf_clear(&id);
        buf_printf(&id, "%s$%s", binary, json_object_iter_key(at));
        const struct testcase exists = {
            .id = buf_bytes(&id), .status = EVENT_EXISTS, .tag = buf_str(&group), .runnable = true};
        document_tell(document, &exists);
    }
    buf_release(&id);
    buf_release(&group);
}

static void take(struct document *document, const json_t *root)
{
    json_t *suites = json_object_get(root, "rust-suites");
    for (void *at = json_object_iter(suites); at != NULL; at = json_object_iter_next(suites, at))
        take_suite(document, json_object_iter_key(at), json_object_iter_value(at));
}

static const struct document_kind kind = {
    .name = "a listing of nextest", .marks = {"\"rust-build-meta\"", "\"rust-suites\""}, .take = take};

static void nextest_list_init(void *reader, const struct event_sink *sink, void *owner)
{
    document_init(reader, &kind, sink, owner);
}

static int nextest_list_guess(struct bytes head, bool whole)
{
    (void)whole;
    return document_guess(&kind, head);
}

const struct stream_format nextest_list_format = {
    .name = "nextest-list",
    .title = "what cargo nextest list --message-format json prints",
    .size = sizeof(struct document),
    .init = nextest_list_init,
    .feed = document_feed,
    .end = document_end,
    .release = document_release,
    .guess = nextest_list_guess,
};
