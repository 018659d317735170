#include "stream/junit_case.h"

#include "stream/times.h"
#include "stream/timestamp.h"
#include "stream/xml_read.h"

#define SECOND_NS 1000000000

static void put(struct buf *to, struct bytes text)
{
    buf_add(to, text.data, text.len);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct bytes junit_trim(struct bytes text)
{
    size_t start = 0;
    for (size_t i = 0; i < text.len && is_blank(text.data[i]); i++)
        start = text.data[i] == '\n' ? i + 1 : start;
    text = (struct bytes){text.data + start, text.len - start};
    while (text.len > 0 && is_blank(text.data[text.len - 1]))
        text.len--;
    return text;
}

/* "path:line" of the attributes, where they tell both. */
static void put_place(struct junit_case *test, const char *const *attributes)
{
    struct bytes file = xml_attribute(attributes, "file"), line = xml_attribute(attributes, "line");
    if (file.len == 0 || line.len == 0)
        return;
    buf_clear(&test->place);
    put(&test->place, file);
    buf_putc(&test->place, ':');
    put(&test->place, line);
}

void junit_case_start(struct junit_case *test, const char *const *attributes)
{
    struct bytes time = xml_attribute(attributes, "time"), stamp = xml_attribute(attributes, "timestamp");
    test->open = true;
    test->status = junit_status(xml_attribute(attributes, "status"), xml_attribute(attributes, "result"));
    test->duration_ns = time.data != NULL ? duration_read(time, SECOND_NS) : 0;
    test->has_time = stamp.data != NULL && timestamp_read(stamp, &test->time_ns) && test->time_ns > 0;
    put_place(test, attributes);
}

void junit_case_failure(struct junit_case *test, const char *const *attributes)
{
    struct bytes message = xml_attribute(attributes, "message");
    const char *tag = junit_tag(message, xml_attribute(attributes, "type"));
    test->failed = true;
    test->failing_elements++;
    test->tag = tag != NULL ? tag : test->tag;
    if (test->message.len == 0)
        put(&test->message, message);
    struct buf *body = &test->text[PART_FAILURE];
    while (body->len > 0 && is_blank(body->data[body->len - 1]))
        body->len--;
    if (body->len > 0)
        buf_putc(body, '\n');
    put_place(test, attributes);
}

void junit_case_skipped(struct junit_case *test, const char *const *attributes)
{
    struct bytes message = xml_attribute(attributes, "message"), type = xml_attribute(attributes, "type");
    if (junit_not_run(message)) {
        test->failed = true;
        test->tag = TAG_NOT_RUN;
        put(&test->message, message);
        return;
    }
    test->skipped = true;
    /* Of Catch2 this stands beside the failures that may be. */
    test->may_fail = bytes_is(type, "pytest.xfail") || bytes_is(message, "TEST_CASE tagged with !mayfail");
    if (test->reason.len == 0)
        put(&test->reason, message);
}

enum event_status junit_case_status(const struct junit_case *test)
{
    if (test->may_fail)
        return EVENT_XFAIL;
    if (test->failed)
        return EVENT_FAIL;
    return test->skipped ? EVENT_SKIP : test->status;
}

static void attach(const struct junit_case *test, const struct emitter *emitter, const char *name,
                   struct bytes text)
{
    if (text.len > 0)
        emit_text(emitter, buf_bytes(&test->id), name, text, true);
}

/* The stack, with the place before it where that is in it nowhere. */
static void attach_traceback(const struct junit_case *test, const struct emitter *emitter)
{
    struct bytes body = junit_trim(buf_bytes(&test->text[PART_FAILURE]));
    struct bytes message = buf_bytes(&test->message), place = buf_bytes(&test->place);
    message.len = strcspn(buf_str(&test->message), "\n");
    const char *colon = place.len > 0 ? memrchr(place.data, ':', place.len) : NULL;
    struct buf text = {0};
    if (colon != NULL && (body.len > 0 || message.len > 0) &&
        (body.len == 0 ||
         memmem(body.data, body.len, place.data, (size_t)(colon - place.data) + 1) == NULL)) {
        put(&text, place);
        buf_puts(&text, ": ");
        if (body.len < message.len || memcmp(body.data, message.data, message.len) != 0) {
            put(&text, message);
            buf_putc(&text, '\n');
        }
    }
    if (body.len > 0) {
        put(&text, body);
        buf_putc(&text, '\n');
    }
    attach(test, emitter, "traceback", buf_bytes(&text));
    buf_release(&text);
}

static void attach_all(const struct junit_case *test, const struct junit_told *told,
                       const struct emitter *emitter)
{
    enum event_status status = told->status;
    static const struct {
        const char *name;
        enum junit_part part;
    } outputs[] = {{"report", PART_RERUN}, {"stdout", PART_OUT}, {"stderr", PART_ERR}};
    if (status == EVENT_FAIL || status == EVENT_XFAIL) {
        if (!told->again)
            attach(test, emitter, "message", buf_bytes(&test->message));
        attach_traceback(test, emitter);
    }
    if (status == EVENT_SKIP || status == EVENT_XFAIL)
        attach(test, emitter, "reason",
               junit_trim(buf_bytes(test->reason.len > 0 ? &test->reason : &test->text[PART_SKIPPED])));
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
        if (junit_trim(buf_bytes(&test->text[outputs[i].part])).len > 0)
            attach(test, emitter, outputs[i].name, buf_bytes(&test->text[outputs[i].part]));
}

/* In progress at its time, or how it ended. */
static void emit_status(const struct junit_case *test, const struct emitter *emitter,
                        enum event_status status, bool unique)
{
    bool final = status != EVENT_INPROGRESS,
         flaky = status == EVENT_SUCCESS && test->text[PART_RERUN].len > 0;
    const char *word = !final ? NULL : flaky ? "flaky" : test->tag;
    const struct bytes tag = bytes_of(word);
    const struct event event = {.test_id = buf_bytes(&test->id),
                                .status = status,
                                .runnable = unique && !(word != NULL && strcmp(word, TAG_COLLECTION) == 0),
                                .tags = &tag,
                                .tag_count = word != NULL,
                                .has_tags = word != NULL,
                                .has_time = test->has_time,
                                .time_ns = test->time_ns + (final ? test->duration_ns : 0),
                                .duration_ns = final ? test->duration_ns : 0};
    emitter->sink->event(emitter->owner, &event);
}

void junit_case_tell(const struct junit_case *test, const struct junit_told *told,
                     const struct emitter *emitter)
{
    if (test->has_time && !told->again)
        emit_status(test, emitter, EVENT_INPROGRESS, told->unique);
    attach_all(test, told, emitter);
    if (!told->again)
        emit_status(test, emitter, told->status, told->unique);
}

void junit_case_clear(struct junit_case *test)
{
    struct buf id = test->id, message = test->message, reason = test->reason, place = test->place;
    struct buf text[PART_COUNT];
    memcpy(text, test->text, sizeof text);
    *test = (struct junit_case){.id = id, .message = message, .reason = reason, .place = place};
    for (size_t i = 0; i < PART_COUNT; i++) {
        test->text[i] = text[i];
        buf_clear(&test->text[i]);
    }
    buf_clear(&test->id);
    buf_clear(&test->message);
    buf_clear(&test->reason);
    buf_clear(&test->place);
}

void junit_case_release(struct junit_case *test)
{
    for (size_t i = 0; i < PART_COUNT; i++)
        buf_release(&test->text[i]);
    buf_release(&test->id);
    buf_release(&test->message);
    buf_release(&test->reason);
    buf_release(&test->place);
}
