#include "session_private.h"

#include "project/source_line.h"

#include <stdlib.h>

/* Whose frames are read. */
struct reading {
    struct session *session;
    const struct test *test;
};

static bool foreign(void *owner, const char *path)
{
    const struct reading *reading = owner;
    return repo_ignored(reading->session->repo, path, false);
}

static const char *here(void *owner, const char *path)
{
    const struct reading *reading = owner;
    return session_find_here(reading->session, reading->test, path);
}

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

static void mark(struct session *session, struct failure *failure)
{
    struct frame *frame;
    bool differs = false;
    vec_each (frame, &failure->trace.frames) {
        bool before = frame->changed;
        if (frame->kind == FRAME_PROJECT && frame->line > 0)
            frame->changed = repo_line_changed(session->repo, frame->path, frame->line);
        differs |= frame->changed != before;
    }
    if (differs)
        failure->version = ++session->versions;
}

/* What Python prints with a frame, other languages do not. */
static void fill_sources(struct session *session, struct trace *trace)
{
    struct frame *frame;
    vec_each (frame, &trace->frames)
        if (frame->source == NULL && frame->kind == FRAME_PROJECT)
            frame->source = source_line(repo_root(session->repo), frame->path, frame->line);
}

/* Whether the test is a file, parts of which failed with it. */
static bool has_failing_parts(const struct session *session, const struct test *test)
{
    if (strcmp(test->id, test->group) != 0 || test->outcome == OUTCOME_COLLECTION)
        return false;
    const struct failure *failure;
    vec_each (failure, &session->failures) {
        const struct test *part = &session->model.tests.items[failure->test];
        bool beside = part != test && part->group == test->group; /* the model's: each name once */
        if (beside && part->red && part->state == TEST_DONE)
            return true;
    }
    return false;
}

/* A program that tells only by its exit status that it failed may have printed where (assert(3), a
 * sanitizer). Of a file whose parts fail that would be the places of all of them. */
static void look_in_output(struct trace *trace, const struct reading *reading,
                           const struct trace_paths *paths)
{
    static const char *const names[] = {"stderr", "stdout"};
    const struct test *test = reading->test;
    bool parts = has_failing_parts(reading->session, test);
    char *told = result_text(test->result, "traceback");
    for (size_t i = 0; i < 2 && told == NULL && !parts && trace->frames.len == 0; i++) {
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

static void read_trace(struct session *session, struct failure *failure)
{
    trace_release(&failure->trace);
    struct reading reading = {session, &session->model.tests.items[failure->test]};
    const struct trace_paths paths = {repo_root(session->repo), foreign, here, &reading, session->places};
    char *text = story_text(reading.test);
    trace_parse(&failure->trace, bytes_of(text != NULL ? text : ""), &paths);
    look_in_output(&failure->trace, &reading, &paths);
    free(text);
    fill_sources(session, &failure->trace);
    mark(session, failure);
}

/* What keeps tests from running at all: until it is mended, nothing new is known of those. */
static bool comes_first(const struct session *session, size_t index)
{
    const struct test *test = &session->model.tests.items[index];
    bool builds = session_team_of(session, index)->recipe->build.len > 0;
    return test->outcome == OUTCOME_COLLECTION ||
           (builds && strcmp(session_own_id(session, test), RECIPE_BUILD_ID) == 0);
}

/* Behind all others; one that comes first, behind those that do. */
static void add(struct session *session, size_t test)
{
    bool first = comes_first(session, test);
    size_t at = first ? 0 : session->failures.len;
    while (at < session->failures.len && comes_first(session, session->failures.items[at].test))
        at++;
    while (session->failure_at.len <= test)
        vec_push(&session->failure_at, MAP_NONE);
    bool outside = !loop_concerns(&session->loop_plan, &session->model.tests.items[test]);
    vec_push(&session->failures, (struct failure){0});
    memmove(session->failures.items + at + 1, session->failures.items + at,
            (session->failures.len - 1 - at) * sizeof *session->failures.items);
    session->failures.items[at] =
        (struct failure){.test = test, .outside = outside, .version = ++session->versions};
    for (size_t i = at; i < session->failures.len; i++)
        session->failure_at.items[session->failures.items[i].test] = i;
}

static size_t find(const struct session *session, size_t test)
{
    return test < session->failure_at.len ? session->failure_at.items[test] : MAP_NONE;
}

void session_failure_update(struct session *session, size_t test)
{
    bool red = outcome_is_red(session->model.tests.items[test].outcome);
    if (find(session, test) == MAP_NONE && !red)
        return;
    if (find(session, test) == MAP_NONE)
        add(session, test);
    struct failure *failure = &session->failures.items[find(session, test)];
    failure->fixed = !session->model.tests.items[test].red;
    if (red)
        read_trace(session, failure);
    failure->version = ++session->versions;
    session->events->failed(session->owner, find(session, test));
}

void session_failures_recall(struct session *session)
{
    for (size_t i = 0; i < session->model.tests.len; i++)
        if (session->model.tests.items[i].red)
            add(session, i);
}

void session_failures_sweep(struct session *session, bool keep_fixed)
{
    size_t kept = 0;
    for (size_t i = 0; i < session->failures.len; i++) {
        struct failure *failure = &session->failures.items[i];
        bool keep = session->model.tests.items[failure->test].red || (keep_fixed && failure->fixed);
        session->failure_at.items[failure->test] = keep ? kept : MAP_NONE;
        if (keep)
            session->failures.items[kept++] = *failure;
        else
            trace_release(&failure->trace);
    }
    session->failures.len = kept;
    session_touch(session);
}

void session_failure_touch(struct session *session, size_t test)
{
    if (find(session, test) != MAP_NONE)
        session->failures.items[find(session, test)].version = ++session->versions;
}

void session_failures_remark(struct session *session)
{
    struct failure *failure;
    vec_each (failure, &session->failures)
        mark(session, failure);
}

void session_failures_release(struct session *session)
{
    struct failure *failure;
    vec_each (failure, &session->failures)
        trace_release(&failure->trace);
    vec_release(&session->failures);
    vec_release(&session->failure_at);
}
