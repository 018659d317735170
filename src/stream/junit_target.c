#include "stream/junit_target.h"

#include "stream/gather.h"
#include "stream/junit_name.h"
#include "stream/scan.h"
#include "stream/timestamp.h"
#include "stream/xml_write.h"

#define SUITE "aloof"

struct writer {
    struct buf *to;
    struct gather gather;
    struct buf cases, out, err; /* of the suite; err: what could not be true */
    size_t tests, failures, errors, skipped;
    int64_t spent_ns;
};

/* What an id is made of. */
struct split {
    struct buf class_name;
    struct bytes name, file;
};

/* "a/test_b.py::C::test_c[1]". Returns whether it is one of those. */
static bool split_pytest(struct bytes id, struct split *split)
{
    struct bytes address = {id.data, id.len}, rest;
    size_t parameters = scan_find(id, "[");
    address.len = parameters != SIZE_MAX ? parameters : id.len;
    size_t file = scan_find(address, ".py::"), name = scan_find_last(address, "::");
    if (file == SIZE_MAX)
        return false;
    split->file = (struct bytes){id.data, file + strlen(".py")};
    split->name = scan_skip(id, name + 2);
    for (size_t i = 0; i < file; i++)
        buf_putc(&split->class_name, id.data[i] == '/' ? '.' : id.data[i]);
    rest = (struct bytes){id.data + file + strlen(".py"), name - file - strlen(".py")};
    struct bytes before;
    while (scan_until(&rest, "::", &before)) {
        buf_add(&split->class_name, before.data, before.len);
        buf_putc(&split->class_name, '.');
    }
    buf_add(&split->class_name, rest.data, rest.len);
    return true;
}

/* Splits it so that it is the same again when it is read; else it is all name. */
static void split_id(struct bytes id, struct split *split)
{
    size_t end = 0;
    while (end < id.len && strchr("[( ", id.data[end]) == NULL)
        end++;
    size_t dot = scan_find_last((struct bytes){id.data, end}, ".");
    *split = (struct split){.name = id};
    if (!split_pytest(id, split) && dot != SIZE_MAX) {
        buf_add(&split->class_name, id.data, dot);
        split->name = scan_skip(id, dot + 1);
    }
    struct buf again = {0};
    const struct junit_address address = {.class_name = buf_bytes(&split->class_name),
                                          .name = split->name,
                                          .file = split->file,
                                          .suite = bytes_of(SUITE),
                                          .path = bytes_of(SUITE)};
    junit_id(&address, &again);
    if (!bytes_equal(buf_bytes(&again), id)) {
        buf_clear(&split->class_name);
        split->name = id;
        split->file = (struct bytes){0};
    }
    buf_release(&again);
}

