#include "stream/catch2.h"

#include "stream/names.h"
#include "stream/scan.h"
#include "stream/times.h"
#include "stream/xml_read.h"

#include <stdlib.h>

#define TEXT_MAX (16 << 20) /* octets of one text */
#define SECOND_NS 1000000000

struct catch2_reader {
    struct emitter emitter;
    struct xml_read xml;
    struct names names;
    bool open, runnable;    /* a test case is */
    struct buf id;          /* its id */
    struct buf section;     /* the sections around, " > " between */
    struct buf said, wrote; /* what failed in it; what it wrote */
    struct buf err, reason;
    struct buf *text;         /* where the text of the element at hand goes; NULL: nowhere */
    struct buf piece;         /* that text so far */
    bool fatal;               /* a signal hit it, which ends the program */
    bool passes;              /* in an expression that holds */
    enum event_status status; /* by the result at hand */
    int64_t duration_ns;
    uint64_t failed;
};

static void put(struct buf *to, struct bytes text)
{
    size_t room = TEXT_MAX > to->len ? TEXT_MAX - to->len : 0;
    buf_add(to, text.data, text.len < room ? text.len : room);
}

static void put_attribute(struct buf *to, const char *const *attributes, const char *name)
{
    put(to, xml_attribute(attributes, name));
}

/* "file:line: ": where something failed, and in which section. */
static void put_place(struct catch2_reader *reader, const char *const *attributes, const char *what)
{
    put_attribute(&reader->said, attributes, "filename");
    buf_putc(&reader->said, ':');
    put_attribute(&reader->said, attributes, "line");
    buf_printf(&reader->said, ": %s", what);
    if (reader->section.len > 0)
        buf_printf(&reader->said, " in %s", buf_str(&reader->section));
    buf_putc(&reader->said, '\n');
}

static void start_test(struct catch2_reader *reader, const char *const *attributes)
{
    struct bytes name = xml_attribute(attributes, "name");
    buf_clear(&reader->id);
    put(&reader->id, name);
    emit_unique(&reader->names, &reader->id);
    reader->runnable = reader->id.len == name.len;
    reader->open = true;
    reader->passes = reader->fatal = false;
    reader->status = EVENT_FAIL; /* until its result says otherwise */
    reader->duration_ns = 0;
    const struct outcome_said said = {.status = EVENT_INPROGRESS, .runnable = reader->runnable};
    emit_outcome(&reader->emitter, buf_bytes(&reader->id), &said);
}

static void attach(struct catch2_reader *reader, const char *name, struct buf *text)
{
    struct bytes trimmed = scan_trim(buf_bytes(text));
    if (trimmed.len > 0)
        emit_text(&reader->emitter, buf_bytes(&reader->id), name, trimmed, true);
    buf_clear(text);
}

static void end_test(struct catch2_reader *reader, enum event_status status, const char *tag,
                     int64_t duration_ns)
{
    attach(reader, "traceback", &reader->said);
    attach(reader, "reason", &reader->reason);
    attach(reader, "stdout", &reader->wrote);
    attach(reader, "stderr", &reader->err);
    const struct outcome_said said = {status, tag, duration_ns, reader->runnable};
    emit_outcome(&reader->emitter, buf_bytes(&reader->id), &said);
    buf_clear(&reader->section);
    reader->open = false;
    reader->failed += status == EVENT_FAIL;
}

static uint64_t count_of(const char *const *attributes, const char *name)
{
    struct bytes value = xml_attribute(attributes, name);
    uint64_t count = 0;
    if (value.data != NULL)
        scan_number(&value, &count);
    return count;
}

/* <OverallResult success="false" durationInSeconds="0.01">, which ends a test. */
static void take_result(struct catch2_reader *reader, const char *const *attributes)
{
    struct bytes time = xml_attribute(attributes, "durationInSeconds");
    reader->duration_ns = time.data != NULL ? duration_read(time, SECOND_NS) : 0;
    reader->status = EVENT_SUCCESS;
    if (!bytes_is(xml_attribute(attributes, "success"), "true"))
        reader->status = EVENT_FAIL;
    else if (count_of(attributes, "skips") > 0)
        reader->status = EVENT_SKIP;
    else if (reader->said.len > 0)
        reader->status = EVENT_XFAIL; /* it may fail, or should */
}

/* <OverallResultsCases successes="2" failures="4" expectedFailures="2"/> */
static void check_counts(struct catch2_reader *reader, const char *const *attributes)
{
    char reason[100];
    uint64_t failures = count_of(attributes, "failures");
    if (failures == reader->failed)
        return;
    snprintf(reason, sizeof reason, "%llu failed test cases announced, %llu came",
             (unsigned long long)failures, (unsigned long long)reader->failed);
    reader->emitter.sink->damage(reader->emitter.owner, reason, xml_offset(&reader->xml), 0);
}

