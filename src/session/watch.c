#include "session/private.h"

#include "plan/flaky.h"

#include <stdlib.h>

/* File times come from the kernel's coarse clock, which may be a tick behind; and a change is heard of a
 * settling time after it was made. */
#define CLOCK_SLACK_NS (10 * 1000000)
#define HEARD_WITHIN_NS (200 * 1000000)

/* Whether the newest run was on at that moment. */
static bool in_run(const struct session *session, int64_t when_ns)
{
    bool begun = session->serial > 0 && when_ns + CLOCK_SLACK_NS >= session->run_began_utc;
    return begun && (session->run_ended_utc == 0 || when_ns <= session->run_ended_utc);
}

/* The ids of the tests whose execution in this run covers the moment. */
static void running_at(const struct session *session, int64_t when_ns, struct strings *ids)
{
    for (size_t i = 0; i < session->model.listing.len; i++) {
        const struct test *test = &session->model.tests.items[session->model.listing.items[i]];
        bool runs = test->state == TEST_RUNNING;
        bool ran = test->state == TEST_DONE && when_ns <= test->started_ns + test->duration_ns;
        if ((runs || ran) && test->started_ns > 0 && when_ns + CLOCK_SLACK_NS >= test->started_ns)
            strings_add(ids, test->id);
    }
}

/* When the change was made: the file's own time; of a deletion only that it was a moment ago. */
static int64_t moment(const struct session *session, const struct watch_change *change)
{
    int64_t now = session_now();
    if (!change->deleted)
        return change->mtime_ns;
    bool just_ended = session->run_ended_utc > 0 && now - session->run_ended_utc < HEARD_WITHIN_NS;
    return just_ended ? session->run_ended_utc : now;
}

/* Whether the change is one that the tests make themselves. newly: this is said, as it turns out just now. */
static bool self_written(struct session *session, const struct watch_change *change, bool *newly)
{
    int64_t when_ns = moment(session, change);
    *newly = false;
    bool run = in_run(session, when_ns);
    if (selfwrite_is_passing(change->path) && (run || change->deleted))
        return true;
    if (run && session->loop_plan.state == LOOP_CANCELLING)
        return false;
    const char *culprit = NULL;
    struct strings ids = {0};
    if (run)
        running_at(session, when_ns, &ids);
    bool ignored = selfwrite_judge(&session->selfwrite, change->path, run ? &ids : NULL, newly, &culprit);
    if (*newly)
        session_notice(session, "%s is written by %s: no more runs for it until it is watched again",
                       change->path, culprit != NULL ? culprit : "the tests");
    strings_release(&ids);
    return ignored;
}

/* What is written in a settled set and is no edit. */
struct written {
    const char *first; /* NULL: nothing */
    size_t count;
};

static void add_written(struct written *written, const char *path)
{
    written->first = written->count++ == 0 ? path : written->first;
}

static void tell_written(struct session *session, const struct written *written, const char *why)
{
    if (written->count > 0)
        session_tell_ignored(session, written->first, written->count - 1, why);
}

static void changed(void *owner, const struct watch_changes *changes)
{
    struct session *session = owner;
    struct strings paths = {0};
    struct written by_us = {0}, by_tests = {0};
    for (size_t i = 0; i < changes->len; i++) {
        const char *path = changes->items[i].path;
        bool newly;
        repo_refresh_file(session->repo, path);
        session_tree_changed(session, path, changes->items[i].deleted);
        if (strings_find(&session->reports, path, NULL) == 0)
            add_written(&by_us, path);
        else if (!self_written(session, &changes->items[i], &newly))
            strings_add(&paths, path);
        else if (!newly)
            add_written(&by_tests, path);
    }
    tell_written(session, &by_us, "written by aloof");
    tell_written(session, &by_tests, "written by the tests");
    if (paths.len > 0) {
        flaky_changed(&session->model);
        session_step(session, &(struct loop_event){.kind = LOOP_CHANGED, .paths = &paths});
    }
    strings_release(&paths);
}

static void notice(void *owner, const char *text)
{
    session_notice(owner, "%s", text);
}

/* By its kind: what repo_ignored leaves alone whatever git says, or without git. */
static bool is_no_source(const struct session *session, const char *path)
{
    const char *slash = strrchr(path, '/');
    return repo_git_dir(session->repo) == NULL ||
           strcmp(slash != NULL ? slash + 1 : path, "__pycache__") == 0;
}

static void ignored(void *owner, enum watch_reason reason, const char *path, size_t others)
{
    static const char *const whys[WATCH_REASONS] = {
        [WATCH_RULES] = "left out by git's rules",
        [WATCH_DROPPING] = "made by an editor for itself",
        [WATCH_SAME] = "same content as before",
    };
    struct session *session = owner;
    bool kind = reason == WATCH_RULES && is_no_source(session, path);
    session_tell_ignored(session, path, others, kind ? "such directories hold no source" : whys[reason]);
}

static void repo_changed(void *owner)
{
    struct session *session = owner;
    free(session->branch);
    session->branch = repo_branch(session->repo);
    session_tree_look(session);
    session_failures_remark(session);
    session_touch(session);
}

static void closed(void *owner)
{
    struct session *session = owner;
    session->watch = NULL;
    session_part_closed(session);
}

const struct watch_events session_watch_events = {
    .changed = changed,
    .notice = notice,
    .ignored = ignored,
    .repo_changed = repo_changed,
    .closed = closed,
};
