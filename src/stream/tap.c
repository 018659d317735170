#include "stream/tap.h"

#include "core/vec.h"
#include "stream/line_reader.h"
#include "stream/tap_dialect.h"
#include "stream/tap_level.h"
#include "stream/tap_why.h"

#include <stdlib.h>

#define LEVELS_MAX 64

struct tap_reader {
    struct line_reader base;
    VEC(struct tap_level) levels; /* the last is the innermost */
    struct tap_why why;           /* of the newest point */
    bool bailed;
};

static struct tap_level *innermost(struct tap_reader *reader)
{
    return &reader->levels.items[reader->levels.len - 1];
}

static void close_level(struct tap_reader *reader, const struct line *line)
{
    tap_level_end(innermost(reader), line, &reader->base.emitter);
    tap_level_release(&reader->levels.items[--reader->levels.len]);
}

static void close_to(struct tap_reader *reader, size_t depth, const struct line *line)
{
    while (reader->levels.len > depth + 1)
        close_level(reader, line);
}

static void open_level(struct tap_reader *reader, const struct line *line)
{
    struct tap_level *above = innermost(reader);
    struct buf name = {0};
    tap_level_name(above, above->announced != NULL ? bytes_of(above->announced) : (struct bytes){"", 0},
                   &name);
    vec_push(&reader->levels, (struct tap_level){.name = buf_take(&name), .offset = line->offset});
}

/* "# Subtest: name" stands before a subtest, or is the first line in it. */
static void announce(struct tap_reader *reader, size_t depth, const struct line *line, struct bytes name)
{
    struct tap_level *level = innermost(reader);
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

static enum event_status status_of(const struct tap_line *point)
{
    if (point->directive == TAP_TODO)
        return point->ok ? EVENT_UXSUCCESS : EVENT_XFAIL;
    if (point->directive == TAP_SKIP && point->ok)
        return EVENT_SKIP;
    if (point->directive == TAP_EXPECTED && point->ok)
        return EVENT_XFAIL;
    return point->ok ? EVENT_SUCCESS : EVENT_FAIL;
}

/* The point of a subtest, whose own points came before. */
static void take_summary(struct tap_reader *reader, const struct tap_line *point, const struct line *line)
{
    struct tap_level *inner = innermost(reader);
    enum event_status status = status_of(point);
    bool agrees = status == EVENT_FAIL ? inner->failed > 0 : status == EVENT_SUCCESS && inner->points > 0;
    if (status == EVENT_SUCCESS && inner->failed > 0)
        emit_damage(&reader->base.emitter, line, "a subtest that passes with a failed point in it");
    buf_puts(&reader->why.id, inner->name);
    close_level(reader, line);
    if (agrees)
        buf_clear(&reader->why.id);
    else
        tap_why_point(&reader->why, point, status);
}

static void take_point(struct tap_reader *reader, size_t depth, const struct tap_line *point,
                       const struct line *line)
{
    if (depth == reader->levels.len)
        open_level(reader, line);
    bool summary = depth + 1 < reader->levels.len;
    close_to(reader, depth + summary, line);
    reader->why.failing = false;
    buf_clear(&reader->why.id);
    struct tap_level *level = &reader->levels.items[depth];
    tap_level_settle(level, point->numbered && point->number == 1, &reader->base.emitter);
    if (summary) {
        take_summary(reader, point, line);
    } else {
        tap_level_name(level, point->text, &reader->why.id);
        tap_why_point(&reader->why, point, status_of(point));
    }
    tap_level_point(level, point, line, &reader->base.emitter);
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
    reader->why.failing = false;
    tap_level_plan(innermost(reader), plan->number, line, &reader->base.emitter);
    if (plan->number == 0)
        emit_noise_line(&reader->base.emitter, line);
}

static void bail_out(struct tap_reader *reader, const struct tap_line *said, const struct line *line)
{
    char reason[128];
    snprintf(reason, sizeof reason, "bail out%s%.*s", said->text.len > 0 ? ": " : "",
             said->text.len < 100 ? (int)said->text.len : 100, said->text.data);
    emit_damage(&reader->base.emitter, line, reason);
    reader->bailed = true;
}

static bool begins_yaml(const struct tap_reader *reader, const struct tap_line *said)
{
    const struct tap_level *top = reader->levels.items;
    bool any = top->points > 0 || reader->levels.len > 1;
    return any && said->kind == TAP_YAML && said->indent / 4 < reader->levels.len;
}

static void take_line(void *owner, const struct line *line)
{
    struct tap_reader *reader = owner;
    if (reader->why.in_block && tap_why_block(&reader->why, line))
        return;
    struct tap_line said = tap_line(line->text);
    size_t depth = said.indent / 4;
    if (reader->bailed || depth > reader->levels.len || depth >= LEVELS_MAX)
        said.kind = TAP_OTHER;
    if (said.kind == TAP_POINT)
        said.said = tap_dialect(&said);
    if (begins_yaml(reader, &said)) {
        reader->why.in_block = true;
        reader->why.indent = said.indent;
    } else if (said.kind == TAP_POINT)
        take_point(reader, depth, &said, line);
    else if (said.kind == TAP_PLAN)
        take_plan(reader, depth, &said, line);
    else if (said.kind == TAP_SUBTEST)
        announce(reader, depth, line, said.text);
    else if (said.kind == TAP_BAIL_OUT)
        bail_out(reader, &said, line);
    else if (said.kind == TAP_OTHER ||
             (said.kind == TAP_COMMENT && !tap_why_comment(&reader->why, said.text)))
        emit_noise_line(&reader->base.emitter, line);
}

static void tap_init(void *state, const struct event_sink *sink, void *owner)
{
    struct tap_reader *reader = state;
    *reader = (struct tap_reader){.base = line_reader(sink, owner, take_line), .why.emitter = {sink, owner}};
    vec_push(&reader->levels, (struct tap_level){0});
}

static void tap_end(void *state)
{
    struct tap_reader *reader = state;
    const struct line end = line_reader_end(reader);
    if (reader->bailed)
        return;
    if (reader->why.in_block)
        emit_damage(&reader->base.emitter, &end, "the stream ends in a YAML block");
    if (reader->levels.len > 1)
        emit_damage(&reader->base.emitter, &end, "the stream ends in a subtest");
    close_to(reader, 0, &end);
    tap_level_end(innermost(reader), &end, &reader->base.emitter);
}

static void tap_release(void *state)
{
    struct tap_reader *reader = state;
    for (size_t i = 0; i < reader->levels.len; i++)
        tap_level_release(&reader->levels.items[i]);
    vec_release(&reader->levels);
    line_reader_release(&reader->base);
    tap_why_release(&reader->why);
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
    .feed = line_reader_feed,
    .end = tap_end,
    .release = tap_release,
    .guess = tap_guess,
};
