#include "stream/document.h"
#include "stream/lines.h"
#include "stream/mocha.h"
#include "stream/mocha_test.h"

#include <string.h>

struct mocha_reader {
    const struct event_sink *sink;
    void *owner;
    struct lines lines;
    struct names names;
    struct buf id; /* scratch */
    uint64_t passed, failed;
    bool begun, ended;
};

static void damage(struct mocha_reader *reader, const struct line *line, const char *reason)
{
    reader->sink->damage(reader->owner, reason, line->offset, line->text.len);
}

static void noise(struct mocha_reader *reader, struct bytes text)
{
    if (text.len > 0)
        reader->sink->noise(reader->owner, text);
}

static void take_test(struct mocha_reader *reader, const json_t *said, enum event_status status)
{
    struct testcase test;
    mocha_test(&test, said, status, &reader->id);
    if (reader->id.len == 0)
        buf_puts(&reader->id, "(no name)");
    for (size_t i = 0; i < reader->id.len; i++)
        reader->id.data[i] = reader->id.data[i] == '\0' ? ' ' : reader->id.data[i];
    if (!names_add_distinct(&reader->names, &reader->id))
        test.runnable = false;
    test.id = buf_bytes(&reader->id);
    if (status == EVENT_FAIL) {
        test.message = member_text(said, "err");
        test.traceback = member_text(said, "stack");
    }
    reader->passed += status == EVENT_SUCCESS;
    reader->failed += status == EVENT_FAIL;
    testcase_tell(&test, reader->sink, reader->owner);
}

static void take_end(struct mocha_reader *reader, const json_t *stats, const struct line *line)
{
    char reason[120];
    double passes = member_number(stats, "passes"), failures = member_number(stats, "failures");
    snprintf(reason, sizeof reason, "it says that %.0f tests passed and %.0f failed; %llu and %llu came",
             passes, failures, (unsigned long long)reader->passed, (unsigned long long)reader->failed);
    if (passes != (double)reader->passed || failures != (double)reader->failed)
        damage(reader, line, reason);
    reader->begun = false;
    reader->passed = reader->failed = 0;
}

static void take_event(struct mocha_reader *reader, struct bytes event, const json_t *said,
                       const struct line *line)
{
    if (bytes_is(event, "start"))
        reader->begun = true;
    else if (bytes_is(event, "pass"))
        take_test(reader, said, EVENT_SUCCESS);
    else if (bytes_is(event, "fail"))
        take_test(reader, said, EVENT_FAIL);
    else if (bytes_is(event, "pending"))
        take_test(reader, said, EVENT_SKIP);
    else if (bytes_is(event, "end"))
        take_end(reader, said, line);
    reader->ended |= bytes_is(event, "end");
}

/* Where the event begins on its line: a test may have printed something without a newline before it. */
static size_t find_event(struct bytes line)
{
    static const char *const begins[] = {"[\"pass\",{", "[\"fail\",{", "[\"start\",{", "[\"end\",{",
                                         "[\"pending\",{"};
    size_t at = line.len;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        const char *found = memmem(line.data, at, begins[i], strlen(begins[i]));
        if (found != NULL)
            at = (size_t)(found - line.data);
    }
    return at;
}

static void take_line(void *owner, const struct line *line)
{
    struct mocha_reader *reader = owner;
    size_t at = find_event(line->text);
    noise(reader, (struct bytes){line->text.data, at});
    if (at == line->text.len) {
        noise(reader, line->ended ? bytes_of("\n") : (struct bytes){"", 0});
        return;
    }
    json_error_t error;
    json_t *root = line->lost == 0
                       ? document_parse((struct bytes){line->text.data + at, line->text.len - at}, &error)
                       : NULL;
    const json_t *event = json_array_get(root, 0);
    if (json_is_string(event))
        take_event(reader, (struct bytes){json_string_value(event), json_string_length(event)},
                   json_array_get(root, 1), line);
    else
        damage(reader, line,
               line->lost > 0 ? "a line of more than 1 MiB" : "an event that is not well-formed");
    json_decref(root);
}

static void mocha_init(void *state, const struct event_sink *sink, void *owner)
{
    *(struct mocha_reader *)state = (struct mocha_reader){.sink = sink, .owner = owner};
}

static void mocha_feed(void *state, const void *data, size_t len)
{
    struct mocha_reader *reader = state;
    lines_feed(&reader->lines, (struct bytes){data, len}, take_line, reader);
}

static void mocha_end(void *state)
{
    struct mocha_reader *reader = state;
    lines_end(&reader->lines, take_line, reader);
    const struct line all = {.text = {"", (size_t)reader->lines.offset}};
    if (reader->begun || reader->passed + reader->failed > 0)
        damage(reader, &all, "the stream breaks off before its end event");
    else if (!reader->ended)
        damage(reader, &all, "no events of mocha");
}

static void mocha_release(void *state)
{
    struct mocha_reader *reader = state;
    lines_release(&reader->lines);
    names_release(&reader->names);
    buf_release(&reader->id);
}

static int mocha_guess(struct bytes head, bool whole)
{
    (void)whole;
    return find_event(head) < head.len ? 92 : 0;
}

const struct stream_format mocha_stream_format = {
    .name = "mocha-stream",
    .title = "mocha --reporter json-stream",
    .size = sizeof(struct mocha_reader),
    .init = mocha_init,
    .feed = mocha_feed,
    .end = mocha_end,
    .release = mocha_release,
    .guess = mocha_guess,
};
