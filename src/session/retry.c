/* Tests that fail are run again, where that is wanted; one that then passes is flaky. */
#include "session/private.h"

#include <stdlib.h>

static bool is_failure_of_its_own(enum outcome outcome)
{
    return outcome == OUTCOME_FAILED || outcome == OUTCOME_ERROR || outcome == OUTCOME_CRASHED ||
           outcome == OUTCOME_TIMEOUT;
}

/* Whether the test may run once more, should it fail. */
static bool may_run_again(const struct session *session, const struct test *test)
{
    return test->runnable && test->retries < session->settings.retries && !session->model.loaded &&
           !session->stop_on_failure && session->loop_plan.state == LOOP_RUNNING &&
           session->teams[test->team].state == TEAM_DEALING;
}

/* Whether the event is a failure after which its test is run again. */
static bool is_retried(const struct session *session, const struct test *test, const struct event *event)
{
    bool own = event->status == EVENT_FAIL && !event_has_tag(event, TAG_COLLECTION) &&
               !event_has_tag(event, TAG_NOT_RUN);
    return own && (test->state != TEST_DONE || test->again) && may_run_again(session, test);
}

void session_retry_begin(struct session *session)
{
    session->retrying = 0;
    strings_clear(&session->routes);
    map_release(&session->retried);
}

/* All that is reported of a test is from where it first ran: it is one test to who reads it. */
static struct bytes route_of(struct session *session, const struct test *test, struct bytes route)
{
    size_t at = map_get(&session->retried, bytes_of(test->id));
    if (at == MAP_NONE) {
        at = session->routes.len;
        strings_take(&session->routes, route.data != NULL ? bytes_dup(route) : mem_strdup(""));
        map_put(&session->retried, bytes_of(test->id), at);
    }
    return route.data != NULL ? bytes_of(session->routes.items[at]) : route;
}

/* What is told of a test that is run again, or was. A failure before that is none. */
static void report_retried(struct session *session, const struct test *test, const struct event *event)
{
    bool retried = is_retried(session, test, event);
    bool flaky =
        test->again && event_is_final(event) && event->status != EVENT_FAIL && event->status != EVENT_SKIP;
    struct event told = *event;
    VEC(struct bytes) tags = {0};
    told.route = route_of(session, test, event->route);
    for (size_t i = 0; i < event->tag_count; i++)
        vec_push(&tags, event->tags[i]);
    if (retried || flaky) {
        vec_push(&tags, bytes_of(retried ? TAG_RETRIED : TAG_FLAKY));
        told.status = retried ? EVENT_NONE : EVENT_SUCCESS;
        told.tags = tags.items;
        told.tag_count = tags.len;
        told.has_tags = true;
    }
    session->reporter->event(session->reporter_owner, &told);
    vec_release(&tags);
}

void session_report(struct session *session, const struct event *event)
{
    const struct session_reporter *reporter = session->reporter;
    if (reporter == NULL || reporter->event == NULL)
        return;
    size_t at = session->settings.retries > 0 && event->test_id.data != NULL
                    ? model_find(&session->model, event->test_id)
                    : MAP_NONE;
    const struct test *test = at != MAP_NONE ? &session->model.tests.items[at] : NULL;
    if (test != NULL && (test->retries > 0 || test->again || is_retried(session, test, event)))
        report_retried(session, test, event);
    else
        reporter->event(session->reporter_owner, event);
}

/* In the listing; its length: it is not there. */
static uint32_t position_of(const struct session *session, size_t test)
{
    uint32_t at = 0;
    while (at < session->model.listing.len && session->model.listing.items[at] != test)
        at++;
    return at;
}

bool session_retry(struct session *session, size_t index)
{
    struct test *test = &session->model.tests.items[index];
    struct team *team = &session->teams[test->team];
    session->retrying -= test->retries > 0 && session->retrying > 0;
    if (test->outcome == OUTCOME_FLAKY && test->retries > 0)
        session_notice(session, "FLAKY  %s failed, and passed when it was run again", test->id);
    if (!is_failure_of_its_own(test->outcome) || !may_run_again(session, test))
        return false;
    const uint32_t position = position_of(session, index);
    if (position == session->model.listing.len)
        return false;
    if (test->outcome == OUTCOME_FAILED || test->outcome == OUTCOME_ERROR)
        pool_forgive(team->pool);
    test->retries++;
    session->retrying++;
    schedule_return(&team->schedule, &position, 1);
    pool_feed(team->pool);
    return true;
}
