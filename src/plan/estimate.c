#include "plan/estimate.h"

/* How much of its usual time a running test has used up: at most all of it. */
static int64_t used_ns(const struct test *test, int64_t now_ns)
{
    int64_t since_ns = now_ns - test->started_ns;
    if (test->started_ns == 0 || since_ns < 0)
        return 0;
    return since_ns < test->usual_ns ? since_ns : test->usual_ns;
}

int64_t estimate_left(const struct model *model, unsigned boxes, const size_t *running, size_t running_count,
                      int64_t now_ns)
{
    size_t left = model->asked - model->done;
    if (left == 0)
        return 0;
    if (model->left_known * 2 < left)
        return -1;
    int64_t mean_ns = model->left_ns / (int64_t)model->left_known;
    int64_t sum_ns = model->left_ns + mean_ns * (int64_t)(left - model->left_known);
    int64_t longest_ns = 0;
    for (size_t i = 0; i < running_count; i++) {
        const struct test *test = &model->tests.items[running[i]];
        int64_t used = test->state == TEST_RUNNING ? used_ns(test, now_ns) : 0;
        int64_t rest_ns = test->usual_ns - used;
        sum_ns -= used;
        if (test->state == TEST_RUNNING && rest_ns > longest_ns)
            longest_ns = rest_ns;
    }
    int64_t share_ns = sum_ns / (int64_t)(left < boxes ? left : boxes);
    int64_t left_ns = share_ns > longest_ns ? share_ns : longest_ns;
    return left_ns > 0 ? left_ns : -1;
}
