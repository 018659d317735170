#include "stream/tap.h"

#include "core/vec.h"
#include "stream/lines.h"
#include "stream/names.h"
#include "stream/tap_dialect.h"
#include "stream/tap_line.h"

#include <stdlib.h>
#include <string.h>

#define LEVELS_MAX 64
#define BETWEEN " > "
#define PLAIN_TEXT "text/plain;charset=utf8"

/* The whole stream, or one subtest in it. */
struct level {
    char *name;      /* the subtest's id; NULL of the whole stream */
    char *announced; /* how the next subtest in it is called; NULL unknown */
    bool planned;
    uint64_t plan, points, failed, number;
    uint64_t before; /* points of the documents before this one, which are over */
    bool again;      /* another plan came when all points had, of `next`: a document may follow */
    uint64_t next, next_at, next_len; /* where that plan stands */
    uint64_t offset;                  /* of its first line */
    struct names names;
};

struct tap_reader {
    const struct event_sink *sink;
    void *owner;
    struct lines lines;
    VEC(struct level) levels; /* the last is the innermost */
    struct buf id;            /* of the newest point; empty when it is no event */
    struct buf said;          /* scratch: a line of a diagnostic */
    bool failing;             /* the newest point failed: what follows it tells why */
    int yaml;                 /* indentation of the YAML block at hand, -1 none */
    bool bailed;
    uint64_t end; /* octets so far */
};

static void damage(struct tap_reader *reader, const struct line *line, const char *reason)
{
    reader->sink->damage(reader->owner, reason, line->offset, line->text.len);
}

static void noise(struct tap_reader *reader, const struct line *line)
{
    if (line->text.len > 0)
        reader->sink->noise(reader->owner, line->text);
    if (line->ended)
        reader->sink->noise(reader->owner, bytes_of("\n"));
}

static struct level *innermost(struct tap_reader *reader)
{
    return &reader->levels.items[reader->levels.len - 1];
}

static void level_release(struct level *level)
{
    free(level->name);
    free(level->announced);
    names_release(&level->names);
}

/* Gives the newest point a piece of an attachment. */
static void attach(struct tap_reader *reader, const char *name, struct bytes piece, bool eof)
{
    const struct event event = {.test_id = buf_bytes(&reader->id),
                                .file_name = bytes_of(name),
                                .file = piece,
                                .mime = bytes_of(PLAIN_TEXT),
                                .eof = eof};
    if (reader->id.len > 0)
        reader->sink->event(reader->owner, &event);
}

/* What a level promised and did not keep; it is over at this line. */
static void check_plan(struct tap_reader *reader, const struct level *level, const struct line *line)
{
    char reason[128];
    const char *name = level->name != NULL ? level->name : "the stream";
    if (level->planned && level->plan != level->points - level->before)
        snprintf(reason, sizeof reason, "%.60s: %llu points planned, %llu came", name,
                 (unsigned long long)level->plan, (unsigned long long)(level->points - level->before));
    else if (!level->planned && level->name == NULL)
        snprintf(reason, sizeof reason, level->points > 0 ? "no plan" : "no plan and no points");
    else
        return;
    reader->sink->damage(reader->owner, reason, level->offset, line->offset - level->offset);
}

/* Behind a document that is complete and another plan the next one begins, if with its first point: cmocka
 * prints one for each group of tests. */
static void settle_plan(struct tap_reader *reader, struct level *level, bool first)
{
    bool again = level->again;
    level->again = false;
    if (again && first) {
        level->before = level->points;
        level->number = 0;
        level->plan = level->next;
        level->offset = level->next_at;
    } else if (again && level->next != level->plan) {
        reader->sink->damage(reader->owner, "a second plan", level->next_at, level->next_len);
        level->plan = level->next;
    }
}

/* Closes the innermost level. */
static void close_level(struct tap_reader *reader, const struct line *line)
{
    settle_plan(reader, innermost(reader), false);
    check_plan(reader, innermost(reader), line);
    level_release(&reader->levels.items[--reader->levels.len]);
}

static void close_to(struct tap_reader *reader, size_t depth, const struct line *line)
{
    while (reader->levels.len > depth + 1)
        close_level(reader, line);
}

/* Appends to `id` how something is called in the level: below the level's own name; numbered where it has no
 * name or one that came before. */
static void put_name(struct level *level, struct bytes name, struct buf *id)
{
    if (level->name != NULL)
        buf_printf(id, "%s" BETWEEN, level->name);
    buf_add(id, name.data, name.len);
    if (name.len == 0)
        buf_printf(id, "#%llu", (unsigned long long)level->points + 1);
    else if (!names_add(&level->names, name))
        buf_printf(id, " #%llu", (unsigned long long)level->points + 1);
}

