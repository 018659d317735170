#define PCRE2_CODE_UNIT_WIDTH 8
#include "trace/places.h"

#include "trace/frame.h"
#include "trace/places_table.h"
#include "trace/text.h"
#include "trace/written.h"

#include <pcre2.h>
#include <stdlib.h>

#define FRAMES_MAX 400   /* of one text */
#define LINE_LOOKED 4096 /* octets of a line that are looked at */
#define MATCH_LIMIT 5000 /* steps that a pattern may take on a line */

struct places {
    pcre2_code **codes, **before; /* of each pattern; without a regex NULL */
    pcre2_match_context *limits;
};

/* One text on its way through. */
struct reading {
    const struct places *places;
    const struct trace_paths *paths;
    struct trace *trace;
    pcre2_match_data *match;
    struct buf *message;
    struct buf plain;         /* the line without colours, if it has any */
    size_t line_at;           /* where the line before begins in the message, … */
    struct bytes line_before; /* … if it is there still; absent: it is not */
    size_t stack_end;         /* of the message when the stack's newest frame came */
    VEC(struct frame) stack;  /* innermost first */
    VEC(struct frame) listed;
    VEC(struct frame) lesser; /* a compiler's warning, a bare place: of no interest beside the others */
    bool warning;             /* the newest heading is one */
};

static pcre2_code *compile(const char *regex)
{
    int code;
    size_t at;
    pcre2_code *made = pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED, 0, &code, &at, NULL);
    if (made == NULL)
        abort(); /* the table is wrong, or there is no memory */
    pcre2_jit_compile(made, PCRE2_JIT_COMPLETE);
    return made;
}

struct places *places_new(void)
{
    struct places *places = mem_zero(sizeof *places);
    places->codes = mem_zero(place_pattern_count * sizeof(pcre2_code *));
    places->before = mem_zero(place_pattern_count * sizeof(pcre2_code *));
    for (size_t i = 0; i < place_pattern_count; i++) {
        const struct place_pattern *pattern = &place_patterns[i];
        places->codes[i] = compile(pattern->regex);
        places->before[i] = pattern->before != NULL ? compile(pattern->before) : NULL;
    }
    places->limits = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(places->limits, MATCH_LIMIT);
    return places;
}

void places_free(struct places *places)
{
    if (places == NULL)
        return;
    for (size_t i = 0; i < place_pattern_count; i++) {
        pcre2_code_free(places->codes[i]);
        pcre2_code_free(places->before[i]);
    }
    free(places->codes);
    free(places->before);
    pcre2_match_context_free(places->limits);
    free(places);
}

static bool fits(struct reading *reading, const pcre2_code *code, struct bytes line)
{
    size_t len = line.len < LINE_LOOKED ? line.len : LINE_LOOKED;
    return pcre2_match(code, (PCRE2_SPTR)line.data, len, 0, 0, reading->match, reading->places->limits) > 0;
}

/* What the group of that name matched; absent: nothing. */
static struct bytes group(struct reading *reading, const pcre2_code *code, const char *name,
                          struct bytes line)
{
    int number = pcre2_substring_number_from_name(code, (PCRE2_SPTR)name);
    if (number <= 0)
        return (struct bytes){0};
    const size_t *bounds = pcre2_get_ovector_pointer(reading->match) + 2 * number;
    if (bounds[0] == PCRE2_UNSET)
        return (struct bytes){0};
    return (struct bytes){line.data + bounds[0], bounds[1] - bounds[0]};
}

static unsigned number(struct bytes digits)
{
    unsigned value = 0;
    text_number(&digits, &value);
    return value;
}

static struct frame frame_of(struct reading *reading, size_t pattern, struct bytes line)
{
    const pcre2_code *code = reading->places->codes[pattern];
    struct bytes function = group(reading, code, "function", line);
    struct frame frame = {
        .path = written_path(group(reading, code, "path", line), line, function),
        .line = number(group(reading, code, "line", line)),
        .column = number(group(reading, code, "column", line)),
        .function = bytes_dup(function),
    };
    frame_place(&frame, reading->paths);
    return frame;
}

static bool is_among(const struct frame *frames, size_t count, const struct frame *wanted)
{
    for (size_t i = 0; i < count; i++)
        if (frames[i].line == wanted->line && strcmp(frames[i].path, wanted->path) == 0)
            return true;
    return false;
}

static void drop(struct frame *frames, size_t count)
{
    for (size_t i = 0; i < count; i++)
        frame_release(&frames[i]);
}

/* Whether one line made both frames: Ruby says of what is written in C, and of a block, the line of its
 * caller, which comes next. */
static bool is_inner(const struct frame *inner, const struct frame *caller)
{
    size_t len = strlen(caller->path);
    bool ruby = len > 3 && strcmp(caller->path + len - 3, ".rb") == 0;
    bool named = inner->function != NULL && caller->function != NULL;
    return ruby && named && is_among(inner, 1, caller) && strcmp(inner->function, caller->function) != 0;
}

