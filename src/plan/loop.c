#include "plan/loop.h"

#include "plan/filter.h"
#include "plan/reach.h"

void loop_init(struct loop *loop)
{
    *loop = (struct loop){0};
}

void loop_release(struct loop *loop)
{
    strings_release(&loop->changed);
    strings_release(&loop->since);
    vec_release(&loop->affects);
    strings_release(&loop->scope);
    selection_release(&loop->selection);
    strings_release(&loop->owed);
    strings_release(&loop->list);
    map_release(&loop->places);
    steps_end(&loop->steps);
    free(loop->filter);
    free(loop->because);
    *loop = (struct loop){0};
}

static struct loop_action stay(void)
{
    return (struct loop_action){.kind = LOOP_WAIT};
}

static void explain(struct loop *loop, char *because)
{
    free(loop->because);
    loop->because = because;
}

/* What stands of the verdict when no run has given a new one. */
static void stand(struct loop *loop, const struct model *model)
{
    if (model->red > 0)
        loop->verdict = VERDICT_RED;
    else if (loop->verdict == VERDICT_RED)
        loop->verdict = VERDICT_PARTLY;
}

static bool any_red_runnable(const struct loop *loop, const struct model *model)
{
    const struct test *test;
    vec_each (test, &model->tests)
        if (test->red && !test->unknown && test->outcome != OUTCOME_COLLECTION && loop_concerns(loop, test))
            return true;
    return false;
}

/* What would be red without a filter counts with it, as far as it matches. */
static bool any_red(const struct loop *loop, const struct model *model)
{
    const struct test *test;
    if (model->red > 0)
        vec_each (test, &model->tests)
            if (test->red && !test->unknown && (loop->filter == NULL || loop_concerns(loop, test)))
                return true;
    return false;
}

/* What confirms that nothing is red. */
static enum run_kind full_run(const struct loop *loop, const struct model *model)
{
    return reach_is_enough(loop, model) ? RUN_AFFECTED : RUN_ALL;
}

/* A full run that ended badly over nothing but collection (a broken conftest) is owed as such: collecting
 * the conftest alone would prove nothing. */
static enum run_kind plan(const struct loop *loop, const struct model *model)
{
    if (!any_red(loop, model))
        return full_run(loop, model);
    return loop->full_broken && !any_red_runnable(loop, model) ? RUN_ALL : RUN_RED;
}

static struct loop_action begin(struct loop *loop, const struct model *model, enum run_kind kind)
{
    loop->state = LOOP_RUNNING;
    loop->run = kind;
    loop->next = RUN_NONE;
    if (kind == RUN_RED || kind == RUN_ALL || kind == RUN_AFFECTED)
        loop->changed_since_run = loop->steps_cut_a_run = false;
    stand(loop, model);
    return (struct loop_action){LOOP_RUN, kind, loop->because};
}

static struct loop_action go_on(struct loop *loop, const struct model *model)
{
    loop->state = LOOP_IDLE;
    stand(loop, model);
    if (loop->next == RUN_NONE)
        return stay();
    return begin(loop, model, loop->next == RUN_RED ? plan(loop, model) : loop->next);
}

/* Runs that kind, after a cancel where something runs. because: owned from now on. */
static struct loop_action want(struct loop *loop, const struct model *model, enum run_kind kind,
                               char *because)
{
    explain(loop, because);
    loop->next = kind;
    if (loop->state == LOOP_IDLE)
        return go_on(loop, model);
    if (loop->state == LOOP_CANCELLING)
        return stay();
    loop->state = LOOP_CANCELLING;
    return (struct loop_action){LOOP_CANCEL, RUN_NONE, loop->because};
}

/* Adds to the list what it does not hold yet. */
static void remember(struct strings *list, const struct strings *paths)
{
    struct map known = {0};
    for (size_t i = 0; i < list->len; i++)
        map_put(&known, bytes_of(list->items[i]), i);
    for (size_t i = 0; i < paths->len; i++) {
        if (map_get(&known, bytes_of(paths->items[i])) != MAP_NONE)
            continue;
        strings_add(list, paths->items[i]);
        map_put(&known, bytes_of(paths->items[i]), list->len - 1);
    }
    map_release(&known);
}

static char *describe(const struct strings *paths)
{
    if (paths->len == 1)
        return mem_printf("%s changed", paths->items[0]);
    return mem_printf("%s and %zu more changed", paths->items[0], paths->len - 1);
}

/* Runs the test that the person is at. */
static struct loop_action run_step(struct loop *loop, const struct model *model, char *because)
{
    loop->one = steps_test(&loop->steps);
    return want(loop, model, RUN_ONE, because);
}

static bool stepping(const struct loop *loop)
{
    return steps_test(&loop->steps) != MAP_NONE;
}

