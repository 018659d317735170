/* Parts that a run asks for without the rest of what they are in: which, what is told of the rest, and what
 * is not. */
#include "plan/loop.h"
#include "plan/parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
    struct loop loop;
    struct model model;
    unsigned serial;
};

static int set_up(void **state)
{
    struct fixture *f = mem_zero(sizeof *f);
    loop_init(&f->loop);
    model_init(&f->model, 1024);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    model_release(&f->model);
    loop_release(&f->loop);
    free(f);
    return 0;
}

static void tell(struct fixture *f, const char *id, enum event_status status, const char *tag)
{
    char *group = mem_printf(TAG_GROUP "%.*s", (int)strcspn(id, " "), id);
    const struct bytes tags[] = {bytes_of(group), bytes_of(tag)};
    const struct event event = {.status = status,
                                .test_id = bytes_of(id),
                                .tags = tags,
                                .tag_count = tag != NULL ? 2 : 1,
                                .has_tags = true,
                                .runnable = strchr(id, ' ') == NULL};
    model_apply(&f->model, &event, 1000000000);
    free(group);
}

static struct test *find(struct fixture *f, const char *id)
{
    size_t at = model_find(&f->model, bytes_of(id));
    assert_int_not_equal(at, MAP_NONE);
    return &f->model.tests.items[at];
}

/* The files a and b are listed, and the run is dealt. */
static void deal(struct fixture *f)
{
    model_begin(&f->model, ++f->serial);
    tell(f, "a", EVENT_EXISTS, NULL);
    tell(f, "b", EVENT_EXISTS, NULL);
    loop_select(&f->loop, &f->model, 0, true);
}

/* A first run of all: of a, x passes, y and z fail; b is green. */
static void first_run(struct fixture *f)
{
    loop_step(&f->loop, &f->model, &(struct loop_event){.kind = LOOP_START});
    deal(f);
    tell(f, "a > x", EVENT_SUCCESS, NULL);
    tell(f, "a > y", EVENT_FAIL, NULL);
    tell(f, "a > z > deep", EVENT_FAIL, NULL);
    tell(f, "a", EVENT_FAIL, NULL);
    tell(f, "b > x", EVENT_SUCCESS, NULL);
    tell(f, "b", EVENT_SUCCESS, NULL);
    model_end(&f->model);
    loop_step(&f->loop, &f->model, &(struct loop_event){.kind = LOOP_ENDED, .ok = true});
}

static void change(struct fixture *f, const char *path)
{
    struct strings paths = {0};
    strings_add(&paths, path);
    loop_step(&f->loop, &f->model, &(struct loop_event){.kind = LOOP_CHANGED, .paths = &paths});
    strings_release(&paths);
    deal(f);
}

/* What is asked for, as "a: y, z > deep; b". */
static void assert_asked(struct fixture *f, const char *expected)
{
    struct buf asked = {0};
    const struct model *model = &f->model;
    for (size_t i = 0; i < model->listing.len; i++) {
        size_t at = model->listing.items[i];
        if (model->tests.items[at].state != TEST_ASKED)
            continue;
        struct strings names = {0};
        parts_names(model, &at, 1, &names);
        assert_int_equal(names.len > 0, model->tests.items[at].alone);
        buf_printf(&asked, "%s%s", asked.len > 0 ? "; " : "", model->tests.items[at].id);
        for (size_t j = 0; j < names.len; j++)
            buf_printf(&asked, "%s %s", j == 0 ? ":" : ",", names.items[j]);
        strings_release(&names);
    }
    assert_string_equal(buf_str(&asked), expected);
    buf_release(&asked);
}

static void end(struct fixture *f)
{
    struct strings notices = {0};
    model_end(&f->model);
    loop_retire(&f->loop, &f->model, 0, NULL, &notices);
    strings_release(&notices);
    loop_step(&f->loop, &f->model, &(struct loop_event){.kind = LOOP_ENDED, .ok = true});
}