static void open_level(struct tap_reader *reader, const struct line *line)
{
    struct level *above = innermost(reader);
    struct buf name = {0};
    put_name(above, above->announced != NULL ? bytes_of(above->announced) : (struct bytes){"", 0}, &name);
    vec_push(&reader->levels, (struct level){.name = buf_take(&name), .offset = line->offset});
}

/* "# Subtest: name" stands before a subtest, or is the first line in it. */
static void announce(struct tap_reader *reader, size_t depth, const struct line *line, struct bytes name)
{
    struct level *level = innermost(reader);
    if (depth == reader->levels.len) {
        bool nameless = level->announced == NULL;
        if (nameless)
            level->announced = bytes_dup(name);
        open_level(reader, line);
        level = innermost(reader);
        if (nameless)
            return;
    }
    free(level->announced);
    level->announced = bytes_dup(name);
}

static void check_number(struct tap_reader *reader, struct level *level, const struct tap_line *point,
                         const struct line *line)
{
    char reason[80];
    uint64_t number = point->numbered ? point->number : level->number + 1;
    if (number != level->number + 1) {
        snprintf(reason, sizeof reason, "point %llu comes where %llu was to come", (unsigned long long)number,
                 (unsigned long long)level->number + 1);
        damage(reader, line, reason);
    }
    level->number = number;
}

static enum event_status status_of(const struct tap_line *point)
{
    if (point->directive == TAP_TODO)
        return point->ok ? EVENT_UXSUCCESS : EVENT_XFAIL;
    if (point->directive == TAP_SKIP && point->ok)
        return EVENT_SKIP;
    return point->ok ? EVENT_SUCCESS : EVENT_FAIL;
}

static void emit(struct tap_reader *reader, const struct tap_line *point, enum event_status status)
{
    if (point->reason.len > 0)
        attach(reader, "reason", point->reason, true);
    if (point->said.len > 0)
        attach(reader, "message", point->said, true);
    const struct event event = {
        .test_id = buf_bytes(&reader->id), .status = status, .duration_ns = point->duration_ns};
    reader->sink->event(reader->owner, &event);
    reader->failing = status == EVENT_FAIL || status == EVENT_XFAIL;
}

/* The point of a subtest, whose own points came before. */
static void take_summary(struct tap_reader *reader, const struct tap_line *point, const struct line *line)
{
    struct level *inner = innermost(reader);
    enum event_status status = status_of(point);
    bool agrees = status == EVENT_FAIL ? inner->failed > 0 : status == EVENT_SUCCESS && inner->points > 0;
    if (status == EVENT_SUCCESS && inner->failed > 0)
        damage(reader, line, "a subtest that passes with a failed point in it");
    buf_puts(&reader->id, inner->name);
    close_level(reader, line);
    if (agrees)
        buf_clear(&reader->id);
    else
        emit(reader, point, status);
}

static void take_point(struct tap_reader *reader, size_t depth, const struct tap_line *point,
                       const struct line *line)
{
    if (depth == reader->levels.len)
        open_level(reader, line);
    bool summary = depth + 1 < reader->levels.len;
    close_to(reader, depth + summary, line);
    reader->failing = false;
    buf_clear(&reader->id);
    struct level *level = &reader->levels.items[depth];
    settle_plan(reader, level, point->numbered && point->number == 1);
    if (summary) {
        take_summary(reader, point, line);
    } else {
        put_name(level, point->text, &reader->id);
        emit(reader, point, status_of(point));
    }
    check_number(reader, level, point, line);
    level->points++;
    level->failed += status_of(point) == EVENT_FAIL;
    free(level->announced);
    level->announced = NULL;
}

static void take_plan(struct tap_reader *reader, size_t depth, const struct tap_line *plan,
                      const struct line *line)
{
    if (depth == reader->levels.len)
        open_level(reader, line);
    close_to(reader, depth, line);
    struct level *level = innermost(reader);
    settle_plan(reader, level, false);
    if (level->planned && level->plan == level->points - level->before) {
        level->again = true;
        level->next = plan->number;
        level->next_at = line->offset;
        level->next_len = line->text.len;
    } else {
        if (level->planned && level->plan != plan->number)
            damage(reader, line, "a second plan");
        level->planned = true;
        level->plan = plan->number;
    }
    if (plan->number == 0)
        noise(reader, line);
}

/* Gives a failed point a line that tells why. */
static void explain(struct tap_reader *reader, struct bytes text)
{
    buf_clear(&reader->said);
    buf_add(&reader->said, text.data, text.len);
    buf_putc(&reader->said, '\n');
    attach(reader, "traceback", buf_bytes(&reader->said), false);
}

static void bail_out(struct tap_reader *reader, const struct tap_line *said, const struct line *line)
{
    char reason[128];
    snprintf(reason, sizeof reason, "bail out%s%.*s", said->text.len > 0 ? ": " : "",
             said->text.len < 100 ? (int)said->text.len : 100, said->text.data);
    damage(reader, line, reason);
    reader->bailed = true;
}

