#include "plan/flaky.h"

/* 1 passed, -1 failed, 0 neither. */
static int verdict_of(enum outcome outcome)
{
    bool failed = outcome == OUTCOME_FAILED || outcome == OUTCOME_ERROR || outcome == OUTCOME_CRASHED ||
                  outcome == OUTCOME_TIMEOUT;
    return outcome == OUTCOME_PASSED ? 1 : failed ? -1 : 0;
}

static void drop(struct model *model, size_t at)
{
    size_t kept = 0;
    const size_t *suspect;
    vec_each (suspect, &model->suspects)
        if (*suspect != at)
            model->suspects.items[kept++] = *suspect;
    model->suspects.len = kept;
}

void flaky_begin(struct model *model)
{
    if (model->tree == 0)
        model->tree = ++model->trees;
}

void flaky_changed(struct model *model)
{
    model->tree = 0;
    model->suspects.len = 0;
}

void flaky_judge(struct model *model, size_t at, bool first)
{
    struct test *test = &model->tests.items[at];
    if (test->alone && test->runnable) { /* it is of some of its parts that this tells */
        test->tree = 0;
        return;
    }
    bool turned = verdict_of(test->previous) * verdict_of(test->outcome) < 0;
    if (!first)
        drop(model, at); /* what the better outcome made of it */
    else if (turned && model->tree != 0 && test->tree == model->tree)
        vec_push(&model->suspects, at);
    if (first && test->flaky > 0 && test->outcome == OUTCOME_PASSED)
        test->flaky--;
    test->tree = model->tree;
}

size_t flaky_confirm(struct model *model, void (*each)(void *owner, size_t test), void *owner, size_t *named)
{
    size_t newly = 0;
    const size_t *suspect;
    vec_each (suspect, &model->suspects) {
        struct test *test = &model->tests.items[*suspect];
        if (test->flaky == 0) {
            newly++;
            *named = *suspect;
        }
        test->flaky = FLAKY_PASSES;
        each(owner, *suspect);
    }
    model->generation += model->suspects.len > 0;
    model->suspects.len = 0;
    return newly;
}