static void test_a_save_asks_for_the_red_parts(void **state)
{
    struct fixture *f = *state;
    first_run(f);
    change(f, "lib");
    assert_asked(f, "a: y, z > deep");
    assert_int_equal(f->model.asked, 1);
}

static void test_a_changed_file_runs_whole(void **state)
{
    struct fixture *f = *state;
    first_run(f);
    change(f, "a");
    assert_asked(f, "a");
    change(f, "b");
    loop_step(&f->loop, &f->model, &(struct loop_event){.kind = LOOP_CANCELLED});
    deal(f);
    assert_asked(f, "a; b");
}

static void test_a_runner_that_cannot(void **state)
{
    struct fixture *f = *state;
    first_run(f);
    model_begin(&f->model, ++f->serial);
    f->loop.run = RUN_RED;
    tell(f, "a", EVENT_EXISTS, NULL);
    loop_select(&f->loop, &f->model, 0, false);
    assert_asked(f, "a");
}

/* What is red by itself, and not just because of its parts, runs whole. */
static void test_other_failures_run_whole(void **state)
{
    struct fixture *f = *state;
    first_run(f);
    enum outcome others[] = {OUTCOME_ERROR, OUTCOME_CRASHED, OUTCOME_TIMEOUT, OUTCOME_NOT_RUN};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        find(f, "a")->outcome = others[i];
        f->loop.run = RUN_RED;
        deal(f);
        assert_asked(f, "a");
        find(f, "a")->outcome = OUTCOME_FAILED;
        find(f, "a > y")->outcome = others[i];
        deal(f);
        assert_asked(f, "a");
        find(f, "a > y")->outcome = OUTCOME_FAILED;
    }
    deal(f);
    assert_asked(f, "a: y, z > deep");
}

static void test_too_many_names_run_whole(void **state)
{
    struct fixture *f = *state;
    first_run(f);
    for (int i = 0; i < 1000; i++) {
        char *id = mem_printf("a > a name that is as long as such names are, %d", i);
        tell(f, id, EVENT_FAIL, NULL);
        free(id);
    }
    change(f, "lib");
    assert_asked(f, "a");
    assert_false(find(f, "a > y")->alone);
}

static void test_siblings_keep_their_outcomes(void **state)
{
    struct fixture *f = *state;
    first_run(f);
    find(f, "a")->usual_ns = 7000;
    change(f, "lib");
    tell(f, "a > y", EVENT_FAIL, NULL);
    tell(f, "a > z > deep", EVENT_SUCCESS, NULL);
    tell(f, "a", EVENT_FAIL, NULL);
    end(f);
    assert_int_equal(find(f, "a > x")->outcome, OUTCOME_PASSED);
    assert_false(find(f, "a > x")->gone);
    assert_true(find(f, "a > y")->red);
    assert_false(find(f, "a > z > deep")->red);
    assert_int_equal(find(f, "a")->usual_ns, 7000);
    change(f, "lib");
    assert_asked(f, "a: y");
    tell(f, "a > y", EVENT_SUCCESS, NULL);
    tell(f, "a", EVENT_SUCCESS, NULL);
    end(f);
    assert_int_equal(f->loop.run, RUN_ALL);
    deal(f);
    assert_asked(f, "a; b");
}

/* A part that its file no longer has: the runner has looked. */
static void test_one_that_is_gone(void **state)
{
    struct fixture *f = *state;
    first_run(f);
    change(f, "lib");
    tell(f, "a > z > deep", EVENT_FAIL, NULL);
    tell(f, "a", EVENT_FAIL, NULL);
    end(f);
    assert_true(find(f, "a > y")->gone);
    assert_false(find(f, "a > y")->red);
    assert_false(find(f, "a > x")->gone);
    assert_true(find(f, "a > z > deep")->red);
}

static void run_one(struct fixture *f, const char *id)
{
    size_t at = model_find(&f->model, bytes_of(id));
    loop_step(&f->loop, &f->model, &(struct loop_event){.kind = LOOP_RUN_ONE, .test = at});
    deal(f);
}

