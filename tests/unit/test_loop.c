/* The plan: which run follows what. */
#include "loop_script.h"

static const struct script starts[] = {
    {"nothing known: all at once",
     NULL,
     {{"a::x=p b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "end", "wait | green |"}}},
    {"a red set is known: it runs first, then all",
     "a::x",
     {{"a::x=p a::z=p b::y=p", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::x a::z b::y | partly |"},
      {NULL, "end", "wait | green |"}}},
    {"no tests are found: that is not green",
     NULL,
     {{"", "start", "run all (start) asks | unknown |"},
      {NULL, "end", "wait | unknown |"},
      {"a::x=p", "change a", "run all (a changed) asks a::x | unknown |"},
      {NULL, "end", "wait | green |"}}},
    {"everything is deselected: not green",
     NULL,
     {{"a::x=d", "start", "run all (start) asks | unknown |"}, {NULL, "end", "wait | unknown |"}}},
};

static void test_start(void **state)
{
    (void)state;
    RUN(starts, NULL);
}

static const struct script loops[] = {
    {"red -> edit -> the red set only -> green -> full run",
     NULL,
     {{"a::x=f a::z=p b::y=p", "start", "run all (start) asks a::x a::z b::y | unknown |"},
      {NULL, "end", "wait | red | a::x"},
      {NULL, "change s", "run red (s changed) a s asks a::x | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {"a::x=p a::z=p b::y=p", "change s", "run red (s changed) a s asks a::x | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::x a::z b::y | partly |"},
      {NULL, "end", "wait | green |"},
      {"a::x=p a::z=p b::y=f", "change s", "run all (s changed) asks a::x a::z b::y | partly |"},
      {NULL, "end", "wait | red | b::y"}}},
    {"a new failing test in an edited file is seen while red",
     "a::x",
     {{"a::x=f b::y=p", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {"a::x=f b::y=p b::new=f", "change b", "run red (b changed) a b asks a::x b::y b::new | red | a::x"},
      {NULL, "end", "wait | red | a::x b::new"},
      {"a::x=p b::y=p b::new=f", "change s",
       "run red (s changed) a b s asks a::x b::new | red | a::x b::new"},
      {NULL, "end", "wait | red | b::new"}}},
    {"a new test file is seen while red",
     "a::x",
     {{"a::x=f", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {"a::x=p new::n=f", "change new s",
       "run red (new and 1 more changed) a new s asks a::x new::n | red | a::x"},
      {NULL, "end", "wait | red | new::n"}}},
    {"a full run finds something new: the red set begins again",
     "a::x",
     {{"a::x=p b::y=f", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::x b::y | partly |"},
      {NULL, "end", "wait | red | b::y"},
      {NULL, "change s", "run red (s changed) b s asks b::y | red | b::y"}}},
    {"an empty change set is no change",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "change", "wait | green |"}}},
};

static void test_red_and_green(void **state)
{
    (void)state;
    RUN(loops, NULL);
}

static const struct script changes[] = {
    {"a change during a red run: cancel, then the union of what changed; what failed before is red and runs",
     "a::x",
     {{"a::x=f a::z=p b::y=f", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "change b", "cancel | red | a::x"},
      {NULL, "change c", "wait | red | a::x"},
      {NULL, "cancelled", "run red (c changed) a b c asks a::x b::y | red | a::x"},
      {NULL, "do b::y", "wait | red | a::x b::y"},
      {NULL, "change d", "cancel | red | a::x b::y"},
      {NULL, "cancelled", "run red (d changed) a b c d asks a::x b::y | red | a::x b::y"},
      {NULL, "end", "wait | red | a::x b::y"},
      {NULL, "change e", "run red (e changed) a b e asks a::x b::y | red | a::x b::y"}}},
    {"a change during a full run that has found nothing: all over again, green only then",
     NULL,
     {{"a::x=p b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "do a::x", "wait | unknown |"},
      {NULL, "change s", "cancel | unknown |"},
      {NULL, "cancelled", "run all (s changed) asks a::x b::y | unknown |"},
      {NULL, "end", "wait | green |"}}},
    {"a test that failed in the cancelled full run is red and runs first",
     NULL,
     {{"a::x=f b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "do a::x", "wait | unknown | a::x"},
      {"a::x=p b::y=p", "change s", "cancel | unknown | a::x"},
      {NULL, "cancelled", "run red (s changed) a s asks a::x | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::x b::y | partly |"},
      {NULL, "end", "wait | green |"}}},
    {"the run ended by itself while its cancel was under way: it is over all the same",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "change s", "cancel | unknown |"},
      {NULL, "end", "run all (s changed) asks a::x | unknown |"},
      {NULL, "end", "wait | green |"}}},
    {"a change in the middle of a full run that goes on (paused): not green",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "pause", "wait | unknown |"},
      {NULL, "change s", "wait | unknown |"},
      {NULL, "end", "wait | partly |"},
      {NULL, "resume", "run all (s changed) asks a::x | partly |"},
      {NULL, "end", "wait | green |"}}},
    {"a change while paused takes the green away and runs on resume, all of them together",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "pause", "wait | green |"},
      {NULL, "change s", "wait | partly |"},
      {NULL, "change t", "wait | partly |"},
      {NULL, "resume", "run all (s and 1 more changed) asks a::x | partly |"},
      {NULL, "end", "wait | green |"},
      {NULL, "pause", "wait | green |"},
      {NULL, "resume", "wait | green |"}}},
    {"resume during a run: what was missed cancels it",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "pause", "wait | unknown |"},
      {NULL, "change s", "wait | unknown |"},
      {NULL, "resume", "cancel | unknown |"},
      {NULL, "cancelled", "run all (s changed) asks a::x | unknown |"},
      {NULL, "resume", "wait | unknown |"}}},
    {"one test by key while paused does not cover what was missed",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "pause", "wait | green |"},
      {NULL, "change s", "wait | partly |"},
      {NULL, "s a::x", "run one (key) a asks a::x | partly |"},
      {NULL, "end", "wait | partly |"},
      {NULL, "resume", "run all (s changed) asks a::x | partly |"}}},
    {"a full run by key while paused covers what was missed",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "pause", "wait | green |"},
      {NULL, "change s", "wait | partly |"},
      {NULL, "a", "run all (key) asks a::x | partly |"},
      {NULL, "end", "wait | green |"},
      {NULL, "resume", "wait | green |"}}},
};

