/* What narrows the loop down: the filter, and steps through the red tests. */
#include "session/private.h"

#include "plan/filter.h"

static void mark_outside(struct session *session)
{
    struct failure *failure;
    vec_each (failure, &session->failures)
        failure->outside = !loop_concerns(&session->loop_plan, &session->model.tests.items[failure->test]);
}

void session_filter(struct session *session, const char *pattern)
{
    const struct loop *loop = &session->loop_plan;
    bool clear = filter_blank(pattern);
    session_step(session, &(struct loop_event){.kind = LOOP_FILTER, .pattern = pattern});
    if (!clear && (loop->filter == NULL || strcmp(loop->filter, pattern) != 0))
        session_notice(session, "no test matches \"%s\": %s", pattern,
                       loop->filter != NULL ? "the filter stays as it was" : "no filter is set");
    mark_outside(session);
}

void session_steps_begin(struct session *session, size_t test)
{
    VEC(size_t) order = {0};
    const struct failure *failure;
    vec_each (failure, &session->failures)
        if (!failure->fixed && !failure->outside)
            vec_push(&order, failure->test);
    if (order.len == 0)
        session_notice(session, "nothing is red, there is nothing to step through");
    session_step(session,
                 &(struct loop_event){
                     .kind = LOOP_STEP, .test = test, .order = order.items, .order_count = order.len});
    vec_release(&order);
}

void session_steps_move(struct session *session, int step)
{
    struct steps *steps = &session->loop_plan.steps;
    size_t before = steps_test(steps);
    session_step(session, &(struct loop_event){.kind = step > 0 ? LOOP_STEP_NEXT : LOOP_STEP_PREVIOUS});
    if (steps_test(steps) == before)
        session_notice(session, "no other red test is left");
}

void session_steps_end(struct session *session)
{
    session_step(session, &(struct loop_event){.kind = LOOP_STEP_OUT});
}

/* Says which test the steps have left behind, and that they are over. */
void session_steps_tell(struct session *session, size_t before)
{
    const struct loop *loop = &session->loop_plan;
    size_t left, now = steps_test(&loop->steps);
    if (before == MAP_NONE || before == now || session->model.tests.items[before].red)
        return;
    steps_place(&loop->steps, &session->model, &left);
    const char *id = session->model.tests.items[before].id;
    if (now != MAP_NONE)
        session_notice(session, "%s is no longer red; %zu to go", id, left);
    else
        session_notice(session, "%s is no longer red, and no step is left", id);
}
