/* What the teams report of a run, and whose boxes a slot holds next. A slot belongs to the team whose boxes
 * it holds; a free one to the team whose next parcel goes before those of the others. */
#include "session/private.h"

#include "plan/parts.h"

#include <stdlib.h>

#define RUNNER_ID "runner" /* the test that is red when a team cannot do its work */

/* Whether the team may have a box in that slot now. */
static bool may_enter(const struct team *team, unsigned slot)
{
    if (schedule_is_empty(&team->schedule))
        return false;
    const struct session *session = team->session;
    for (unsigned i = 0; session->one_box && i < session->settings.boxes; i++)
        if (i != slot && session_team_in(session, i) != NULL)
            return false;
    for (unsigned i = 0; team->recipe->unsafe && i < pool_slots(team->pool); i++)
        if (i != slot && pool_slot(team->pool, i).held > 0)
            return false;
    return true;
}

/* The team that a slot's next box comes from, NULL none. */
static struct team *next_team(struct session *session, unsigned slot)
{
    struct team *next = NULL;
    for (size_t i = 0; i < session->team_count; i++) {
        struct team *team = &session->teams[i];
        if (may_enter(team, slot) && (next == NULL || schedule_precedes(&team->schedule, &next->schedule)))
            next = team;
    }
    return next;
}

static void give(struct team *team, unsigned slot)
{
    struct session *session = team->session;
    struct model *model = &session->model;
    const struct parcel *parcel = schedule_take(&team->schedule, model, &team->setups);
    size_t count = parcel->positions.len;
    const char **ids = mem_zero(count * sizeof *ids);
    uint32_t *positions = mem_zero(count * sizeof *positions);
    size_t *tests = mem_zero(count * sizeof *tests);
    struct strings *parts = mem_zero(count * sizeof *parts);
    for (size_t i = 0; i < count; i++) {
        uint32_t position = parcel->positions.items[i];
        tests[i] = model->listing.items[position];
        if (model->tests.items[tests[i]].state == TEST_DONE)
            model_again(model, tests[i]);
        ids[i] = session_own_id(session, &model->tests.items[tests[i]]);
        positions[i] = session->own_positions.items[position];
    }
    parts_names(model, tests, count, parts);
    pool_give(team->pool, slot, positions, ids, parts, count);
    for (size_t i = 0; i < count; i++)
        strings_release(&parts[i]);
    free(parts);
    free(tests);
    free(positions);
    free(ids);
}

static void on_hungry(void *owner, unsigned slot)
{
    struct team *team = owner;
    struct session *session = team->session;
    if (session->stop_on_failure || schedule_is_empty(&team->schedule))
        pool_finish(team->pool);
    const struct team *holder = session_team_in(session, slot);
    if (session->stop_on_failure || (holder != NULL && holder != team))
        return;
    struct team *next = next_team(session, slot);
    unsigned held = pool_slot(team->pool, slot).held;
    if (next == team && schedule_may_wait(&team->schedule, held, pool_slots(team->pool)))
        give(team, slot);
    else if (next != NULL && next != team && held == 0)
        pool_feed(next->pool);
}

static void on_returned(void *owner, const uint32_t *own, size_t count)
{
    struct team *team = owner;
    uint32_t *positions = mem_zero(count * sizeof *positions);
    for (size_t i = 0; i < count; i++)
        positions[i] = team->listed.items[own[i]];
    schedule_return(&team->schedule, positions, count);
    free(positions);
}

static bool all_is_asked(const struct team *team)
{
    const struct model *model = &team->session->model;
    size_t at = 0;
    while (at < team->listed.len &&
           model->tests.items[model->listing.items[team->listed.items[at]]].state == TEST_ASKED)
        at++;
    return at == team->listed.len;
}

/* Where a process costs much to begin with, fewer are better, and one where it can run all side by side
 * itself; unless the person wants it otherwise. */
static enum box_mode box_mode(const struct settings *settings, const struct team *team)
{
    if (team->session->one_box || (session_team_runs_all(team) && all_is_asked(team)))
        return BOX_ONE;
    return settings->box == BOX_AUTO && team->recipe->slow ? BOX_FEW : (enum box_mode)settings->box;
}

static void deal(struct team *team)
{
    struct session *session = team->session;
    const struct order order = session_order(session);
    enum box_mode mode = box_mode(&session->settings, team);
    unsigned boxes = team->recipe->unsafe ? 1 : session->settings.boxes;
    struct session_facts facts;
    session_facts_gather(team, &facts);
    session_facts_count(team, &facts);
    if (order.kind != ORDER_LEARNED || mode == BOX_ONE)
        order_deal(&team->schedule, &session->model, team->number, &order, mode, boxes);
    else
        schedule_deal(&team->schedule, &session->model, team->number, &facts.schedule, mode, boxes);
    session_facts_release(&facts);
}

static void on_listed(void *owner, size_t tests, unsigned maxfail)
{
    (void)tests;
    struct team *team = owner;
    struct session *session = team->session;
    const struct settings *settings = &session->settings;
    if (settings->maxfail == 0 && maxfail > 0)
        session->maxfail = maxfail;
    team->state = TEAM_DEALING;
    if (session->load != NULL)
        return;
    loop_select(&session->loop_plan, &session->model, team->number, recipe_picks_parts(team->recipe));
    session_shard_keep(team);
    deal(team);
    session_touch(session);
}

