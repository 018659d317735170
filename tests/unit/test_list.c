#include "ui/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#define ROWS 8 /* six of them for the tests */

static int set_up(void **state)
{
    static const struct {
        const char *id;
        enum outcome outcome;
        int64_t ms;
    } tests[] = {
        {"a.py::test_one", OUTCOME_PASSED, 5},    {"a.py::test_two", OUTCOME_FAILED, 1},
        {"b.py::TestOne::x", OUTCOME_CRASHED, 0}, {"b.py::TestTwo::x", OUTCOME_SKIPPED, 60},
        {"c.py::test_old", OUTCOME_PASSED, 900},
    };
    struct model *model = mem_zero(sizeof *model);
    model_init(model, 1024);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        struct test *test = model_recall(model, tests[i].id, "", tests[i].outcome);
        test->duration_ns = tests[i].ms * 1000000;
    }
    model->tests.items[0].cpu_ns = 1000;
    model->tests.items[1].cpu_ns = 900000;
    model->tests.items[3].cpu_ns = 500000;
    model->tests.items[4].gone = true;
    *state = model;
    return 0;
}

static int tear_down(void **state)
{
    model_release(*state);
    free(*state);
    return 0;
}

static enum command command_of(int input)
{
    struct keymap keys = {0};
    assert_int_equal(keymap_init(&keys, NULL, 0, NULL), 0);
    enum command command = keymap_command(&keys, input);
    keymap_release(&keys);
    return command;
}

/* The ids that show, in order, divided by blanks. */
static char *order_of(struct list *list, const struct model *model)
{
    struct buf text = {0};
    list_update(list, model);
    for (size_t i = 0; i < list->rows.len; i++)
        buf_printf(&text, "%s%s", i > 0 ? " " : "", list->rows.items[i].id);
    return buf_take(&text);
}

static void assert_order(struct list *list, const struct model *model, const char *expected)
{
    char *order = order_of(list, model);
    assert_string_equal(order, expected);
    free(order);
}

static bool press(struct list *list, const struct model *model, int input)
{
    list_update(list, model);
    return list_input(list, ROWS, input, command_of(input));
}

static void type(struct list *list, const struct model *model, const char *text)
{
    for (; *text != '\0'; text++)
        assert_true(press(list, model, *text));
}

static void orders_take_turns(void **state)
{
    struct list list = {0};
    list_open(&list);
    assert_order(&list, *state, "b.py::TestOne::x a.py::test_two b.py::TestTwo::x a.py::test_one");
    type(&list, *state, "S");
    assert_order(&list, *state, "b.py::TestTwo::x a.py::test_one a.py::test_two b.py::TestOne::x");
    type(&list, *state, "S");
    assert_order(&list, *state, "a.py::test_two b.py::TestTwo::x a.py::test_one b.py::TestOne::x");
    type(&list, *state, "S");
    assert_order(&list, *state, "b.py::TestTwo::x a.py::test_one a.py::test_two b.py::TestOne::x");
    type(&list, *state, "S");
    assert_order(&list, *state, "a.py::test_one a.py::test_two b.py::TestOne::x b.py::TestTwo::x");
    list_release(&list);
}

/* What a test usually takes counts, whatever it took now. */
static void the_slowest_are_first(void **state)
{
    struct list list = {0};
    struct model *model = *state;
    list_open(&list);
    list_update(&list, model);
    type(&list, model, "jj");
    model->tests.items[1].usual_ns = 2000000000;
    list.open = false;
    list_open_slowest(&list);
    assert_true(list.open);
    assert_order(&list, model, "a.py::test_two b.py::TestTwo::x a.py::test_one b.py::TestOne::x");
    assert_int_equal(list_selected(&list), 1);
    list_release(&list);
}