static void test_one_part_for_the_person(void **state)
{
    struct fixture *f = *state;
    first_run(f);
    run_one(f, "a > x");
    assert_asked(f, "a: x");
    tell(f, "a > x", EVENT_SUCCESS, NULL);
    tell(f, "a", EVENT_SUCCESS, NULL);
    end(f);
    assert_true(find(f, "a")->red); /* as y and deep are */
    assert_int_equal(find(f, "a")->outcome, OUTCOME_PASSED);
    assert_int_equal(f->model.counts[OUTCOME_FAILED], 0);
    run_one(f, "a > y");
    assert_asked(f, "a: y");
    tell(f, "a > y", EVENT_SUCCESS, NULL);
    tell(f, "a", EVENT_SUCCESS, NULL);
    end(f);
    assert_true(find(f, "a")->red);
    assert_false(find(f, "a > y")->red);
    run_one(f, "a > z > deep");
    tell(f, "a > z > deep", EVENT_SUCCESS, NULL);
    tell(f, "a", EVENT_SUCCESS, NULL);
    end(f);
    assert_int_equal(f->model.red, 0);
    run_one(f, "a");
    assert_asked(f, "a");
}

/* second: NULL none. */
static void run_list(struct fixture *f, const char *first, const char *second)
{
    struct strings ids = {0};
    strings_add(&ids, first);
    if (second != NULL)
        strings_add(&ids, second);
    loop_step(&f->loop, &f->model, &(struct loop_event){.kind = LOOP_RUN_LIST, .paths = &ids});
    deal(f);
    strings_release(&ids);
}

static void test_a_list_names_parts(void **state)
{
    struct fixture *f = *state;
    first_run(f);
    run_list(f, "a > y", "a > x");
    assert_asked(f, "a: x, y");
    tell(f, "a > y", EVENT_SUCCESS, NULL);
    tell(f, "a > x", EVENT_SUCCESS, NULL);
    tell(f, "a", EVENT_SUCCESS, NULL);
    end(f);
    assert_true(find(f, "a")->red);
    run_list(f, "a > y", "a");
    assert_asked(f, "a");
}

static void test_what_parts_say_of_their_file_is_not_flaky(void **state)
{
    struct fixture *f = *state;
    first_run(f);
    change(f, "lib");
    tell(f, "a > y", EVENT_SUCCESS, NULL);
    tell(f, "a > z > deep", EVENT_SUCCESS, NULL);
    tell(f, "a", EVENT_SUCCESS, NULL);
    assert_int_equal(f->model.suspects.len, 2); /* the two parts: nothing has told the model of a change */
    end(f);
    deal(f);
    tell(f, "a > x", EVENT_FAIL, NULL);
    tell(f, "a", EVENT_FAIL, NULL);
    assert_int_equal(f->model.suspects.len, 3); /* x, but not a */
}

static void test_a_filter_picks(void **state)
{
    struct fixture *f = *state;
    first_run(f);
    loop_step(&f->loop, &f->model, &(struct loop_event){.kind = LOOP_FILTER, .pattern = "deep"});
    deal(f);
    assert_asked(f, "a: z > deep");
    tell(f, "a > z > deep", EVENT_SUCCESS, NULL);
    tell(f, "a", EVENT_SUCCESS, NULL);
    end(f);
    assert_false(find(f, "a > y")->gone);
    assert_true(find(f, "a > y")->red);
    assert_true(find(f, "a")->red);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_save_asks_for_the_red_parts),
        TEST(test_a_changed_file_runs_whole),
        TEST(test_a_runner_that_cannot),
        TEST(test_other_failures_run_whole),
        TEST(test_too_many_names_run_whole),
        TEST(test_siblings_keep_their_outcomes),
        TEST(test_one_that_is_gone),
        TEST(test_one_part_for_the_person),
        TEST(test_a_list_names_parts),
        TEST(test_what_parts_say_of_their_file_is_not_flaky),
        TEST(test_a_filter_picks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
