#include "plan/model.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define ID "t/a.py::test_x"

static size_t tell(struct model *model, const char *id, enum event_status status, const char *tag,
                   int64_t time_ns)
{
    const struct bytes tags[] = {bytes_of(tag)};
    const struct event event = {.test_id = bytes_of(id),
                                .status = status,
                                .tags = tags,
                                .tag_count = tag != NULL ? 1 : 0,
                                .runnable = status == EVENT_EXISTS,
                                .has_time = time_ns > 0,
                                .time_ns = time_ns};
    return model_apply(model, &event, 1);
}

static void attach(struct model *model, const char *id, const char *name, const char *text)
{
    const struct event event = {.test_id = bytes_of(id),
                                .file_name = bytes_of(name),
                                .file = bytes_of(text),
                                .mime = bytes_of("text/plain")};
    assert_int_equal(model_apply(model, &event, 1), MAP_NONE);
}

static struct test *find(const struct model *model, const char *id)
{
    size_t at = model_find(model, bytes_of(id));
    assert_int_not_equal(at, MAP_NONE);
    return &model->tests.items[at];
}

static void check_text(const struct test *test, const char *name, const char *expect)
{
    char *text = result_text(test->result, name);
    if (expect == NULL)
        assert_null(text);
    else
        assert_string_equal(text, expect);
    free(text);
}

/* One listed and asked test of run 1. */
static void set_up(struct model *model)
{
    model_init(model, 1 << 20);
    model_begin(model, 1);
    tell(model, ID, EVENT_EXISTS, TAG_GROUP "t/a.py", 0);
    model_ask(model, 0);
}

static const struct {
    enum event_status status;
    const char *tag;
    enum outcome outcome;
    bool red, fragile;
} finals[] = {
    {EVENT_SUCCESS, NULL, OUTCOME_PASSED, false, false},
    {EVENT_SKIP, NULL, OUTCOME_SKIPPED, false, false},
    {EVENT_XFAIL, NULL, OUTCOME_XFAILED, false, false},
    {EVENT_UXSUCCESS, NULL, OUTCOME_XPASSED, false, false},
    {EVENT_FAIL, NULL, OUTCOME_FAILED, true, false},
    {EVENT_FAIL, "slow", OUTCOME_FAILED, true, false},
    {EVENT_FAIL, TAG_ERROR, OUTCOME_ERROR, true, false},
    {EVENT_FAIL, TAG_COLLECTION, OUTCOME_COLLECTION, true, false},
    {EVENT_FAIL, TAG_CRASH, OUTCOME_CRASHED, true, true},
    {EVENT_FAIL, TAG_TIMEOUT, OUTCOME_TIMEOUT, true, true},
    {EVENT_FAIL, TAG_NOT_RUN, OUTCOME_NOT_RUN, true, false},
};

static void test_final_statuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof finals / sizeof *finals; i++) {
        struct model model;
        set_up(&model);
        assert_int_equal(tell(&model, ID, EVENT_INPROGRESS, NULL, 1000), MAP_NONE);
        assert_int_equal(find(&model, ID)->state, TEST_RUNNING);
        uint64_t before = model.generation;
        assert_int_equal(tell(&model, ID, finals[i].status, finals[i].tag, 1700), 0);
        assert_true(model.generation > before);
        const struct test *test = find(&model, ID);
        assert_int_equal(test->outcome, finals[i].outcome);
        assert_int_equal(test->previous, OUTCOME_UNKNOWN);
        assert_int_equal(test->red, finals[i].red);
        assert_int_equal(test->fragile, finals[i].fragile);
        assert_int_equal(test->red_runs, finals[i].red ? 1 : 0);
        assert_int_equal(test->state, TEST_DONE);
        assert_int_equal(test->run, 1);
        assert_int_equal(test->started_ns, 1000);
        assert_int_equal(test->duration_ns, 700);
        assert_int_equal(model.red, finals[i].red ? 1 : 0);
        assert_int_equal(model.asked, 1);
        assert_int_equal(model.done, 1);
        assert_int_equal(model.counts[finals[i].outcome], 1);
        model_release(&model);
    }
}