/* Something that failed, and where. Returns whether the element is one. */
static bool start_failure(struct catch2_reader *reader, const char *name, const char *const *attributes)
{
    static const struct {
        const char *element, *what;
    } failures[] = {{"Expression", "FAILED"},
                    {"Failure", "FAILED"},
                    {"Exception", "an unexpected exception"},
                    {"FatalErrorCondition", "a fatal error condition"}};
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        if (strcmp(name, failures[i].element) != 0)
            continue;
        reader->passes = bytes_is(xml_attribute(attributes, "success"), "true");
        if (!reader->passes)
            put_place(reader, attributes, failures[i].what);
        reader->fatal |= strcmp(name, "FatalErrorCondition") == 0;
        reader->text = i > 0 ? &reader->said : NULL;
        return true;
    }
    return false;
}

static struct buf *text_of(struct catch2_reader *reader, const char *name)
{
    static const char *const explanations[] = {"Original", "Expanded", "Info"};
    for (size_t i = 0; i < sizeof explanations / sizeof *explanations; i++)
        if (strcmp(name, explanations[i]) == 0)
            return reader->passes ? NULL : &reader->said;
    if (strcmp(name, "StdOut") == 0)
        return &reader->wrote;
    if (strcmp(name, "StdErr") == 0)
        return &reader->err;
    return strcmp(name, "Skip") == 0 ? &reader->reason : NULL;
}

static void on_start(void *owner, const char *name, const char *const *attributes)
{
    struct catch2_reader *reader = owner;
    buf_clear(&reader->piece);
    if (!reader->open) {
        if (strcmp(name, "TestCase") == 0)
            start_test(reader, attributes);
        else if (strcmp(name, "OverallResultsCases") == 0 && reader->xml.depth == 2)
            check_counts(reader, attributes);
    } else if (strcmp(name, "Section") == 0) {
        buf_puts(&reader->section, reader->section.len > 0 ? " > " : "");
        put_attribute(&reader->section, attributes, "name");
    } else if (strcmp(name, "OverallResult") == 0) {
        take_result(reader, attributes);
    } else if (!start_failure(reader, name, attributes)) {
        reader->text = text_of(reader, name);
    }
}

static void on_text(void *owner, struct bytes text)
{
    struct catch2_reader *reader = owner;
    if (reader->text != NULL)
        put(&reader->piece, text);
}

/* Leaves the innermost section. */
static void leave_section(struct catch2_reader *reader)
{
    size_t at = scan_find_last(buf_bytes(&reader->section), " > ");
    reader->section.len = at != SIZE_MAX ? at : 0;
}

static void on_end(void *owner, const char *name)
{
    struct catch2_reader *reader = owner;
    struct bytes text = scan_trim(buf_bytes(&reader->piece));
    if (reader->open && reader->text != NULL && text.len > 0) {
        put(reader->text, reader->text == &reader->said ? bytes_of("  ") : (struct bytes){"", 0});
        put(reader->text, text);
        put(reader->text, bytes_of("\n"));
    }
    reader->text = NULL;
    buf_clear(&reader->piece);
    if (strcmp(name, "Expression") == 0)
        reader->passes = false;
    else if (strcmp(name, "Section") == 0)
        leave_section(reader);
    else if (reader->open && strcmp(name, "TestCase") == 0)
        end_test(reader, reader->status, reader->fatal ? TAG_CRASH : NULL, reader->duration_ns);
}

/* The test case at hand took the program with it. */
static void on_over(void *owner, bool whole)
{
    struct catch2_reader *reader = owner;
    (void)whole;
    if (reader->open)
        end_test(reader, EVENT_FAIL, TAG_CRASH, 0);
    reader->failed = 0;
    reader->text = NULL;
}

static bool is_root(const char *name)
{
    return strcmp(name, "Catch") == 0 || strcmp(name, "Catch2TestRun") == 0;
}

static const struct xml_kind kind = {
    .title = "Catch2 report",
    .is_root = is_root,
    .start = on_start,
    .text = on_text,
    .end = on_end,
    .over = on_over,
};

static void catch2_init(void *state, const struct event_sink *sink, void *owner)
{
    struct catch2_reader *reader = state;
    *reader = (struct catch2_reader){.emitter = {sink, owner}};
    reader->xml = (struct xml_read){.kind = &kind, .owner = reader, .emitter = reader->emitter};
}

static void catch2_feed(void *state, const void *data, size_t len)
{
    struct catch2_reader *reader = state;
    xml_feed(&reader->xml, (struct bytes){data, len});
}

static void catch2_end(void *state)
{
    struct catch2_reader *reader = state;
    xml_end(&reader->xml);
}

static void catch2_release(void *state)
{
    struct catch2_reader *reader = state;
    xml_release(&reader->xml);
    names_release(&reader->names);
    buf_release(&reader->id);
    buf_release(&reader->section);
    buf_release(&reader->said);
    buf_release(&reader->wrote);
    buf_release(&reader->err);
    buf_release(&reader->reason);
    buf_release(&reader->piece);
}

static int catch2_guess(struct bytes head, bool whole)
{
    (void)whole;
    return scan_find(head, "<Catch name=") != SIZE_MAX || scan_find(head, "<Catch2TestRun") != SIZE_MAX ? 95
                                                                                                        : 0;
}

const struct stream_format catch2_format = {
    .name = "catch2",
    .title = "Catch2's XML",
    .size = sizeof(struct catch2_reader),
    .init = catch2_init,
    .feed = catch2_feed,
    .end = catch2_end,
    .release = catch2_release,
    .guess = catch2_guess,
};
