#include "stream/subunit1.h"

#include "core/vec.h"
#include "stream/emit.h"
#include "stream/lines.h"
#include "stream/names.h"
#include "stream/scan.h"
#include "stream/timestamp.h"

#include <stdlib.h>

#define CHUNK_MAX (16 << 20) /* octets of one part of an attachment */
#define TEXT_MAX (16 << 20)  /* octets in plain brackets */

enum where { IN_LINES, IN_BRACKETS, IN_PARTS, IN_PART_NAME, IN_CHUNK_SIZE, IN_CHUNK };

struct subunit1_reader {
    struct emitter emitter;
    struct lines lines;
    struct names names;
    enum where where;
    struct buf label, id;       /* of the test that runs: as it is told, and unlike all before */
    bool runs, runnable;        /* there is one; it can be asked for by its id */
    enum event_status status;   /* that its details belong to */
    struct buf text;            /* in brackets, or a chunk */
    struct buf name, mime;      /* of a part */
    size_t chunk;               /* octets of it that are to come */
    struct strings tags, local; /* of all tests, of the test that runs */
    bool has_time;
    int64_t time_ns;
};

static const struct {
    const char *word;
    enum event_status status;
} words[] = {
    {"test: ", EVENT_INPROGRESS},    {"testing: ", EVENT_INPROGRESS}, {"success: ", EVENT_SUCCESS},
    {"successful: ", EVENT_SUCCESS}, {"failure: ", EVENT_FAIL},       {"error: ", EVENT_FAIL},
    {"skip: ", EVENT_SKIP},          {"xfail: ", EVENT_XFAIL},        {"uxsuccess: ", EVENT_UXSUCCESS},
};

static enum event_status take_word(struct bytes *text)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (scan_word(text, words[i].word))
            return words[i].status;
    return EVENT_NONE;
}

static void emit_status(struct subunit1_reader *reader, enum event_status status, const char *tag)
{
    VEC(struct bytes) tags = {0};
    for (size_t i = 0; i < reader->tags.len; i++)
        vec_push(&tags, bytes_of(reader->tags.items[i]));
    for (size_t i = 0; i < reader->local.len; i++)
        vec_push(&tags, bytes_of(reader->local.items[i]));
    if (tag != NULL)
        vec_push(&tags, bytes_of(tag));
    const struct event event = {.status = status,
                                .test_id = buf_bytes(&reader->id),
                                .tags = tags.items,
                                .tag_count = tags.len,
                                .has_tags = tags.len > 0,
                                .runnable = reader->runnable,
                                .has_time = reader->has_time,
                                .time_ns = reader->time_ns};
    reader->emitter.sink->event(reader->emitter.owner, &event);
    vec_release(&tags);
}

static void start(struct subunit1_reader *reader, struct bytes label, const struct line *line)
{
    if (reader->runs)
        emit_damage(&reader->emitter, line, "a test that begins in the middle of another");
    buf_clear(&reader->label);
    buf_clear(&reader->id);
    buf_add(&reader->label, label.data, label.len);
    buf_add(&reader->id, label.data, label.len);
    emit_unique(&reader->names, &reader->id);
    reader->runs = true;
    reader->runnable = reader->id.len == label.len;
    strings_clear(&reader->local);
    emit_status(reader, EVENT_INPROGRESS, NULL);
}

static void finish(struct subunit1_reader *reader, enum event_status status, const char *tag)
{
    emit_status(reader, status, tag);
    strings_clear(&reader->local);
    reader->runs = false;
    reader->where = IN_LINES;
}

/* "success: label", "failure: label [", "error: label [ multipart" */
static bool take_outcome(struct subunit1_reader *reader, enum event_status status, struct bytes label)
{
    enum where where = IN_LINES;
    if (scan_ends(label, " [ multipart")) {
        where = IN_PARTS;
        label.len -= strlen(" [ multipart");
    } else if (scan_ends(label, " [")) {
        where = IN_BRACKETS;
        label.len -= strlen(" [");
    }
    if (!reader->runs || !bytes_equal(label, buf_bytes(&reader->label)))
        return false;
    reader->status = status;
    reader->where = where;
    buf_clear(&reader->text);
    if (where == IN_LINES)
        finish(reader, status, NULL);
    return true;
}

