/* Which of the red tests the keys are about, and going to another. */
#include "ui/lines_private.h"

#include "session/failure.h"
#include "trace/place.h"

#include <stdlib.h>

/* The red ones among the failures: positions in the snapshot. */
struct reds {
    VEC(size_t) at;
    size_t current; /* the one that keys are about; at.len: none of them */
};

static struct reds reds_of(const struct lines *lines)
{
    const struct snapshot *snapshot = &lines->snapshot;
    struct reds reds = {0};
    size_t current = SIZE_MAX;
    for (size_t i = 0; i < snapshot->failure_count; i++) {
        if (snapshot->failures[i].fixed)
            continue;
        if (snapshot->failures[i].test == lines->test)
            current = reds.at.len;
        vec_push(&reds.at, i);
    }
    reds.current = current < reds.at.len ? current : reds.at.len;
    return reds;
}

const struct failure *lines_selected(struct lines *lines)
{
    struct reds reds = reds_of(lines);
    const struct failure *failure = NULL;
    if (reds.at.len > 0)
        failure = &lines->snapshot.failures[reds.at.items[reds.current < reds.at.len ? reds.current : 0]];
    vec_release(&reds.at);
    if (failure == NULL)
        lines_put(lines, STYLE_PLAIN, "nothing is red");
    else
        lines->test = failure->test;
    return failure;
}

const struct test *lines_test(const struct lines *lines, const struct failure *failure)
{
    return &lines->snapshot.model->tests.items[failure->test];
}

bool lines_place(const struct lines *lines, const struct failure *failure, char **path, unsigned *line,
                 unsigned *column)
{
    const struct frame *frame = trace_likely(&failure->trace);
    const char *group = lines_test(lines, failure)->group;
    if (frame == NULL && (group == NULL || *group == '\0'))
        return false;
    *path = place_from(frame != NULL ? frame->path : group, lines->snapshot.here);
    *line = frame != NULL ? frame->line : 0;
    *column = frame != NULL ? frame->column : 0;
    return true;
}

void lines_tell_failure(struct lines *lines, const struct failure *failure, const char *before, size_t number,
                        size_t count)
{
    char *what = failure_line(lines_test(lines, failure), &failure->trace);
    char *path;
    unsigned line, column;
    lines_printf(lines, STYLE_RED, "%s%zu of %zu: %s", before, number, count, what);
    if (lines_place(lines, failure, &path, &line, &column)) {
        char *location = editor_location(&lines->opener.editor, path, line);
        lines_printf(lines, STYLE_CYAN, "   %s", location);
        free(location);
        free(path);
    }
    free(what);
}

static void go_to(struct lines *lines, const struct reds *reds, size_t to)
{
    const struct failure *failure = &lines->snapshot.failures[reds->at.items[to]];
    lines->test = failure->test;
    lines_tell_failure(lines, failure, "", to + 1, reds->at.len);
}

void lines_go(struct lines *lines, int step, bool last)
{
    struct reds reds = reds_of(lines);
    size_t to = last ? reds.at.len - 1 : 0;
    if (step != 0 && reds.current < reds.at.len)
        to = step > 0 ? reds.current + 1 : reds.current - 1;
    if (reds.at.len == 0) {
        lines_put(lines, STYLE_PLAIN, "nothing is red");
    } else if (to >= reds.at.len) {
        lines_put(lines, STYLE_PLAIN, step > 0 ? "that was the last" : "that was the first");
    } else {
        go_to(lines, &reds, to);
    }
    vec_release(&reds.at);
}

void lines_jump(struct lines *lines)
{
    struct reds reds = reds_of(lines);
    size_t to = (size_t)(lines->input - '1');
    if (to < reds.at.len)
        go_to(lines, &reds, to);
    else
        lines_printf(lines, STYLE_PLAIN, "there are %zu", reds.at.len);
    vec_release(&reds.at);
}
