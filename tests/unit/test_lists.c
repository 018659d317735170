/* Runs of tests by name: what is collected and asked for, and in which order it is dealt. */
#include "loop_script.h"

#include "plan/order.h"

#define MS INT64_C(1000000)

static const struct script lists[] = {
    {"these and no others, and nothing after them",
     NULL,
     {{"a::x=f a::y=p b::z=p c::w=p", "list c::w a::x",
       "run list (a list of tests) asks a::x c::w | unknown |"},
      {NULL, "end", "wait | red | a::x"},
      {NULL, "list b::z a::y", "run list (a list of tests) a b asks a::y b::z | red | a::x"},
      {NULL, "end", "wait | red | a::x"}}},
    {"an empty one lists everything and runs nothing",
     "a::x",
     {{"a::x=p b::y=p", "list", "run list (a list of tests) asks | red | a::x"},
      {NULL, "end", "wait | red | a::x"}}},
    {"what is not listed does not run",
     "a::x",
     {{"a::x=f", "list gone::x a::x", "run list (a list of tests) asks a::x | red | a::x"},
      {NULL, "end", "wait | red | a::x"}}},
    {"a file that could not be collected stands for its tests",
     "b",
     {{"a::x=p b::y=p b::z=f", "list b", "run list (a list of tests) b asks b::y b::z | red | b"},
      {NULL, "end", "wait | red | b::z | b no longer fails to collect: left the red set"}}},
    {"a deselected one stays out",
     NULL,
     {{"a::x=d a::y=p", "list a::x a::y", "run list (a list of tests) asks a::y | unknown |"}}},
    {"what changed meanwhile is not covered by it",
     NULL,
     {{"a::x=p b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "list a::x", "run list (a list of tests) a asks a::x | green |"},
      {NULL, "change b", "cancel | partly |"},
      {NULL, "cancelled", "run all (b changed) asks a::x b::y | partly |"}}},
    {"one that is wanted at the end of another is next",
     NULL,
     {{"a::x=p b::y=p", "list a::x", "run list (a list of tests) asks a::x | unknown |"},
      {NULL, "list b::y", "cancel | unknown |"},
      {NULL, "end", "run list (a list of tests) b asks b::y | unknown |"}}},
};

static void test_lists(void **state)
{
    (void)state;
    RUN(lists, NULL);
}

static void add(struct model *model, const char *id, int64_t usual_ns, bool asked)
{
    size_t at = model_add(model, bytes_of(id), (struct bytes){id, strcspn(id, ":")});
    model->tests.items[at].usual_ns = usual_ns;
    model->tests.items[at].state = TEST_LISTED;
    vec_push(&model->listing, at);
    if (asked)
        model_ask(model, at);
}

/* a, b and c have two tests of 10 ms each, d four of 200 ms; the runner's order goes by files. c::3 is not
 * asked for. */
static void fill(struct model *model)
{
    static const char *const ids[] = {"a::1", "a::2", "b::1", "b::2", "c::1", "c::2",
                                      "c::3", "d::1", "d::2", "d::3", "d::4"};
    model_init(model, 1024);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        add(model, ids[i], (ids[i][0] == 'd' ? 200 : 10) * MS, strcmp(ids[i], "c::3") != 0);
}

static const struct deal_case {
    const char *list;
    enum box_mode mode;
    unsigned boxes;
    const char *expect;
} deals[] = {
    {"", BOX_ONE, 2, "a::1 a::2 b::1 b::2 c::1 c::2 d::1 d::2 d::3 d::4"},
    {"d::4 a::1 c::2 a::2", BOX_ONE, 2, "d::4 a::1 c::2 a::2 b::1 b::2 c::1 d::1 d::2 d::3"},
    {"d::4 a::1 c::2 a::2", BOX_TEST, 2, "d::4|a::1|c::2|a::2|b::1|b::2|c::1|d::1|d::2|d::3"},
    {"d::4 a::1 c::2 a::2", BOX_GROUP, 2, "d::4 d::1 d::2 d::3|a::1 a::2|c::2 c::1|b::1 b::2"},
    {"c::2 a::1", BOX_AUTO, 2, "c::2 c::1 a::1 a::2 b::1 b::2|d::1|d::2|d::3|d::4"},
    {"c::2 a::1", BOX_AUTO, 1, "c::2 c::1 a::1 a::2 b::1 b::2|d::1 d::2 d::3 d::4"},
    {"c::2 a::1", BOX_FEW, 1, "c::2 c::1 a::1 a::2 b::1 b::2 d::1 d::2 d::3 d::4"},
};

static void check_deal(const struct deal_case *wanted)
{
    struct model model;
    struct schedule schedule = {0};
    struct strings list = {0};
    struct map places = {0};
    struct buf told = {0};
    fill(&model);
    words(&list, wanted->list);
    for (size_t i = 0; i < list.len; i++)
        map_put(&places, bytes_of(list.items[i]), i);
    const struct order order = {.kind = ORDER_GIVEN, .places = &places};
    order_deal(&schedule, &model, 0, &order, wanted->mode, wanted->boxes);
    for (const struct parcel *parcel; (parcel = schedule_take(&schedule, &model, NULL)) != NULL;)
        for (size_t i = 0; i < parcel->positions.len; i++)
            buf_printf(&told, "%s%s",
                       told.len == 0 ? ""
                       : i == 0      ? "|"
                                     : " ",
                       model.tests.items[model.listing.items[parcel->positions.items[i]]].id);
    assert_string_equal(buf_str(&told), wanted->expect);
    buf_release(&told);
    map_release(&places);
    strings_release(&list);
    schedule_release(&schedule);
    model_release(&model);
}

static void test_deals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof deals / sizeof *deals; i++)
        check_deal(&deals[i]);
}