static void test_listing(void **state)
{
    (void)state;
    struct model model;
    model_init(&model, 1024);
    model_begin(&model, 1);
    tell(&model, "b::1", EVENT_EXISTS, TAG_GROUP "b", 0);
    tell(&model, "a::1", EVENT_EXISTS, TAG_DESELECTED, 0);
    tell(&model, "b::1", EVENT_EXISTS, TAG_GROUP "b", 0);
    assert_int_equal(model.tests.len, 2);
    assert_int_equal(model.listing.len, 3); /* duplicates keep their places */
    assert_int_equal(model.listing.items[2], 0);
    assert_string_equal(find(&model, "b::1")->group, "b");
    assert_string_equal(find(&model, "a::1")->group, "");
    assert_true(find(&model, "a::1")->deselected);
    assert_true(find(&model, "b::1")->runnable);
    assert_int_equal(find(&model, "b::1")->state, TEST_LISTED);
    model_ask(&model, 0);
    model_ask(&model, 0);
    assert_int_equal(model.asked, 1);
    model_begin(&model, 2);
    assert_int_equal(model.listing.len, 0);
    assert_int_equal(model.asked, 0);
    assert_int_equal(find(&model, "b::1")->state, TEST_IDLE);
    tell(&model, "a::1", EVENT_EXISTS, TAG_GROUP "a", 0);
    assert_false(find(&model, "a::1")->deselected);
    assert_string_equal(find(&model, "a::1")->group, "a");
    assert_int_equal(model_find(&model, bytes_of("c::1")), MAP_NONE);
    model_release(&model);
}

static void test_what_could_not_be_collected(void **state)
{
    (void)state;
    static const struct {
        const char *id, *group;
    } cases[] = {
        {"t/bad.py", "t/bad.py"}, {"t/bad.py::TestX", "t/bad.py"}, {"t/conftest.py", "t/conftest.py"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model model;
        model_init(&model, 1024);
        model_begin(&model, 1);
        attach(&model, cases[i].id, "traceback", "SyntaxError");
        assert_int_equal(tell(&model, cases[i].id, EVENT_FAIL, TAG_COLLECTION, 0), 0);
        attach(&model, cases[i].id, "report", "late");
        const struct test *test = find(&model, cases[i].id);
        assert_int_equal(test->outcome, OUTCOME_COLLECTION);
        assert_string_equal(test->group, cases[i].group);
        assert_false(test->runnable);
        check_text(test, "traceback", "SyntaxError");
        check_text(test, "report", "late");
        assert_int_equal(model.asked, 1);
        assert_int_equal(model.done, 1);
        model_release(&model);
    }
}

static void test_attachments_are_kept_for_failures_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof finals / sizeof *finals; i++) {
        struct model model;
        set_up(&model);
        attach(&model, ID, "stdout", "one ");
        attach(&model, ID, "reason", "why");
        attach(&model, ID, "stdout", "two");
        tell(&model, ID, finals[i].status, finals[i].tag, 0);
        attach(&model, ID, "stderr", "late");
        const struct test *test = find(&model, ID);
        bool reason = finals[i].status == EVENT_SKIP || finals[i].status == EVENT_XFAIL;
        check_text(test, "stdout", finals[i].red ? "one two" : NULL);
        check_text(test, "stderr", finals[i].red ? "late" : NULL);
        check_text(test, "reason", finals[i].red || reason ? "why" : NULL);
        check_text(test, "nothing", NULL);
        model_end(&model);
        assert_true(test->partial == NULL);
        if (!finals[i].red && !reason)
            assert_null(test->result);
        model_release(&model);
    }
}

static void test_attachments_are_bounded(void **state)
{
    (void)state;
    struct model model;
    model_init(&model, 1000);
    char *line = mem_zero(101);
    memset(line, 'x', 100);
    for (int i = 0; i < 1000; i++)
        attach(&model, ID, "stdout", line);
    for (int i = 0; i < 40; i++) {
        char *name = mem_printf("file-%d", i);
        attach(&model, ID, name, i % 2 == 0 ? line : "");
        free(name);
    }
    tell(&model, ID, EVENT_FAIL, NULL, 0);
    const struct result *result = find(&model, ID)->result;
    assert_int_equal(result->attachments.len, RESULT_ATTACHMENTS_MAX);
    assert_int_equal(result->refused, 9);
    assert_int_equal(clip_dropped(&result->attachments.items[0].data), 99000);
    char *text = result_text(result, "stdout");
    assert_true(strlen(text) < 1100);
    assert_non_null(strstr(text, "99000 bytes dropped"));
    assert_string_equal(result->attachments.items[0].mime, "text/plain");
    free(text);
    free(line);
    model_release(&model);
}

