/* What narrows the loop down: a filter, and steps through the red tests. */
#include "loop_script.h"

#include "plan/filter.h"

static void all_words_must_be_in_the_id(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *id;
        bool matches;
    } table[] = {
        {"api", "tests/test_api.py::test_x", true},
        {"API x", "tests/test_api.py::test_x", true},
        {"x api", "tests/test_api.py::test_x", true},
        {"api z", "tests/test_api.py::test_x", false},
        {"  api  ", "tests/test_api.py::test_x", true},
        {"", "a", true},
        {"   ", "a", true},
        {"aab", "t::aaab", true},
        {"aa", "a", false},
        {"日本", "t::test[日本語]", true},
        {"[1]", "t::test[1]", true},
        {"É", "t::é", false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(filter_matches(table[i].pattern, table[i].id), table[i].matches);
}

static void what_is_gone_or_no_test_is_not_counted(void **state)
{
    (void)state;
    struct model model;
    model_init(&model, 1024);
    model_recall(&model, "a.py::one", "a.py", OUTCOME_PASSED);
    model_recall(&model, "a.py::two", "a.py", OUTCOME_FAILED);
    model_recall(&model, "a.py", "a.py", OUTCOME_COLLECTION);
    model_recall(&model, "a.py::three", "a.py", OUTCOME_PASSED)->gone = true;
    assert_int_equal(filter_count("a.py", &model), 2);
    assert_int_equal(filter_count("O", &model), 2);
    assert_int_equal(filter_count("one", &model), 1);
    assert_int_equal(filter_count("", &model), 2);
    assert_int_equal(filter_count("three", &model), 0);
    model_release(&model);
}

static const struct script filters[] = {
    {"a filter on green: only what matches, and never green; cleared, all",
     NULL,
     {{"a::x=p b::y=p c::z=p", "start", "run all (start) asks a::x b::y c::z | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "f b", "run all (the filter was set) b asks b::y | partly |"},
      {NULL, "end", "wait | partly |"},
      {NULL, "change s", "run all (s changed) b s asks b::y | partly |"},
      {NULL, "end", "wait | partly |"},
      {NULL, "a", "run all (key) b asks b::y | partly |"},
      {NULL, "end", "wait | partly |"},
      {NULL, "r", "wait | partly |"},
      {NULL, "f", "run all (the filter was cleared) asks a::x b::y c::z | partly |"},
      {NULL, "end", "wait | green |"}}},
    {"red tests that do not match stay red and do not run",
     "a::x b::y",
     {{"a::x=f b::y=f b::w=p", "start", "run red (start) a b asks a::x b::y | red | a::x b::y"},
      {NULL, "end", "wait | red | a::x b::y"},
      {NULL, "f b", "run red (the filter was set) b asks b::y | red | a::x b::y"},
      {NULL, "end", "wait | red | a::x b::y"},
      {"a::x=f b::y=p b::w=p", "r", "run red (key) b asks b::y | red | a::x b::y"},
      {NULL, "end", "run all (the red set passed) asks b::y b::w | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {NULL, "r", "wait | red | a::x"},
      {NULL, "change a", "run all (a changed) b a asks b::y b::w | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {NULL, "f", "run red (the filter was cleared) a asks a::x | red | a::x"},
      {"a::x=p b::y=p b::w=p", "change s", "cancel | red | a::x"},
      {NULL, "cancelled", "run red (s changed) a s asks a::x | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::x b::y b::w | partly |"},
      {NULL, "end", "wait | green |"}}},
    {"what only filtered runs covered is covered anew when the filter is cleared",
     "a::x",
     {{"a::x=f b::y=p c::z=p", "a", "run all (key) asks a::x b::y c::z | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {NULL, "f c", "run all (the filter was set) c asks c::z | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {"a::x=f b::y=p b::new=f c::z=p", "change b", "run all (b changed) c b asks c::z | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {NULL, "f", "run red (the filter was cleared) a b asks a::x b::y b::new | red | a::x"},
      {NULL, "end", "wait | red | a::x b::new"}}},
    {"a filter that no test matches is not set, and runs nothing",
     NULL,
     {{"a::x=p b::y=p", "f b", "wait | unknown |"},
      {NULL, "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "f nowhere", "wait | green |"},
      {NULL, "f", "wait | green |"},
      {NULL, "change s", "run all (s changed) asks a::x b::y | partly |"}}},
    {"a filter during a run cancels it; before all was listed once, all is listed",
     NULL,
     {{"a::x=p b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "f b", "cancel | unknown |"},
      {NULL, "cancelled", "run all (the filter was set) asks b::y | unknown |"},
      {NULL, "end", "wait | partly |"},
      {NULL, "change s", "run all (s changed) b s asks b::y | partly |"},
      {NULL, "f", "cancel | partly |"},
      {NULL, "cancelled", "run all (the filter was cleared) asks a::x b::y | partly |"},
      {NULL, "end", "wait | green |"}}},
    {"under a filter, new tests that match are found in changed files",
     NULL,
     {{"a::x=p b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "f y", "run all (the filter was set) b asks b::y | partly |"},
      {NULL, "end", "wait | partly |"},
      {"a::x=p b::y=p n::yes=f n::no=f", "change n", "run all (n changed) b n asks b::y n::yes | partly |"},
      {NULL, "end", "wait | red | n::yes"},
      {NULL, "change n", "run red (n changed) n asks n::yes | red | n::yes"}}},
    {"what cannot be collected matches every filter; the last test that matches goes: that is not green",
     NULL,
     {{"a::x=p b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "f y", "run all (the filter was set) b asks b::y | partly |"},
      {NULL, "end", "wait | partly |"},
      {"a=c b::y=p", "change a", "run all (a changed) b a asks b::y | partly | a"},
      {NULL, "end", "wait | red | a"},
      {"a::x=p b::y=p", "change a", "run red (a changed) a asks | red | a"},
      {NULL, "end",
       "run all (the red set passed) b a asks b::y | partly | | a no longer fails to collect: left the red "
       "set"},
      {NULL, "end", "wait | partly |"},
      {"a::x=p", "change b", "run all (b changed) b asks | partly |"},
      {NULL, "end", "wait | unknown |"},
      {"a::x=p c::y=p", "change c", "run all (c changed) c asks c::y | unknown |"},
      {NULL, "end", "wait | partly |"}}},
    {"the last red test that matches is skipped: the run of all that match confirms it",
     "a::x b::y",
     {{"a::x=f b::y=s", "f b", "run red (the filter was set) b asks b::y | red | a::x b::y"},
      {NULL, "end", "run all (the red set passed) asks b::y | red | a::x b::y"},
      {NULL, "end", "wait | red | a::x | b::y is skipped: left the red set"}}},
    {"s runs its test whatever the filter says",
     NULL,
     {{"a::x=p b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "f b", "run all (the filter was set) b asks b::y | partly |"},
      {NULL, "end", "wait | partly |"},
      {NULL, "s a::x", "run one (key) a asks a::x | partly |"}}},
};

static void test_filters(void **state)
{
    (void)state;
    RUN(filters, NULL);
}

static const struct script steps[] = {
    {"one red test after the other until all pass, then all",
     "a::x b::y c::z",
     {{"a::x=f b::y=f c::z=f d::w=p", "start",
       "run red (start) a b c asks a::x b::y c::z | red | a::x b::y c::z"},
      {NULL, "end", "wait | red | a::x b::y c::z"},
      {NULL, "i b::y", "run one (key) b asks b::y | red | a::x b::y c::z"},
      {NULL, "end", "wait | red | a::x b::y c::z"},
      {NULL, "change s", "run one (s changed) b asks b::y | red | a::x b::y c::z"},
      {NULL, "end", "wait | red | a::x b::y c::z"},
      {"a::x=f b::y=p c::z=p d::w=p", "change s", "run one (s changed) b asks b::y | red | a::x b::y c::z"},
      {NULL, "end", "run one (the one before passed) c asks c::z | red | a::x c::z"},
      {NULL, "end", "run one (the one before passed) a asks a::x | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {"a::x=p b::y=p c::z=p d::w=p", "change s", "run one (s changed) a asks a::x | red | a::x"},
      {NULL, "end", "run all (all steps passed) asks a::x b::y c::z d::w | partly |"},
      {NULL, "end", "wait | green |"}}},
    {"skipping to the next and the one before, round the ends; alone there is nowhere to go",
     "a::x b::y",
     {{"a::x=f b::y=f", "i a::x", "run one (key) a asks a::x | red | a::x b::y"},
      {NULL, "n", "cancel | red | a::x b::y"},
      {NULL, "cancelled", "run one (key) b asks b::y | red | a::x b::y"},
      {NULL, "end", "wait | red | a::x b::y"},
      {NULL, "n", "run one (key) a asks a::x | red | a::x b::y"},
      {NULL, "end", "wait | red | a::x b::y"},
      {NULL, "N", "run one (key) b asks b::y | red | a::x b::y"},
      {"a::x=p b::y=f", "s a::x", "cancel | red | a::x b::y"},
      {NULL, "cancelled", "run one (key) a asks a::x | red | a::x b::y"},
      {NULL, "end", "wait | red | b::y"},
      {NULL, "n", "wait | red | b::y"},
      {NULL, "r", "run one (key) b asks b::y | red | b::y"}}},
    {"leaving makes up for what changed, and for nothing when nothing did",
     "a::x b::y",
     {{"a::x=f b::y=f", "start", "run red (start) a b asks a::x b::y | red | a::x b::y"},
      {NULL, "end", "wait | red | a::x b::y"},
      {NULL, "i a::x", "run one (key) a asks a::x | red | a::x b::y"},
      {NULL, "end", "wait | red | a::x b::y"},
      {NULL, "out", "wait | red | a::x b::y"},
      {NULL, "out", "wait | red | a::x b::y"},
      {NULL, "i a::x", "run one (key) a asks a::x | red | a::x b::y"},
      {NULL, "change s", "cancel | red | a::x b::y"},
      {NULL, "cancelled", "run one (s changed) a asks a::x | red | a::x b::y"},
      {NULL, "end", "wait | red | a::x b::y"},
      {NULL, "out", "run red (the steps were left) a b s asks a::x b::y | red | a::x b::y"},
      {NULL, "end", "wait | red | a::x b::y"},
      {NULL, "change t", "run red (t changed) a b t asks a::x b::y | red | a::x b::y"}}},
    {"a run that the steps cancelled is made up for; a leaves them",
     "a::x",
     {{"a::x=f b::y=p", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "i a::x", "cancel | red | a::x"},
      {NULL, "cancelled", "run one (key) a asks a::x | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {NULL, "out", "run red (the steps were left) a asks a::x | red | a::x"},
      {NULL, "i a::x", "cancel | red | a::x"},
      {NULL, "a", "wait | red | a::x"},
      {NULL, "cancelled", "run all (key) asks a::x b::y | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {NULL, "out", "wait | red | a::x"},
      {NULL, "change s", "run red (s changed) a s asks a::x | red | a::x"}}},
    {"a test that is gone is passed over; a file that cannot be collected does not end its test's step",
     "a::x b::y",
     {{"a=c b::y=f", "i a::x", "run one (key) a asks | red | a::x b::y a"},
      {NULL, "end", "wait | red | a::x b::y a"},
      {"a::z=p b::y=f", "change a", "run one (a changed) a asks | red | a::x b::y a"},
      {NULL, "end",
       "run one (the one before passed) b asks b::y | red | b::y | a::x is gone: left the red set"
       " | a no longer fails to collect: left the red set"}}},
    {"while paused a step waits for the resume",
     "a::x",
     {{"a::x=f b::y=p", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {NULL, "pause", "wait | red | a::x"},
      {NULL, "i a::x", "run one (key) a asks a::x | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {NULL, "change s", "wait | red | a::x"},
      {NULL, "resume", "run one (s changed) a asks a::x | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {NULL, "pause", "wait | red | a::x"},
      {NULL, "out", "wait | red | a::x"},
      {NULL, "resume", "run red (s changed) a s asks a::x | red | a::x"}}},
    {"nothing is red: nothing to step through; a dying worker is no step; a filter leaves",
     NULL,
     {{"a::x=f b::y=p", "i a::x", "wait | unknown |"},
      {NULL, "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "end", "wait | red | a::x"},
      {NULL, "i a::x", "run one (key) a asks a::x | red | a::x"},
      {NULL, "die", "wait | red | a::x"},
      {NULL, "f b", "run all (the filter was set) b asks b::y | red | a::x"},
      {NULL, "out", "wait | red | a::x"}}},
};

static void test_steps(void **state)
{
    (void)state;
    RUN(steps, NULL);
}

static void places_count_what_is_still_red(void **state)
{
    (void)state;
    struct model model;
    struct steps at = {0};
    size_t of;
    model_init(&model, 1024);
    for (int i = 0; i < 3; i++) {
        char id[] = {(char)('a' + i), '\0'};
        model_recall(&model, id, id, OUTCOME_FAILED);
    }
    assert_int_equal(steps_place(&at, &model, &of), 0);
    assert_int_equal(of, 0);
    assert_true(steps_test(&at) == MAP_NONE);
    steps_begin(&at, (const size_t[]){2, 0, 1}, 3, 0);
    assert_int_equal(steps_test(&at), 0);
    assert_int_equal(steps_place(&at, &model, &of), 2);
    assert_int_equal(of, 3);
    model_set_red(&model, 2, false);
    assert_int_equal(steps_place(&at, &model, &of), 1);
    assert_int_equal(of, 2);
    assert_true(steps_move(&at, &model, -1));
    assert_int_equal(steps_test(&at), 1);
    steps_begin(&at, (const size_t[]){1}, 1, MAP_NONE);
    assert_int_equal(steps_test(&at), 1);
    assert_false(steps_move(&at, &model, 1));
    steps_end(&at);
    model_release(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_words_must_be_in_the_id),
        cmocka_unit_test(what_is_gone_or_no_test_is_not_counted),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(places_count_what_is_still_red),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
