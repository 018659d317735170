/* Runs of tests by name, and in an order that a person wants. */
#include "session/private.h"

#include "project/id_list.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#define NONE_FOUND 5
#define ORDERS "failed-first, slowest-first, fastest-first, random, random:SEED or given"

void session_run_list(struct session *session, const struct strings *ids, bool one_box)
{
    session->list_in_one_box = one_box;
    session->list_in_order = true;
    session_step(session, &(struct loop_event){.kind = LOOP_RUN_LIST, .paths = ids});
}

static void draw_seed(struct session *session)
{
    if (session->drawn && getrandom(&session->order.seed, sizeof session->order.seed, 0) < 0)
        session->order.seed = (uint32_t)session_now();
}

static int choose_order(struct session *session, struct error *error)
{
    const char *typed = session->settings.order;
    bool seeded = false;
    if (typed != NULL && !order_parse(&session->order, typed, &seeded))
        return error_set(error, -EINVAL, "--order = %s: expected " ORDERS, typed);
    session->drawn = session->order.kind == ORDER_RANDOM && !seeded;
    draw_seed(session);
    return 0;
}

int session_choose(struct session *session, struct error *error)
{
    const struct settings *settings = &session->settings;
    struct selection *selection = &session->loop_plan.selection;
    struct strings left_out = {0};
    int bad = choose_order(session, error);
    session->rounds.until_failure = settings->until_failure || settings->exitfirst;
    session->rounds.wanted = settings->until_failure && settings->repeat == 1 ? 0 : settings->repeat;
    for (size_t i = 0; bad == 0 && i < settings->include.len; i++)
        bad = selection_include(selection, settings->include.items[i], error);
    for (size_t i = 0; bad == 0 && i < settings->exclude.len; i++)
        bad = selection_exclude(selection, settings->exclude.items[i], error);
    if (bad == 0 && settings->shard != NULL && !shard_parse(&session->shard, settings->shard))
        bad = error_set(error, -EINVAL, "--shard = %s: expected I/N, with I from 1 to N", settings->shard);
    if (bad == 0 && settings->exclude_list != NULL)
        bad = id_list_read("--exclude-list", settings->exclude_list, &left_out, error);
    selection_leave_out(selection, &left_out);
    if (bad == 0 && settings->load_list != NULL)
        bad = id_list_read("--load-list", settings->load_list, &session->list, error);
    return bad;
}

/* Appends the red tests, of those on the list where there is one. */
static void add_red(const struct session *session, struct strings *ids)
{
    const struct strings *list = &session->list;
    const struct test *test;
    for (size_t i = 0; i < list->len; i++) {
        size_t at = model_find(&session->model, bytes_of(list->items[i]));
        if (at != MAP_NONE && session->model.tests.items[at].red)
            strings_add(ids, list->items[i]);
    }
    if (session->settings.load_list == NULL)
        vec_each (test, &session->model.tests)
            if (test->red && !test->unknown && loop_concerns(&session->loop_plan, test))
                strings_add(ids, test->id);
}

/* There is nothing to run: that is no run at all, but who waits for one is told. */
static void end_at_once(struct session *session, const char *why)
{
    session->nothing = why;
    session->exit_code = NONE_FOUND;
    if (session->reporter != NULL && session->reporter->run_begins != NULL)
        session->reporter->run_begins(session->reporter_owner, session_now());
    if (session->reporter != NULL && session->reporter->run_ended != NULL)
        session->reporter->run_ended(session->reporter_owner, &session->model);
    session->events->run_ended(session->owner, NONE_FOUND, NULL);
}

void session_list_begin(struct session *session)
{
    if (session->settings.failing) {
        struct strings red = {0};
        add_red(session, &red);
        strings_release(&session->list);
        session->list = red;
    }
    if (session->list.len == 0) {
        end_at_once(session, !session->settings.failing ? "the list of tests is empty"
                             : session->model.red > 0   ? "nothing of what is asked for is red"
                                                        : "nothing is red");
        return;
    }
    session->list_in_order = session->settings.load_list != NULL;
    session_step(session, &(struct loop_event){.kind = LOOP_RUN_LIST, .paths = &session->list});
}

bool session_next_round(struct session *session)
{
    struct rounds *rounds = &session->rounds;
    if (session->nothing == NULL)
        rounds_take(rounds, &session->model, session->exit_code);
    if (session->nothing != NULL || session->load != NULL || session->model.loaded || !rounds_go_on(rounds))
        return false;
    draw_seed(session);
    if (session->list.len > 0)
        session_step(session, &(struct loop_event){.kind = LOOP_RUN_LIST, .paths = &session->list});
    else
        session_step(session, &(struct loop_event){.kind = LOOP_RUN_ALL});
    return true;
}

const struct rounds *session_rounds(const struct session *session)
{
    return &session->rounds;
}

bool session_list_is_short(struct session *session)
{
    const struct strings *list = &session->list;
    size_t missing = 0, first = 0;
    for (size_t i = list->len; i-- > 0;) {
        size_t at = model_find(&session->model, bytes_of(list->items[i]));
        const struct test *test = at != MAP_NONE ? &session->model.tests.items[at] : NULL;
        if (test != NULL && (test->state != TEST_IDLE || !test->runnable))
            continue;
        missing++;
        first = i;
    }
    if (missing == 0 || session->settings.load_list == NULL)
        return false;
    struct buf more = {0};
    if (missing > 1)
        buf_printf(&more, " and %zu more", missing - 1);
    session_notice(session, "%zu of the %zu tests on the list %s unknown here: %s%s", missing, list->len,
                   missing == 1 ? "is" : "are", list->items[first], buf_str(&more));
    buf_release(&more);
    return true;
}

struct order session_order(const struct session *session)
{
    const struct loop *plan = &session->loop_plan;
    const struct order listed = {.kind = ORDER_GIVEN, .places = &plan->places};
    enum order_kind kind = session->order.kind;
    bool in_order = kind == ORDER_GIVEN || (kind == ORDER_LEARNED && session->list_in_order);
    return plan->run == RUN_LIST && in_order ? listed : session->order;
}

void session_order_tell(struct session *session)
{
    if (session->order.kind == ORDER_RANDOM)
        session_notice(session, "in the order random:%u", session->order.seed);
}

void session_shard_keep(struct team *team)
{
    struct session *session = team->session;
    session->elsewhere += shard_keep(&session->shard, &session->model, team->number, &team->setups);
}

bool session_shard_is_empty(struct session *session)
{
    size_t asked = session->model.asked;
    if (session->shard.of > 1)
        session_notice(session, "shard %u of %u: %zu of %zu tests", session->shard.number, session->shard.of,
                       asked, asked + session->elsewhere);
    return asked == 0 && session->elsewhere > 0;
}