static void test_a_rerun_replaces_the_story_when_it_ends(void **state)
{
    (void)state;
    struct model model;
    set_up(&model);
    attach(&model, ID, "report", "first");
    tell(&model, ID, EVENT_FAIL, NULL, 0);
    model_end(&model);
    model_begin(&model, 2);
    tell(&model, ID, EVENT_INPROGRESS, NULL, 0);
    attach(&model, ID, "report", "second");
    struct test *test = find(&model, ID);
    check_text(test, "report", "first");
    assert_int_equal(test->outcome, OUTCOME_FAILED);
    tell(&model, ID, EVENT_FAIL, TAG_ERROR, 0);
    check_text(test, "report", "second");
    assert_int_equal(test->previous, OUTCOME_FAILED);
    assert_int_equal(test->outcome, OUTCOME_ERROR);
    assert_int_equal(test->red_runs, 2);
    model_begin(&model, 3);
    tell(&model, ID, EVENT_FAIL, NULL, 0);
    assert_null(test->result); /* nothing came with this one */
    model_begin(&model, 4);
    tell(&model, ID, EVENT_SUCCESS, NULL, 0);
    assert_int_equal(test->red_runs, 0);
    assert_int_equal(model.red, 0);
    assert_int_equal(test->previous, OUTCOME_FAILED);
    model_release(&model);
}

/* How a run can stop under a running test; its older outcome and story then stand. */
static void stop_by_event(struct model *model)
{
    tell(model, ID, EVENT_NONE, TAG_INTERRUPTED, 0);
}

static void test_an_interrupted_test_keeps_its_older_outcome(void **state)
{
    (void)state;
    void (*const stops[])(struct model *) = {stop_by_event, model_end};
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        struct model model;
        set_up(&model);
        attach(&model, ID, "report", "first");
        tell(&model, ID, EVENT_FAIL, NULL, 0);
        model_end(&model);
        model_begin(&model, 2);
        tell(&model, ID, EVENT_INPROGRESS, NULL, 0);
        attach(&model, ID, "report", "half");
        stops[i](&model);
        const struct test *test = find(&model, ID);
        assert_int_equal(test->outcome, OUTCOME_FAILED);
        assert_int_equal(test->run, 1);
        assert_true(test->red);
        assert_int_equal(test->state, TEST_ASKED);
        assert_null(test->partial);
        check_text(test, "report", "first");
        assert_int_equal(model.done, 0);
        model_release(&model);
    }
}

static void test_a_skip_leaves_red_as_it_is(void **state)
{
    (void)state;
    struct model model;
    set_up(&model);
    tell(&model, ID, EVENT_FAIL, NULL, 0);
    model_begin(&model, 2);
    tell(&model, ID, EVENT_SKIP, NULL, 0);
    assert_true(find(&model, ID)->red);
    assert_int_equal(find(&model, ID)->outcome, OUTCOME_SKIPPED);
    model_set_red(&model, 0, false);
    model_set_red(&model, 0, false);
    assert_int_equal(model.red, 0);
    model_begin(&model, 3);
    tell(&model, ID, EVENT_SKIP, NULL, 0);
    assert_false(find(&model, ID)->red);
    model_release(&model);
}

