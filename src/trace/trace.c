#include "trace/trace.h"

#include "trace/dump.h"
#include "trace/frame.h"
#include "trace/origin.h"
#include "trace/places.h"
#include "trace/text.h"
#include "trace/traceback.h"

/* What of one stack stays: bounds are of its frames, project ones from first to last. */
struct stack {
    size_t begin, end;
    size_t first, last; /* first = end: no project frame */
    bool from_runner;
};

static bool is_noise(const struct frame *frame)
{
    return frame->kind == FRAME_RUNNER || origin_is_loop(frame->path);
}

static struct stack stack_of(const struct trace *trace, size_t begin, size_t end)
{
    struct stack stack = {.begin = begin, .end = end, .first = end, .last = end};
    for (size_t i = begin; i < end; i++) {
        if (trace->frames.items[i].kind != FRAME_PROJECT)
            continue;
        stack.first = stack.first == end ? i : stack.first;
        stack.last = i;
    }
    stack.from_runner = begin < end && is_noise(&trace->frames.items[begin]);
    return stack;
}

static bool stays(const struct trace *trace, const struct stack *stack, size_t at)
{
    const struct frame *frame = &trace->frames.items[at];
    if (stack->first == stack->end)
        return frame->kind != FRAME_RUNNER;
    if (at < stack->first)
        return !stack->from_runner && !is_noise(frame);
    return at < stack->last || frame->kind != FRAME_RUNNER;
}

/* Moves the frames of a stack that stay to `to`, and hangs `lead` before the first of them. Returns behind
 * the last. */
static size_t keep_frames(struct trace *trace, const struct stack *stack, size_t to, struct buf *lead)
{
    for (size_t i = stack->begin; i < stack->end; i++) {
        bool kept = stays(trace, stack, i);
        struct frame frame = trace->frames.items[i];
        trace->frames.items[i] = (struct frame){0};
        if (!kept) {
            frame_release(&frame);
            continue;
        }
        if (frame.kind == FRAME_RUNNER)
            frame.kind = FRAME_FOREIGN;
        if (lead->len > 0) {
            frame.chained = true;
            frame.lead = buf_take(lead);
        }
        trace->frames.items[to++] = frame;
    }
    return to;
}

/* Drops the runner's frames. The lead of an exception none of whose frames stays goes before the next. */
static void keep_project(const struct traceback *found, struct buf *lead)
{
    struct trace *trace = found->trace;
    size_t to = 0;
    for (size_t i = 0; i < found->parts.len; i++) {
        struct part *part = &found->parts.items[i];
        size_t end = i + 1 < found->parts.len ? part[1].first : trace->frames.len;
        size_t before = lead->len;
        if (part->lead != NULL)
            buf_printf(lead, "%s%s", lead->len > 0 ? "\n" : "", part->lead);
        struct stack stack = stack_of(trace, part->first, end);
        to = keep_frames(trace, &stack, to, lead);
        if (part->sub && lead->len > before) {
            lead->len = before;
            lead->data[before] = '\0';
        }
    }
    trace->frames.len = to;
}

static char *take_text(struct buf *message, struct buf *lead)
{
    text_chop(message, 0);
    if (lead->len > 0)
        buf_printf(lead, "\n%s", buf_str(message));
    struct bytes text = buf_bytes(lead->len > 0 ? lead : message);
    while (text.len > 0 && (text.data[0] == '\n' || text.data[0] == '\r'))
        text = (struct bytes){text.data + 1, text.len - 1};
    return mem_dup(text.data, text.len);
}

/* Of a text without a traceback: what other languages write in its stead. */
static void read_places(struct traceback *found, struct bytes text, const struct trace_paths *paths)
{
    struct buf message = {0};
    if (places_read(paths->places, found->trace, text, paths, &message)) {
        buf_release(&found->message);
        found->message = message;
        vec_push(&found->parts, (struct part){0});
    } else {
        buf_release(&message);
    }
}

/* A text that begins with a traceback is one, whatever its message quotes; else a dump counts more than
 * tracebacks that were printed before it. */
void trace_parse(struct trace *trace, struct bytes text, const struct trace_paths *paths)
{
    *trace = (struct trace){0};
    struct traceback found = {.trace = trace};
    struct buf lead = {0};
    if (!traceback_opens(text) && dump_start(text) < text.len) {
        dump_read(trace, text, paths, &found.message);
        vec_push(&found.parts, (struct part){0});
    } else {
        traceback_read(&found, text, paths);
    }
    if (trace->frames.len == 0 && paths->places != NULL)
        read_places(&found, text, paths);
    keep_project(&found, &lead);
    trace->message = take_text(&found.message, &lead);
    traceback_release(&found);
    buf_release(&lead);
}

size_t trace_dump_start(struct bytes text)
{
    return dump_start(text);
}

const struct frame *trace_likely(const struct trace *trace)
{
    const struct frame *frame, *likely = NULL;
    vec_each (frame, &trace->frames) {
        bool first = likely == NULL || (likely->kind != FRAME_PROJECT && frame->kind == FRAME_PROJECT);
        if (first || (frame->changed && !(trace->listed && likely->changed)) ||
            (frame->kind == FRAME_PROJECT && !likely->changed && !trace->listed))
            likely = frame;
    }
    return likely;
}

void trace_release(struct trace *trace)
{
    struct frame *frame;
    vec_each (frame, &trace->frames)
        frame_release(frame);
    vec_release(&trace->frames);
    free(trace->message);
    trace->message = NULL;
}
