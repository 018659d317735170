#include "session_private.h"

#include "core/crash.h"

#include <stdlib.h>

static const char *kind_name(enum run_kind kind)
{
    static const char *const names[] = {"none", "red", "all", "one", "load"};
    return names[kind];
}

static void note_run(const struct session *session)
{
    struct buf text = {0};
    buf_printf(&text, "%u, %s, %s", session->serial, kind_name(session->loop_plan.run),
               session->loop_plan.because != NULL ? session->loop_plan.because : "");
    crash_note(CRASH_RUN, buf_bytes(&text));
    buf_release(&text);
}

/* follow_up: the full run that a passed red run asks for; what was just fixed stays in sight during it. */
static void begin_run(struct session *session, bool follow_up)
{
    session_failures_sweep(session, follow_up);
    strings_clear(&session->files);
    session->all_files = !loop_files(&session->loop_plan, &session->model, &session->files);
    strings_clear(&session->covered);
    for (size_t i = 0; i < session->loop_plan.changed.len; i++)
        strings_add(&session->covered, session->loop_plan.changed.items[i]);
    session->serial++;
    session->collecting = true;
    session->stop_on_failure = session->stopped = false;
    session->maxfail = session->settings.maxfail;
    session->run_began = uv_hrtime();
    session->run_began_utc = session_now();
    session->run_ended_utc = 0;
    free(session->broken);
    session->broken = NULL;
    note_run(session);
    model_begin(&session->model, session->serial);
    history_begin_run(session->history, kind_name(session->loop_plan.run), session->run_began_utc);
    if (session->reporter != NULL && session->reporter->run_begins != NULL)
        session->reporter->run_begins(session->reporter_owner, session->run_began_utc);
    session->events->run_begins(session->owner);
    if (session->loop_plan.run == RUN_LOADED)
        session_load_begin(session);
    else
        pool_run(session->pool, session->serial, &session->args, session->all_files ? NULL : &session->files);
}

void session_step(struct session *session, const struct loop_event *event)
{
    if (session->closing)
        return;
    size_t step = steps_test(&session->loop_plan.steps);
    struct loop_action action = loop_step(&session->loop_plan, &session->model, event);
    if (action.kind == LOOP_RUN)
        begin_run(session, event->kind == LOOP_ENDED);
    else if (action.kind == LOOP_CANCEL && !session_load_stop(session))
        pool_cancel(session->pool);
    if (event->kind == LOOP_ENDED)
        session_steps_tell(session, step);
    session_touch(session);
}

static size_t failures_of_run(const struct model *model)
{
    size_t red = 0;
    for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++)
        if (outcome_is_red((enum outcome)outcome))
            red += model->counts[outcome];
    return red;
}

bool session_run_failed(const struct session *session)
{
    return failures_of_run(&session->model) > 0;
}

static void flush(uv_timer_t *timer)
{
    struct session *session = timer->data;
    history_flush(session->history);
}

static void remember(struct session *session, const struct test *test)
{
    const struct history_test known = {
        .id = test->id,
        .group = test->group,
        .outcome = outcome_name(test->outcome),
        .red = test->red,
        .fragile = test->fragile,
        .runnable = test->runnable,
        .red_runs = test->red_runs,
        .flaky = test->flaky,
        .duration_ns = session->model.loaded ? 0 : test->duration_ns,
        .usual_ns = test->usual_ns,
        .cpu_ns = test->cpu_ns,
    };
    history_result(session->history, &known, session_now());
    if (!uv_is_active((uv_handle_t *)&session->flush))
        uv_timer_start(&session->flush, flush, SESSION_FLUSH_MS, 0);
}

static void finished(struct session *session, size_t index)
{
    remember(session, &session->model.tests.items[index]);
    session_failure_update(session, index);
    session->events->result(session->owner, index);
    unsigned maxfail = session->maxfail;
    if (maxfail == 0 || session->model.loaded || session->stop_on_failure ||
        failures_of_run(&session->model) < maxfail)
        return;
    session->stop_on_failure = true;
    pool_cancel(session->pool);
}

/* A leak is no failure, but it is said, with the test's name. */
static void tell_leak(struct session *session, const struct event *event)
{
    char *id = bytes_dup(event->test_id);
    char *commands = bytes_dup(event->file);
    for (char *p = commands; p != NULL && *p != '\0'; p++)
        if (*p == '\n')
            *p = p[1] != '\0' ? ',' : '\0';
    session_notice(session, "LEAK  %s left behind, now killed: %s", id,
                   commands != NULL ? commands : "a process");
    free(commands);
    free(id);
}

void session_take_event(struct session *session, const struct event *event)
{
    if (event->test_id.data != NULL)
        crash_note(CRASH_TEST, event->test_id);
    if (event_has_tag(event, TAG_LEAK) && event->test_id.data != NULL)
        tell_leak(session, event);
    if (session->reporter != NULL && session->reporter->event != NULL)
        session->reporter->event(session->reporter_owner, event);
    size_t index = model_apply(&session->model, event, session_now());
    session_touch(session);
    if (index != MAP_NONE)
        finished(session, index);
}

static void on_event(void *owner, const struct event *event)
{
    struct session *session = owner;
    if (session->load != NULL)
        session_load_listed(session, event);
    else
        session_take_event(session, event);
}

static void on_listed(void *owner, size_t tests, unsigned maxfail)
{
    (void)tests;
    struct session *session = owner;
    session->maxfail = session->settings.maxfail > 0 ? session->settings.maxfail : maxfail;
    session->collecting = false;
    schedule_release(&session->schedule);
    if (session->load != NULL)
        return;
    loop_select(&session->loop_plan, &session->model);
    schedule_deal(&session->schedule, &session->model, &session->covered,
                  (enum box_mode)session->settings.box, session->settings.boxes);
    session_touch(session);
}