/* A line of the YAML block at hand. Returns false when it is none: the block broke off. */
static bool take_yaml(struct tap_reader *reader, const struct line *line)
{
    int indent = reader->yaml;
    struct bytes text = line->text;
    for (int i = 0; i < indent && text.len > 0; i++) {
        if (text.data[0] != ' ') {
            damage(reader, line, "a YAML block that does not end");
            reader->yaml = -1;
            return false;
        }
        text = (struct bytes){text.data + 1, text.len - 1};
    }
    if (bytes_is(text, "...")) {
        reader->yaml = -1;
        if (reader->failing)
            attach(reader, "traceback", (struct bytes){"", 0}, true);
        return true;
    }
    const struct event took = {.test_id = buf_bytes(&reader->id), .duration_ns = tap_yaml_duration(text)};
    if (took.duration_ns > 0 && reader->id.len > 0)
        reader->sink->event(reader->owner, &took);
    if (reader->failing)
        explain(reader, text);
    return true;
}

static bool begins_yaml(const struct tap_reader *reader, const struct tap_line *said)
{
    const struct level *top = reader->levels.items;
    bool any = top->points > 0 || reader->levels.len > 1;
    return any && said->kind == TAP_YAML && said->indent / 4 < reader->levels.len;
}

static void take_line(void *owner, const struct line *line)
{
    struct tap_reader *reader = owner;
    reader->end = line->offset + line->text.len;
    if (line->lost > 0)
        damage(reader, line, "a line of more than 1 MiB");
    if (reader->yaml >= 0 && take_yaml(reader, line))
        return;
    struct tap_line said = tap_line(line->text);
    size_t depth = said.indent / 4;
    if (reader->bailed || depth > reader->levels.len || depth >= LEVELS_MAX)
        said.kind = TAP_OTHER;
    if (said.kind == TAP_POINT)
        said.said = tap_dialect(&said);
    if (begins_yaml(reader, &said))
        reader->yaml = (int)said.indent;
    else if (said.kind == TAP_POINT)
        take_point(reader, depth, &said, line);
    else if (said.kind == TAP_PLAN)
        take_plan(reader, depth, &said, line);
    else if (said.kind == TAP_SUBTEST)
        announce(reader, depth, line, said.text);
    else if (said.kind == TAP_COMMENT && reader->failing)
        explain(reader, said.text);
    else if (said.kind == TAP_BAIL_OUT)
        bail_out(reader, &said, line);
    else if (said.kind == TAP_COMMENT || said.kind == TAP_OTHER)
        noise(reader, line);
}

static void tap_init(void *state, const struct event_sink *sink, void *owner)
{
    struct tap_reader *reader = state;
    *reader = (struct tap_reader){.sink = sink, .owner = owner, .yaml = -1};
    vec_push(&reader->levels, (struct level){0});
}

static void tap_feed(void *state, const void *data, size_t len)
{
    struct tap_reader *reader = state;
    lines_feed(&reader->lines, (struct bytes){data, len}, take_line, reader);
}

static void tap_end(void *state)
{
    struct tap_reader *reader = state;
    lines_end(&reader->lines, take_line, reader);
    const struct line end = {.text = {"", 0}, .offset = reader->lines.offset};
    if (reader->bailed)
        return;
    if (reader->yaml >= 0)
        damage(reader, &end, "the stream ends in a YAML block");
    if (reader->levels.len > 1)
        damage(reader, &end, "the stream ends in a subtest");
    close_to(reader, 0, &end);
    settle_plan(reader, innermost(reader), false);
    check_plan(reader, innermost(reader), &end);
}

static void tap_release(void *state)
{
    struct tap_reader *reader = state;
    for (size_t i = 0; i < reader->levels.len; i++)
        level_release(&reader->levels.items[i]);
    vec_release(&reader->levels);
    lines_release(&reader->lines);
    buf_release(&reader->id);
    buf_release(&reader->said);
}

/* A version line says it; a plan or a point at the start of a line nearly does. */
static int tap_guess(struct bytes head, bool whole)
{
    (void)whole;
    int sure = 0;
    for (size_t at = 0, len; at < head.len; at += len + 1) {
        const char *newline = memchr(head.data + at, '\n', head.len - at);
        len = newline != NULL ? (size_t)(newline - head.data) - at : head.len - at;
        enum tap_kind kind = tap_line((struct bytes){head.data + at, len}).kind;
        if (kind == TAP_VERSION)
            return 95;
        if ((kind == TAP_PLAN || kind == TAP_POINT) && sure < 60)
            sure = 60;
    }
    return sure;
}

const struct stream_format tap_format = {
    .name = "tap",
    .title = "Test Anything Protocol 12 to 14",
    .size = sizeof(struct tap_reader),
    .init = tap_init,
    .feed = tap_feed,
    .end = tap_end,
    .release = tap_release,
    .guess = tap_guess,
};
