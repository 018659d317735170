#include "stream/junit.h"

#include "core/vec.h"
#include "stream/junit_case.h"
#include "stream/junit_name.h"
#include "stream/names.h"
#include "stream/xml_read.h"

#include <limits.h>
#include <stdlib.h>

#define TEXT_MAX (16 << 20) /* octets of one text of a test */

/* An open <testsuite> or <testsuites>: what it announces (absent: -1) and what came. */
struct suite {
    char *name;
    long long tests, failures, errors;
    long long cases, own_cases, children, failed, failing_elements;
    bool loose; /* counts by rules of its own: jest leaves out what is to be written */
    uint64_t offset;
    struct buf text[2]; /* its standard output and error */
};

struct junit_reader {
    struct emitter emitter;
    struct xml_read xml;
    VEC(struct suite) suites;
    enum junit_part parts[XML_DEPTH_MAX + 1]; /* by depth */
    struct junit_case test;
    struct names names;
    struct buf last_name, last_id; /* of the test before */
    bool last_failed;
};

static void put(struct buf *to, struct bytes text)
{
    buf_add(to, text.data, text.len);
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
        if (junit_trim(buf_bytes(&suite.text[i])).len > 0)
            emit_text(&reader->emitter, (struct bytes){0}, names[i], buf_bytes(&suite.text[i]), false);
    if (reader->suites.len > 0) {
        struct suite *above = &reader->suites.items[reader->suites.len - 1];
        above->cases += suite.cases;
        above->failed += suite.failed;
        above->failing_elements += suite.failing_elements;
    }
    release_suite(&suite);
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
    struct junit_case *test = &reader->test;
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
    if (depth > 0 && bytes_equal(address.class_name, address.name))
        reader->suites.items[depth - 1].loose = true;
    junit_case_start(test, attributes);
    test->tag = bytes_is(address.class_name, "Test suite failed to run") ? TAG_COLLECTION : NULL; /* jest's */
    if (test->tag != NULL) {
        buf_clear(&test->id);
        put(&test->id, address.name);
    }
    buf_release(&path);
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
        junit_case_failure(&reader->test, attributes);
    } else if (part == PART_SKIPPED) {
        junit_case_skipped(&reader->test, attributes);
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

static void remember(struct buf *to, const struct buf *from)
{
    buf_clear(to);
    put(to, buf_bytes(from));
}

static void end_case(struct junit_reader *reader)
{
    struct junit_case *test = &reader->test;
    enum event_status status = junit_case_status(test);
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
    junit_case_tell(test, &(struct junit_told){status, again, unique}, &reader->emitter);
    if (reader->suites.len > 0) {
        struct suite *suite = &reader->suites.items[reader->suites.len - 1];
        suite->children++;
        suite->cases += !again;
        suite->own_cases += !again;
        suite->failed += failed && !again;
        suite->failing_elements += failed ? (test->failing_elements > 0 ? test->failing_elements : 1) : 0;
    }
    junit_case_clear(test);
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
    junit_case_clear(&reader->test);
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
    junit_case_release(&reader->test);
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