static void test_changes_during_runs(void **state)
{
    (void)state;
    RUN(changes, NULL);
}

static const struct script keys[] = {
    {"r with nothing red runs nothing, at rest and during a run",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "r", "wait | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "r", "wait | green |"}}},
    {"r at rest, during a red run and during a full run",
     "a::x",
     {{"a::x=f b::y=f", "r", "run red (key) a asks a::x | red | a::x"},
      {NULL, "r", "cancel | red | a::x"},
      {NULL, "r", "wait | red | a::x"},
      {NULL, "cancelled", "run red (key) a asks a::x | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {NULL, "a", "run all (key) asks a::x b::y | red | a::x"},
      {NULL, "do b::y", "wait | red | a::x b::y"},
      {NULL, "r", "cancel | red | a::x b::y"},
      {NULL, "cancelled", "run red (key) a b asks a::x b::y | red | a::x b::y"}}},
    {"a during a run, during a cancel, and over a pending change",
     "a::x",
     {{"a::x=f", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "a", "cancel | red | a::x"},
      {NULL, "change s", "wait | red | a::x"},
      {NULL, "cancelled", "run all (key) asks a::x | red | a::x"},
      {NULL, "change s", "cancel | red | a::x"},
      {NULL, "a", "wait | red | a::x"},
      {NULL, "cancelled", "run all (key) asks a::x | red | a::x"}}},
    {"a full run by key on green keeps the green until something speaks against it",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "a", "run all (key) asks a::x | green |"},
      {NULL, "x", "cancel | green |"},
      {NULL, "cancelled", "wait | green |"},
      {"a::x=f", "a", "run all (key) asks a::x | green |"},
      {NULL, "end", "wait | red | a::x"}}},
    {"s never makes the loop green, and leaves a green one so",
     NULL,
     {{"a::x=f b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "end", "wait | red | a::x"},
      {"a::x=p b::y=p", "s a::x", "run one (key) a asks a::x | red | a::x"},
      {NULL, "end", "wait | partly |"},
      {NULL, "a", "run all (key) asks a::x b::y | partly |"},
      {NULL, "end", "wait | green |"},
      {NULL, "s b::y", "run one (key) b asks b::y | green |"},
      {NULL, "end", "wait | green |"}}},
    {"s during a run and during a cancel; a change during it starts the plan over",
     "a::x",
     {{"a::x=f b::y=p", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "s a::x", "cancel | red | a::x"},
      {NULL, "s a::x", "wait | red | a::x"},
      {NULL, "cancelled", "run one (key) a asks a::x | red | a::x"},
      {NULL, "change b", "cancel | red | a::x"},
      {NULL, "cancelled", "run red (b changed) a b asks a::x b::y | red | a::x"}}},
    {"s of a test that is gone asks for nothing",
     "a::x",
     {{"a::z=p", "s a::x", "run one (key) a asks | red | a::x"},
      {NULL, "end", "wait | partly | | a::x is gone: left the red set"}}},
    {"x stops and waits for the next change, which runs what was not covered",
     "a::x",
     {{"a::x=f b::y=p", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "change b", "cancel | red | a::x"},
      {NULL, "x", "wait | red | a::x"},
      {NULL, "cancelled", "wait | red | a::x"},
      {NULL, "x", "wait | red | a::x"},
      {NULL, "change s", "run red (s changed) a b s asks a::x b::y | red | a::x"},
      {NULL, "x", "cancel | red | a::x"},
      {NULL, "change t", "wait | red | a::x"},
      {NULL, "cancelled", "run red (t changed) a b s t asks a::x b::y | red | a::x"}}},
    {"x in a full run: it is still due",
     "a::x",
     {{"a::x=p b::y=p", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::x b::y | partly |"},
      {NULL, "x", "cancel | partly |"},
      {NULL, "cancelled", "wait | partly |"},
      {NULL, "change s", "run all (s changed) asks a::x b::y | partly |"},
      {NULL, "end", "wait | green |"}}},
};

static void test_keys(void **state)
{
    (void)state;
    RUN(keys, NULL);
}

static const struct script broken[] = {
    {"a broken conftest: red, waits, and the full run is still due",
     NULL,
     {{"d/conftest.py=b", "start", "run all (start) asks | unknown | d/conftest.py"},
      {NULL, "end", "wait | red | d/conftest.py"},
      {NULL, "change s", "run all (s changed) asks | red | d/conftest.py"},
      {NULL, "end", "wait | red | d/conftest.py"},
      {"d/a::x=p", "change d/conftest.py",
       "run all (d/conftest.py changed) asks d/a::x | red | d/conftest.py"},
      {NULL, "end", "wait | green | | d/conftest.py no longer fails to collect: left the red set"}}},
    {"a conftest that breaks during a red run: the red set stays and runs again",
     "d/a::x",
     {{"d/conftest.py=b", "start", "run red (start) d/a asks | red | d/a::x d/conftest.py"},
      {NULL, "end", "wait | red | d/a::x d/conftest.py"},
      {"d/a::x=p", "change s",
       "run red (s changed) d/a d/conftest.py s asks d/a::x | red | d/a::x d/conftest.py"},
      {NULL, "end",
       "run all (the red set passed) asks d/a::x | partly | "
       "| d/conftest.py no longer fails to collect: left the red set"},
      {NULL, "end", "wait | green |"}}},
    {"the worker dies in a full run: no verdict, no restart",
     NULL,
     {{"a::x=p b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "do a::x", "wait | unknown |"},
      {NULL, "die", "wait | unknown |"},
      {NULL, "change s", "run all (s changed) asks a::x b::y | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "a", "run all (key) asks a::x b::y | green |"},
      {NULL, "die", "wait | unknown |"}}},
    {"a full run cut short by maxfail: red first, then all of it again",
     NULL,
     {{"a::x=f b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "do a::x", "wait | unknown | a::x"},
      {NULL, "die", "wait | red | a::x"},
      {"a::x=p b::y=p", "change s", "run red (s changed) a s asks a::x | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::x b::y | partly |"},
      {NULL, "end", "wait | green |"}}},
    {"the red set passed, then the worker died: all is due",
     "a::x",
     {{"a::x=p b::y=p", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "do a::x", "wait | red |"},
      {NULL, "die", "wait | unknown |"},
      {NULL, "r", "wait | unknown |"},
      {NULL, "change s", "run all (s changed) asks a::x b::y | unknown |"}}},
    {"a run that says it is complete and has not reported a test is not",
     NULL,
     {{"a::x=p b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {"a::x=p", "end", "wait | unknown |"}}},
    {"a run that was cancelled without the plan's asking starts nothing",
     "a::x",
     {{"a::x=f", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "cancelled", "wait | red | a::x"},
      {NULL, "change s", "run red (s changed) a s asks a::x | red | a::x"}}},
    {"one test and a dying worker: the verdict that was stands",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "s a::x", "run one (key) a asks a::x | green |"},
      {NULL, "die", "wait | green |"}}},
};

static void test_broken_runs(void **state)
{
    (void)state;
    RUN(broken, NULL);
}

static struct loop_action step(struct fixture *f, enum loop_event_kind kind, const char *text)
{
    struct strings paths = {0};
    words(&paths, text);
    const struct loop_event event = {.kind = kind, .paths = &paths, .pattern = text, .ok = true};
    struct loop_action action = loop_step(&f->loop, &f->model, &event);
    strings_release(&paths);
    return action;
}

/* Reads a failure of a known test and one of a test that nobody here knows. */
static void load(struct fixture *f)
{
    assert_int_equal(step(f, LOOP_LOAD, "ci.xml").run, RUN_LOADED);
    assert_string_equal(f->loop.because, "ci.xml");
    assert_false(loop_files(&f->loop, &f->model, 0, &f->files));
    model_begin(&f->model, ++f->serial);
    size_t unknown = model_add(&f->model, bytes_of("u::y"), bytes_of(NULL));
    f->model.tests.items[unknown].unknown = true;
    apply(f, bytes_of("a::x"), EVENT_FAIL, NULL, TAG_GROUP "a");
    apply(f, bytes_of("b::z"), EVENT_SUCCESS, NULL, TAG_GROUP "b");
    apply(f, bytes_of("u::y"), EVENT_FAIL, NULL, "");
}

static void test_loaded_results(void **state)
{
    (void)state;
    struct fixture f = {.now_ns = 1};
    loop_init(&f.loop);
    model_init(&f.model, 1 << 16);
    words(&f.project, "a::x=p b::z=p");
    load(&f);
    assert_int_equal(step(&f, LOOP_ENDED, "").kind, LOOP_WAIT);
    assert_int_equal(f.loop.verdict, VERDICT_RED);
    assert_int_equal(step(&f, LOOP_CHANGED, "src").run, RUN_RED);
    begin(&f);
    assert_int_equal(f.files.len, 2); /* a, src: the unknown one asks for nothing */
    assert_int_equal(f.model.asked, 1);
    struct loop_action next = end_run(&f);
    assert_int_equal(next.run, RUN_ALL);
    assert_string_equal(next.because, "the red set passed");
    assert_int_equal(f.model.red, 1);
    begin(&f);
    assert_int_equal(end_run(&f).kind, LOOP_WAIT);
    assert_int_equal(f.loop.verdict, VERDICT_GREEN);
    assert_int_equal(f.notices.len, 1);
    assert_string_equal(f.notices.items[0], "u::y is unknown here: left the red set");

    load(&f); /* a change waits until all is read; with nothing but unknown ones red, all is run */
    assert_int_equal(step(&f, LOOP_CHANGED, "src").kind, LOOP_WAIT);
    apply(&f, bytes_of("a::x"), EVENT_SUCCESS, NULL, "");
    model_set_red(&f.model, model_find(&f.model, bytes_of("a::x")), false);
    assert_int_equal(step(&f, LOOP_ENDED, "").run, RUN_ALL);
    strings_release(&f.project);
    strings_release(&f.files);
    strings_release(&f.notices);
    loop_release(&f.loop);
    model_release(&f.model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start),         cmocka_unit_test(test_loaded_results),
        cmocka_unit_test(test_red_and_green), cmocka_unit_test(test_changes_during_runs),
        cmocka_unit_test(test_keys),          cmocka_unit_test(test_broken_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