static void the_filter_narrows_as_one_types(void **state)
{
    struct list list = {0};
    list_open(&list);
    type(&list, *state, "/one");
    assert_order(&list, *state, "b.py::TestOne::x a.py::test_one");
    type(&list, *state, " B.");
    assert_order(&list, *state, "b.py::TestOne::x");
    type(&list, *state, "q");
    assert_order(&list, *state, "");
    assert_int_equal(list_selected(&list), MAP_NONE);
    assert_true(press(&list, *state, INPUT_BACKSPACE));
    assert_true(press(&list, *state, INPUT_ENTER));
    assert_order(&list, *state, "b.py::TestOne::x");
    assert_true(press(&list, *state, INPUT_ESCAPE)); /* widens */
    assert_true(list.open);
    assert_order(&list, *state, "b.py::TestOne::x a.py::test_two b.py::TestTwo::x a.py::test_one");
    assert_true(press(&list, *state, INPUT_ESCAPE));
    assert_false(list.open);
    list_release(&list);
}

static void the_cursor_stays_on_its_test(void **state)
{
    struct list list = {0};
    list_open(&list);
    list_update(&list, *state);
    type(&list, *state, "j");
    size_t test = list_selected(&list);
    assert_string_equal(((struct model *)*state)->tests.items[test].id, "a.py::test_two");
    type(&list, *state, "SS");
    list_update(&list, *state);
    assert_int_equal(list_selected(&list), test);
    type(&list, *state, "G");
    assert_int_equal(list.at, 3);
    type(&list, *state, "jj");
    assert_int_equal(list.at, 3);
    type(&list, *state, "gk");
    assert_int_equal(list.at, 0);
    type(&list, *state, "/test\rn");
    assert_int_equal(list.at, 1);
    type(&list, *state, "N");
    assert_int_equal(list.at, 0);
    list_release(&list);
}

static void other_keys_are_handed_on(void **state)
{
    struct list list = {0};
    list_open(&list);
    assert_false(press(&list, *state, 's'));
    assert_false(press(&list, *state, 'v'));
    assert_false(press(&list, *state, INPUT_ENTER));
    type(&list, *state, "t");
    assert_false(list.open);
    list_release(&list);
}

static void a_click_selects_what_is_drawn_there(void **state)
{
    struct list list = {0};
    struct keymap keys = {0};
    const struct screen size = {.rows = ROWS, .cols = 60};
    assert_int_equal(keymap_init(&keys, NULL, 0, NULL), 0);
    list_open(&list);
    list_update(&list, *state);
    assert_false(list_put(&list, ROWS, 0));
    assert_false(list_put(&list, ROWS, 5)); /* below the last */
    assert_false(list_put(&list, ROWS, ROWS - 1));
    assert_true(list_put(&list, ROWS, 3));
    assert_int_equal(list.at, 2);
    assert_true(list_put(&list, 2, 0)); /* no title there */
    assert_int_equal(list.at, 0);
    assert_int_equal(list_hint_at(&size, &list, &keys, ROWS - 1, 1), '/');
    assert_int_equal(list_hint_at(&size, &list, &keys, 0, 1), INPUT_NONE);
    type(&list, *state, "/");
    assert_int_equal(list_hint_at(&size, &list, &keys, ROWS - 1, 1), INPUT_NONE);
    keymap_release(&keys);
    list_release(&list);
}

static void every_size_can_be_drawn(void **state)
{
    struct list list = {0};
    list_open(&list);
    list_update(&list, *state);
    type(&list, *state, "G");
    for (int rows = 1; rows < 12; rows++)
        for (int ascii = 0; ascii < 2; ascii++) {
            struct screen screen;
            struct buf text = {0};
            screen_init(&screen, rows, 60, ascii);
            struct keymap keys = {0};
            assert_int_equal(keymap_init(&keys, NULL, 0, NULL), 0);
            list_draw(&screen, &list, *state, &keys);
            keymap_release(&keys);
            screen_dump(&screen, false, &text);
            assert_non_null(strstr(buf_str(&text), "passed      0.01 s  a.py::test_one"));
            assert_null(strstr(buf_str(&text), "test_old"));
            assert_true(rows <= 3 || strstr(buf_str(&text), "4 of 4") != NULL);
            buf_release(&text);
            screen_release(&screen);
        }
    list_release(&list);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(orders_take_turns),
        CASE(the_slowest_are_first),
        CASE(the_filter_narrows_as_one_types),
        CASE(the_cursor_stays_on_its_test),
        CASE(other_keys_are_handed_on),
        CASE(a_click_selects_what_is_drawn_there),
        CASE(every_size_can_be_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
