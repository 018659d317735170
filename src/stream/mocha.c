#include "stream/mocha.h"

#include "stream/document.h"
#include "stream/mocha_test.h"

static void take_list(struct document *document, const json_t *list, enum event_status status)
{
    struct testcase test;
    struct buf id = {0};
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *said = json_array_get(list, i), *error = json_object_get(said, "err");
        mocha_test(&test, said, status, &id);
        if (status == EVENT_FAIL) {
            test.message = member_text(error, "message");
            test.traceback = member_text(error, "stack");
        }
        document_tell(document, &test);
    }
    buf_release(&id);
}

static void take(struct document *document, const json_t *root)
{
    static const struct {
        const char *list;
        enum event_status status;
        const char *words;
    } lists[] = {{"passes", EVENT_SUCCESS, "passed tests"},
                 {"failures", EVENT_FAIL, "failed tests"},
                 {"pending", EVENT_SKIP, "pending tests"}};
    const json_t *stats = json_object_get(root, "stats");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const json_t *list = member_list(root, lists[i].list);
        take_list(document, list, lists[i].status);
        document_count(document, lists[i].words, member_number(stats, lists[i].list), json_array_size(list));
    }
}

static const struct document_kind kind = {
    .name = "a report of mocha", .marks = {"\"stats\"", "\"passes\""}, .take = take};

static void mocha_init(void *reader, const struct event_sink *sink, void *owner)
{
    document_init(reader, &kind, sink, owner);
}

static int mocha_guess(struct bytes head, bool whole)
{
    (void)whole;
    return document_guess(&kind, head);
}

const struct stream_format mocha_format = {
    .name = "mocha",
    .title = "mocha --reporter json",
    .size = sizeof(struct document),
    .init = mocha_init,
    .feed = document_feed,
    .end = document_end,
    .release = document_release,
    .guess = mocha_guess,
};