static const struct {
    enum event_status first;
    const char *first_tag;
    enum event_status second;
    const char *second_tag;
    enum outcome outcome;
} twice[] = {
    {EVENT_SUCCESS, NULL, EVENT_FAIL, NULL, OUTCOME_FAILED},
    {EVENT_FAIL, NULL, EVENT_SUCCESS, NULL, OUTCOME_FAILED},
    {EVENT_SUCCESS, NULL, EVENT_SUCCESS, NULL, OUTCOME_PASSED},
    {EVENT_SUCCESS, NULL, EVENT_SKIP, NULL, OUTCOME_SKIPPED},
    {EVENT_FAIL, NULL, EVENT_FAIL, TAG_CRASH, OUTCOME_CRASHED},
    {EVENT_FAIL, TAG_CRASH, EVENT_FAIL, NULL, OUTCOME_CRASHED},
    {EVENT_FAIL, NULL, EVENT_FAIL, TAG_NOT_RUN, OUTCOME_FAILED},
    {EVENT_FAIL, TAG_NOT_RUN, EVENT_FAIL, NULL, OUTCOME_FAILED},
    {EVENT_SUCCESS, NULL, EVENT_FAIL, TAG_NOT_RUN, OUTCOME_NOT_RUN},
};

static void test_of_two_outcomes_in_one_run_the_worse_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof twice / sizeof *twice; i++) {
        struct model model;
        set_up(&model);
        tell(&model, ID, EVENT_INPROGRESS, NULL, 0);
        tell(&model, ID, twice[i].first, twice[i].first_tag, 0);
        enum outcome first = find(&model, ID)->outcome;
        tell(&model, ID, EVENT_INPROGRESS, NULL, 0);
        attach(&model, ID, "report", "again");
        size_t ended = tell(&model, ID, twice[i].second, twice[i].second_tag, 0);
        const struct test *test = find(&model, ID);
        assert_int_equal(test->outcome, twice[i].outcome);
        assert_int_equal(ended, first == twice[i].outcome ? MAP_NONE : 0);
        assert_int_equal(test->red_runs, outcome_is_red(twice[i].outcome) ? 1 : 0);
        assert_int_equal(model.counts[twice[i].outcome], 1);
        size_t sum = 0;
        for (int k = 0; k < OUTCOME_COUNT; k++)
            sum += model.counts[k];
        assert_int_equal(sum, 1);
        assert_int_equal(model.done, 1);
        assert_int_equal(model.asked, 1);
        check_text(test, "report", outcome_is_red(twice[i].outcome) ? "again" : NULL);
        model_release(&model);
    }
}

static void test_a_leak_is_marked_but_not_red(void **state)
{
    (void)state;
    struct model model;
    set_up(&model);
    tell(&model, ID, EVENT_INPROGRESS, NULL, 0);
    tell(&model, ID, EVENT_SUCCESS, NULL, 0);
    assert_int_equal(tell(&model, ID, EVENT_NONE, TAG_LEAK, 0), MAP_NONE);
    tell(&model, ID, EVENT_NONE, TAG_LEAK, 0);
    assert_true(find(&model, ID)->leaked);
    assert_int_equal(model.leaks, 1);
    assert_int_equal(model.red, 0);
    assert_int_equal(find(&model, ID)->outcome, OUTCOME_PASSED);
    model_begin(&model, 2);
    assert_int_equal(model.leaks, 0);
    tell(&model, ID, EVENT_INPROGRESS, NULL, 0);
    assert_false(find(&model, ID)->leaked);
    model_release(&model);
}

static void test_what_names_no_test_or_says_nothing_makes_none(void **state)
{
    (void)state;
    struct model model;
    model_init(&model, 1024);
    uint64_t before = model.generation;
    const struct event output = {
        .route = bytes_of("0"), .file_name = bytes_of("stdout"), .file = bytes_of("hello")};
    assert_int_equal(model_apply(&model, &output, 1), MAP_NONE);
    assert_int_equal(tell(&model, "x", EVENT_NONE, "worker-3", 5), MAP_NONE);
    assert_int_equal(model.tests.len, 0);
    assert_int_equal(model.generation, before);
    model_release(&model);
}

