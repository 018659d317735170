#include "plan/rounds.h"

static void count_failure(struct rounds *rounds, size_t test)
{
    struct round_test *known;
    vec_each (known, &rounds->tests)
        if (known->test == test) {
            known->failed++;
            return;
        }
    vec_push(&rounds->tests, (struct round_test){test, 1});
}

void rounds_take(struct rounds *rounds, const struct model *model, int exit_code)
{
    bool whole = exit_code == 0 || exit_code == 1;
    rounds->done += whole;
    rounds->failed += exit_code == 1;
    rounds->exit_code = exit_code == 0 && rounds->failed > 0 ? 1 : exit_code;
    for (size_t i = 0; whole && i < model->tests.len; i++) {
        const struct test *test = &model->tests.items[i];
        if (test->state == TEST_DONE && outcome_is_red(test->outcome))
            count_failure(rounds, i);
    }
}

bool rounds_go_on(const struct rounds *rounds)
{
    bool failed = rounds->failed > 0 && rounds->until_failure;
    bool whole = rounds->exit_code == 0 || rounds->exit_code == 1;
    return whole && !failed && (rounds->wanted == 0 || rounds->done < rounds->wanted);
}

void rounds_release(struct rounds *rounds)
{
    vec_release(&rounds->tests);
}
