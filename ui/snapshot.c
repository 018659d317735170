#include "ui/snapshot.h"

#include "plan/filter.h"

#include <time.h>

#define SECOND_NS 1000000000

static bool has_passed(enum outcome outcome)
{
    return outcome == OUTCOME_PASSED || outcome == OUTCOME_XFAILED || outcome == OUTCOME_XPASSED ||
           outcome == OUTCOME_FLAKY;
}

/* What could not be collected is no test, but of what is red it is one, and of what ran. */
static bool is_counted(const struct test *test)
{
    return !test->gone && (test->red || test->outcome != OUTCOME_COLLECTION);
}

/* Counts the tests that there are; during a run only when there are new ones. */
static void count_tests(struct snapshot *snapshot)
{
    const struct model *model = snapshot->model;
    bool idle = snapshot->status.state == LOOP_IDLE, same = snapshot->filters == snapshot->status.filters;
    bool known = idle ? snapshot->generation == model->generation : snapshot->counted == model->tests.len;
    if (same && known)
        return;
    snapshot->generation = model->generation;
    snapshot->filters = snapshot->status.filters;
    snapshot->counted = model->tests.len;
    snapshot->tests = snapshot->flaky = snapshot->filter_tests = snapshot->filter_passed = 0;
    const char *filter = snapshot->status.filter;
    const struct test *test;
    vec_each (test, &model->tests) {
        if (!is_counted(test))
            continue;
        snapshot->tests++;
        snapshot->flaky += test->flaky > 0;
        bool of_all = test->outcome == OUTCOME_COLLECTION; /* it hinders what matches, perhaps */
        if (filter == NULL || !(of_all || filter_matches(filter, test->id)))
            continue;
        snapshot->filter_tests++;
        snapshot->filter_passed += has_passed(test->outcome);
    }
}

static void put_verdict_time(struct snapshot *snapshot)
{
    time_t seconds = (time_t)(snapshot->status.verdict_at_ns / SECOND_NS);
    struct tm local;
    snapshot->verdict_time[0] = '\0';
    if (seconds > 0 && localtime_r(&seconds, &local) != NULL)
        strftime(snapshot->verdict_time, sizeof snapshot->verdict_time, "%H:%M:%S", &local);
}

void snapshot_take(struct snapshot *snapshot, const struct session *session, const char *editor)
{
    session_status(session, &snapshot->status);
    snapshot->model = session_model(session);
    snapshot->failures = session_failures(session, &snapshot->failure_count);
    snapshot->slots.len = 0;
    for (unsigned i = 0; i < snapshot->status.boxes; i++)
        vec_push(&snapshot->slots, session_slot(session, i));
    snapshot->editor = editor;
    snapshot->here = session_here(session);
    count_tests(snapshot);
    put_verdict_time(snapshot);
}

void snapshot_release(struct snapshot *snapshot)
{
    vec_release(&snapshot->slots);
    *snapshot = (struct snapshot){0};
}
