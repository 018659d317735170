#include "stream/junit.h"

#include "core/vec.h"
#include "stream/junit_name.h"
#include "stream/junit_words.h"
#include "stream/names.h"
#include "stream/times.h"
#include "stream/timestamp.h"
#include "stream/xml_read.h"

#include <limits.h>
#include <stdlib.h>

#define TEXT_MAX (16 << 20) /* octets of one text of a test */
#define SECOND_NS 1000000000

/* An open <testsuite> or <testsuites>: what it announces (absent: -1) and what came. */
struct suite {
    char *name;
    long long tests, failures, errors;
    long long cases, own_cases, children, failed, failing_elements;
    bool loose; /* counts by rules of its own: jest leaves out what is to be written */
    uint64_t offset;
    struct buf text[2]; /* its standard output and error */
};

struct test_case {
    bool open, failed, skipped, may_fail;
    struct buf id, text[PART_COUNT];
    struct buf message, reason, place;
    enum event_status status; /* by its attributes alone */
    const char *tag;
    int64_t duration_ns, time_ns;
    bool has_time;
    long long failing_elements;
};

struct junit_reader {
    struct emitter emitter;
    struct xml_read xml;
    VEC(struct suite) suites;
    enum junit_part parts[XML_DEPTH_MAX + 1]; /* by depth */
    struct test_case test;
    struct names names;
    struct buf last_name, last_id; /* of the test before */
    bool last_failed;
};

