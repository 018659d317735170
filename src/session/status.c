#include "session/private.h"

#include "plan/estimate.h"

static int64_t time_left(const struct session *session)
{
    if (session_teams_are(session, TEAM_LISTING))
        return -1;
    unsigned slots = session->settings.boxes;
    size_t *running = mem_zero(slots * sizeof *running);
    size_t count = 0;
    for (unsigned i = 0; i < slots; i++) {
        const struct team *team = session_team_in(session, i);
        size_t test = team != NULL ? session_find(session, team, pool_slot(team->pool, i).test_id) : MAP_NONE;
        if (test != MAP_NONE)
            running[count++] = test;
    }
    int64_t left_ns = estimate_left(&session->model, slots, running, count, session_now());
    free(running);
    return left_ns;
}

struct session_slot session_slot(const struct session *session, unsigned slot)
{
    const struct session_slot idle = {0};
    const struct team *team = slot < session->settings.boxes ? session_team_in(session, slot) : NULL;
    if (team == NULL)
        return idle;
    struct pool_slot_view view = pool_slot(team->pool, slot);
    int64_t since_ns = (int64_t)uv_hrtime() - view.since_ns;
    if (!progress_shows(view.stage, since_ns))
        return idle;
    size_t at = session_find(session, team, view.newest_id);
    const struct test *test = at != MAP_NONE ? &session->model.tests.items[at] : NULL;
    return (struct session_slot){
        .test_id = test != NULL ? test->id : view.newest_id,
        .running_ns = since_ns,
        .usual_ns = test != NULL ? session_usual(session, test) : 0,
        .stage = view.stage,
    };
}

/* Whether that is so of the pool of any team. */
static bool any_pool(const struct session *session, bool is(const struct pool *pool))
{
    for (size_t i = 0; i < session->team_count; i++)
        if (session->teams[i].pool != NULL && is(session->teams[i].pool))
            return true;
    return false;
}

/* Whether no worker that has to do with the run is there yet. */
static bool is_starting(const struct session *session)
{
    bool starting = false;
    for (size_t i = 0; i < session->team_count; i++) {
        const struct pool *pool = session->teams[i].pool;
        if (pool != NULL && pool_running(pool) && !pool_starting(pool))
            return false;
        starting = starting || (pool != NULL && pool_starting(pool));
    }
    return starting;
}

void session_status(const struct session *session, struct session_status *status)
{
    const char *root = repo_root(session->repo);
    const char *base = strrchr(root, '/');
    bool running = any_pool(session, pool_running), listing = session_teams_are(session, TEAM_LISTING);
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
        .all_in =
            running && !listing && session->model.asked > 0 && session->model.done >= session->model.asked,
        .stopped = session->stopped,
        .starting = is_starting(session),
        .collecting = listing,
        .killing = any_pool(session, pool_breaking),
        .because = session->loop_plan.because,
        .risky = session->risky,
        .affected = session->risky + session->affected < session->model.asked ? session->affected : 0,
        .run_ns = (int64_t)(running ? uv_hrtime() - session->run_began : session->run_took),
        .left_ns = running ? time_left(session) : -1,
        .verdict_at_ns = session->verdict_at,
        .reran = session->model.done,
        .broken = session->broken,
        .nothing = session->nothing,
        .filters = session->loop_plan.filters,
        .filter = session->loop_plan.filter,
        .step = steps_test(&session->loop_plan.steps),
    };
    status->step_at = steps_place(&session->loop_plan.steps, &session->model, &status->steps);
    const struct selfwrite_entry *entry;
    vec_each (entry, &session->selfwrite.entries)
        status->selfwritten += entry->ignored;
}
