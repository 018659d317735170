#include "session/private.h"

#include "core/crash.h"
#include "plan/package.h"
#include "project/bytecode.h"

#include <stdlib.h>

#define NONE_FOUND 5 /* the exit code of a run without tests */
#define EXIT_USAGE 4

static const char *kind_name(enum run_kind kind)
{
    static const char *const names[] = {"none", "red", "all", "one", "load", "list", "affected"};
    return names[kind];
}

/* Whether a full run leaves out what the person does not want now. */
static bool is_narrowed(const struct session *session)
{
    const struct settings *settings = &session->settings;
    return settings->keyword != NULL || settings->marker != NULL || settings->paths.len > 0 ||
           settings->include.len > 0 || settings->exclude.len > 0 || settings->load_list != NULL ||
           settings->exclude_list != NULL || settings->shard != NULL || session->loop_plan.filter != NULL;
}

static void note_run(const struct session *session)
{
    struct buf text = {0};
    buf_printf(&text, "%u, %s, %s", session->serial, kind_name(session->loop_plan.run),
               session->loop_plan.because != NULL ? session->loop_plan.because : "");
    crash_note(CRASH_RUN, buf_bytes(&text));
    buf_release(&text);
}

static void remember_run(struct session *session)
{
    struct buf changed = {0};
    for (size_t i = 0; i < session->covered.len; i++)
        buf_printf(&changed, "%s\n", session->covered.items[i]);
    bool part = session->loop_plan.run == RUN_ALL && is_narrowed(session);
    struct history_run run = {.kind = part ? "some" : kind_name(session->loop_plan.run),
                              .because = session->watching ? session->loop_plan.because : "--once",
                              .changed = buf_str(&changed)};
    session_tree_begin(session, &run);
    history_begin_run(session->history, &run, session->run_began_utc);
    buf_release(&changed);
}

/* follow_up: the full run that a passed red run asks for; what was just fixed stays in sight during it. */
static void begin_run(struct session *session, bool follow_up)
{
    session_failures_sweep(session, follow_up);
    strings_clear(&session->covered);
    for (size_t i = 0; i < session->loop_plan.changed.len; i++)
        strings_add(&session->covered, session->loop_plan.changed.items[i]);
    package_groups(&session->model, &session->loop_plan.changed, &session->covered);
    session->serial++;
    session->stop_on_failure = session->stopped = false;
    session->elsewhere = 0;
    session_retry_begin(session);
    session->maxfail = session->settings.maxfail;
    session->one_box =
        session->settings.serial || (session->loop_plan.run == RUN_LIST && session->list_in_one_box);
    session->run_began = uv_hrtime();
    session->run_began_utc = session_now();
    session->run_ended_utc = 0;
    session->risky = session->affected = 0;
    free(session->broken);
    session->broken = NULL;
    note_run(session);
    model_begin(&session->model, session->serial);
    remember_run(session);
    if (session->reporter != NULL && session->reporter->run_begins != NULL)
        session->reporter->run_begins(session->reporter_owner, session->run_began_utc);
    chatter_begin(&session->chatter);
    session_files_begin(session);
    session->events->run_begins(session->owner);
    bytecode_distrust(repo_root(session->repo), &session->loop_plan.changed);
    session_order_tell(session);
    session_teams_run(session);
}