/* "tags: a -b": of all tests, or within one of that. */
static void take_tags(struct subunit1_reader *reader, struct bytes text)
{
    struct strings *tags = reader->runs ? &reader->local : &reader->tags;
    while ((text = scan_trim(text)).len > 0) {
        size_t len = 0, at;
        while (len < text.len && text.data[len] != ' ' && text.data[len] != '\t')
            len++;
        bool removes = text.data[0] == '-';
        char *tag = bytes_dup((struct bytes){text.data + removes, len - removes});
        bool known = strings_find(tags, tag, &at) == 0;
        if (removes && known) {
            free(tags->items[at]);
            tags->items[at] = tags->items[--tags->len];
        }
        if (!removes && !known && *tag != '\0')
            strings_take(tags, tag);
        else
            free(tag);
        text = scan_skip(text, len);
    }
}

static bool take_directive(struct subunit1_reader *reader, const struct line *line)
{
    struct bytes text = line->text;
    int64_t time_ns;
    enum event_status status = take_word(&text);
    if (status == EVENT_INPROGRESS) {
        start(reader, text, line);
        return true;
    }
    if (status != EVENT_NONE)
        return take_outcome(reader, status, text);
    if (scan_word(&text, "time: ")) {
        bool valid = timestamp_read(scan_trim(text), &time_ns);
        if (!valid)
            return false;
        reader->has_time = true;
        reader->time_ns = time_ns;
        return true;
    }
    if (scan_word(&text, "tags:")) {
        take_tags(reader, text);
        return true;
    }
    return scan_word(&text, "progress: ");
}

/* How what stands in plain brackets is called. */
static const char *bracket_name(enum event_status status)
{
    if (status == EVENT_SKIP)
        return "reason";
    return status == EVENT_FAIL || status == EVENT_XFAIL ? "traceback" : "message";
}

static void end_brackets(struct subunit1_reader *reader)
{
    if (reader->text.len > 0)
        emit_text(&reader->emitter, buf_bytes(&reader->id), bracket_name(reader->status),
                  buf_bytes(&reader->text), true);
}

static void take_bracket_line(struct subunit1_reader *reader, const struct line *line)
{
    struct bytes text = line->text;
    if (bytes_is(text, "]")) {
        end_brackets(reader);
        finish(reader, reader->status, NULL);
        return;
    }
    text = bytes_is(text, " ]") ? scan_skip(text, 1) : text;
    if (reader->text.len >= TEXT_MAX) {
        emit_damage(&reader->emitter, line, "more than 16 MiB in brackets: a line is not kept");
        return;
    }
    if (reader->text.len > 0)
        buf_putc(&reader->text, '\n');
    buf_add(&reader->text, text.data, text.len);
}

/* What cannot be followed any further; the test's outcome stands. */
static void give_up(struct subunit1_reader *reader, const struct line *line)
{
    emit_damage(&reader->emitter, line, "an attachment that cannot be read");
    finish(reader, reader->status, NULL);
}

static void emit_chunk(struct subunit1_reader *reader, bool eof)
{
    const struct event event = {.test_id = buf_bytes(&reader->id),
                                .file_name = buf_bytes(&reader->name),
                                .file = buf_bytes(&reader->text),
                                .mime = buf_bytes(&reader->mime),
                                .eof = eof};
    reader->emitter.sink->event(reader->emitter.owner, &event);
    buf_clear(&reader->text);
}

static void take_chunk_size(struct subunit1_reader *reader, const struct line *line)
{
    char digits[12] = "";
    struct bytes text = scan_trim_end(line->text);
    memcpy(digits, text.data, text.len < sizeof digits - 1 ? text.len : sizeof digits - 1);
    size_t len = strspn(digits, "0123456789abcdefABCDEF");
    unsigned long size = strtoul(digits, NULL, 16);
    if (len == 0 || len != text.len || size > CHUNK_MAX) {
        give_up(reader, line);
        return;
    }
    reader->chunk = size;
    reader->where = size > 0 ? IN_CHUNK : IN_PARTS;
    if (size == 0)
        emit_chunk(reader, true);
}

