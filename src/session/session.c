#include "session/private.h"

#include "project/python.h"
#include "project/targets.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t session_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void session_touch(struct session *session)
{
    session->dirty = true;
}

static void on_said(void *owner, const char *origin, const char *text)
{
    struct session *session = owner;
    if (!session->closing)
        session->events->said(session->owner, origin, text);
    session_touch(session);
}

static void tell_of_history(struct session *session)
{
    char *notice = history_notice(session->history);
    if (notice != NULL)
        session_notice(session, "%s", notice);
    free(notice);
}

static void before_wait(uv_prepare_t *handle)
{
    struct session *session = handle->data;
    tell_of_history(session);
    if (!session->dirty || session->closing)
        return;
    session->dirty = false;
    if (session->reporter != NULL && session->reporter->turn != NULL)
        session->reporter->turn(session->reporter_owner);
    session->events->changed(session->owner);
}

/* What is known of tests of other recipes waits until these are used again. */
static bool recall(void *owner, const struct history_test *known)
{
    struct session *session = owner;
    const struct team *team = session_team_known_as(session, known->name.recipe);
    if (team == NULL)
        return true;
    char *id = *team->prefix != '\0' ? mem_printf("%s%s", team->prefix, known->name.id) : NULL;
    struct test *test = model_recall(&session->model, id != NULL ? id : known->name.id, known->group,
                                     outcome_parse(known->outcome));
    free(id);
    test->team = team->number;
    test->fragile = known->fragile;
    test->runnable = known->runnable;
    test->red_runs = known->red_runs;
    test->duration_ns = known->duration_ns;
    test->usual_ns = known->usual_ns;
    test->cpu_ns = known->cpu_ns;
    test->flaky = known->flaky;
    test->recalled_ns = known->time_ns;
    model_set_red(&session->model, (size_t)(test - session->model.tests.items), known->red);
    return true;
}

/* The reports that are written into the project: they are no edits. */
static void find_reports(struct session *session)
{
    const struct settings *settings = &session->settings;
    const char *const files[] = {settings->subunit, settings->junit, settings->locations};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *inside =
            files[i] != NULL ? target_file(files[i], session->cwd, repo_root(session->repo)) : NULL;
        if (inside != NULL)
            strings_take(&session->reports, inside);
    }
}

static void open_history(struct session *session, bool forgetful)
{
    char *notice = NULL;
    history_open(&session->history, repo_state_dir(session->repo), &session->settings.history_keep, &notice);
    if (notice != NULL)
        session_notice(session, "%s", notice);
    free(notice);
    if (forgetful)
        history_freeze(session->history);
    history_each(session->history, recall, session);
    session_learned_recall(session);
    session_failures_recall(session);
}

static void release(struct session *session)
{
    session_load_free(session);
    session_files_free(session);
    chatter_release(&session->chatter);
    history_close(session->history);
    session_failures_release(session);
    places_free(session->places);
    suffixes_release(&session->tree);
    session_teams_release(session);
    selfwrite_release(&session->selfwrite);
    loop_release(&session->loop_plan);
    model_release(&session->model);
    repo_free(session->repo);
    strings_release(&session->covered);
    strings_release(&session->killed);
    strings_release(&session->reports);
    strings_release(&session->list);
    rounds_release(&session->rounds);
    strings_release(&session->routes);
    map_release(&session->retried);
    strings_release(&session->names);
    free(session->cwd);
    free(session->python);
    free(session->here);
    free(session->branch);
    free(session->runner);
    free(session->broken);
    free(session->self);
    free(session->worker_source);
    free(session);
}

/* What can fail, before anything is there that needs the loop to close it. */
static int prepare(struct session *session, const struct session_options *options, struct error *error)
{
    session->settings = *options->settings;
    session->repo = options->repo;
    session->watching = options->watch;
    session->idle = options->idle;
    session->profile = options->profile;
    session->cwd = mem_strdup(options->cwd);
    session->self = mem_strdup(options->self);
    session->worker_source = mem_strdup(options->worker);
    session_teams_make(session, options->recipes, options->recipe_count);
    if (session_recipe_boxes(session, error) < 0)
        return -EINVAL;
    session->python = python_find(session->settings.python, getenv("VIRTUAL_ENV"), repo_root(session->repo));
    session->here = target_here(options->cwd, repo_root(session->repo));
    session->branch = repo_branch(session->repo);
    model_init(&session->model, session->settings.output_limit);
    loop_init(&session->loop_plan);
    for (size_t i = 0; session->settings.loop_scope == 1 && i < session->team_count; i++)
        vec_push(&session->loop_plan.affects, &session->teams[i].affects);
    session->places = places_new();
    find_reports(session);
    if (options->load != NULL)
        session_load_new(session, options->load);
    int bad = session_choose(session, error);
    for (size_t i = 0; bad == 0 && i < session->team_count; i++)
        bad = session_team_args(&session->teams[i], error);
    return bad;
}