static struct loop_action run_changes(struct loop *loop, const struct model *model,
                                      const struct strings *paths)
{
    if (loop->state == LOOP_CANCELLING && loop->next == RUN_ALL)
        return stay();
    if (stepping(loop))
        return run_step(loop, model, describe(paths));
    return want(loop, model, RUN_RED, describe(paths));
}

static struct loop_action changed(struct loop *loop, const struct model *model, const struct strings *paths)
{
    if (paths == NULL || paths->len == 0)
        return stay();
    remember(&loop->changed, paths);
    remember(&loop->since, paths);
    loop->changed_since_run = true;
    if (loop->verdict == VERDICT_GREEN || loop->verdict == VERDICT_AFFECTED)
        loop->verdict = VERDICT_PARTLY;
    bool reading = loop->state == LOOP_RUNNING && loop->run == RUN_LOADED;
    return loop->paused || reading ? stay() : run_changes(loop, model, paths);
}

static struct loop_action resumed(struct loop *loop, const struct model *model)
{
    bool missed = loop->paused && loop->changed_since_run && loop->changed.len > 0;
    loop->paused = false;
    return missed ? run_changes(loop, model, &loop->changed) : stay();
}

static struct loop_action stopped(struct loop *loop)
{
    loop->next = RUN_NONE;
    if (loop->state != LOOP_RUNNING)
        return stay();
    explain(loop, mem_strdup("key"));
    loop->state = LOOP_CANCELLING;
    return (struct loop_action){LOOP_CANCEL, RUN_NONE, loop->because};
}

/* Whether a red test speaks against the full run: one that was skipped in this run or is left out by the
 * person's own choice does not, though it stays red. */
static bool any_red_speaks(const struct loop *loop, const struct model *model)
{
    const struct test *test;
    vec_each (test, &model->tests) {
        bool skipped = test->state == TEST_DONE && test->outcome == OUTCOME_SKIPPED;
        if (test->red && !skipped && !test->unknown && !test->deselected && loop_concerns(loop, test))
            return true;
    }
    return false;
}

static void cover_changes(struct loop *loop)
{
    if (loop->changed_since_run)
        return;
    if (loop->filter != NULL)
        remember(&loop->owed, &loop->changed);
    strings_clear(&loop->changed);
}

static enum verdict judge_full(const struct loop *loop, const struct model *model)
{
    if (model->red > 0)
        return VERDICT_RED;
    if (loop->changed_since_run || (loop->filter != NULL && model->done > 0))
        return VERDICT_PARTLY;
    if (loop->run == RUN_AFFECTED)
        return VERDICT_AFFECTED; /* also when nothing is left of it */
    return model->done > 0 ? VERDICT_GREEN : VERDICT_UNKNOWN;
}

static struct loop_action end_steps(struct loop *loop, const struct model *model, const char *because)
{
    steps_end(&loop->steps);
    return want(loop, model, RUN_RED, mem_strdup(because));
}

/* The test that the person is at has run: while it is red, it is theirs. */
static struct loop_action step_on(struct loop *loop, const struct model *model)
{
    if (model->tests.items[steps_test(&loop->steps)].red)
        return stay();
    if (steps_move(&loop->steps, model, 1))
        return run_step(loop, model, mem_strdup("the one before passed"));
    return end_steps(loop, model, "all steps passed");
}

static struct loop_action step_in(struct loop *loop, const struct model *model,
                                  const struct loop_event *event)
{
    if (event->order_count == 0)
        return stay();
    loop->steps_cut_a_run |= loop->state != LOOP_IDLE && loop->run != RUN_ONE;
    steps_begin(&loop->steps, event->order, event->order_count, event->test);
    return run_step(loop, model, mem_strdup("key"));
}

static struct loop_action skip(struct loop *loop, const struct model *model, int step)
{
    return steps_move(&loop->steps, model, step) ? run_step(loop, model, mem_strdup("key")) : stay();
}

static struct loop_action step_out(struct loop *loop, const struct model *model)
{
    bool owes = loop->steps_cut_a_run || loop->changed.len > 0;
    if (!stepping(loop))
        return stay();
    if (owes && !loop->paused)
        return end_steps(loop, model, "the steps were left");
    steps_end(&loop->steps);
    return stay();
}

static bool matches_any(const struct loop *loop, const struct model *model, const char *pattern)
{
    const struct test *test;
    vec_each (test, &model->tests)
        if (!test->gone && loop_in_scope(loop, test) && filter_matches(pattern, test->id))
            return true;
    return false;
}