static void take_line(void *owner, const struct line *line)
{
    struct subunit1_reader *reader = owner;
    struct bytes text = line->text;
    if (line->lost > 0)
        emit_damage(&reader->emitter, line, "a line of more than 1 MiB");
    switch (reader->where) {
    case IN_BRACKETS:
        take_bracket_line(reader, line);
        break;
    case IN_PARTS:
        if (bytes_is(text, "]")) {
            finish(reader, reader->status, NULL);
        } else if (scan_word(&text, "Content-Type: ")) {
            buf_clear(&reader->mime);
            buf_add(&reader->mime, text.data, text.len);
            reader->where = IN_PART_NAME;
        } else {
            give_up(reader, line);
        }
        break;
    case IN_PART_NAME:
        buf_clear(&reader->name);
        buf_add(&reader->name, text.data, text.len);
        reader->where = IN_CHUNK_SIZE;
        break;
    case IN_CHUNK_SIZE:
        take_chunk_size(reader, line);
        break;
    case IN_LINES:
    case IN_CHUNK:
        if (!take_directive(reader, line))
            emit_noise_line(&reader->emitter, line);
        break;
    }
}

/* Octets of a chunk. Returns how many were taken. */
static size_t take_chunk(struct subunit1_reader *reader, struct bytes octets)
{
    size_t len = octets.len < reader->chunk ? octets.len : reader->chunk;
    buf_add(&reader->text, octets.data, len);
    reader->lines.offset += len;
    reader->chunk -= len;
    if (reader->chunk == 0) {
        emit_chunk(reader, false);
        reader->where = IN_CHUNK_SIZE;
    }
    return len;
}

static void subunit1_init(void *state, const struct event_sink *sink, void *owner)
{
    *(struct subunit1_reader *)state = (struct subunit1_reader){.emitter = {sink, owner}};
}

static void subunit1_feed(void *state, const void *data, size_t len)
{
    struct subunit1_reader *reader = state;
    struct bytes octets = {data, len};
    while (octets.len > 0) {
        size_t took;
        if (reader->where == IN_CHUNK) {
            took = take_chunk(reader, octets);
        } else {
            const char *newline = memchr(octets.data, '\n', octets.len);
            took = newline != NULL ? (size_t)(newline - octets.data) + 1 : octets.len;
            lines_feed(&reader->lines, (struct bytes){octets.data, took}, take_line, reader);
        }
        octets = scan_skip(octets, took);
    }
}

static void subunit1_end(void *state)
{
    struct subunit1_reader *reader = state;
    lines_end(&reader->lines, take_line, reader);
    if (!reader->runs)
        return;
    if (reader->where == IN_BRACKETS)
        end_brackets(reader);
    else if (reader->where == IN_CHUNK && reader->text.len > 0)
        emit_chunk(reader, true);
    finish(reader, EVENT_FAIL, TAG_CRASH);
}

static void subunit1_release(void *state)
{
    struct subunit1_reader *reader = state;
    lines_release(&reader->lines);
    names_release(&reader->names);
    strings_release(&reader->tags);
    strings_release(&reader->local);
    buf_release(&reader->label);
    buf_release(&reader->id);
    buf_release(&reader->text);
    buf_release(&reader->name);
    buf_release(&reader->mime);
}

/* A test that begins and ends; a time. */
static int subunit1_guess(struct bytes head, bool whole)
{
    (void)whole;
    struct bytes running = {0};
    int sure = 0;
    while (head.len > 0) {
        size_t len = scan_find(head, "\n");
        struct bytes line = {head.data, len != SIZE_MAX ? len : head.len};
        head = scan_skip(head, line.len + 1);
        enum event_status status = take_word(&line);
        line = scan_trim_end(line);
        int64_t time_ns;
        if (status == EVENT_INPROGRESS) {
            running = line;
            sure = sure < 40 ? 40 : sure;
        } else if (status != EVENT_NONE && running.data != NULL && line.len >= running.len &&
                   memcmp(line.data, running.data, running.len) == 0) {
            return 93;
        } else if (scan_word(&line, "time: ") && timestamp_read(line, &time_ns)) {
            sure = 70;
        }
    }
    return sure;
}

const struct stream_format subunit1_format = {
    .name = "subunit1",
    .title = "subunit version 1",
    .size = sizeof(struct subunit1_reader),
    .init = subunit1_init,
    .feed = subunit1_feed,
    .end = subunit1_end,
    .release = subunit1_release,
    .guess = subunit1_guess,
    .silent = true,
};
