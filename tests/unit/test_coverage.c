/* What a run covers: what is collected and asked for, what leaves the red set at its end. */
#include "loop_script.h"

#include "core/words.h"
#include "plan/package.h"

static const struct script retirements[] = {
    {"a renamed test leaves with a notice, the others stay",
     "a::x a::z b::y",
     {{"a::renamed=p a::z=f b::y=f", "change a",
       "run red (a changed) a b asks a::z b::y a::renamed | red | a::x a::z b::y"},
      {NULL, "end", "wait | red | a::z b::y | a::x is gone: left the red set"}}},
    {"the last red test is renamed and fails on",
     "a::x",
     {{"a::renamed=f", "change a", "run red (a changed) a asks a::renamed | red | a::x"},
      {NULL, "end", "wait | red | a::renamed | a::x is gone: left the red set"}}},
    {"the last red test is deleted: full run",
     "a::x",
     {{"a::z=p", "change s", "run red (s changed) a s asks | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::z | partly | | a::x is gone: left the red set"},
      {NULL, "end", "wait | green |"}}},
    {"a deleted file takes its tests along",
     "a::x b::y",
     {{"b::y=f", "change a", "run red (a changed) a b asks b::y | red | a::x b::y"},
      {NULL, "end", "wait | red | b::y | a::x is gone: left the red set"}}},
    {"a red test of a file that the run did not cover stays",
     "a::x b::y",
     {{"a::x=f b::y=f", "start", "run red (start) a b asks a::x b::y | red | a::x b::y"},
      {NULL, "end", "wait | red | a::x b::y"},
      {"a::x=f", "s a::x", "run one (key) a asks a::x | red | a::x b::y"},
      {NULL, "end", "wait | red | a::x b::y"}}},
    {"a file that cannot be collected is red by its name, empties nothing, and leaves when it can",
     "a::x b::y",
     {{"a=c b::y=p", "change a", "run red (a changed) a b asks b::y | red | a::x b::y a"},
      {NULL, "end", "wait | red | a::x a"},
      {"a::x=f a::z=p b::y=p", "change a", "run red (a changed) a asks a::x a::z | red | a::x a"},
      {NULL, "end", "wait | red | a::x | a no longer fails to collect: left the red set"}}},
    {"a file that cannot be collected, found by a full run, then deleted",
     NULL,
     {{"a=c b::y=p", "start", "run all (start) asks b::y | unknown | a"},
      {NULL, "end", "wait | red | a"},
      {NULL, "change a", "run red (a changed) a asks | red | a"},
      {NULL, "end", "wait | red | a"},
      {"b::y=p", "change a", "run red (a changed) a asks | red | a"},
      {NULL, "end",
       "run all (the red set passed) asks b::y | partly | | a no longer fails to collect: left the red set"},
      {NULL, "end", "wait | green |"}}},
    {"a full run retires what it does not list, but nothing behind a broken conftest or package",
     "d/a::x e/b::y f::z",
     {{"d/conftest.py=c e/__init__.py=c", "a",
       "run all (key) asks | red | d/a::x e/b::y f::z d/conftest.py e/__init__.py"},
      {NULL, "end",
       "wait | red | d/a::x e/b::y d/conftest.py e/__init__.py | f::z is gone: left the red set"}}},
    {"the last red test is skipped: red until the full run confirms it",
     "a::x",
     {{"a::x=s b::y=p", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::x b::y | red | a::x"},
      {NULL, "end", "wait | green | | a::x is skipped: left the red set"}}},
    {"one is skipped, one still fails: both stay",
     "a::x a::z",
     {{"a::x=s a::z=f", "start", "run red (start) a asks a::x a::z | red | a::x a::z"},
      {NULL, "end", "wait | red | a::x a::z"}}},
    {"the last red test is deselected: never green",
     "a::x",
     {{"a::x=d b::y=p", "start", "run red (start) a asks | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks b::y | red | a::x"},
      {NULL, "end", "wait | red | a::x"}}},
};

static void test_retirements(void **state)
{
    (void)state;
    RUN(retirements, NULL);
}

static const struct script scoped[] = {
    {"what lies outside of the scope is neither run, waited for nor retired",
     "a::x b::y",
     {{"a::x=p", "start", "run red (start) a asks a::x | red | a::x b::y"},
      {NULL, "end", "run all (the red set passed) asks a::x | red | b::y"},
      {NULL, "end", "wait | red | b::y"}}},
    {"what cannot be collected always counts",
     "",
     {{"conftest.py=c", "start", "run all (start) asks | unknown | conftest.py"},
      {NULL, "end", "wait | red | conftest.py"},
      {"a::x=p", "change s", "run red (s changed) conftest.py s asks | red | conftest.py"},
      {NULL, "end",
       "run all (the red set passed) asks a::x | partly | | conftest.py no longer fails to collect: left the "
       "red set"},
      {NULL, "end", "wait | green |"}}},
};

static void test_scope(void **state)
{
    (void)state;
    RUN(scoped, "a");
    RUN(scoped, "a/");
    RUN(scoped, "c a::x");
}

static void test_scope_is_by_whole_names(void **state)
{
    (void)state;
    static const struct {
        const char *scope, *id, *group;
        bool in;
    } cases[] = {
        {NULL, "t/a.py::x", "t/a.py", true},
        {".", "t/a.py::x", "t/a.py", true},
        {"t", "t/a.py::x", "t/a.py", true},
        {"t/", "t/a.py::x", "t/a.py", true},
        {"t/a.py", "t/a.py::x", "t/a.py", true},
        {"t/a", "t/a.py::x", "t/a.py", false},
        {"t/a.py::x", "t/a.py::x[1]", "t/a.py", true},
        {"t/a.py::x", "t/a.py::xy", "t/a.py", false},
        {"t/a.py::T", "t/a.py::T::x", "t/a.py", true},
        {"u", "t/a.py::x", "t/a.py", false},
        {"u t", "t/a.py::x", "t/a.py", true},
        {"pkg", "Test.one", "pkg/one", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loop loop;
        struct model model;
        loop_init(&loop);
        model_init(&model, 1024);
        words(&loop.scope, cases[i].scope);
        const struct test *test = model_recall(&model, cases[i].id, cases[i].group, OUTCOME_FAILED);
        if (loop_in_scope(&loop, test) != cases[i].in)
            fail_msg("%s in scope %s", cases[i].id, cases[i].scope);
        model_release(&model);
        loop_release(&loop);
    }
}

static void test_unknown_group_collects_everything(void **state)
{
    (void)state;
    struct loop loop;
    struct model model;
    struct strings files = {0};
    loop_init(&loop);
    model_init(&model, 1024);
    model_recall(&model, "a::x", "a", OUTCOME_FAILED);
    model_recall(&model, "TestSomewhere", NULL, OUTCOME_FAILED);
    struct loop_action action = loop_step(&loop, &model, &(struct loop_event){.kind = LOOP_START});
    assert_int_equal(action.run, RUN_RED);
    assert_false(loop_files(&loop, &model, 0, &files));
    assert_int_equal(files.len, 0);
    strings_release(&files);
    model_release(&model);
    loop_release(&loop);
}

static void test_thousands_of_changed_files(void **state)
{
    (void)state;
    struct loop loop;
    struct model model;
    struct strings paths = {0}, files = {0};
    loop_init(&loop);
    model_init(&model, 1024);
    for (int i = 0; i < 20000; i++)
        strings_take(&paths, mem_printf("t/test_%d.py", i));
    model_recall(&model, "t/test_7.py::x", "t/test_7.py", OUTCOME_FAILED);
    const struct loop_event event = {.kind = LOOP_CHANGED, .paths = &paths};
    assert_int_equal(loop_step(&loop, &model, &event).kind, LOOP_RUN);
    assert_int_equal(loop_step(&loop, &model, &event).kind, LOOP_CANCEL);
    assert_int_equal(loop.changed.len, 20000);
    assert_true(loop_files(&loop, &model, 0, &files));
    assert_int_equal(files.len, 20000);
    strings_release(&files);
    strings_release(&paths);
    model_release(&model);
    loop_release(&loop);
}

static void list_test(struct model *model, const char *id, const char *group)
{
    char *tag = mem_printf(TAG_GROUP "%s", group);
    const struct bytes tags[] = {bytes_of(tag)};
    const struct event event = {.status = EVENT_EXISTS,
                                .test_id = bytes_of(id),
                                .tags = tags,
                                .tag_count = 1,
                                .has_tags = true,
                                .runnable = true};
    model_apply(model, &event, 1);
    free(tag);
}

/* A part is red, and what it belongs to is not, as far as history knows. */
static const struct part {
    const char *id, *group, *listed, *asked;
} parts[] = {
    {"t/a.t > adds", "t/a.t", "t/a.t t/b.t", "t/a.t"},
    {"p/TestX/sub", "p", "p/TestX p/TestXY p/TestZ", "p/TestX"},
    {"p/TestX/sub/deep", "p", "p/TestX/sub p/TestX", "p/TestX/sub"},
    {"p", "p", "p/TestX p/TestZ q/TestZ", "p/TestX p/TestZ"},
    {"nothing", "", "p/TestX", ""},
};

static void check_part(const struct part *part, enum loop_event_kind kind)
{
    struct loop loop;
    struct model model;
    struct strings listed = {0};
    struct buf asked = {0};
    loop_init(&loop);
    model_init(&model, 1024);
    model_recall(&model, part->id, part->group, OUTCOME_FAILED)->runnable = false;
    const struct loop_event event = {.kind = kind, .test = 0};
    assert_int_equal(loop_step(&loop, &model, &event).kind, LOOP_RUN);
    model_begin(&model, 1);
    words_split(part->listed, &listed, NULL);
    for (size_t i = 0; i < listed.len; i++) {
        const char *id = listed.items[i];
        char *group = strchr(id, '.') != NULL ? mem_strdup(id) : mem_dup(id, strcspn(id, "/"));
        list_test(&model, id, group);
        free(group);
    }
    loop_select(&loop, &model, 0, false);
    for (size_t i = 0; i < model.tests.len; i++)
        if (model.tests.items[i].state == TEST_ASKED)
            buf_printf(&asked, "%s%s", asked.len > 0 ? " " : "", model.tests.items[i].id);
    assert_string_equal(buf_str(&asked), part->asked);
    buf_release(&asked);
    strings_release(&listed);
    model_release(&model);
    loop_release(&loop);
}

static void test_a_part_is_asked_for_by_what_it_belongs_to(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        check_part(&parts[i], LOOP_START);
        check_part(&parts[i], LOOP_RUN_ONE);
    }
}

/* Tests of example.org/p, …/p/sums and …/p/deep/sums are listed. */
static const struct {
    const char *changed, *groups;
} packages[] = {
    {"sums/sums_test.go", "example.org/p/sums example.org/p/deep/sums"},
    {"deep/sums/new_test.go", "example.org/p/deep/sums"},
    {"a_test.go", "example.org/p"},
    {"ums/a_test.go", ""},
    {"sums/sums.go", ""},
    {"sums", ""},
};

static void test_a_test_file_of_go_stands_for_its_package(void **state)
{
    (void)state;
    struct model model;
    model_init(&model, 1000);
    model_begin(&model, 1);
    list_test(&model, "example.org/p/sums/TestA", "example.org/p/sums");
    list_test(&model, "example.org/p/TestB", "example.org/p");
    list_test(&model, "example.org/p/deep/sums/TestC", "example.org/p/deep/sums");
    for (size_t i = 0; i < sizeof packages / sizeof *packages; i++) {
        struct strings changed = {0}, groups = {0};
        struct buf got = {0};
        strings_add(&changed, packages[i].changed);
        package_groups(&model, &changed, &groups);
        for (size_t j = 0; j < groups.len; j++)
            buf_printf(&got, "%s%s", j > 0 ? " " : "", groups.items[j]);
        assert_string_equal(buf_str(&got), packages[i].groups);
        buf_release(&got);
        strings_release(&changed);
        strings_release(&groups);
    }
    model_release(&model);
}

static void end_test(struct model *model, const char *id, const char *tag)
{
    const struct bytes tags[] = {bytes_of(tag)};
    const struct event event = {.status = tag != NULL ? EVENT_FAIL : EVENT_SUCCESS,
                                .test_id = bytes_of(id),
                                .tags = tags,
                                .tag_count = tag != NULL,
                                .has_tags = true};
    model_apply(model, &event, 2);
}

/* A run in which nothing is heard of a red part; it leaves when what it belongs to ran to its end. */
static void test_a_part_leaves_with_what_it_belongs_to(void **state)
{
    (void)state;
    static const struct {
        const char *owner, *tag; /* of the failure, NULL a pass, "" it does not run */
        size_t notices;
    } cases[] = {
        {"t/a.t", NULL, 1}, {"t/a.t", TAG_CRASH, 0}, {"t/a.t", TAG_TIMEOUT, 0},
        {"t/a.t", "", 0},   {"t/b.t", NULL, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loop loop;
        struct model model;
        struct strings notices = {0};
        loop_init(&loop);
        model_init(&model, 1024);
        model_recall(&model, "t/a.t > adds", "t/a.t", OUTCOME_FAILED)->runnable = false;
        model_begin(&model, 1);
        list_test(&model, cases[i].owner, cases[i].owner);
        if (cases[i].tag == NULL || cases[i].tag[0] != '\0')
            end_test(&model, cases[i].owner, cases[i].tag);
        loop_retire(&loop, &model, 0, NULL, &notices);
        assert_int_equal(notices.len, cases[i].notices);
        assert_int_equal(model.tests.items[0].gone, cases[i].notices);
        strings_release(&notices);
        model_release(&model);
        loop_release(&loop);
    }
}

static size_t add_of(struct model *model, unsigned team, const char *id, const char *group,
                     enum outcome outcome)
{
    struct test *test = model_recall(model, id, group, outcome);
    test->team = team;
    return (size_t)(test - model->tests.items);
}

static void check_involved(const struct loop *loop, const struct model *model, bool first, bool second)
{
    assert_int_equal(loop_involves(loop, model, 0), first);
    assert_int_equal(loop_involves(loop, model, 1), second);
}

static void test_a_run_is_the_business_of_those_who_may_have_tests_for_it(void **state)
{
    (void)state;
    struct loop loop;
    struct model model;
    loop_init(&loop);
    model_init(&model, 1024);
    size_t red = add_of(&model, 0, "a::x", "a", OUTCOME_FAILED);
    size_t other = add_of(&model, 1, "two: b::x", "b", OUTCOME_PASSED);
    loop.run = RUN_ALL;
    check_involved(&loop, &model, true, true);
    loop.run = RUN_ONE;
    loop.one = other;
    check_involved(&loop, &model, false, true);
    loop.run = RUN_RED;
    check_involved(&loop, &model, true, false);
    strings_add(&loop.changed, "a");
    check_involved(&loop, &model, true, false); /* it is known whose file that is */
    strings_add(&loop.changed, "b");
    check_involved(&loop, &model, true, true);
    strings_clear(&loop.changed);
    strings_add(&loop.changed, "new");
    check_involved(&loop, &model, true, true);
    model_set_red(&model, red, false);
    model_set_red(&model, other, true);
    strings_clear(&loop.changed);
    check_involved(&loop, &model, false, true);
    loop_release(&loop);
    model_release(&model);
}

static void test_a_team_collects_asks_and_retires_what_is_its_own(void **state)
{
    (void)state;
    struct loop loop;
    struct model model;
    struct strings files = {0}, notices = {0};
    loop_init(&loop);
    model_init(&model, 1024);
    add_of(&model, 0, "a::x", "a", OUTCOME_FAILED);
    size_t theirs = add_of(&model, 1, "two: a::x", "a", OUTCOME_FAILED);
    size_t gone = add_of(&model, 1, "two: b::x", "b", OUTCOME_FAILED);
    loop.run = RUN_RED;
    assert_true(loop_files(&loop, &model, 0, &files));
    assert_int_equal(files.len, 1);
    strings_clear(&files);
    assert_true(loop_files(&loop, &model, 1, &files));
    assert_int_equal(files.len, 2);
    model_begin(&model, 1);
    for (size_t i = 0; i < 2; i++) {
        const struct event exists = {
            .status = EVENT_EXISTS, .test_id = bytes_of(model.tests.items[i].id), .runnable = true};
        model_apply(&model, &exists, 1);
    }
    loop_select(&loop, &model, 1, false);
    assert_int_equal(model.asked, 1);
    assert_int_equal(model.tests.items[theirs].state, TEST_ASKED);
    loop_retire(&loop, &model, 0, NULL, &notices);
    assert_int_equal(notices.len, 0);
    loop_retire(&loop, &model, 1, &files, &notices);
    assert_int_equal(notices.len, 1);
    assert_true(model.tests.items[gone].gone);
    strings_release(&files);
    strings_release(&notices);
    loop_release(&loop);
    model_release(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_retirements),
        cmocka_unit_test(test_a_run_is_the_business_of_those_who_may_have_tests_for_it),
        cmocka_unit_test(test_a_team_collects_asks_and_retires_what_is_its_own),
        cmocka_unit_test(test_scope),
        cmocka_unit_test(test_scope_is_by_whole_names),
        cmocka_unit_test(test_unknown_group_collects_everything),
        cmocka_unit_test(test_thousands_of_changed_files),
        cmocka_unit_test(test_a_test_file_of_go_stands_for_its_package),
        cmocka_unit_test(test_a_part_is_asked_for_by_what_it_belongs_to),
        cmocka_unit_test(test_a_part_leaves_with_what_it_belongs_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
