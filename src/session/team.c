/* The teams: making them, and having them run together. */
#include "session/private.h"

#include <stdlib.h>

void session_teams_make(struct session *session, const struct recipe *recipes, size_t count)
{
    const char *environment = session->settings.environment;
    session->teams = mem_zero(count * sizeof *session->teams);
    session->team_count = count;
    for (size_t i = 0; i < count; i++)
        session->teams[i] = (struct team){
            .session = session,
            .number = (unsigned)i,
            .recipe = &recipes[i],
            .known_as = environment != NULL ? mem_printf("%s@%s", recipes[i].name, environment)
                                            : mem_strdup(recipes[i].name),
            .prefix = i == 0 ? mem_strdup("") : mem_printf("%s: ", recipes[i].name),
        };
}

static void open_pool(struct team *team)
{
    struct session *session = team->session;
    const struct settings *settings = &session->settings;
    char *recipe = session_recipe_source(team);
    const struct pool_options options = {
        .worker = {.self = session->self,
                   .recipe = recipe,
                   .framework = recipe_framework(team->recipe),
                   .python = session->python,
                   .source = session->worker_source,
                   .cwd = repo_root(session->repo),
                   .cache_dir = repo_state_dir(session->repo)},
        .slots = settings->boxes,
        .timeout_ms = settings->timeout_ms,
        .cold = !settings->warm,
        .profile = session->profile,
        .once = !session->watching && !session->idle && session->rounds.wanted == 1,
        .grace_ms = settings->grace_ms,
        .keep = settings->output_limit,
    };
    team->pool = pool_new(session->loop, &options, &session_pool_events, team);
    free(recipe);
    session->open_parts++;
    if (!team->idle)
        pool_warm(team->pool);
}

void session_teams_open(struct session *session)
{
    for (size_t i = 0; i < session->team_count; i++)
        open_pool(&session->teams[i]);
}

bool session_team_runs_all(const struct team *team)
{
    const struct session *session = team->session;
    const struct loop *plan = &session->loop_plan;
    bool wanted = session->settings.box == BOX_AUTO && !session->one_box && session->team_count == 1 &&
                  session_order(session).kind == ORDER_LEARNED;
    bool narrowed = plan->scope.len > 0 || plan->filter != NULL || session->shard.of > 1 ||
                    !selection_is_all(&plan->selection);
    return team->recipe->run_all.len > 0 && plan->run == RUN_ALL && team->all_files && wanted && !narrowed;
}

void session_team_run(struct team *team)
{
    pool_run(team->pool, team->session->serial, &team->args, team->all_files ? NULL : &team->files,
             session_team_runs_all(team));
}

void session_teams_run(struct session *session)
{
    const struct loop *plan = &session->loop_plan;
    session->own_positions.len = 0;
    for (size_t i = 0; i < session->team_count; i++) {
        struct team *team = &session->teams[i];
        strings_clear(&team->files);
        schedule_release(&team->schedule);
        team->listed.len = 0;
        bool involved = !team->idle && loop_involves(plan, &session->model, team->number);
        team->state = involved ? TEAM_LISTING : TEAM_OUT;
        if (team->state == TEAM_LISTING)
            team->all_files = !loop_files(plan, &session->model, team->number, &team->files);
    }
    for (size_t i = 0; i < session->team_count; i++)
        if (session->teams[i].state == TEAM_LISTING)
            session_team_run(&session->teams[i]);
}

void session_teams_cancel(struct session *session)
{
    for (size_t i = 0; i < session->team_count; i++)
        pool_cancel(session->teams[i].pool);
}

bool session_teams_are(const struct session *session, enum team_state state)
{
    for (size_t i = 0; i < session->team_count; i++)
        if (session->teams[i].state == state)
            return true;
    return false;
}

const struct team *session_team_known_as(const struct session *session, const char *recipe)
{
    for (size_t i = 0; i < session->team_count; i++)
        if (strcmp(session->teams[i].known_as, recipe) == 0)
            return &session->teams[i];
    return NULL;
}

const struct team *session_team_of(const struct session *session, size_t test)
{
    return &session->teams[session->model.tests.items[test].team];
}

const struct team *session_team_in(const struct session *session, unsigned slot)
{
    for (size_t i = 0; i < session->team_count; i++) {
        const struct team *team = &session->teams[i];
        if (team->pool != NULL && pool_slot(team->pool, slot).held > 0)
            return team;
    }
    return NULL;
}

size_t session_find(const struct session *session, const struct team *team, const char *own_id)
{
    if (own_id == NULL || team->prefix[0] == '\0')
        return own_id != NULL ? model_find(&session->model, bytes_of(own_id)) : MAP_NONE;
    char *id = mem_printf("%s%s", team->prefix, own_id);
    size_t test = model_find(&session->model, bytes_of(id));
    free(id);
    return test;
}

const char *session_own_id(const struct session *session, const struct test *test)
{
    return test->id + strlen(session->teams[test->team].prefix);
}

struct history_name session_name(const struct session *session, const struct test *test)
{
    return (struct history_name){session->teams[test->team].known_as, session_own_id(session, test)};
}

void session_teams_close(struct session *session)
{
    for (size_t i = 0; i < session->team_count; i++)
        pool_close(session->teams[i].pool);
}

void session_teams_release(struct session *session)
{
    for (size_t i = 0; i < session->team_count; i++) {
        struct team *team = &session->teams[i];
        schedule_release(&team->schedule);
        setups_release(&team->setups);
        affects_release(&team->affects);
        risks_release(&team->risks);
        strings_release(&team->args);
        strings_release(&team->files);
        vec_release(&team->listed);
        free(team->known_as);
        free(team->prefix);
        free(team->python);
        free(team->runner);
        free(team->said);
    }
    vec_release(&session->own_positions);
    free(session->teams);
}
