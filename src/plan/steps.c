#include "plan/steps.h"

void steps_begin(struct steps *steps, const size_t *tests, size_t count, size_t test)
{
    steps_end(steps);
    for (size_t i = 0; i < count; i++) {
        if (tests[i] == test)
            steps->at = i;
        vec_push(&steps->tests, tests[i]);
    }
}

void steps_end(struct steps *steps)
{
    vec_release(&steps->tests);
    steps->at = 0;
}

size_t steps_test(const struct steps *steps)
{
    return steps->tests.len > 0 ? steps->tests.items[steps->at] : MAP_NONE;
}

static bool is_red(const struct steps *steps, const struct model *model, size_t at)
{
    return model->tests.items[steps->tests.items[at]].red;
}

bool steps_move(struct steps *steps, const struct model *model, int step)
{
    size_t count = steps->tests.len, at = steps->at;
    for (size_t i = 1; i < count; i++) {
        at = (at + (step > 0 ? 1 : count - 1)) % count;
        if (!is_red(steps, model, at))
            continue;
        steps->at = at;
        return true;
    }
    return false;
}

size_t steps_place(const struct steps *steps, const struct model *model, size_t *of)
{
    size_t place = 0;
    *of = 0;
    for (size_t i = 0; i < steps->tests.len; i++) {
        *of += i == steps->at || is_red(steps, model, i);
        place = i == steps->at ? *of : place;
    }
    return place;
}