static void test_times(void **state)
{
    (void)state;
    static const struct {
        int64_t start_ns, end_ns, usual_ns, expect_ns, expect_usual_ns;
        const char *setup;
    } cases[] = {
        {1000, 5000, 0, 4000, 4000, NULL},
        {1000, 5000, 8000, 4000, 7000, NULL},
        {5000, 1000, 8000, 0, 8000, NULL},              /* the clock was set back */
        {0, 5000, 0, 0, 0, NULL},                       /* no start was reported */
        {1000, 5000, 0, 4000, 1000, TAG_SETUP "m1,c2"}, /* what others have of it, too, … */
        {1000, 5000, 3001, 4000, 2251, TAG_SETUP "m9"}, /* … is not its own */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model model;
        set_up(&model);
        struct test *test = find(&model, ID);
        test->usual_ns = cases[i].usual_ns;
        if (cases[i].start_ns > 0)
            tell(&model, ID, EVENT_INPROGRESS, NULL, cases[i].start_ns);
        tell(&model, ID, EVENT_SUCCESS, cases[i].setup, cases[i].end_ns);
        assert_int_equal(test->duration_ns, cases[i].expect_ns);
        assert_int_equal(test->usual_ns, cases[i].expect_usual_ns);
        model_release(&model);
    }
}

/* What a stream tells of one test, and when that comes to us. */
struct told {
    enum event_status status;
    const char *route;
    int64_t time_ns, now_ns, duration_ns;
};

