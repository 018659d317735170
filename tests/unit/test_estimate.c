#include "plan/estimate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW INT64_C(1000)

/* A run at time 1000. tests: asked tests, each ' '-ended: its usual time, 0 unknown; behind it 'd' when it is
 * done, 'r' and when it was started if it runs. */
static const struct {
    const char *tests;
    unsigned boxes;
    int64_t left;
} cases[] = {
    {"", 2, 0},
    {"100d 100d ", 2, 0},
    {"100 100 100 100 ", 1, 400},
    {"100 100 100 100 ", 2, 200},
    {"100d 100 100 100d ", 2, 100},
    {"100 ", 4, 100},          /* one test takes one box */
    {"0 0 100 ", 1, -1},       /* less than half is known */
    {"0 100 ", 1, 200},        /* half is: the other half is taken to be like it */
    {"0d 0d 0d 100 ", 1, 100}, /* what is done need not be known */
    {"0 0 ", 2, -1},
    {"100r940 100 ", 1, 140},       /* 60 of the running one are over */
    {"100r500 100 ", 1, 100},       /* longer than usual: nothing is known to be left of it */
    {"100r500 ", 1, -1},            /* nor of all that there is */
    {"1000r900 10 10 10 ", 4, 900}, /* the longest box decides */
    {"100r2000 ", 1, 100},          /* the clock was set back */
};

static struct test *add(struct model *model, const char *id, int64_t usual)
{
    struct test *test = model_recall(model, id, "", OUTCOME_PASSED);
    test->usual_ns = usual;
    model_ask(model, (size_t)(test - model->tests.items));
    return test;
}

static void tell(struct model *model, const struct test *test, enum event_status status, int64_t time_ns)
{
    const struct event event = {
        .test_id = bytes_of(test->id), .status = status, .has_time = true, .time_ns = time_ns};
    model_apply(model, &event, 0);
}

static int64_t estimate(const char *tests, unsigned boxes)
{
    struct model model;
    VEC(size_t) running = {0};
    model_init(&model, 1024);
    model_begin(&model, 1);
    while (*tests != '\0') {
        char *next;
        char id[] = {'t', (char)('0' + model.tests.len), '\0'};
        struct test *test = add(&model, id, strtol(tests, &next, 10));
        if (*next == 'd') {
            tell(&model, test, EVENT_INPROGRESS, 1);
            tell(&model, test, EVENT_SUCCESS, 900);
        } else if (*next == 'r') {
            tell(&model, test, EVENT_INPROGRESS, strtol(next + 1, NULL, 10));
            vec_push(&running, model.tests.len - 1);
        }
        tests = strchr(next, ' ') + 1;
    }
    int64_t left = estimate_left(&model, boxes, running.items, running.len, NOW);
    vec_release(&running);
    model_release(&model);
    return left;
}

static void test_time_left(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t left = estimate(cases[i].tests, cases[i].boxes);
        if (left != cases[i].left)
            fail_msg("\"%s\": %lld instead of %lld", cases[i].tests, (long long)left,
                     (long long)cases[i].left);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_time_left)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
