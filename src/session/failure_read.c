#include "session/failure_read.h"

#include "project/source_line.h"

#include <stdlib.h>

/* Where a failure's frames are to be found: its traceback, else the stack dump that a dying interpreter
 * wrote, else what the runner has to say of it. The caller frees. */
static char *story_text(const struct test *test)
{
    static const char *const names[] = {"traceback", "stderr", "report", "message"};
    if (test->result == NULL)
        return NULL;
    bool died = test->outcome == OUTCOME_CRASHED || test->outcome == OUTCOME_TIMEOUT;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (i == 1 && !died)
            continue;
        char *text = result_text(test->result, names[i]);
        if (text != NULL)
            return text;
    }
    return NULL;
}

/* What Python prints with a frame, other languages do not. */
static void fill_sources(struct trace *trace, const char *root)
{
    struct frame *frame;
    vec_each (frame, &trace->frames)
        if (frame->source == NULL && frame->kind == FRAME_PROJECT)
            frame->source = source_line(root, frame->path, frame->line);
}

/* A program that tells only by its exit status that it failed may have printed where (assert(3), a
 * sanitizer). */
static void look_in_output(struct trace *trace, const struct test *test, const struct trace_paths *paths)
{
    static const char *const names[] = {"stderr", "stdout"};
    char *told = result_text(test->result, "traceback");
    for (size_t i = 0; i < 2 && told == NULL && trace->frames.len == 0; i++) {
        struct trace found;
        char *text = result_text(test->result, names[i]);
        trace_parse(&found, bytes_of(text != NULL ? text : ""), paths);
        free(text);
        if (found.frames.len > 0) {
            free(found.message);
            found.message = mem_strdup(trace->message);
            found.printed = true;
            trace_release(trace);
            *trace = found;
        } else {
            trace_release(&found);
        }
    }
    free(told);
}

void failure_read(struct trace *trace, const struct test *test, const struct trace_paths *paths,
                  bool has_failing_parts)
{
    char *text = story_text(test);
    trace_parse(trace, bytes_of(text != NULL ? text : ""), paths);
    if (!has_failing_parts)
        look_in_output(trace, test, paths);
    free(text);
    fill_sources(trace, paths->root);
}