static void put(struct buf *to, struct bytes text)
{
    buf_add(to, text.data, text.len);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Without the empty lines before it and the blanks behind it. */
static struct bytes trim(struct bytes text)
{
    size_t start = 0;
    for (size_t i = 0; i < text.len && is_blank(text.data[i]); i++)
        start = text.data[i] == '\n' ? i + 1 : start;
    text = (struct bytes){text.data + start, text.len - start};
    while (text.len > 0 && is_blank(text.data[text.len - 1]))
        text.len--;
    return text;
}

static void damage(struct junit_reader *reader, uint64_t offset, const char *reason)
{
    reader->emitter.sink->damage(reader->emitter.owner, reason, offset, xml_offset(&reader->xml) - offset);
}

static long long count_of(const char *const *attributes, const char *name)
{
    struct bytes value = xml_attribute(attributes, name);
    char *end;
    long long count = value.len > 0 ? strtoll(value.data, &end, 10) : -1;
    return value.len > 0 && *end == '\0' && count >= 0 && count < INT_MAX ? count : -1;
}

static void start_suite(struct junit_reader *reader, bool many, const char *const *attributes)
{
    struct bytes name = xml_attribute(attributes, "name");
    if (reader->suites.len > 0)
        reader->suites.items[reader->suites.len - 1].children++;
    vec_push(&reader->suites, (struct suite){
                                  .name = bytes_dup(many || name.data == NULL ? bytes_of("") : name),
                                  .tests = count_of(attributes, "tests"),
                                  .failures = count_of(attributes, "failures"),
                                  .errors = count_of(attributes, "errors"),
                                  .offset = xml_offset(&reader->xml),
                              });
}

/* What a suite announced and did not keep. Some count a test that failed twice twice, some a file that could
 * not be loaded as no test. */
static void check_counts(struct junit_reader *reader, const struct suite *suite)
{
    char reason[160];
    long long most = suite->cases > suite->children ? suite->cases : suite->children;
    long long fails = (suite->failures > 0 ? suite->failures : 0) + (suite->errors > 0 ? suite->errors : 0);
    bool fewer = !suite->loose && suite->tests >= 0 && (suite->tests > 0 || suite->errors <= 0);
    const char *name = suite->name[0] != '\0' ? suite->name : "the report";
    if (suite->tests > most || (fewer && suite->tests < suite->own_cases))
        snprintf(reason, sizeof reason, "%.60s: %lld tests announced, %lld came", name, suite->tests, most);
    else if (fails > suite->failing_elements)
        snprintf(reason, sizeof reason, "%.60s: %lld failures announced, %lld came", name, fails,
                 suite->failing_elements);
    else if (fails == 0 && suite->failures == 0 && suite->failed > 0)
        snprintf(reason, sizeof reason, "%.60s: no failures announced, %lld came", name, suite->failed);
    else
        return;
    damage(reader, suite->offset, reason);
}

static void release_suite(struct suite *suite)
{
    free(suite->name);
    buf_release(&suite->text[0]);
    buf_release(&suite->text[1]);
}

static void end_suite(struct junit_reader *reader)
{
    static const char *const names[] = {"stdout", "stderr"};
    struct suite suite = reader->suites.items[--reader->suites.len];
    check_counts(reader, &suite);
    for (size_t i = 0; i < 2; i++)
        if (trim(buf_bytes(&suite.text[i])).len > 0)
            emit_text(&reader->emitter, (struct bytes){0}, names[i], buf_bytes(&suite.text[i]), false);
    if (reader->suites.len > 0) {
        struct suite *above = &reader->suites.items[reader->suites.len - 1];
        above->cases += suite.cases;
        above->failed += suite.failed;
        above->failing_elements += suite.failing_elements;
    }
    release_suite(&suite);
}

/* "path:line" of the attributes, where they tell both. */
static void put_place(struct test_case *test, const char *const *attributes)
{
    struct bytes file = xml_attribute(attributes, "file"), line = xml_attribute(attributes, "line");
    if (file.len == 0 || line.len == 0)
        return;
    buf_clear(&test->place);
    put(&test->place, file);
    buf_putc(&test->place, ':');
    put(&test->place, line);
}

static void put_path(const struct junit_reader *reader, struct buf *path)
{
    const struct suite *suite;
    vec_each (suite, &reader->suites)
        if (suite->name[0] != '\0')
            buf_printf(path, "%s%s", path->len > 0 ? " > " : "", suite->name);
}

static void start_case(struct junit_reader *reader, const char *const *attributes)
{
    struct test_case *test = &reader->test;
    struct buf path = {0};
    size_t depth = reader->suites.len;
    put_path(reader, &path);
    const struct junit_address address = {
        .class_name = xml_attribute(attributes, "classname"),
        .name = xml_attribute(attributes, "name"),
        .file = xml_attribute(attributes, "file"),
        .suite = bytes_of(depth > 0 ? reader->suites.items[depth - 1].name : ""),
        .path = buf_bytes(&path),
    };
    junit_id(&address, &test->id);
    if (test->id.len == 0)
        buf_puts(&test->id, "a test without a name");
    test->open = true;
    if (depth > 0 && bytes_equal(address.class_name, address.name))
        reader->suites.items[depth - 1].loose = true;
    test->status = junit_status(xml_attribute(attributes, "status"), xml_attribute(attributes, "result"));
    test->tag = bytes_is(address.class_name, "Test suite failed to run") ? TAG_COLLECTION : NULL; /* jest's */
    if (test->tag != NULL) {
        buf_clear(&test->id);
        put(&test->id, address.name);
    }
    struct bytes time = xml_attribute(attributes, "time");
    test->duration_ns = time.data != NULL ? duration_read(time, SECOND_NS) : 0;
    struct bytes stamp = xml_attribute(attributes, "timestamp");
    test->has_time = stamp.data != NULL && timestamp_read(stamp, &test->time_ns) && test->time_ns > 0;
    put_place(test, attributes);
    buf_release(&path);
}

static void start_failure(struct junit_reader *reader, const char *const *attributes)
{
    struct test_case *test = &reader->test;
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

static void start_skipped(struct junit_reader *reader, const char *const *attributes)
{
    struct test_case *test = &reader->test;
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

static bool is_suite(const char *name)
{
    return strcmp(name, "testsuites") == 0 || strcmp(name, "testsuite") == 0;
}

static void on_start(void *owner, const char *name, const char *const *attributes)
{
    struct junit_reader *reader = owner;
    unsigned depth = reader->xml.depth;
    enum junit_part part = junit_part(name);
    reader->parts[depth] = part != PART_NONE ? part : reader->parts[depth - 1];
    if (!reader->test.open) {
        if (is_suite(name))
            start_suite(reader, name[strlen("testsuite")] == 's', attributes);
        else if (strcmp(name, "testcase") == 0)
            start_case(reader, attributes);
    } else if (part == PART_FAILURE) {
        start_failure(reader, attributes);
    } else if (part == PART_SKIPPED) {
        start_skipped(reader, attributes);
    } else if (part == PART_RERUN && xml_attribute(attributes, "message").data != NULL) {
        put(&reader->test.text[PART_RERUN], xml_attribute(attributes, "message"));
        buf_putc(&reader->test.text[PART_RERUN], '\n');
    }
}

static void on_text(void *owner, struct bytes text)
{
    struct junit_reader *reader = owner;
    enum junit_part part = reader->parts[reader->xml.depth];
    struct buf *to = NULL;
    if (part != PART_NONE && reader->test.open)
        to = &reader->test.text[part];
    else if ((part == PART_OUT || part == PART_ERR) && reader->suites.len > 0)
        to = &reader->suites.items[reader->suites.len - 1].text[part == PART_ERR];
    if (to == NULL)
        return;
    size_t room = TEXT_MAX - to->len, len = text.len < room ? text.len : room;
    if (len < text.len && to->len < TEXT_MAX)
        damage(reader, xml_offset(&reader->xml), "more than 16 MiB of one text: the rest is not kept");
    buf_add(to, text.data, len < room || room == 0 ? len : room);
}

static void attach(struct junit_reader *reader, const char *name, struct bytes text)
{
    if (text.len > 0)
        emit_text(&reader->emitter, buf_bytes(&reader->test.id), name, text, true);
}

/* The stack, with the place before it where that is in it nowhere. */
static void attach_traceback(struct junit_reader *reader)
{
    struct test_case *test = &reader->test;
    struct bytes body = trim(buf_bytes(&test->text[PART_FAILURE]));
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
    attach(reader, "traceback", buf_bytes(&text));
    buf_release(&text);
}

static enum event_status status_of(const struct test_case *test)
{
    if (test->may_fail)
        return EVENT_XFAIL;
    if (test->failed)
        return EVENT_FAIL;
    return test->skipped ? EVENT_SKIP : test->status;
}

static void attach_all(struct junit_reader *reader, enum event_status status, bool again)
{
    struct test_case *test = &reader->test;
    static const struct {
        const char *name;
        enum junit_part part;
    } outputs[] = {{"report", PART_RERUN}, {"stdout", PART_OUT}, {"stderr", PART_ERR}};
    if (status == EVENT_FAIL || status == EVENT_XFAIL) {
        if (!again)
            attach(reader, "message", buf_bytes(&test->message));
        attach_traceback(reader);
    }
    if (status == EVENT_SKIP || status == EVENT_XFAIL)
        attach(reader, "reason",
               trim(buf_bytes(test->reason.len > 0 ? &test->reason : &test->text[PART_SKIPPED])));
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
        if (trim(buf_bytes(&test->text[outputs[i].part])).len > 0)
            attach(reader, outputs[i].name, buf_bytes(&test->text[outputs[i].part]));
}

/* In progress at its time, or how it ended. */
static void emit_status(struct junit_reader *reader, enum event_status status, bool unique)
{
    const struct test_case *test = &reader->test;
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
    reader->emitter.sink->event(reader->emitter.owner, &event);
}

static void clear_case(struct test_case *test)
{
    struct buf id = test->id, message = test->message, reason = test->reason, place = test->place;
    struct buf text[PART_COUNT];
    memcpy(text, test->text, sizeof text);
    *test = (struct test_case){.id = id, .message = message, .reason = reason, .place = place};
    for (size_t i = 0; i < PART_COUNT; i++) {
        test->text[i] = text[i];
        buf_clear(&test->text[i]);
    }
    buf_clear(&test->id);
    buf_clear(&test->message);
    buf_clear(&test->reason);
    buf_clear(&test->place);
}

static void remember(struct buf *to, const struct buf *from)
{
    buf_clear(to);
    put(to, buf_bytes(from));
}

static void end_case(struct junit_reader *reader)
{
    struct test_case *test = &reader->test;
    enum event_status status = status_of(test);
    bool failed = status == EVENT_FAIL;
    bool again =
        failed && reader->last_failed && bytes_equal(buf_bytes(&test->id), buf_bytes(&reader->last_name));
    remember(&reader->last_name, &test->id);
    if (again)
        remember(&test->id, &reader->last_id);
    else
        emit_unique(&reader->names, &test->id);
    bool unique = bytes_equal(buf_bytes(&test->id), buf_bytes(&reader->last_name));
    remember(&reader->last_id, &test->id);
    reader->last_failed = failed;
    if (test->has_time && !again)
        emit_status(reader, EVENT_INPROGRESS, unique);
    attach_all(reader, status, again);
    if (!again)
        emit_status(reader, status, unique);
    if (reader->suites.len > 0) {
        struct suite *suite = &reader->suites.items[reader->suites.len - 1];
        suite->children++;
        suite->cases += !again;
        suite->own_cases += !again;
        suite->failed += failed && !again;
        suite->failing_elements += failed ? (test->failing_elements > 0 ? test->failing_elements : 1) : 0;
    }
    clear_case(test);
}

static void on_end(void *owner, const char *name)
{
    struct junit_reader *reader = owner;
    if (reader->test.open && strcmp(name, "testcase") == 0)
        end_case(reader);
    else if (!reader->test.open && is_suite(name))
        end_suite(reader);
}

static void on_over(void *owner, bool whole)
{
    struct junit_reader *reader = owner;
    (void)whole;
    while (reader->suites.len > 0)
        release_suite(&reader->suites.items[--reader->suites.len]);
    clear_case(&reader->test);
    reader->last_failed = false;
}

static const struct xml_kind kind = {
    .title = "JUnit report",
    .is_root = is_suite,
    .start = on_start,
    .text = on_text,
    .end = on_end,
    .over = on_over,
};

static void junit_init(void *state, const struct event_sink *sink, void *owner)
{
    struct junit_reader *reader = state;
    *reader = (struct junit_reader){.emitter = {sink, owner}};
    reader->xml = (struct xml_read){.kind = &kind, .owner = reader, .emitter = reader->emitter};
}

static void junit_feed(void *state, const void *data, size_t len)
{
    struct junit_reader *reader = state;
    xml_feed(&reader->xml, (struct bytes){data, len});
}

static void junit_end(void *state)
{
    struct junit_reader *reader = state;
    xml_end(&reader->xml);
}

static void junit_release(void *state)
{
    struct junit_reader *reader = state;
    xml_release(&reader->xml);
    on_over(reader, false);
    vec_release(&reader->suites);
    for (size_t i = 0; i < PART_COUNT; i++)
        buf_release(&reader->test.text[i]);
    buf_release(&reader->test.id);
    buf_release(&reader->test.message);
    buf_release(&reader->test.reason);
    buf_release(&reader->test.place);
    buf_release(&reader->last_name);
    buf_release(&reader->last_id);
    names_release(&reader->names);
}

static int junit_guess(struct bytes head, bool whole)
{
    (void)whole;
    static const char mark[] = "<testsuite";
    return head.len > 0 && memmem(head.data, head.len, mark, strlen(mark)) != NULL ? 95 : 0;
}

const struct stream_format junit_format = {
    .name = "junit",
    .title = "JUnit XML",
    .size = sizeof(struct junit_reader),
    .init = junit_init,
    .feed = junit_feed,
    .end = junit_end,
    .release = junit_release,
    .guess = junit_guess,
};