/* Random ones are as another implementation has them: they are the same everywhere. */
static const struct {
    const char *order, *expect;
} orders[] = {
    {"given", "a::1 a::2 b::1 b::2 c::1 c::2 d::1 d::2 d::3 d::4"},
    {"failed-first", "b::2 c::1 a::1 a::2 b::1 c::2 d::1 d::2 d::3 d::4"},
    {"slowest-first", "d::1 d::2 d::3 d::4 a::2 b::1 b::2 c::1 c::2 a::1"},
    {"fastest-first", "a::2 b::1 b::2 c::1 c::2 d::1 d::2 d::3 d::4 a::1"},
    {"random:1", "c::1 c::2 b::2 b::1 d::4 d::3 d::1 d::2 a::1 a::2"},
    {"random:2", "b::1 b::2 c::2 c::1 a::2 a::1 d::4 d::2 d::1 d::3"},
    {"random:4294967295", "b::2 b::1 d::1 d::2 d::4 d::3 a::2 a::1 c::1 c::2"},
};

static void test_orders(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct model model;
        struct schedule schedule = {0};
        struct order order = {0};
        struct buf told = {0};
        bool seeded;
        fill(&model);
        model.tests.items[0].usual_ns = 0;
        model.tests.items[3].red = true;
        model.tests.items[4].previous = OUTCOME_CRASHED;
        assert_true(order_parse(&order, orders[i].order, &seeded));
        assert_int_equal(seeded, strchr(orders[i].order, ':') != NULL);
        order_deal(&schedule, &model, 0, &order, BOX_ONE, 1);
        const struct parcel *all = schedule_take(&schedule, &model, NULL);
        for (size_t k = 0; k < all->positions.len; k++)
            buf_printf(&told, "%s%s", k > 0 ? " " : "",
                       model.tests.items[model.listing.items[all->positions.items[k]]].id);
        assert_string_equal(buf_str(&told), orders[i].expect);
        buf_release(&told);
        schedule_release(&schedule);
        model_release(&model);
    }
}

static void what_is_no_order(void **state)
{
    (void)state;
    static const char *const texts[] = {"",          "fast",      "random:",   "random:x",
                                        "random:1x", "random: 1", "random:-1", "random:4294967296",
                                        "RANDOM"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct order order = {0};
        bool seeded;
        assert_false(order_parse(&order, texts[i], &seeded));
    }
}

static void patterns_and_ids_that_are_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        bool taken;
    } ids[] = {{"a::x", true}, {"a::y", false}, {"b::x", false}, {"c::zz", true}, {"c::z", false}};
    struct selection selection = {0};
    struct strings out = {0};
    struct error error;
    assert_true(selection_takes(&selection, "anything"));
    assert_int_equal(selection_include(&selection, "^a", &error), 0);
    assert_int_equal(selection_include(&selection, "z", &error), 0);
    assert_int_equal(selection_exclude(&selection, "y$", &error), 0);
    strings_add(&out, "c::z");
    selection_leave_out(&selection, &out);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        assert_int_equal(selection_takes(&selection, ids[i].id), ids[i].taken);
    assert_true(selection_exclude(&selection, "(", &error) < 0);
    assert_string_equal(error.text,
                        "--exclude: '(' is no regular expression: missing closing parenthesis, at 2");
    selection_release(&selection);
}

static void what_crashed_before_has_a_box_of_its_own(void **state)
{
    (void)state;
    struct model model;
    struct schedule schedule = {0};
    fill(&model);
    model.tests.items[1].fragile = true;
    const struct order order = {.kind = ORDER_GIVEN};
    order_deal(&schedule, &model, 0, &order, BOX_AUTO, 2);
    const struct parcel *first = schedule_take(&schedule, &model, NULL),
                        *second = schedule_take(&schedule, &model, NULL);
    assert_int_equal(first->positions.len, 1);
    assert_int_equal(second->positions.len, 1);
    assert_int_equal(second->positions.items[0], 1);
    schedule_release(&schedule);
    model_release(&model);
}

static void tests_of_others_and_none_at_all(void **state)
{
    (void)state;
    struct model model;
    struct schedule schedule = {0};
    fill(&model);
    const struct order order = {.kind = ORDER_GIVEN};
    order_deal(&schedule, &model, 1, &order, BOX_AUTO, 2);
    assert_true(schedule_is_empty(&schedule));
    order_deal(&schedule, &model, 1, &order, BOX_ONE, 2);
    assert_true(schedule_is_empty(&schedule));
    model_release(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_deals),
        cmocka_unit_test(test_orders),
        cmocka_unit_test(what_is_no_order),
        cmocka_unit_test(patterns_and_ids_that_are_left_out),
        cmocka_unit_test(what_crashed_before_has_a_box_of_its_own),
        cmocka_unit_test(tests_of_others_and_none_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
