/* The past of a test, as the history has it; and what shows in the outcomes of several runs: flaky tests. */
#include "session/private.h"

#include "plan/flaky.h"

/* After a change was made it is heard of within less; see HEARD_WITHIN_NS. */
#define CALM_MS 1000

static bool take(void *owner, const struct history_past *result)
{
    struct past *past = owner;
    const struct past_result taken = {.outcome = outcome_parse(result->outcome),
                                      .run = past_run(result->run),
                                      .time_ns = result->time_ns,
                                      .duration_ns = result->duration_ns,
                                      .run_id = result->run_id,
                                      .tree = result->tree,
                                      .commit = mem_strdup(result->commit),
                                      .dirty = mem_strdup(result->dirty),
                                      .changed = mem_strdup(result->changed)};
    vec_push(&past->results, taken);
    return true;
}

void session_history(struct session *session, size_t test, unsigned most, struct past *past)
{
    *past = (struct past){0};
    const struct history_name name = session_name(session, &session->model.tests.items[test]);
    history_results(session->history, name, most, take, past);
}

static void remember_flaky(void *owner, size_t test)
{
    struct session *session = owner;
    const struct test *flaky = &session->model.tests.items[test];
    history_set_flaky(session->history, session_name(session, flaky), flaky->flaky);
    session_failure_touch(session, test);
}

static void calm(uv_timer_t *timer)
{
    struct session *session = timer->data;
    size_t named = MAP_NONE;
    size_t newly = flaky_confirm(&session->model, remember_flaky, session, &named);
    history_flush(session->history);
    session_touch(session);
    if (newly == 0)
        return;
    struct buf more = {0};
    if (newly > 1)
        buf_printf(&more, ", and %zu more", newly - 1);
    session_notice(session, "%s is flaky: it passed and failed while no file changed%s",
                   session->model.tests.items[named].id, buf_str(&more));
    buf_release(&more);
}

void session_flaky_await(struct session *session)
{
    if (session->watch != NULL && !session->closing && session->model.suspects.len > 0)
        uv_timer_start(&session->calm, calm, CALM_MS + session->settings.settle_ms, 0);
}
