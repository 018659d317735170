#include "stream/meson.h"

#include "stream/document.h"
#include "stream/timestamp.h"

#include <string.h>

struct result {
    const char *word;
    enum event_status status;
    const char *tag, *message;
};

static const struct result *result_of(struct bytes word)
{
    static const struct result known[] = {
        {"OK", EVENT_SUCCESS, NULL, ""},
        {"FAIL", EVENT_FAIL, NULL, ""},
        {"SKIP", EVENT_SKIP, NULL, ""},
        {"TIMEOUT", EVENT_FAIL, TAG_TIMEOUT, ""},
        {"ERROR", EVENT_FAIL, NULL, "it says that it could not be tried"},
        {"EXPECTEDFAIL", EVENT_XFAIL, NULL, ""},
        {"UNEXPECTEDPASS", EVENT_FAIL, NULL, "it passed, and should fail"},
        {"INTERRUPT", EVENT_FAIL, TAG_NOT_RUN, ""},
        {"IGNORED", EVENT_SKIP, NULL, ""},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (bytes_is(word, known[i].word))
            return &known[i];
    return NULL;
}

/* "project:suite+suite / test" as `meson test` takes it, "project:test". */
static void put_id(struct bytes name, struct buf *id)
{
    const char *slash = memmem(name.data, name.len, " / ", 3);
    if (slash == NULL) {
        buf_add(id, name.data, name.len);
        return;
    }
    size_t project = (size_t)(slash - name.data), test = project + 3;
    const char *colon = memchr(name.data, ':', project);
    buf_add(id, name.data, colon != NULL ? (size_t)(colon - name.data) : project);
    buf_putc(id, ':');
    buf_add(id, name.data + test, name.len - test);
}

/* How its process ended, in words. */
static struct bytes ending(int code, char *text, size_t size)
{
    snprintf(text, size, code < 0 ? "killed by signal %d" : "exit code %d", code < 0 ? -code : code);
    return code != 0 ? bytes_of(text) : (struct bytes){"", 0};
}

static void take(struct document *document, const json_t *root)
{
    char text[40];
    struct buf id = {0};
    const struct result *result = result_of(member_text(root, "result"));
    int code = (int)member_number(root, "returncode");
    put_id(member_text(root, "name"), &id);
    struct testcase test = {.id = buf_bytes(&id),
                            .runnable = true,
                            .start_ns = instant_of(member_number(root, "starttime"), 1e9),
                            .duration_ns = duration_of(member_number(root, "duration"), 1e9)};
    test.has_start = test.has_time = test.start_ns > 0;
    test.time_ns = test.start_ns + test.duration_ns;
    if (result != NULL) {
        test.status = result->status;
        test.tag = result->tag;
        test.message = bytes_of(result->message);
    }
    if (test.status == EVENT_FAIL) {
        struct bytes how = ending(code, text, sizeof text);
        if (code < 0 && test.tag == NULL)
            test.tag = TAG_CRASH;
        test.message = test.message.len > 0 ? test.message : how;
        test.reason = test.tag != NULL ? how : (struct bytes){"", 0};
        test.output = member_text(root, "stdout");
        test.errors = member_text(root, "stderr");
    }
    if (test.status != EVENT_NONE)
        document_tell(document, &test);
    else
        document_damage(document, "a test without a result that is known");
    if (test.status == EVENT_SUCCESS && code != 0)
        document_damage(document, "it says that a test passed whose process failed");
    buf_release(&id);
}

static const struct document_kind kind = {
    .name = "a test of meson", .marks = {"\"result\"", "\"returncode\""}, .take = take};

static void meson_init(void *reader, const struct event_sink *sink, void *owner)
{
    document_init(reader, &kind, sink, owner);
}

static int meson_guess(struct bytes head, bool whole)
{
    (void)whole;
    return document_guess(&kind, head);
}

const struct stream_format meson_format = {
    .name = "meson",
    .title = "meson-logs/testlog.json of meson test",
    .size = sizeof(struct document),
    .init = meson_init,
    .feed = document_feed,
    .end = document_end,
    .release = document_release,
    .guess = meson_guess,
};
