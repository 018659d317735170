#include "session_private.h"

#include "plan/estimate.h"

static int64_t time_left(const struct session *session)
{
    unsigned slots = pool_slots(session->pool);
    size_t *running = mem_zero(slots * sizeof *running);
    size_t count = 0;
    for (unsigned i = 0; i < slots; i++) {
        const char *id = pool_slot(session->pool, i).test_id;
        size_t test = id != NULL ? model_find(&session->model, bytes_of(id)) : MAP_NONE;
        if (test != MAP_NONE)
            running[count++] = test;
    }
    int64_t left_ns =
        session->collecting ? -1 : estimate_left(&session->model, slots, running, count, session_now());
    free(running);
    return left_ns;
}

struct session_slot session_slot(const struct session *session, unsigned slot)
{
    const struct session_slot idle = {0};
    if (session->pool == NULL || slot >= pool_slots(session->pool))
        return idle;
    struct pool_slot_view view = pool_slot(session->pool, slot);
    int64_t since_ns = (int64_t)uv_hrtime() - view.since_ns;
    if (!progress_shows(view.stage, since_ns))
        return idle;
    size_t test = model_find(&session->model, bytes_of(view.newest_id));
    return (struct session_slot){
        .test_id = view.newest_id,
        .running_ns = since_ns,
        .usual_ns = test != MAP_NONE ? session->model.tests.items[test].usual_ns : 0,
        .stage = view.stage,
    };
}

void session_status(const struct session *session, struct session_status *status)
{
    const char *root = repo_root(session->repo);
    const char *base = strrchr(root, '/');
    bool running = session->pool != NULL && pool_running(session->pool);
    *status = (struct session_status){
        .project = base != NULL && base[1] != '\0' ? base + 1 : root,
        .branch = session->branch,
        .runner = session->runner,
        .git = repo_git_dir(session->repo) != NULL,
        .added = session->added,
        .modified = session->modified,
        .dirs = session->watch != NULL ? watch_dirs(session->watch) : 0,
        .polled = session->watch != NULL ? watch_polled(session->watch) : 0,
        .boxes = session->settings.boxes,
        .state = session->loop_plan.state,
        .run = session->loop_plan.run,
        .verdict = session->loop_plan.verdict,
        .paused = session->loop_plan.paused,
        .all_in = running && session->model.asked > 0 && session->model.done >= session->model.asked,
        .stopped = session->stopped,
        .starting = session->pool != NULL && pool_starting(session->pool),
        .collecting = session->collecting,
        .killing = session->pool != NULL && pool_breaking(session->pool),
        .because = session->loop_plan.because,
        .run_ns = (int64_t)(running ? uv_hrtime() - session->run_began : session->run_took),
        .left_ns = running ? time_left(session) : -1,
        .verdict_at_ns = session->verdict_at,
        .reran = session->model.done,
        .broken = session->broken,
        .filters = session->loop_plan.filters,
        .filter = session->loop_plan.filter,
        .step = steps_test(&session->loop_plan.steps),
    };
    status->step_at = steps_place(&session->loop_plan.steps, &session->model, &status->steps);
    const struct selfwrite_entry *entry;
    vec_each (entry, &session->selfwrite.entries)
        status->selfwritten += entry->ignored;
}