/* Boxes die with the run, and their pools say which tests were running. */
static void cancel(struct session *session)
{
    session_teams_cancel(session);
    session_tell_cancelled(session);
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
        cancel(session);
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

void session_flush_soon(struct session *session)
{
    if (!session->closing && !uv_is_active((uv_handle_t *)&session->flush))
        uv_timer_start(&session->flush, flush, SESSION_FLUSH_MS, 0);
}

static void remember(struct session *session, const struct test *test)
{
    struct session_texts texts = {0};
    session_texts_keep(test, &texts);
    const struct history_test known = {
        .name = session_name(session, test),
        .group = test->group,
        .outcome = outcome_name(test->outcome),
        .red = test->red,
        .fragile = test->fragile,
        .runnable = test->runnable,
        .red_runs = test->red_runs,
        .flaky = test->flaky,
        .duration_ns = session->model.loaded ? 0 : test->duration_ns,
        .usual_ns = test->usual_ns,
        .setup_ns = session->model.loaded ? 0 : test->setup_ns,
        .cpu_ns = test->cpu_ns,
        .texts = texts.texts,
        .text_count = texts.count,
    };
    history_result(session->history, &known, session_now());
    session_texts_release(&texts);
    session_flush_soon(session);
}

void session_finish(struct session *session, size_t index)
{
    remember(session, &session->model.tests.items[index]);
    session_failure_update(session, index);
    session->events->result(session->owner, index);
    session_tell_ended(session, index);
    unsigned maxfail = session->maxfail;
    if (session_retry(session, index) || maxfail == 0 || session->model.loaded || session->stop_on_failure ||
        failures_of_run(&session->model) < maxfail + session->retrying)
        return;
    session->stop_on_failure = true;
    cancel(session);
}

size_t session_take(struct session *session, const struct event *event)
{
    if (event->test_id.data != NULL)
        crash_note(CRASH_TEST, event->test_id);
    if (event_has_tag(event, TAG_LEAK) && event->test_id.data != NULL)
        session_tell_leak(session, event);
    if (event_has_tag(event, TAG_INTERRUPTED))
        session_killed(session, event->test_id);
    session_report(session, event);
    bool outside = event->test_id.data == NULL && event->file_name.data != NULL;
    if (outside && event_is_output(event))
        chatter_take(&session->chatter, event->route, event->file_name, event->file, session->model.loaded);
    else if (outside)
        session_files_take(session, event);
    session_touch(session);
    return model_apply(&session->model, event, session_now());
}

/* How far an end is from what was wanted. */
static int gravity(const struct pool_end *end)
{
    static const int of[] = {[RUN_COMPLETE] = 0, [RUN_BROKEN] = 1, [RUN_CANCELLED] = 2};
    return of[end->how];
}

/* How the run as a whole ended: as the team did that came off worst. That some of several have no tests is of
 * no account. */
static struct pool_end end_of(const struct session *session)
{
    struct pool_end worst = {.how = RUN_COMPLETE, .text = ""};
    for (size_t i = 0; i < session->team_count; i++) {
        const struct pool_end *end = &session->teams[i].end;
        int worse = gravity(end) - gravity(&worst);
        bool tells = end->exit_code != NONE_FOUND && end->exit_code > worst.exit_code;
        if (session->teams[i].state == TEAM_ENDED && (worse > 0 || (worse == 0 && tells)))
            worst = *end;
    }
    return worst;
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
    if (end->exit_code > 1 && end->exit_code != NONE_FOUND)
        return end->exit_code;
    if (model->damage > 0)
        return 3;
    if (model->asked == 0)
        return session->loop_plan.run == RUN_AFFECTED ? 0 : NONE_FOUND;
    return end->exit_code == 1 ? 1 : 0;
}

static bool has_carried_through(const struct team *team)
{
    return team->state == TEAM_ENDED && team->end.how == RUN_COMPLETE;
}

/* Retires what the plan says of the tests of teams that carried the run through, on screen and in the
 * history. */
static void settle(struct session *session)
{
    struct model *model = &session->model;
    bool *was_gone = mem_zero(model->tests.len * sizeof *was_gone);
    for (size_t i = 0; i < model->tests.len; i++)
        was_gone[i] = model->tests.items[i].gone;
    struct strings notices = {0};
    for (size_t i = 0; i < session->team_count; i++) {
        const struct team *team = &session->teams[i];
        if (has_carried_through(team) && !session->settings.partial)
            loop_retire(&session->loop_plan, model, team->number, team->all_files ? NULL : &team->files,
                        &notices);
    }
    for (size_t i = 0; i < notices.len; i++)
        session_notice(session, "%s", notices.items[i]);
    strings_release(&notices);
    for (size_t i = 0; i < model->tests.len; i++) {
        const struct test *test = &model->tests.items[i];
        if (!has_carried_through(&session->teams[test->team]))
            continue;
        if (test->gone && !was_gone[i])
            history_retire(session->history, session_name(session, test));
        else if (test->state == TEST_DONE && test->outcome == OUTCOME_SKIPPED)
            history_set_red(session->history, session_name(session, test), test->red);
    }
    free(was_gone);
    session_failures_sweep(session, true);
}

bool session_is_broken(const struct pool_end *end)
{
    return end->how == RUN_BROKEN || (end->how == RUN_COMPLETE && end->exit_code > 2 && end->exit_code < 5);
}

char *session_explain(const struct team *team)
{
    const char *framework = recipe_framework(team->recipe);
    if (team->runner != NULL || team->end.exit_code != 4 || framework == NULL)
        return mem_strdup(team->end.text);
    return mem_printf("%s (install %s there, activate the project's virtualenv, or name the interpreter that "
                      "has it: python = PATH in .aloof.conf)",
                      team->end.text, framework);
}

void session_end_run(struct session *session, int exit_code, bool complete, bool cancelled)
{
    session_tell_killed(session, "the worker that its box was forked from had to be killed");
    session->run_took = uv_hrtime() - session->run_began;
    session->run_ended_utc = session_now();
    session->exit_code = exit_code;
    model_end(&session->model);
    chatter_end(&session->chatter);
    session_files_end(session);
    session_flaky_await(session);
    session_learn_risks(session);
    if (session->reporter != NULL && session->reporter->run_ended != NULL)
        session->reporter->run_ended(session->reporter_owner, &session->model);
    session->stopped = cancelled || session->stop_on_failure;
    if (session->watching)
        session_tree_look(session);
    session->verdict_at = session->run_ended_utc;
    session->events->run_ended(session->owner, session->exit_code, session->broken);
    const char *verdict = cancelled                 ? "cancelled"
                          : !complete               ? "broken"
                          : session->exit_code == 0 ? "passed"
                                                    : "failed";
    history_end_run(session->history, verdict, session->model.tree != 0, session->verdict_at);
    session_step(session,
                 &(struct loop_event){.kind = cancelled ? LOOP_CANCELLED : LOOP_ENDED, .ok = complete});
}

/* What was typed and turned out to be neither a file nor a test is an error of whoever typed it. What could
 * not be listed (exit code 1, and nothing ran) may be why. */
static int judge_names(struct session *session, int exit_code)
{
    const char *missing = session_missing_name(session);
    if (missing == NULL || (exit_code == 1 && session->model.asked == 0))
        return exit_code;
    free(session->broken);
    session->broken = mem_printf("%s: no such file or directory, and no test is called that", missing);
    return EXIT_USAGE;
}

void session_run_ended(struct session *session)
{
    const struct pool_end end = end_of(session);
    if (session->load != NULL) {
        session_load_read(session, &end);
        return;
    }
    int exit_code = exit_code_of(session, &end);
    bool complete = end.how == RUN_COMPLETE && !session->stop_on_failure && session->model.damage == 0;
    if (!session->stop_on_failure && session->model.damage == 0)
        settle(session);
    if (session->team_count == 1 && (end.how == RUN_BROKEN || exit_code == 3 || exit_code == 4))
        session->broken = session_explain(&session->teams[0]);
    if (session_shard_is_empty(session) && exit_code == NONE_FOUND)
        exit_code = 0;
    if (complete && session_list_is_short(session) && exit_code == 0)
        exit_code = EXIT_USAGE;
    if (complete)
        exit_code = judge_names(session, exit_code);
    session_end_run(session, exit_code, complete, end.how == RUN_CANCELLED && !session->stop_on_failure);
}