static void test_clocks_that_cannot_be_compared(void **state)
{
    (void)state;
    static const struct {
        struct told start, end;
        bool loaded;
        int64_t expect_ns;
    } cases[] = {
        {{EVENT_INPROGRESS, "0", 100, 1000, 0}, {EVENT_SUCCESS, "0", 400, 5000, 0}, false, 300},
        {{EVENT_INPROGRESS, "0", 100, 1000, 0}, {EVENT_SUCCESS, "1", 900, 5000, 0}, false, 4000},
        {{EVENT_INPROGRESS, "0", 100, 1000, 0}, {EVENT_SUCCESS, NULL, 0, 5000, 0}, false, 4000},
        {{EVENT_INPROGRESS, "0", 900, 1000, 0}, {EVENT_SUCCESS, "0", 400, 5000, 0}, false, 4000},
        {{EVENT_INPROGRESS, "0", 100, 1000, 0},
         {EVENT_SUCCESS, "0", 7200 * INT64_C(1000000000), 5000, 0},
         false,
         4000},
        {{EVENT_INPROGRESS, "0", 100, 1000, 0}, {EVENT_SUCCESS, "1", 900, 5000, 77}, false, 77},
        {{EVENT_INPROGRESS, "0", 100, 1000, 0},
         {EVENT_SUCCESS, "0", 30 * INT64_C(1000000000), 1001, 0},
         true,
         30 * INT64_C(1000000000) - 100},
        {{EVENT_INPROGRESS, "0", 100, 1000, 0}, {EVENT_SUCCESS, "1", 900, 5000, 0}, true, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model model;
        set_up(&model);
        model.loaded = cases[i].loaded;
        const struct told *const told[] = {&cases[i].start, &cases[i].end};
        for (size_t j = 0; j < 2; j++) {
            const struct event event = {.test_id = bytes_of(ID),
                                        .status = told[j]->status,
                                        .route = bytes_of(told[j]->route),
                                        .has_time = told[j]->time_ns > 0,
                                        .time_ns = told[j]->time_ns,
                                        .duration_ns = told[j]->duration_ns};
            model_apply(&model, &event, told[j]->now_ns);
        }
        assert_int_equal(find(&model, ID)->duration_ns, cases[i].expect_ns);
        assert_int_equal(find(&model, ID)->usual_ns, cases[i].loaded ? 0 : cases[i].expect_ns);
        model_release(&model);
    }
}

static void test_processor_times(void **state)
{
    static const struct {
        const char *tag;
        int64_t expect_ns;
    } cases[] = {
        {"cpu_us=1200", 1200000},
        {"cpu_us=0", 0},
        {NULL, 0},
        {"cpu_us=", 0},
        {"cpu_us=-5", 0},
        {"cpu_us=12.5", 0},
        {"cpu_us=99999999999999999999999", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model model;
        set_up(&model);
        tell(&model, ID, EVENT_INPROGRESS, NULL, 1000);
        tell(&model, ID, EVENT_SUCCESS, cases[i].tag, 2000);
        assert_int_equal(find(&model, ID)->cpu_ns, cases[i].expect_ns);
        model_release(&model);
    }
}

static void test_history_is_recalled(void **state)
{
    (void)state;
    struct model model;
    model_init(&model, 1024);
    model_recall(&model, "a::1", "a", OUTCOME_CRASHED)->red_runs = 4;
    model_recall(&model, "a::2", "a", OUTCOME_PASSED)->usual_ns = 5;
    model_recall(&model, "b", NULL, OUTCOME_COLLECTION);
    assert_int_equal(model.red, 2);
    assert_true(find(&model, "a::1")->red);
    assert_true(find(&model, "a::1")->runnable);
    assert_false(find(&model, "b")->runnable);
    assert_string_equal(find(&model, "b")->group, "");
    assert_int_equal(find(&model, "a::1")->run, 0);
    model_begin(&model, 1);
    tell(&model, "a::1", EVENT_FAIL, NULL, 0);
    assert_int_equal(find(&model, "a::1")->red_runs, 5);
    assert_int_equal(find(&model, "a::1")->previous, OUTCOME_CRASHED);
    assert_int_equal(model.tests.len, 3);
    model_release(&model);
}

static void test_outcome_names(void **state)
{
    (void)state;
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        assert_int_equal(outcome_parse(outcome_name((enum outcome)i)), i);
        assert_true(outcome_label((enum outcome)i)[0] != '\0');
        assert_true(outcome_counted((enum outcome)i)[0] != '\0');
        for (int k = 0; k < i; k++)
            assert_string_not_equal(outcome_name((enum outcome)i), outcome_name((enum outcome)k));
    }
    assert_int_equal(outcome_parse("no such outcome"), OUTCOME_UNKNOWN);
    assert_int_equal(outcome_parse(NULL), OUTCOME_UNKNOWN);
}

/* 100,000 tests, listed, started with some output, passed. Figures are printed; the bounds leave room for a
 * busy machine and for sanitizers. */
static void test_hundred_thousand_tests_are_fast_and_small(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    struct model model;
    char id[96];
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    model_init(&model, 1 << 20);
    model_begin(&model, 1);
    for (int i = 0; i < COUNT; i++) {
        snprintf(id, sizeof id, "tests/test_module_%d.py::TestClass::test_method_%d", i / 100, i);
        char group[64];
        snprintf(group, sizeof group, TAG_GROUP "tests/test_module_%d.py", i / 100);
        tell(&model, id, EVENT_EXISTS, group, 0);
        model_ask(&model, (size_t)i);
    }
    clock_t begin = clock();
    for (int i = 0; i < COUNT; i++) {
        snprintf(id, sizeof id, "tests/test_module_%d.py::TestClass::test_method_%d", i / 100, i);
        tell(&model, id, EVENT_INPROGRESS, NULL, 1000 + i);
        tell(&model, id, EVENT_SUCCESS, NULL, 2000 + i);
    }
    double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    model_end(&model);
    size_t size = mallinfo2().uordblks + mallinfo2().hblkhd - before;
    print_message("200,000 events in %.3f s, %zu bytes a test (of which the struct %zu)\n", seconds,
                  size / COUNT, sizeof(struct test));
    assert_int_equal(model.done, COUNT);
    assert_int_equal(model.counts[OUTCOME_PASSED], COUNT);
    assert_true(seconds < 1.5);
    assert_true(size / COUNT < 360); /* 0 where an allocator of its own is linked in */
    model_release(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_final_statuses),
        cmocka_unit_test(test_listing),
        cmocka_unit_test(test_what_could_not_be_collected),
        cmocka_unit_test(test_attachments_are_kept_for_failures_only),
        cmocka_unit_test(test_attachments_are_bounded),
        cmocka_unit_test(test_a_rerun_replaces_the_story_when_it_ends),
        cmocka_unit_test(test_an_interrupted_test_keeps_its_older_outcome),
        cmocka_unit_test(test_a_skip_leaves_red_as_it_is),
        cmocka_unit_test(test_of_two_outcomes_in_one_run_the_worse_counts),
        cmocka_unit_test(test_a_leak_is_marked_but_not_red),
        cmocka_unit_test(test_what_names_no_test_or_says_nothing_makes_none),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_clocks_that_cannot_be_compared),
        cmocka_unit_test(test_processor_times),
        cmocka_unit_test(test_history_is_recalled),
        cmocka_unit_test(test_outcome_names),
        cmocka_unit_test(test_hundred_thousand_tests_are_fast_and_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
