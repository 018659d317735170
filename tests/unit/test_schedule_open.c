/* What boxes get while little is known of the tests. */
#include "schedule_fixture.h"

/* What each box gets of an open schedule, as many tests of it learned of in between as `ended` says. */
struct handed {
    int ended;
    int64_t ns;
    const char *got;
};

static void check_handed(struct model *model, unsigned boxes, const struct handed *handed)
{
    struct schedule schedule = {0};
    schedule_deal(&schedule, model, 0, NULL, BOX_AUTO, boxes);
    assert_true(schedule.open);
    for (; handed->got != NULL; handed++) {
        for (int i = 0; i < handed->ended; i++)
            schedule_learn(&schedule, handed->ns);
        const struct parcel *parcel = schedule_take(&schedule, model, NULL);
        struct buf text = {0};
        for (size_t k = 0; k < parcel->positions.len; k++)
            buf_printf(&text, "%s%s", k > 0 ? " " : "",
                       model->tests.items[model->listing.items[parcel->positions.items[k]]].id);
        assert_string_equal(buf_str(&text), handed->got);
        buf_release(&text);
    }
    assert_true(schedule_is_empty(&schedule));
    schedule_release(&schedule);
}

static void test_little_is_handed_out_until_something_is_known(void **state)
{
    (void)state;
    struct model model;
    model_init(&model, 1024);
    for (int i = 1; i <= 6; i++)
        add(&model, (char[]){'a', ':', ':', (char)('0' + i), '\0'}, 0);
    add(&model, "b::1", 0);
    add(&model, "b::2", 0);
    add(&model, "c::1", 0);
    /* Another group first, as what the rest of this one shares would be set up once more. */
    check_handed(&model, 2,
                 (const struct handed[]){{0, 0, "a::1"},
                                         {0, 0, "b::1"},
                                         {1, 2 * MS, "b::2 c::1"},
                                         {1, 2 * MS, "a::2 a::3 a::4 a::5"},
                                         {2, 2 * MS, "a::6"},
                                         {0, 0, NULL}});
    /* They are slow: each box gets one. */
    check_handed(&model, 3,
                 (const struct handed[]){{0, 0, "a::1"},
                                         {0, 0, "b::1"},
                                         {0, 0, "c::1"},
                                         {3, 1000 * MS, "a::2"},
                                         {0, 0, "a::3"},
                                         {0, 0, "a::4"},
                                         {0, 0, "a::5"},
                                         {0, 0, "a::6"},
                                         {0, 0, "b::2"},
                                         {0, 0, NULL}});
    model_release(&model);
}

static void test_a_small_class_is_handed_out_as_one(void **state)
{
    (void)state;
    struct model model;
    model_init(&model, 1024);
    add(&model, "a::A::1", 0);
    add(&model, "a::A::2", 0);
    add(&model, "a::B::1", 0);
    add(&model, "a::B::2", 0);
    add(&model, "a::B::3", 0);
    add(&model, "a::f", 0)->fragile = true;
    check_handed(&model, 2,
                 (const struct handed[]){{0, 0, "a::A::1 a::A::2"},
                                         {0, 0, "a::f"},
                                         {0, 0, "a::B::1"},
                                         {2, 3 * MS, "a::B::2 a::B::3"},
                                         {0, 0, NULL}});
    model_release(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_little_is_handed_out_until_something_is_known),
        cmocka_unit_test(test_a_small_class_is_handed_out_as_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