/* The type by which a reader knows what is more than a failure; NULL: it is one. */
static const char *type_of(const struct gathered *test)
{
    static const struct {
        const char *tag, *type;
    } types[] = {{TAG_ERROR, "setup"},     {TAG_COLLECTION, "collection"}, {TAG_CRASH, "crash"},
                 {TAG_TIMEOUT, "timeout"}, {TAG_NOT_RUN, "not-run"},       {TAG_INTERRUPTED, "interrupted"}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (gathered_has_tag(test, types[i].tag))
            return types[i].type;
    return NULL;
}

static void put_failure(struct writer *writer, const struct gathered *test)
{
    static const char *const names[] = {"traceback", "report", "diagnostic"};
    struct buf *to = &writer->cases;
    const char *type = type_of(test), *element = type != NULL ? "error" : "failure";
    struct bytes message = gathered_message(test);
    const struct buf *text = NULL;
    for (size_t i = 0; text == NULL && i < sizeof names / sizeof *names; i++)
        text = gathered_text(test, names[i]);
    writer->errors += type != NULL;
    writer->failures += type == NULL;
    buf_printf(to, "<%s", element);
    if (type != NULL)
        xml_put_attribute(to, "type", bytes_of(type));
    xml_put_attribute(to, "message", message.len > 0 ? message : bytes_of("failed"));
    buf_putc(to, '>');
    if (text != NULL)
        xml_put_text(to, buf_bytes(text));
    buf_printf(to, "</%s>", element);
}

static void put_skipped(struct writer *writer, const struct gathered *test)
{
    const struct buf *reason = gathered_text(test, "reason");
    buf_puts(&writer->cases, "<skipped");
    if (test->status == EVENT_XFAIL)
        xml_put_attribute(&writer->cases, "type", bytes_of("pytest.xfail"));
    xml_put_attribute(&writer->cases, "message", reason != NULL ? buf_bytes(reason) : bytes_of(""));
    buf_puts(&writer->cases, "/>");
    writer->skipped++;
}

static void put_output(struct buf *to, const char *element, const struct buf *first, const struct buf *second)
{
    if (first == NULL && second == NULL)
        return;
    buf_printf(to, "<%s>", element);
    if (first != NULL)
        xml_put_text(to, buf_bytes(first));
    if (second != NULL)
        xml_put_text(to, buf_bytes(second));
    buf_printf(to, "</%s>", element);
}

static void put_test(void *owner, const struct gathered *test)
{
    struct writer *writer = owner;
    struct buf *to = &writer->cases;
    struct split split;
    split_id(buf_bytes(&test->id), &split);
    buf_puts(to, "<testcase");
    xml_put_attribute(to, "classname", buf_bytes(&split.class_name));
    xml_put_attribute(to, "name", split.name);
    if (split.file.len > 0)
        xml_put_attribute(to, "file", split.file);
    buf_printf(to, " time=\"%lld.%06lld\"", (long long)(test->duration_ns / 1000000000),
               (long long)(test->duration_ns / 1000 % 1000000));
    if (test->has_start) {
        buf_puts(to, " timestamp=\"");
        timestamp_write(to, test->start_ns, 6, "T");
        buf_putc(to, '"');
    }
    if (test->status == EVENT_UXSUCCESS)
        xml_put_attribute(to, "status", bytes_of(event_status_name(test->status)));
    buf_putc(to, '>');
    if (test->status == EVENT_FAIL)
        put_failure(writer, test);
    else if (test->status == EVENT_SKIP || test->status == EVENT_XFAIL)
        put_skipped(writer, test);
    put_output(to, "system-out", gathered_text(test, "stdout"), gathered_text(test, "log"));
    put_output(to, "system-err", gathered_text(test, "stderr"), NULL);
    buf_puts(to, "</testcase>\n");
    writer->tests++;
    writer->spent_ns += test->duration_ns;
    buf_release(&split.class_name);
}

static void writer_init(void *state, struct buf *to)
{
    struct writer *writer = state;
    *writer = (struct writer){.to = to, .gather = {.take = put_test, .owner = writer}};
}

static void write_noise(void *state, struct bytes octets)
{
    xml_put_text(&((struct writer *)state)->out, octets);
}

static void write_event(void *state, const struct event *event)
{
    struct writer *writer = state;
    if (event->test_id.data == NULL && event->file.len > 0)
        write_noise(writer, event->file);
    gather_event(&writer->gather, event);
}

static void write_damage(void *state, const char *reason, uint64_t offset, uint64_t length)
{
    struct writer *writer = state;
    (void)length;
    writer->errors++;
    buf_printf(&writer->err, "octet %llu: ", (unsigned long long)offset);
    xml_put_text(&writer->err, bytes_of(reason));
    buf_putc(&writer->err, '\n');
}

static void put_escaped(struct buf *to, const char *element, const struct buf *escaped)
{
    if (escaped->len > 0)
        buf_printf(to, "<%s>%s</%s>\n", element, buf_str(escaped), element);
}

static void writer_end(void *state)
{
    struct writer *writer = state;
    struct buf *to = writer->to;
    gather_end(&writer->gather);
    buf_puts(to, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites>\n<testsuite name=\"" SUITE "\"");
    buf_printf(to, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%lld.%06lld\">\n",
               writer->tests, writer->failures, writer->errors, writer->skipped,
               (long long)(writer->spent_ns / 1000000000), (long long)(writer->spent_ns / 1000 % 1000000));
    buf_add(to, buf_str(&writer->cases), writer->cases.len);
    put_escaped(to, "system-out", &writer->out);
    put_escaped(to, "system-err", &writer->err);
    buf_puts(to, "</testsuite>\n</testsuites>\n");
}

static void writer_release(void *state)
{
    struct writer *writer = state;
    gather_release(&writer->gather);
    buf_release(&writer->cases);
    buf_release(&writer->out);
    buf_release(&writer->err);
}

const struct stream_target junit_target = {
    .name = "junit",
    .title = "JUnit XML",
    .size = sizeof(struct writer),
    .init = writer_init,
    .sink = {write_event, write_noise, write_damage},
    .end = writer_end,
    .release = writer_release,
};
