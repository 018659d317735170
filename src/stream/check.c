#include "stream/check.h"

#include "stream/names.h"
#include "stream/scan.h"
#include "stream/testcase.h"
#include "stream/times.h"
#include "stream/xml_read.h"

#define TEXT_MAX (1 << 20) /* octets of one text */
#define SECOND_NS 1000000000

/* What is told of a test, an element each. */
enum part { DIRECTORY, PLACE, FUNCTION, DURATION, CASE, MESSAGE, PART_COUNT };
static const char *const elements[PART_COUNT] = {"path", "fn", "id", "duration", "description", "message"};

struct check_reader {
    struct emitter emitter;
    struct xml_read xml;
    struct names names;
    bool open; /* a test is */
    enum event_status status;
    bool error;                   /* it did not come to its end */
    struct buf parts[PART_COUNT]; /* of it, so far */
    struct buf *text;             /* which of them is at hand; NULL: none */
    struct buf id, told;          /* scratch */
};

static struct bytes part_of(const struct check_reader *reader, enum part part)
{
    return scan_trim(buf_bytes(&reader->parts[part]));
}

/* "sums.c" of "sums.c:9" */
static struct bytes file_of(struct bytes place)
{
    size_t at = scan_find_last(place, ":");
    return (struct bytes){place.data, at != SIZE_MAX ? at : place.len};
}

static void name_test(struct check_reader *reader)
{
    const struct bytes words[] = {file_of(part_of(reader, PLACE)), part_of(reader, CASE),
                                  part_of(reader, FUNCTION)};
    buf_clear(&reader->id);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (i > 0)
            buf_putc(&reader->id, ':');
        buf_add(&reader->id, words[i].data, words[i].len);
    }
    emit_unique(&reader->names, &reader->id);
}

/* "src/sums.c:9: Assertion '1 + 1 == 3' failed" */
static struct bytes tell_place(struct check_reader *reader)
{
    struct bytes directory = part_of(reader, DIRECTORY), place = part_of(reader, PLACE);
    struct bytes message = part_of(reader, MESSAGE);
    buf_clear(&reader->told);
    if (directory.len > 0 && !bytes_is(directory, "."))
        buf_printf(&reader->told, "%.*s/", (int)directory.len, directory.data);
    buf_printf(&reader->told, "%.*s: %s", (int)place.len, place.data, reader->error ? "after this: " : "");
    buf_add(&reader->told, message.data, message.len);
    return buf_bytes(&reader->told);
}

/* -1 stands for a time that is not known. */
static int64_t duration_of(const struct check_reader *reader)
{
    struct bytes text = part_of(reader, DURATION);
    bool known = text.len > 0 && text.data[0] != '-';
    return known ? duration_read(text, SECOND_NS) : 0;
}

static void end_test(struct check_reader *reader)
{
    struct bytes message = part_of(reader, MESSAGE);
    bool failed = reader->status == EVENT_FAIL;
    name_test(reader);
    const struct testcase test = {
        .id = buf_bytes(&reader->id),
        .status = reader->status,
        .tag = !reader->error                          ? NULL
               : bytes_starts(message, "Test timeout") ? TAG_TIMEOUT
                                                       : TAG_CRASH,
        .duration_ns = duration_of(reader),
        .reason = reader->error ? message : (struct bytes){0},
        .traceback = failed ? tell_place(reader) : (struct bytes){0},
    };
    testcase_tell(&test, reader->emitter.sink, reader->emitter.owner);
    reader->open = false;
}

/* <test result="failure"> */
static void start_test(struct check_reader *reader, const char *const *attributes)
{
    struct bytes result = xml_attribute(attributes, "result");
    reader->open = true;
    reader->error = bytes_is(result, "error");
    reader->status = bytes_is(result, "success") ? EVENT_SUCCESS : EVENT_FAIL;
    for (size_t i = 0; i < PART_COUNT; i++)
        buf_clear(&reader->parts[i]);
}

static void on_start(void *owner, const char *name, const char *const *attributes)
{
    struct check_reader *reader = owner;
    reader->text = NULL;
    if (strcmp(name, "test") == 0)
        start_test(reader, attributes);
    for (size_t i = 0; i < PART_COUNT && reader->open; i++)
        if (strcmp(name, elements[i]) == 0)
            reader->text = &reader->parts[i];
}

static void on_text(void *owner, struct bytes text)
{
    struct check_reader *reader = owner;
    if (reader->text == NULL)
        return;
    size_t room = TEXT_MAX > reader->text->len ? TEXT_MAX - reader->text->len : 0;
    buf_add(reader->text, text.data, text.len < room ? text.len : room);
}

static void on_end(void *owner, const char *name)
{
    struct check_reader *reader = owner;
    reader->text = NULL;
    if (reader->open && strcmp(name, "test") == 0)
        end_test(reader);
}

/* A test that the document breaks off in has no outcome. */
static void on_over(void *owner, bool whole)
{
    struct check_reader *reader = owner;
    (void)whole;
    reader->open = false;
    reader->text = NULL;
}

static bool is_root(const char *name)
{
    return strcmp(name, "testsuites") == 0;
}

static const struct xml_kind kind = {
    .title = "Check report",
    .is_root = is_root,
    .start = on_start,
    .text = on_text,
    .end = on_end,
    .over = on_over,
};

static void check_init(void *state, const struct event_sink *sink, void *owner)
{
    struct check_reader *reader = state;
    *reader = (struct check_reader){.emitter = {sink, owner}};
    reader->xml = (struct xml_read){.kind = &kind, .owner = reader, .emitter = reader->emitter};
}

static void check_feed(void *state, const void *data, size_t len)
{
    struct check_reader *reader = state;
    xml_feed(&reader->xml, (struct bytes){data, len});
}

static void check_end(void *state)
{
    struct check_reader *reader = state;
    xml_end(&reader->xml);
}

static void check_release(void *state)
{
    struct check_reader *reader = state;
    xml_release(&reader->xml);
    names_release(&reader->names);
    for (size_t i = 0; i < PART_COUNT; i++)
        buf_release(&reader->parts[i]);
    buf_release(&reader->id);
    buf_release(&reader->told);
}

static int check_guess(struct bytes head, bool whole)
{
    (void)whole;
    return scan_find(head, "<testsuites xmlns=\"http://check.sourceforge.net/ns\">") != SIZE_MAX ? 99 : 0;
}

const struct stream_format check_format = {
    .name = "check",
    .title = "Check's XML",
    .size = sizeof(struct check_reader),
    .init = check_init,
    .feed = check_feed,
    .end = check_end,
    .release = check_release,
    .guess = check_guess,
};