static void on_hungry(void *owner, unsigned slot)
{
    struct session *session = owner;
    const struct schedule *schedule = &session->schedule;
    if (session->stop_on_failure || schedule->next == schedule->parcels.len) {
        pool_finish(session->pool);
        return;
    }
    if (!schedule_may_wait(schedule, pool_slot(session->pool, slot).held, pool_slots(session->pool)))
        return;
    const struct parcel *parcel = schedule_take(&session->schedule);
    const char **ids = mem_zero(parcel->positions.len * sizeof *ids);
    for (size_t i = 0; i < parcel->positions.len; i++) {
        size_t test = session->model.listing.items[parcel->positions.items[i]];
        ids[i] = session->model.tests.items[test].id;
    }
    pool_give(session->pool, slot, parcel->positions.items, ids, parcel->positions.len);
    free(ids);
}

static void on_returned(void *owner, const uint32_t *positions, size_t count)
{
    struct session *session = owner;
    schedule_return(&session->schedule, positions, count);
}

/* pytest's exit codes: the runner's own verdict where it could not do its work, else what the results say. */
static int exit_code_of(const struct session *session, const struct pool_end *end)
{
    const struct model *model = &session->model;
    if (session->stop_on_failure || failures_of_run(model) > 0)
        return end->how == RUN_BROKEN && end->exit_code > 1 ? end->exit_code : 1;
    if (end->how == RUN_CANCELLED)
        return 2;
    if (end->how == RUN_BROKEN)
        return end->exit_code > 1 ? end->exit_code : 3;
    if (end->exit_code > 1 && end->exit_code != 5)
        return end->exit_code;
    if (model->damage > 0)
        return 3;
    if (model->asked == 0)
        return 5;
    return end->exit_code == 1 ? 1 : 0;
}

/* Retires what the plan says, on screen and in the history. */
static void settle(struct session *session)
{
    struct model *model = &session->model;
    bool *was_gone = mem_zero(model->tests.len * sizeof *was_gone);
    for (size_t i = 0; i < model->tests.len; i++)
        was_gone[i] = model->tests.items[i].gone;
    struct strings notices = {0};
    loop_retire(&session->loop_plan, model, session->all_files ? NULL : &session->files, &notices);
    for (size_t i = 0; i < notices.len; i++)
        session_notice(session, "%s", notices.items[i]);
    strings_release(&notices);
    for (size_t i = 0; i < model->tests.len; i++) {
        const struct test *test = &model->tests.items[i];
        if (test->gone && !was_gone[i])
            history_retire(session->history, test->id);
        else if (test->state == TEST_DONE && test->outcome == OUTCOME_SKIPPED)
            history_set_red(session->history, test->id, test->red);
    }
    free(was_gone);
    session_failures_sweep(session, true);
}

/* Why the runner could not do it; and what to do, when there is no interpreter with the runner in it. */
static char *explain(const struct session *session, const struct pool_end *end)
{
    if (session->runner != NULL || end->exit_code != 4)
        return mem_strdup(end->text);
    return mem_printf(
        "%s (install pytest there, activate the project's virtualenv, or name the interpreter that "
        "has it: python = PATH in .aloof.conf)",
        end->text);
}

void session_end_run(struct session *session, int exit_code, bool complete, bool cancelled)
{
    session->collecting = false;
    session->run_took = uv_hrtime() - session->run_began;
    session->run_ended_utc = session_now();
    session->exit_code = exit_code;
    model_end(&session->model);
    session_flaky_await(session);
    if (session->reporter != NULL && session->reporter->run_ended != NULL)
        session->reporter->run_ended(session->reporter_owner, &session->model);
    session->stopped = cancelled || session->stop_on_failure;
    if (session->watching)
        session_repo_changes(session);
    session->verdict_at = session->run_ended_utc;
    session->events->run_ended(session->owner, session->exit_code, session->broken);
    const char *verdict = cancelled                 ? "cancelled"
                          : !complete               ? "broken"
                          : session->exit_code == 0 ? "passed"
                                                    : "failed";
    history_end_run(session->history, verdict, session->verdict_at);
    session_step(session,
                 &(struct loop_event){.kind = cancelled ? LOOP_CANCELLED : LOOP_ENDED, .ok = complete});
}

static void on_ended(void *owner, const struct pool_end *end)
{
    struct session *session = owner;
    if (session->load != NULL) {
        session_load_read(session, end);
        return;
    }
    int exit_code = exit_code_of(session, end);
    bool complete = end->how == RUN_COMPLETE && !session->stop_on_failure && session->model.damage == 0;
    if (complete)
        settle(session);
    if (end->how == RUN_BROKEN || exit_code == 3 || exit_code == 4)
        session->broken = explain(session, end);
    session_end_run(session, exit_code, complete, end->how == RUN_CANCELLED && !session->stop_on_failure);
}

static void on_hello(void *owner, const char *runner, const char *python, const char *executable)
{
    (void)python;
    (void)executable;
    struct session *session = owner;
    free(session->runner);
    session->runner = mem_strdup(runner);
    session_touch(session);
}

static void on_damage(void *owner, const char *reason)
{
    struct session *session = owner;
    session->model.damage += pool_running(session->pool);
    session_notice(session, "%s", reason);
}

static void on_moved(void *owner)
{
    session_touch(owner);
}

static void on_closed(void *owner)
{
    struct session *session = owner;
    session->pool = NULL;
    session_part_closed(session);
}

const struct pool_events session_pool_events = {
    .event = on_event,
    .listed = on_listed,
    .hungry = on_hungry,
    .returned = on_returned,
    .ended = on_ended,
    .hello = on_hello,
    .damage = on_damage,
    .moved = on_moved,
    .closed = on_closed,
};