static struct loop_action filter(struct loop *loop, const struct model *model, const char *pattern)
{
    bool clear = filter_blank(pattern);
    if (clear ? loop->filter == NULL : !matches_any(loop, model, pattern))
        return stay();
    loop->filters++;
    free(loop->filter);
    loop->filter = clear ? NULL : mem_strdup(pattern);
    steps_end(&loop->steps);
    if (loop->verdict == VERDICT_GREEN || loop->verdict == VERDICT_AFFECTED)
        loop->verdict = VERDICT_PARTLY;
    if (clear) {
        remember(&loop->changed, &loop->owed);
        strings_clear(&loop->owed);
    }
    return want(loop, model, RUN_RED, mem_strdup(clear ? "the filter was cleared" : "the filter was set"));
}

/* Nobody has run these tests here. */
static struct loop_action loaded(struct loop *loop, const struct model *model)
{
    loop->verdict = model->red > 0 ? VERDICT_RED : model->done > 0 ? VERDICT_PARTLY : VERDICT_UNKNOWN;
    return loop->changed.len > 0 && !loop->paused ? run_changes(loop, model, &loop->changed) : stay();
}

static struct loop_action ended(struct loop *loop, const struct model *model, bool ok)
{
    bool complete = ok && model->done >= model->asked;
    loop->state = LOOP_IDLE;
    if (loop->run == RUN_LOADED)
        return loaded(loop, model);
    if (loop->run == RUN_ONE || loop->run == RUN_LIST) {
        stand(loop, model);
        return stepping(loop) && loop->run == RUN_ONE ? step_on(loop, model) : stay();
    }
    if (loop->run == RUN_ALL) {
        loop->full_broken = !complete;
        loop->surveyed |= complete;
    }
    if (!complete) {
        loop->verdict = model->red > 0 ? VERDICT_RED : VERDICT_UNKNOWN;
        return stay();
    }
    if (loop->run == RUN_ALL || loop->run == RUN_AFFECTED) {
        loop->verdict = judge_full(loop, model);
        if (!loop->changed_since_run && loop->filter == NULL)
            strings_clear(&loop->since);
        cover_changes(loop);
        return stay();
    }
    loop->verdict = model->red > 0 ? VERDICT_RED : VERDICT_PARTLY;
    if (any_red_speaks(loop, model)) {
        cover_changes(loop);
        return stay();
    }
    explain(loop, mem_strdup("the red set passed"));
    return begin(loop, model, full_run(loop, model));
}

static struct loop_action run_list(struct loop *loop, const struct model *model, const struct strings *ids)
{
    steps_end(&loop->steps);
    map_release(&loop->places);
    strings_clear(&loop->list);
    remember(&loop->list, ids);
    for (size_t i = 0; i < loop->list.len; i++)
        map_put(&loop->places, bytes_of(loop->list.items[i]), i);
    return want(loop, model, RUN_LIST, mem_strdup("a list of tests"));
}

struct loop_action loop_step(struct loop *loop, struct model *model, const struct loop_event *event)
{
    switch (event->kind) {
    case LOOP_START:
        if (loop->state != LOOP_IDLE)
            return stay();
        return want(loop, model, RUN_RED, mem_strdup("start"));
    case LOOP_LOAD:
        return want(loop, model, RUN_LOADED, mem_strdup(event->pattern));
    case LOOP_CHANGED:
        return changed(loop, model, event->paths);
    case LOOP_ENDED:
        if (loop->state == LOOP_CANCELLING)
            return go_on(loop, model);
        return loop->state == LOOP_RUNNING ? ended(loop, model, event->ok) : stay();
    case LOOP_CANCELLED:
        return go_on(loop, model);
    case LOOP_RERUN_RED:
        if (stepping(loop))
            return run_step(loop, model, mem_strdup("key"));
        return any_red(loop, model) ? want(loop, model, RUN_RED, mem_strdup("key")) : stay();
    case LOOP_RUN_ALL:
        steps_end(&loop->steps);
        return want(loop, model, RUN_ALL, mem_strdup("key"));
    case LOOP_RUN_ONE:
        loop->one = event->test;
        return want(loop, model, RUN_ONE, mem_strdup("key"));
    case LOOP_RUN_LIST:
        return run_list(loop, model, event->paths);
    case LOOP_STOP:
        return stopped(loop);
    case LOOP_PAUSE:
        loop->paused = true;
        return stay();
    case LOOP_RESUME:
        return resumed(loop, model);
    case LOOP_FILTER:
        return filter(loop, model, event->pattern);
    case LOOP_STEP:
        return step_in(loop, model, event);
    case LOOP_STEP_NEXT:
    case LOOP_STEP_PREVIOUS:
        return skip(loop, model, event->kind == LOOP_STEP_NEXT ? 1 : -1);
    case LOOP_STEP_OUT:
        return step_out(loop, model);
    }
    return stay();
}