int session_open(struct session **out, uv_loop_t *loop, const struct session_options *options,
                 const struct session_events *events, void *owner, struct error *error)
{
    struct session *session = mem_zero(sizeof *session);
    session->loop = loop;
    session->events = events;
    session->owner = owner;
    session->chatter.line = on_said;
    session->chatter.owner = session;
    int bad = prepare(session, options, error);
    if (bad != 0) {
        release(session);
        return bad;
    }
    uv_prepare_init(loop, &session->before_wait);
    session->before_wait.data = session;
    uv_prepare_start(&session->before_wait, before_wait);
    uv_unref((uv_handle_t *)&session->before_wait);
    uv_timer_init(loop, &session->flush);
    session->flush.data = session;
    uv_timer_init(loop, &session->calm);
    session->calm.data = session;
    session->open_parts += 3;
    session_teams_open(session); /* their start takes longest, so it comes first */
    open_history(session, options->forgetful);
    *out = session;
    return 0;
}

void session_report_to(struct session *session, const struct session_reporter *reporter, void *owner)
{
    session->reporter = reporter;
    session->reporter_owner = owner;
}

/* The first run. */
static void begin(struct session *session)
{
    const struct settings *settings = &session->settings;
    if (session->load != NULL)
        session_step(session, &(struct loop_event){.kind = LOOP_LOAD, .pattern = session_load_name(session)});
    else if (settings->failing || settings->load_list != NULL)
        session_list_begin(session);
    else
        session_step(session, &(struct loop_event){.kind = session->watching ? LOOP_START : LOOP_RUN_ALL});
}

int session_start(struct session *session, struct error *error)
{
    if (session->watching) {
        const struct watch_options options = {.settle_ms = session->settings.settle_ms};
        int bad = watch_start(&session->watch, session->loop, session->repo, &options, &session_watch_events,
                              session, error);
        if (bad != 0)
            return bad;
        session->open_parts++;
        if (session->settings.recipes.list.len == 0)
            session_beside_look(session);
    }
    if (!session->idle)
        begin(session);
    return 0;
}

static bool is_all_unknown(const struct session *session)
{
    const struct test *test;
    vec_each (test, &session->model.tests)
        if (test->red && !test->unknown)
            return false;
    return true;
}

void session_rerun_red(struct session *session)
{
    bool filtered = session->loop_plan.filter != NULL;
    if (session->model.red == 0)
        session_notice(session, "nothing is red");
    else if (is_all_unknown(session))
        session_notice(session, "what is red is unknown here; a runs all tests of this project");
    else if (filtered && loop_red(&session->loop_plan, &session->model) == 0)
        session_notice(session, "nothing that matches the filter is red");
    session_step(session, &(struct loop_event){.kind = LOOP_RERUN_RED});
}

void session_run_all(struct session *session)
{
    session_step(session, &(struct loop_event){.kind = LOOP_RUN_ALL});
}

void session_run_one(struct session *session, size_t test)
{
    const struct test *one = &session->model.tests.items[test];
    if (one->unknown)
        session_notice(session, "%s is unknown here, it cannot be run", one->id);
    else
        session_step(session, &(struct loop_event){.kind = LOOP_RUN_ONE, .test = test});
}

void session_stop_run(struct session *session)
{
    session_step(session, &(struct loop_event){.kind = LOOP_STOP});
}

void session_pause(struct session *session, bool paused)
{
    session_step(session, &(struct loop_event){.kind = paused ? LOOP_PAUSE : LOOP_RESUME});
}

void session_watch_again(struct session *session)
{
    size_t count = selfwrite_forget(&session->selfwrite);
    session_notice(session, "%zu ignored file%s watched again", count, count == 1 ? " is" : "s are");
}

const struct model *session_model(const struct session *session)
{
    return &session->model;
}

const struct failure *session_failures(const struct session *session, size_t *count)
{
    *count = session->failures.len;
    return session->failures.items;
}

void session_recipes(const struct session *session, struct strings *names)
{
    for (size_t i = 0; i < session->team_count; i++)
        strings_add(names, session->teams[i].recipe->name);
}

const char *session_root(const struct session *session)
{
    return repo_root(session->repo);
}

const char *session_here(const struct session *session)
{
    return session->here;
}

void session_part_closed(struct session *session)
{
    if (--session->open_parts > 0)
        return;
    const struct session_events *events = session->events;
    void *owner = session->owner;
    history_settle(session->history);
    tell_of_history(session);
    release(session);
    events->closed(owner);
}

static void handle_closed(uv_handle_t *handle)
{
    session_part_closed(handle->data);
}

/* What still runs ends with us. */
static void tell_quit(struct session *session)
{
    for (unsigned i = 0; i < session->settings.boxes; i++) {
        struct session_slot slot = session_slot(session, i);
        if (slot.stage != STAGE_CLEANING)
            session_killed(session, bytes_of(slot.test_id));
    }
    session_tell_killed(session, "aloof quits");
}

void session_close(struct session *session)
{
    if (session->closing)
        return;
    tell_quit(session);
    session->closing = true;
    if (session->reporter != NULL && session->reporter->closing != NULL)
        session->reporter->closing(session->reporter_owner);
    uv_close((uv_handle_t *)&session->before_wait, handle_closed);
    uv_close((uv_handle_t *)&session->flush, handle_closed);
    uv_close((uv_handle_t *)&session->calm, handle_closed);
    session_teams_close(session);
    session_load_close(session);
    session_files_close(session);
    if (session->watch != NULL)
        watch_close(session->watch);
}
