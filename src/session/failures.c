#include "session/private.h"

#include "session/failure_read.h"

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

static void read_trace(struct session *session, struct failure *failure)
{
    trace_release(&failure->trace);
    struct reading reading = {session, &session->model.tests.items[failure->test]};
    const struct trace_paths paths = {repo_root(session->repo), foreign, here, &reading, session->places};
    failure_read(&failure->trace, reading.test, &paths, has_failing_parts(session, reading.test));
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
        if (session->model.tests.items[i].red) {
            add(session, i);
            if (session_texts_recall(session, i))
                read_trace(session, &session->failures.items[find(session, i)]);
        }
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