/* What an event made known is the team's. */
static void claim(struct team *team, size_t tests_before, size_t listed_before)
{
    struct session *session = team->session;
    struct model *model = &session->model;
    for (size_t i = tests_before; i < model->tests.len; i++)
        model->tests.items[i].team = team->number;
    for (size_t i = listed_before; i < model->listing.len; i++) {
        vec_push(&session->own_positions, (uint32_t)team->listed.len);
        vec_push(&team->listed, (uint32_t)i);
    }
}

static void take(struct team *team, const struct event *event)
{
    struct session *session = team->session;
    size_t tests = session->model.tests.len, listed = session->model.listing.len;
    size_t ended = MAP_NONE;
    if (session->load != NULL)
        session_load_listed(session, event);
    else
        ended = session_take(session, event);
    claim(team, tests, listed);
    if (ended != MAP_NONE)
        session_learn_test(team, event, &session->model.tests.items[ended]);
    if (ended != MAP_NONE)
        session_finish(session, ended);
}

/* Its own id of a test becomes the one by which the session knows it. */
static void on_event(void *owner, const struct event *event)
{
    struct team *team = owner;
    if (team->prefix[0] == '\0' || event->test_id.data == NULL) {
        take(team, event);
        return;
    }
    struct buf id = {0};
    struct event named = *event;
    buf_puts(&id, team->prefix);
    buf_add(&id, event->test_id.data, event->test_id.len);
    named.test_id = buf_bytes(&id);
    take(team, &named);
    buf_release(&id);
}

static void keep_end(struct team *team, const struct pool_end *end)
{
    free(team->said);
    team->said = mem_strdup(end->text);
    team->end = *end;
    team->end.text = team->said;
    team->state = TEAM_ENDED;
}

static bool has_failed(const struct team *team)
{
    const struct test *test;
    vec_each (test, &team->session->model.tests)
        if (test->team == team->number && test->state == TEST_DONE && outcome_is_red(test->outcome))
            return true;
    return false;
}

/* One of several teams could not do its work: that is a red test, which passes when it can. What its tests
 * say already (a build that failed) is a line of the log. */
static void tell_broken(struct team *team)
{
    struct session *session = team->session;
    char *why = session_explain(team);
    if (has_failed(team)) {
        session_notice(session, "%s: %s", team->recipe->name, why);
    } else {
        char *id = mem_printf("%s" RUNNER_ID, team->prefix);
        const struct bytes tags[] = {bytes_of(TAG_COLLECTION), bytes_of(TAG_GROUP)};
        struct event event = {
            .test_id = bytes_of(id), .file_name = bytes_of("report"), .file = bytes_of(why), .eof = true};
        take(team, &event);
        event = (struct event){.status = EVENT_FAIL,
                               .test_id = bytes_of(id),
                               .tags = tags,
                               .tag_count = sizeof tags / sizeof *tags,
                               .has_tags = true};
        take(team, &event);
        free(id);
    }
    free(why);
}

static void on_ended(void *owner, const struct pool_end *end)
{
    struct team *team = owner;
    struct session *session = team->session;
    if (session_python_instead(team, end))
        return;
    keep_end(team, end);
    if (session->team_count > 1 && session->load == NULL && session_is_broken(end))
        tell_broken(team);
    for (size_t i = 0; i < session->team_count; i++)
        if (session->teams[i].state == TEAM_DEALING)
            pool_feed(session->teams[i].pool);
    if (!session_teams_are(session, TEAM_LISTING) && !session_teams_are(session, TEAM_DEALING))
        session_run_ended(session);
    session_touch(session);
}

static void name_runners(struct session *session)
{
    struct buf names = {0};
    for (size_t i = 0; i < session->team_count; i++)
        if (session->teams[i].runner != NULL)
            buf_printf(&names, "%s%s", names.len > 0 ? " + " : "", session->teams[i].runner);
    if (names.len > 0 && session->settings.environment != NULL)
        buf_printf(&names, " in %s", session->settings.environment);
    free(session->runner);
    session->runner = buf_take(&names);
}

static void on_hello(void *owner, const char *runner, const char *python, const char *executable)
{
    (void)python;
    (void)executable;
    struct team *team = owner;
    free(team->runner);
    team->runner = mem_strdup(runner);
    name_runners(team->session);
    session_touch(team->session);
}

static void on_loaded(void *owner, const char *path, const char *how, const struct strings *loads)
{
    session_learn_loads(owner, path, how, loads);
}

static void on_damage(void *owner, const char *reason)
{
    struct team *team = owner;
    team->session->model.damage += pool_running(team->pool);
    session_notice(team->session, "%s", reason);
}

static void on_moved(void *owner)
{
    struct team *team = owner;
    if (pool_breaking(team->pool))
        session_tell_broken(team->session);
    session_touch(team->session);
}

static void on_closed(void *owner)
{
    struct team *team = owner;
    team->pool = NULL;
    session_part_closed(team->session);
}

const struct pool_events session_pool_events = {
    .event = on_event,
    .listed = on_listed,
    .hungry = on_hungry,
    .returned = on_returned,
    .ended = on_ended,
    .hello = on_hello,
    .loaded = on_loaded,
    .damage = on_damage,
    .moved = on_moved,
    .closed = on_closed,
};
