#include "session_private.h"

#include "project/source_line.h"

#include <stdlib.h>

static bool foreign(void *owner, const char *path)
{
    struct session *session = owner;
    return repo_ignored(session->repo, path, false);
}

/* Where a failure's frames are to be found: its traceback, else the stack dump that a dying interpreter
 * wrote, else the runner's report. The caller frees. */
static char *story_text(const struct test *test)
{
    static const char *const names[] = {"traceback", "stderr", "report"};
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

static void mark(struct session *session, struct trace *trace)
{
    struct frame *frame;
    vec_each (frame, &trace->frames)
        if (frame->kind == FRAME_PROJECT && frame->line > 0)
            frame->changed = repo_line_changed(session->repo, frame->path, frame->line);
}

/* What Python prints with a frame, other languages do not. */
static void fill_sources(struct session *session, struct trace *trace)
{
    struct frame *frame;
    vec_each (frame, &trace->frames)
        if (frame->source == NULL && frame->kind == FRAME_PROJECT)
            frame->source = source_line(repo_root(session->repo), frame->path, frame->line);
}

static void read_trace(struct session *session, struct failure *failure)
{
    trace_release(&failure->trace);
    const struct trace_paths paths = {repo_root(session->repo), foreign, session, session->places};
    char *text = story_text(&session->model.tests.items[failure->test]);
    trace_parse(&failure->trace, bytes_of(text != NULL ? text : ""), &paths);
    free(text);
    fill_sources(session, &failure->trace);
    mark(session, &failure->trace);
}

static struct failure *find(struct session *session, size_t test)
{
    struct failure *failure;
    vec_each (failure, &session->failures)
        if (failure->test == test)
            return failure;
    return NULL;
}

void session_failure_update(struct session *session, size_t test)
{
    struct failure *failure = find(session, test);
    bool red = outcome_is_red(session->model.tests.items[test].outcome);
    if (failure == NULL && !red)
        return;
    if (failure == NULL) {
        vec_push(&session->failures, (struct failure){.test = test});
        failure = &session->failures.items[session->failures.len - 1];
    }
    failure->fixed = !session->model.tests.items[test].red;
    if (red)
        read_trace(session, failure);
    session->events->failed(session->owner, (size_t)(failure - session->failures.items));
}

void session_failures_recall(struct session *session)
{
    for (size_t i = 0; i < session->model.tests.len; i++)
        if (session->model.tests.items[i].red)
            vec_push(&session->failures, (struct failure){.test = i});
}

void session_failures_sweep(struct session *session, bool keep_fixed)
{
    size_t kept = 0;
    for (size_t i = 0; i < session->failures.len; i++) {
        struct failure *failure = &session->failures.items[i];
        if (session->model.tests.items[failure->test].red || (keep_fixed && failure->fixed))
            session->failures.items[kept++] = *failure;
        else
            trace_release(&failure->trace);
    }
    session->failures.len = kept;
    session_touch(session);
}

void session_failures_remark(struct session *session)
{
    struct failure *failure;
    vec_each (failure, &session->failures)
        mark(session, &failure->trace);
}

void session_failures_release(struct session *session)
{
    struct failure *failure;
    vec_each (failure, &session->failures)
        trace_release(&failure->trace);
    vec_release(&session->failures);
}
