/* Tests that fail and are run again in the same run, as the model knows them. */
#include "plan/flaky.h"
#include "plan/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define ID "t/a.py::test_x"

static size_t tell(struct model *model, const char *id, enum event_status status, const char *tag,
                   int64_t now_ns)
{
    const struct bytes tags[] = {bytes_of(tag)};
    const struct event event = {.status = status,
                                .test_id = bytes_of(id),
                                .tags = tags,
                                .tag_count = tag != NULL,
                                .has_tags = tag != NULL,
                                .runnable = strstr(id, " > ") == NULL,
                                .has_time = true,
                                .time_ns = now_ns};
    return model_apply(model, &event, now_ns);
}

static void say(struct model *model, const char *id, const char *text)
{
    const struct event event = {
        .test_id = bytes_of(id), .file_name = bytes_of("traceback"), .file = bytes_of(text), .eof = true};
    model_apply(model, &event, 1);
}

/* It has failed once. */
static void set_up(struct model *model)
{
    model_init(model, 1000);
    model_begin(model, 1);
    tell(model, ID, EVENT_EXISTS, NULL, 0);
    model_ask(model, 0);
    tell(model, ID, EVENT_INPROGRESS, NULL, 1000);
    say(model, ID, "first");
    assert_int_equal(tell(model, ID, EVENT_FAIL, NULL, 1500), 0);
}

static const struct {
    enum event_status status;
    const char *tag;
    enum outcome outcome;
    const char *told; /* of how it failed */
} again[] = {
    {EVENT_SUCCESS, NULL, OUTCOME_FLAKY, "first"},      {EVENT_XFAIL, NULL, OUTCOME_FLAKY, "first"},
    {EVENT_UXSUCCESS, NULL, OUTCOME_FLAKY, "first"},    {EVENT_SKIP, NULL, OUTCOME_FAILED, "first"},
    {EVENT_FAIL, TAG_NOT_RUN, OUTCOME_FAILED, "first"}, {EVENT_FAIL, NULL, OUTCOME_FAILED, "second"},
    {EVENT_FAIL, TAG_ERROR, OUTCOME_ERROR, "second"},   {EVENT_FAIL, TAG_CRASH, OUTCOME_CRASHED, "second"},
};

static void what_a_second_try_makes_of_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof again / sizeof *again; i++) {
        struct model model;
        set_up(&model);
        model_again(&model, 0);
        const struct test *test = &model.tests.items[0];
        assert_true(test->again);
        assert_int_equal(tell(&model, ID, EVENT_INPROGRESS, NULL, 3000), MAP_NONE);
        say(&model, ID, "second");
        assert_int_equal(test->outcome, OUTCOME_FAILED);
        assert_int_equal(model.counts[OUTCOME_FAILED], 1);
        assert_int_equal(tell(&model, ID, again[i].status, again[i].tag, 3700), 0);
        bool flaky = again[i].outcome == OUTCOME_FLAKY;
        assert_int_equal(test->outcome, again[i].outcome);
        assert_int_equal(test->red, !flaky);
        assert_int_equal(test->flaky, flaky ? FLAKY_PASSES : 0);
        assert_int_equal(test->red_runs, flaky ? 0 : 1);
        assert_int_equal(model.red, flaky ? 0 : 1);
        assert_int_equal(model.counts[OUTCOME_FAILED], again[i].outcome == OUTCOME_FAILED);
        assert_int_equal(model.counts[again[i].outcome], 1);
        assert_int_equal(model.asked, 1);
        assert_int_equal(model.done, 1);
        char *told = result_text(test->result, "traceback");
        assert_string_equal(told, again[i].told);
        free(told);
        model_release(&model);
    }
}

static void an_interrupted_try_leaves_it_red(void **state)
{
    (void)state;
    struct model model;
    set_up(&model);
    model_again(&model, 0);
    tell(&model, ID, EVENT_INPROGRESS, NULL, 3000);
    tell(&model, ID, EVENT_NONE, TAG_INTERRUPTED, 3100);
    model_end(&model);
    assert_int_equal(model.tests.items[0].outcome, OUTCOME_FAILED);
    assert_int_equal(model.tests.items[0].state, TEST_DONE);
    assert_int_equal(model.counts[OUTCOME_FAILED], 1);
    model_begin(&model, 2);
    assert_false(model.tests.items[0].again);
    assert_int_equal(model.tests.items[0].retries, 0);
    model_release(&model);
}

static void what_failed_of_it_is_run_again_with_it(void **state)
{
    (void)state;
    struct model model;
    set_up(&model);
    tell(&model, ID " > one", EVENT_FAIL, NULL, 1000);
    tell(&model, ID " > two", EVENT_SUCCESS, NULL, 1000);
    tell(&model, ID "y > one", EVENT_FAIL, NULL, 1000);
    model_again(&model, 0);
    assert_true(model.tests.items[1].again);
    assert_false(model.tests.items[2].again);
    assert_false(model.tests.items[3].again);
    tell(&model, ID " > one", EVENT_SUCCESS, NULL, 1000);
    tell(&model, ID, EVENT_SUCCESS, NULL, 1000);
    assert_int_equal(model.counts[OUTCOME_FLAKY], 2);
    assert_int_equal(model.red, 1);
    model_release(&model);
}

static void a_stream_may_say_that_a_test_is_flaky(void **state)
{
    (void)state;
    struct model model;
    model_init(&model, 1000);
    model_begin(&model, 1);
    say(&model, ID, "as it failed");
    assert_int_equal(tell(&model, ID, EVENT_SUCCESS, TAG_FLAKY, 1), 0);
    assert_int_equal(model.tests.items[0].outcome, OUTCOME_FLAKY);
    assert_false(model.tests.items[0].red);
    char *told = result_text(model.tests.items[0].result, "traceback");
    assert_string_equal(told, "as it failed");
    free(told);
    model_release(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_second_try_makes_of_it),
        cmocka_unit_test(an_interrupted_try_leaves_it_red),
        cmocka_unit_test(what_failed_of_it_is_run_again_with_it),
        cmocka_unit_test(a_stream_may_say_that_a_test_is_flaky),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
