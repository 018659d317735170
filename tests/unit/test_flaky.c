#include "plan/flaky.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ID "t/a.py::test_x"

/* One letter a step: "p" and "f" run the test, which passes or fails; "s" skips it; "c" changes a file; "r"
 * begins a run, which every one of the first three does as well unless an "r" did; "?" is when all has been
 * still. */
struct script {
    struct model model;
    unsigned run;
    bool begun;
    size_t told;
};

static void begin(struct script *script)
{
    model_begin(&script->model, ++script->run);
    script->begun = true;
}

static void end(struct script *script, enum event_status status)
{
    if (!script->begun)
        begin(script);
    const struct event event = {.test_id = bytes_of(ID), .status = status, .runnable = true};
    model_apply(&script->model, &event, 1);
    script->begun = false;
}

static void count(void *owner, size_t test)
{
    struct script *script = owner;
    assert_int_equal(test, 0);
    script->told++;
}

static size_t play(struct script *script, const char *steps)
{
    size_t newly = 0, named = MAP_NONE;
    for (; *steps != '\0'; steps++) {
        switch (*steps) {
        case 'p':
            end(script, EVENT_SUCCESS);
            break;
        case 'f':
            end(script, EVENT_FAIL);
            break;
        case 's':
            end(script, EVENT_SKIP);
            break;
        case 'c':
            flaky_changed(&script->model);
            break;
        case 'r':
            begin(script);
            break;
        default:
            newly += flaky_confirm(&script->model, count, script, &named);
        }
    }
    return newly;
}

static void what_turns_on_one_tree_is_flaky(void **state)
{
    static const struct {
        const char *steps;
        size_t newly, told;
    } cases[] = {
        {"p?", 0, 0},      {"pf?", 1, 1},       {"fp?", 1, 1},
        {"pp?ff?", 1, 1},  {"ff?", 0, 0},       {"fcp?", 0, 0}, /* mended */
        {"fpc?", 0, 0},                                         /* mended, but heard of late */
        {"frcp?", 0, 0},   /* a change in the middle of the run: of which tree it tells is not known, */
        {"frcpf?", 0, 0},  /* nor is it for what follows */
        {"frcpfp?", 1, 1}, /* until the next */
        {"psf?", 0, 0},    /* a skip says nothing */
        {"pfp?", 1, 2},    {"pf?cp?pf?", 1, 2}, /* known already */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct script script = {0};
        model_init(&script.model, 1024);
        size_t newly = play(&script, cases[i].steps);
        if (newly != cases[i].newly || script.told != cases[i].told)
            fail_msg("%s: %zu new, %zu told", cases[i].steps, newly, script.told);
        model_release(&script.model);
    }
}

static void it_is_forgotten_when_the_test_has_been_steady(void **state)
{
    struct script script = {0};
    (void)state;
    model_init(&script.model, 1024);
    play(&script, "pf?c");
    for (int i = 0; i < FLAKY_PASSES; i++) {
        assert_true(script.model.tests.items[0].flaky > 0);
        play(&script, "p");
    }
    assert_int_equal(script.model.tests.items[0].flaky, 0);
    model_release(&script.model);
}

static void the_worse_outcome_of_a_duplicated_id_counts(void **state)
{
    struct script script = {0};
    (void)state;
    model_init(&script.model, 1024);
    for (int run = 0; run < 3; run++) {
        play(&script, "p"); /* one of the two */
        const struct event event = {.test_id = bytes_of(ID), .status = EVENT_FAIL, .runnable = true};
        model_apply(&script.model, &event, 1);
    }
    assert_int_equal(play(&script, "?"), 0);
    model_release(&script.model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_turns_on_one_tree_is_flaky),
        cmocka_unit_test(it_is_forgotten_when_the_test_has_been_steady),
        cmocka_unit_test(the_worse_outcome_of_a_duplicated_id_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
