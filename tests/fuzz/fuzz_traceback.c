/* Whatever a test wrote is read, told and made safe to draw. */
#include "trace/clean.h"
#include "trace/story.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_drawable(const char *text)
{
    struct buf clean = {0};
    clean_text(&clean, bytes_of(text), false);
    check(bytes_utf8(buf_bytes(&clean)));
    for (size_t i = 0; i < clean.len; i++)
        check(clean.data[i] == '\n' || (unsigned char)clean.data[i] >= ' ');
    size_t width, len = clean_cut(buf_bytes(&clean), 20, &width);
    check(width <= 20 && len <= clean.len && bytes_utf8((struct bytes){clean.data, len}));
    buf_release(&clean);
}

static void check_story(const struct trace *trace, bool unfold)
{
    const struct story_input input = {.label = "FAIL",
                                      .id = "tests/a.py::T::test_x",
                                      .trace = trace,
                                      .editor = "vim",
                                      .here = "tests/",
                                      .output = trace->message,
                                      .output_lines = 3,
                                      .unfold = unfold};
    struct story story;
    const struct story_line *line;
    const struct span *span;
    story_build(&story, &input);
    check(story.lines.len > 0 && story.lines.items[0].heading);
    vec_each (line, &story.lines) {
        check(line->frame >= -1 && line->frame < (int)trace->frames.len);
        check(!line->location || line->frame >= 0);
        vec_each (span, &line->spans)
            check_drawable(span->text);
    }
    story_release(&story);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct trace_paths paths = {.root = "/home/u/proj"};
    struct trace trace;
    const struct frame *frame;
    trace_parse(&trace, (struct bytes){(const char *)data, size}, &paths);
    check(trace.message != NULL);
    vec_each (frame, &trace.frames)
        check(frame->path != NULL && frame->kind != FRAME_RUNNER && frame->chained == (frame->lead != NULL));
    check_story(&trace, false);
    check_story(&trace, true);
    trace_release(&trace);
    return 0;
}
