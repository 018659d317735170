#include "plan/loop.h"

void loop_init(struct loop *loop)
{
    *loop = (struct loop){0};
}

void loop_release(struct loop *loop)
{
    strings_release(&loop->changed);
    strings_release(&loop->scope);
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

static bool any_red_runnable(const struct model *model)
{
    const struct test *test;
    vec_each (test, &model->tests)
        if (test->red && test->outcome != OUTCOME_COLLECTION)
            return true;
    return false;
}

/* A full run that ended badly over nothing but collection (a broken conftest) is owed as such: collecting
 * the conftest alone would prove nothing. */
static enum run_kind plan(const struct loop *loop, const struct model *model)
{
    if (model->red == 0)
        return RUN_ALL;
    return loop->full_broken && !any_red_runnable(model) ? RUN_ALL : RUN_RED;
}

static struct loop_action begin(struct loop *loop, const struct model *model, enum run_kind kind)
{
    loop->state = LOOP_RUNNING;
    loop->run = kind;
    loop->next = RUN_NONE;
    if (kind != RUN_ONE)
        loop->changed_since_run = false;
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

static void remember(struct loop *loop, const struct strings *paths)
{
    struct map known = {0};
    for (size_t i = 0; i < loop->changed.len; i++)
        map_put(&known, bytes_of(loop->changed.items[i]), i);
    for (size_t i = 0; i < paths->len; i++) {
        if (map_get(&known, bytes_of(paths->items[i])) != MAP_NONE)
            continue;
        strings_add(&loop->changed, paths->items[i]);
        map_put(&known, bytes_of(paths->items[i]), loop->changed.len - 1);
    }
    map_release(&known);
}

static char *describe(const struct strings *paths)
{
    if (paths->len == 1)
        return mem_printf("%s changed", paths->items[0]);
    return mem_printf("%s and %zu more changed", paths->items[0], paths->len - 1);
}

static struct loop_action run_changes(struct loop *loop, const struct model *model,
                                      const struct strings *paths)
{
    if (loop->state == LOOP_CANCELLING && loop->next == RUN_ALL)
        return stay();
    return want(loop, model, RUN_RED, describe(paths));
}

static struct loop_action changed(struct loop *loop, const struct model *model, const struct strings *paths)
{
    if (paths == NULL || paths->len == 0)
        return stay();
    remember(loop, paths);
    loop->changed_since_run = true;
    if (loop->verdict == VERDICT_GREEN)
        loop->verdict = VERDICT_PARTLY;
    return loop->paused ? stay() : run_changes(loop, model, paths);
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
 * person's own filter does not, though it stays red. */
static bool any_red_speaks(const struct loop *loop, const struct model *model)
{
    const struct test *test;
    vec_each (test, &model->tests) {
        bool skipped = test->state == TEST_DONE && test->outcome == OUTCOME_SKIPPED;
        if (test->red && !skipped && !test->deselected && loop_in_scope(loop, test))
            return true;
    }
    return false;
}

static void cover_changes(struct loop *loop)
{
    if (!loop->changed_since_run)
        strings_clear(&loop->changed);
}

static enum verdict judge_full(const struct loop *loop, const struct model *model)
{
    if (model->red > 0)
        return VERDICT_RED;
    if (loop->changed_since_run)
        return VERDICT_PARTLY;
    return model->done > 0 ? VERDICT_GREEN : VERDICT_UNKNOWN;
}

static struct loop_action ended(struct loop *loop, const struct model *model, bool ok)
{
    bool complete = ok && model->done >= model->asked;
    loop->state = LOOP_IDLE;
    if (loop->run == RUN_ONE) {
        stand(loop, model);
        return stay();
    }
    if (loop->run == RUN_ALL)
        loop->full_broken = !complete;
    if (!complete) {
        loop->verdict = model->red > 0 ? VERDICT_RED : VERDICT_UNKNOWN;
        return stay();
    }
    if (loop->run == RUN_ALL) {
        loop->verdict = judge_full(loop, model);
        cover_changes(loop);
        return stay();
    }
    loop->verdict = model->red > 0 ? VERDICT_RED : VERDICT_PARTLY;
    if (any_red_speaks(loop, model)) {
        cover_changes(loop);
        return stay();
    }
    explain(loop, mem_strdup("the red set passed"));
    return begin(loop, model, RUN_ALL);
}

struct loop_action loop_step(struct loop *loop, struct model *model, const struct loop_event *event)
{
    switch (event->kind) {
    case LOOP_START:
        if (loop->state != LOOP_IDLE)
            return stay();
        return want(loop, model, RUN_RED, mem_strdup("start"));
    case LOOP_CHANGED:
        return changed(loop, model, event->paths);
    case LOOP_ENDED:
        if (loop->state == LOOP_CANCELLING)
            return go_on(loop, model);
        return loop->state == LOOP_RUNNING ? ended(loop, model, event->ok) : stay();
    case LOOP_CANCELLED:
        return go_on(loop, model);
    case LOOP_RERUN_RED:
        return model->red > 0 ? want(loop, model, RUN_RED, mem_strdup("key")) : stay();
    case LOOP_RUN_ALL:
        return want(loop, model, RUN_ALL, mem_strdup("key"));
    case LOOP_RUN_ONE:
        loop->one = event->test;
        return want(loop, model, RUN_ONE, mem_strdup("key"));
    case LOOP_STOP:
        return stopped(loop);
    case LOOP_PAUSE:
        loop->paused = true;
        return stay();
    case LOOP_RESUME:
        return resumed(loop, model);
    }
    return stay();
}