static void push(struct reading *reading, const struct frame *frame)
{
    size_t len = reading->stack.len;
    if (len > 0 && is_inner(&reading->stack.items[len - 1], frame))
        frame_release(&reading->stack.items[--reading->stack.len]);
    vec_push(&reading->stack, *frame);
}

/* Whether a frame that comes now counts. Of several stacks the first does (what follows tells where memory
 * came from, or what others were doing), but a cause counts more than what it caused. */
static bool counts(struct reading *reading)
{
    struct bytes between = buf_bytes(reading->message);
    between = (struct bytes){between.data + reading->stack_end, between.len - reading->stack_end};
    if (reading->stack.len == 0 || between.len == 0)
        return true;
    if (!text_has(between, "Caused by") && !text_has(between, "[cause]"))
        return false;
    drop(reading->stack.items, reading->stack.len);
    reading->stack.len = 0;
    return true;
}

/* Whether the place is of no interest beside others. */
static bool is_lesser(const struct reading *reading, enum place_kind kind, struct bytes line)
{
    static const char *const words[] = {": warning: ", ": WARNING: ", ": MESSAGE: "};
    if (kind == PLACE_HEADED)
        return reading->warning;
    bool lesser = kind == PLACE_BARE;
    for (size_t i = 0; i < sizeof words / sizeof *words && kind == PLACE_LISTED; i++)
        lesser |= text_has(line, words[i]);
    return lesser;
}

/* Takes the line's frame in. */
static void take(struct reading *reading, size_t pattern, struct bytes line)
{
    const pcre2_code *before = reading->places->before[pattern];
    enum place_kind kind = place_patterns[pattern].kind;
    bool stack = kind == PLACE_STACK, lesser = is_lesser(reading, kind, line);
    struct frame frame = frame_of(reading, pattern, line);
    if (before != NULL && fits(reading, before, reading->line_before)) {
        free(frame.function);
        frame.function = bytes_dup(group(reading, before, "function", reading->line_before));
        reading->message->len = reading->line_at;
    }
    bool wanted = stack    ? counts(reading)
                  : lesser ? !is_among(reading->lesser.items, reading->lesser.len, &frame)
                           : !is_among(reading->listed.items, reading->listed.len, &frame);
    if (!wanted || reading->stack.len + reading->listed.len + reading->lesser.len >= FRAMES_MAX)
        frame_release(&frame);
    else if (stack)
        push(reading, &frame);
    else if (lesser)
        vec_push(&reading->lesser, frame);
    else
        vec_push(&reading->listed, frame);
    if (stack && wanted)
        reading->stack_end = reading->message->len;
}

/* Whether the line belongs to a stack, and not to what is said. */
static bool take_line(struct reading *reading, struct bytes line)
{
    if (bytes_starts(line, "warning") || bytes_starts(line, "error"))
        reading->warning = bytes_starts(line, "warning");
    for (size_t i = 0; i < place_pattern_count; i++) {
        const pcre2_code *before = reading->places->before[i];
        if (!fits(reading, reading->places->codes[i], line))
            continue;
        if (place_patterns[i].kind == PLACE_DROPPED)
            return true;
        if (before != NULL && reading->line_before.data == NULL)
            continue;
        take(reading, i, line);
        return place_patterns[i].kind == PLACE_STACK;
    }
    return false;
}

/* The stack outermost first, then places that the words name: one of them is where it went wrong. */
static void hand_over(struct reading *reading)
{
    struct trace *trace = reading->trace;
    struct frame *place;
    trace->listed = reading->stack.len == 0;
    if (reading->stack.len + reading->listed.len > 0)
        drop(reading->lesser.items, reading->lesser.len);
    else
        vec_each (place, &reading->lesser)
            vec_push(&trace->frames, *place);
    for (size_t i = reading->stack.len; i-- > 0;)
        vec_push(&trace->frames, reading->stack.items[i]);
    vec_each (place, &reading->listed) {
        if (is_among(reading->stack.items, reading->stack.len, place))
            frame_release(place);
        else
            vec_push(&trace->frames, *place);
    }
    vec_release(&reading->stack);
    vec_release(&reading->listed);
    vec_release(&reading->lesser);
}

bool places_read(const struct places *places, struct trace *trace, struct bytes text,
                 const struct trace_paths *paths, struct buf *message)
{
    struct reading reading = {.places = places, .paths = paths, .trace = trace, .message = message};
    size_t begin = message->len;
    struct bytes line;
    reading.match = pcre2_match_data_create(16, NULL);
    for (size_t at = 0; text_line(text, &at, &line);) {
        bool stack = take_line(&reading, text_plain(line, &reading.plain));
        reading.line_at = message->len;
        reading.line_before = line;
        if (stack) {
            reading.line_before.data = NULL;
            continue;
        }
        buf_add(message, line.data, line.len);
        buf_putc(message, '\n');
    }
    pcre2_match_data_free(reading.match);
    buf_release(&reading.plain);
    bool found = reading.stack.len + reading.listed.len + reading.lesser.len > 0;
    if (found)
        hand_over(&reading);
    else
        message->len = begin;
    return found;
}
