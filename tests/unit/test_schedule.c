#include "schedule_fixture.h"

static void check_deal(const struct model *model, const struct strings *changed, enum box_mode mode,
                       unsigned boxes, const char *expect)
{
    struct schedule schedule = {0};
    const struct schedule_facts facts = {.changed = changed};
    schedule_deal(&schedule, model, 0, &facts, mode, boxes);
    char *told = tell(&schedule, model);
    assert_string_equal(told, expect);
    free(told);
    schedule_release(&schedule);
}

static void test_groups_and_their_order(void **state)
{
    (void)state;
    struct model model;
    struct strings changed = {0};
    model_init(&model, 1024);
    add(&model, "a::1", 10 * MS);
    add(&model, "b::1", 30 * MS);
    add(&model, "a::2", 10 * MS);
    add(&model, "c::1", 5 * MS);
    add(&model, "d::1", 5 * MS);
    add_unasked(&model, "d::2", 5 * MS);
    check_deal(&model, NULL, BOX_GROUP, 2, "b::1 | a::1 a::2 | c::1 | d::1");
    check_deal(&model, NULL, BOX_TEST, 2, "b::1 | a::1 | a::2 | c::1 | d::1");
    model_set_red(&model, model_find(&model, bytes_of("d::1")), true);
    strings_add(&changed, "c");
    check_deal(&model, &changed, BOX_GROUP, 2, "c::1 | d::1 | b::1 | a::1 a::2");
    model_set_red(&model, model_find(&model, bytes_of("d::1")), false);
    model.tests.items[model_find(&model, bytes_of("a::2"))].previous = OUTCOME_FAILED;
    check_deal(&model, &changed, BOX_GROUP, 2, "c::1 | a::1 a::2 | b::1 | d::1");
    strings_release(&changed);
    model_release(&model);
}

static void test_what_a_change_broke_before_and_what_it_can_affect_go_first(void **state)
{
    (void)state;
    struct model model;
    struct map affected = {0}, risky = {0};
    struct strings changed = {0};
    model_init(&model, 1024);
    add(&model, "a::1", 90 * MS);
    add(&model, "b::1", 70 * MS);
    add(&model, "b::2", 70 * MS);
    add(&model, "c::1", 60 * MS);
    add(&model, "d::1", 55 * MS);
    add(&model, "e::1", 54 * MS);
    map_put(&affected, bytes_of("c"), 0);
    map_put(&affected, bytes_of("e"), 0);
    map_put(&risky, bytes_of("b::2"), 1);
    map_put(&risky, bytes_of("d::1"), 0);
    strings_add(&changed, "e");
    const struct schedule_facts facts = {.changed = &changed, .affected = &affected, .risky = &risky};
    struct schedule schedule = {0};
    schedule_deal(&schedule, &model, 0, &facts, BOX_AUTO, 4);
    char *told = tell(&schedule, &model);
    assert_string_equal(told, "e::1 | d::1 | b::2 | c::1 | a::1 | b::1");
    free(told);
    schedule_deal(&schedule, &model, 0, &facts, BOX_GROUP, 4); /* which are not taken apart */
    told = tell(&schedule, &model);
    assert_string_equal(told, "e::1 | d::1 | b::1 b::2 | c::1 | a::1");
    free(told);
    schedule_release(&schedule);
    strings_release(&changed);
    map_release(&affected);
    map_release(&risky);
    model_release(&model);
}

static void test_fragile_tests_box_alone(void **state)
{
    (void)state;
    struct model model;
    model_init(&model, 1024);
    add(&model, "a::1", 10 * MS);
    add(&model, "a::2", 10 * MS)->fragile = true;
    add(&model, "a::3", 10 * MS);
    check_deal(&model, NULL, BOX_AUTO, 2, "a::1 a::3 | a::2");
    check_deal(&model, NULL, BOX_GROUP, 2, "a::1 a::2 a::3");
    model_release(&model);
}

static void test_duplicate_ids_keep_their_places(void **state)
{
    (void)state;
    struct model model;
    model_init(&model, 1024);
    add(&model, "a::1", 0);
    add(&model, "b::1", 0);
    add(&model, "a::1", 0);
    check_deal(&model, NULL, BOX_AUTO, 2, "a::1 a::1 | b::1");
    check_deal(&model, NULL, BOX_TEST, 1, "a::1 | b::1 | a::1");
    model_release(&model);
}

static void test_a_handful_stays_in_one_box(void **state)
{
    (void)state;
    struct model model;
    model_init(&model, 1024);
    for (char n = '1'; n <= '4'; n++)
        add(&model, (char[]){'a', ':', ':', n, '\0'}, 0);
    check_deal(&model, NULL, BOX_AUTO, 8, "a::1 a::2 a::3 a::4");
    for (size_t i = 0; i < model.tests.len; i++)
        model.tests.items[i].usual_ns = 3 * MS;
    check_deal(&model, NULL, BOX_AUTO, 8, "a::1 a::2 a::3 a::4");
    model.tests.items[0].usual_ns = model.tests.items[3].usual_ns = 60 * MS;
    check_deal(&model, NULL, BOX_AUTO, 2, "a::2 a::3 a::4 | a::1");
    check_deal(&model, NULL, BOX_AUTO, 1, "a::1 a::2 a::3 a::4");
    model_release(&model);
}

static void test_small_groups_share_a_box(void **state)
{
    (void)state;
    struct model model;
    struct strings changed = {0};
    model_init(&model, 1024);
    add(&model, "a::1", 20 * MS);
    add(&model, "b::1", 15 * MS);
    add(&model, "a::2", 20 * MS); /* the runner's order goes from file to file and back */
    add(&model, "c::1", 90 * MS);
    add(&model, "d::1", 10 * MS)->fragile = true;
    add(&model, "e::1", 30 * MS);
    add(&model, "f::1", 15 * MS);
    add(&model, "g::1", 5 * MS);
    check_deal(&model, NULL, BOX_AUTO, 2, "c::1 | a::1 b::1 a::2 | e::1 f::1 g::1 | d::1");
    check_deal(&model, NULL, BOX_AUTO, 1, "c::1 | a::1 b::1 a::2 | e::1 f::1 g::1 | d::1");
    check_deal(&model, NULL, BOX_GROUP, 2, "c::1 | a::1 a::2 | e::1 | b::1 | f::1 | d::1 | g::1");
    check_deal(&model, NULL, BOX_TEST, 2, "c::1 | e::1 | a::1 | a::2 | b::1 | f::1 | d::1 | g::1");
    /* What is urgent waits for nothing that is not. */
    model_set_red(&model, model_find(&model, bytes_of("a::2")), true);
    model_set_red(&model, model_find(&model, bytes_of("g::1")), true);
    strings_add(&changed, "f");
    check_deal(&model, &changed, BOX_AUTO, 2, "f::1 | a::1 a::2 g::1 | c::1 | b::1 e::1 | d::1");
    strings_release(&changed);
    model_release(&model);
}

static void test_split_is_between_classes(void **state)
{
    (void)state;
    struct model model;
    model_init(&model, 1024);
    add(&model, "a::A::1", 100 * MS);
    add(&model, "a::A::2[x::y]", 100 * MS);
    add(&model, "a::B::1", 100 * MS);
    add(&model, "a::B::C::1", 80 * MS);
    add(&model, "a::f", 60 * MS);
    add(&model, "a::g[::]", 60 * MS);
    /* 500 ms, 125 ms are half of an even share: A alone is longer. */
    check_deal(&model, NULL, BOX_AUTO, 2, "a::f a::g[::] | a::A::1 | a::A::2[x::y] | a::B::1 | a::B::C::1");
    check_deal(&model, NULL, BOX_GROUP, 2, "a::A::1 a::A::2[x::y] | a::f a::g[::] | a::B::1 | a::B::C::1");
    model_release(&model);
}

/* 16 tests that take 1.0 s and 0.1 s in turn, each a file of its own or all in one: 4.4 s is the ideal for 2
 * boxes. */
static void check_alternating(const char *format, bool known, enum box_mode mode, int64_t at_most_ns)
{
    struct model model;
    int64_t real_ns[16];
    model_init(&model, 1024);
    for (int i = 0; i < 16; i++) {
        char id[32];
        snprintf(id, sizeof id, "%c%s%d", strcmp(format, "one") == 0 ? 'a' : 'a' + i, "::test_", i);
        real_ns[i] = i % 2 == 0 ? 1000 * MS : 100 * MS;
        add(&model, id, known ? real_ns[i] : 0);
    }
    size_t parcels;
    assert_in_range(makespan(&model, mode, 2, real_ns, &parcels), 4400 * MS, at_most_ns);
    model_release(&model);
}

static void test_alternating_lengths(void **state)
{
    (void)state;
    check_alternating("many", true, BOX_AUTO, 4620 * MS);
    check_alternating("one", true, BOX_AUTO, 4620 * MS);
    check_alternating("one", true, BOX_TEST, 4620 * MS);
    check_alternating("many", false, BOX_AUTO, 4620 * MS);
    check_alternating("one", false, BOX_AUTO, 4620 * MS);
    check_alternating("many", false, BOX_TEST, 4620 * MS);
}

static void check_giant(int64_t usual_ns, enum box_mode mode, int classes, int64_t at_most_ns)
{
    struct model model;
    int64_t real_ns[850];
    model_init(&model, 1024);
    for (int i = 0; i < classes; i++) {
        char *name = mem_printf("giant.py::Test%d", i);
        add_many(&model, name, 800 / classes, usual_ns);
        free(name);
    }
    for (int i = 0; i < 50; i++) {
        char name[32];
        snprintf(name, sizeof name, "small_%d.py", i);
        add_many(&model, name, 1, usual_ns);
    }
    for (int i = 0; i < 850; i++)
        real_ns[i] = 10 * MS;
    size_t parcels;
    assert_in_range(makespan(&model, mode, 2, real_ns, &parcels), 4250 * MS, at_most_ns);
    model_release(&model);
}

static void test_a_giant_group_keeps_both_boxes_busy(void **state)
{
    (void)state;
    check_giant(10 * MS, BOX_AUTO, 10, 4250 * MS * 105 / 100);
    check_giant(0, BOX_AUTO, 10, 4250 * MS * 105 / 100);
    check_giant(10 * MS, BOX_AUTO, 1, 4250 * MS * 105 / 100);
    check_giant(10 * MS, BOX_GROUP, 10, 4250 * MS * 105 / 100);
    /* Plain functions have no class to divide them: an explicit --box=group keeps them together. */
    struct model model;
    model_init(&model, 1024);
    add_many(&model, "giant.py", 800, 10 * MS);
    struct schedule schedule = {0};
    schedule_deal(&schedule, &model, 0, NULL, BOX_GROUP, 2);
    assert_int_equal(schedule.parcels.len, 1);
    schedule_deal(&schedule, &model, 0, NULL, BOX_AUTO, 2);
    assert_int_equal(schedule.parcels.len, 6);
    schedule_release(&schedule);
    model_release(&model);
}

static unsigned rnd(uint64_t *seed, unsigned below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*seed >> 33) % below;
}

static void make_random(struct model *model, uint64_t *seed)
{
    unsigned count = rnd(seed, 120), files = 1 + rnd(seed, 40);
    for (unsigned i = 0; i < count; i++) {
        char id[64];
        unsigned file = rnd(seed, files), class = rnd(seed, 4), test = rnd(seed, 90);
        if (class == 0)
            snprintf(id, sizeof id, "f%u::t%u", file, test);
        else
            snprintf(id, sizeof id, "f%u::C%u::t%u", file, class, test);
        size_t at = add_unasked(model, id, rnd(seed, 3) * rnd(seed, 300) * MS);
        model->tests.items[at].fragile = rnd(seed, 10) == 0;
        if (rnd(seed, 10) == 0)
            model_set_red(model, at, true);
        if (rnd(seed, 4) > 0)
            model_ask(model, at);
    }
}

static const int jinja2_sizes[] = {33, 58,  43, 3,  3, 62, 7,  49, 131, 5,   15,
                                   22, 150, 41, 26, 1, 1,  52, 7,  16,  106, 20};

static void add_files(struct model *model, const int *sizes, int files, int64_t usual_ns)
{
    for (int i = 0; i < files; i++) {
        char *name = mem_printf("test_%d.py", i);
        add_many(model, name, sizes != NULL ? sizes[i] : 1 + i % 4, usual_ns);
        free(name);
    }
}

/* Suites of many small files. Every test takes 2.4 ms; the makespan is told in per cent of the ideal. */
static const struct {
    const char *name;
    const int *sizes; /* tests of each file; NULL: 1, 2, 3, 4, 1, ... */
    int files;
    int64_t usual_ns;
    unsigned boxes;
    size_t least, most; /* parcels */
    int makespan;
} suites[] = {
    {"jinja2", jinja2_sizes, 22, 2400000, 2, 6, 8, 105},
    {"jinja2, new", jinja2_sizes, 22, 0, 2, 8, 32, 105},
    {"jinja2, 1 box", jinja2_sizes, 22, 2400000, 1, 6, 12, 100},
    {"jinja2, 8 boxes", jinja2_sizes, 22, 2400000, 8, 16, 24, 125},
    {"hundreds", NULL, 400, 2400000, 2, 8, 12, 105},
    {"hundreds, new", NULL, 400, 0, 2, 12, 60, 105},
    {"few", NULL, 12, 2400000, 2, 1, 2, 145},
    {"few, new", NULL, 12, 0, 2, 6, 12, 140},
    {"few, new, 8 boxes", NULL, 12, 0, 8, 8, 24, 500},
};

static void test_suites_of_many_small_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        struct model model;
        struct schedule schedule = {0};
        model_init(&model, 1024);
        add_files(&model, suites[i].sizes, suites[i].files, suites[i].usual_ns);
        size_t count = model.listing.len;
        int64_t *real_ns = mem_zero(count * sizeof *real_ns);
        for (size_t k = 0; k < count; k++)
            real_ns[k] = 2400000;
        schedule_deal(&schedule, &model, 0, NULL, BOX_AUTO, suites[i].boxes);
        check_taken(&schedule, &model);
        int64_t ideal_ns = (int64_t)count * 2400000 / suites[i].boxes;
        size_t parcels;
        int64_t took_ns = makespan(&model, BOX_AUTO, suites[i].boxes, real_ns, &parcels);
        if (parcels < suites[i].least || parcels > suites[i].most ||
            took_ns * 100 / ideal_ns > suites[i].makespan)
            fail_msg("%s: %zu parcels, %d %%", suites[i].name, parcels, (int)(took_ns * 100 / ideal_ns));
        schedule_release(&schedule);
        free(real_ns);
        model_release(&model);
    }
}

static void test_every_asked_test_is_dealt_once(void **state)
{
    (void)state;
    uint64_t seed = 2;
    for (int round = 0; round < 600; round++) {
        struct model model;
        struct strings changed = {0};
        struct schedule schedule = {0};
        model_init(&model, 1024);
        make_random(&model, &seed);
        strings_add(&changed, "f3");
        const struct schedule_facts facts = {.changed = &changed};
        schedule_deal(&schedule, &model, 0, &facts, (enum box_mode)(round % 3), 1 + rnd(&seed, 9));
        check_taken(&schedule, &model);
        schedule_release(&schedule);
        strings_release(&changed);
        model_release(&model);
    }
}

static void test_returned_positions_go_first(void **state)
{
    (void)state;
    struct model model;
    struct schedule schedule = {0};
    model_init(&model, 1024);
    add(&model, "a::1", 30 * MS);
    add(&model, "a::2", 30 * MS);
    add(&model, "b::1", 10 * MS);
    schedule_deal(&schedule, &model, 0, NULL, BOX_GROUP, 1);
    const struct parcel *first = schedule_take(&schedule, &model, NULL);
    assert_int_equal(first->positions.len, 2);
    schedule_return(&schedule, NULL, 0);
    schedule_return(&schedule, &(uint32_t){1}, 1);
    assert_int_equal(first->positions.items[1], 1); /* what is taken stays good */
    const struct parcel *rest = schedule_take(&schedule, &model, NULL);
    assert_int_equal(rest->positions.len, 1);
    assert_int_equal(rest->positions.items[0], 1);
    assert_int_equal(schedule_take(&schedule, &model, NULL)->positions.items[0], 2);
    assert_null(schedule_take(&schedule, &model, NULL));
    schedule_return(&schedule, &(uint32_t){2}, 1);
    assert_int_equal(schedule_take(&schedule, &model, NULL)->positions.items[0], 2);
    assert_null(schedule_take(&schedule, &model, NULL));
    schedule_release(&schedule);
    assert_null(schedule_take(&schedule, &model, NULL));
    model_release(&model);
}

/* How many of the parcels that are left, at most `most`, may wait behind a running one of two slots. */
static unsigned may_wait(const struct schedule *schedule, unsigned most)
{
    unsigned waiting = 0;
    while (waiting < most && schedule_may_wait(schedule, 1 + waiting, 2))
        waiting++;
    return waiting;
}

static void test_only_quick_ones_wait_for_each_other(void **state)
{
    (void)state;
    struct model model;
    struct schedule schedule = {0};
    model_init(&model, 1024);
    add(&model, "a::slow", 100 * MS);
    add_many(&model, "b", 160, 4 * MS);
    schedule_deal(&schedule, &model, 0, NULL, BOX_TEST, 2);
    assert_true(schedule_may_wait(&schedule, 0, 2));
    assert_int_equal(may_wait(&schedule, 7), 1); /* slow, and much is left behind it */
    const struct parcel *parcel = schedule_take(&schedule, &model, NULL);
    assert_true(!parcel->guessed && parcel->cost_ns == 100 * MS);
    assert_int_equal(may_wait(&schedule, 7), 7);
    while (schedule.parcels.len - schedule.next > 20)
        schedule_take(&schedule, &model, NULL);
    assert_int_equal(may_wait(&schedule, 7), 1); /* the end is near */
    while (schedule.parcels.len - schedule.next > 2)
        schedule_take(&schedule, &model, NULL);
    assert_true(schedule_may_wait(&schedule, 0, 2));
    assert_int_equal(may_wait(&schedule, 7), 0); /* the last ones */
    while (schedule_take(&schedule, &model, NULL) != NULL)
        ;
    assert_false(schedule_may_wait(&schedule, 0, 2));
    schedule_release(&schedule);
    model_release(&model);
}

static void test_a_long_one_waits_for_no_other_when_little_is_left_behind_it(void **state)
{
    (void)state;
    struct model model;
    struct schedule schedule = {0};
    model_init(&model, 1024);
    add_many(&model, "a", 6, 200 * MS);
    schedule_deal(&schedule, &model, 0, NULL, BOX_TEST, 2);
    assert_int_equal(may_wait(&schedule, 7), 1); /* 1000 ms behind 200 */
    schedule_take(&schedule, &model, NULL);
    schedule_take(&schedule, &model, NULL);
    assert_int_equal(may_wait(&schedule, 7), 0); /* 600 ms: not twice as much for each of two slots */
    schedule_release(&schedule);
    model_release(&model);
}

static void test_what_nothing_is_known_of_waits_for_none_but_quick_ones(void **state)
{
    (void)state;
    struct model model;
    struct schedule schedule = {0};
    model_init(&model, 1024);
    add_many(&model, "a", 100, 0);
    schedule_deal(&schedule, &model, 0, NULL, BOX_TEST, 2);
    assert_int_equal(may_wait(&schedule, 7), 0);
    schedule_take(&schedule, &model, NULL);
    for (int i = 0; i < 4; i++) {
        schedule_learn(&schedule, 0); /* which says nothing */
        assert_int_equal(may_wait(&schedule, 7), 0);
        schedule_learn(&schedule, 3 * MS);
    }
    assert_int_equal(may_wait(&schedule, 7), 7);
    schedule_learn(&schedule, 30 * MS);
    assert_int_equal(may_wait(&schedule, 7), 0);
    schedule_deal(&schedule, &model, 0, NULL, BOX_AUTO, 2); /* what a box gets is settled when it asks */
    schedule_take(&schedule, &model, NULL);
    assert_int_equal(may_wait(&schedule, 7), 0);
    schedule_release(&schedule);
    model_release(&model);
}

static void test_hundred_thousand_in_one_class(void **state)
{
    (void)state;
    struct model model;
    struct schedule schedule = {0};
    model_init(&model, 1024);
    add_many(&model, "giant.py::Test", 100000, 0);
    schedule_deal(&schedule, &model, 0, NULL, BOX_AUTO, 4);
    assert_in_range(check_taken(&schedule, &model), 8, 2000);
    schedule_release(&schedule);
    model_release(&model);
}

static void test_each_team_is_dealt_its_own_and_the_urgent_one_goes_first(void **state)
{
    (void)state;
    struct model model;
    struct schedule one = {0}, two = {0};
    model_init(&model, 1024);
    add(&model, "a::1", 10 * MS);
    add(&model, "b::1", 20 * MS)->team = 1;
    add(&model, "c::1", 5 * MS)->team = 1;
    schedule_deal(&one, &model, 0, NULL, BOX_GROUP, 2);
    schedule_deal(&two, &model, 1, NULL, BOX_GROUP, 2);
    char *told = tell(&one, &model);
    assert_string_equal(told, "a::1");
    free(told);
    told = tell(&two, &model);
    assert_string_equal(told, "b::1 | c::1");
    free(told);
    assert_true(schedule_precedes(&two, &one) && !schedule_precedes(&one, &two));
    schedule_take(&two, &model, NULL);
    assert_true(schedule_precedes(&one, &two) && !schedule_precedes(&two, &one));
    model_set_red(&model, model_find(&model, bytes_of("c::1")), true);
    schedule_deal(&two, &model, 1, NULL, BOX_GROUP, 2);
    assert_true(schedule_precedes(&two, &one)); /* what is red goes before what is long */
    schedule_take(&one, &model, NULL);
    assert_true(schedule_is_empty(&one) && !schedule_is_empty(&two));
    const uint32_t again[] = {0};
    schedule_return(&one, again, 1);
    assert_true(schedule_precedes(&one, &two)); /* it was in a box already */
    schedule_release(&one);
    schedule_release(&two);
    model_release(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups_and_their_order),
        cmocka_unit_test(test_each_team_is_dealt_its_own_and_the_urgent_one_goes_first),
        cmocka_unit_test(test_what_a_change_broke_before_and_what_it_can_affect_go_first),
        cmocka_unit_test(test_fragile_tests_box_alone),
        cmocka_unit_test(test_duplicate_ids_keep_their_places),
        cmocka_unit_test(test_a_handful_stays_in_one_box),
        cmocka_unit_test(test_small_groups_share_a_box),
        cmocka_unit_test(test_split_is_between_classes),
        cmocka_unit_test(test_alternating_lengths),
        cmocka_unit_test(test_a_giant_group_keeps_both_boxes_busy),
        cmocka_unit_test(test_suites_of_many_small_files),
        cmocka_unit_test(test_every_asked_test_is_dealt_once),
        cmocka_unit_test(test_returned_positions_go_first),
        cmocka_unit_test(test_only_quick_ones_wait_for_each_other),
        cmocka_unit_test(test_a_long_one_waits_for_no_other_when_little_is_left_behind_it),
        cmocka_unit_test(test_what_nothing_is_known_of_waits_for_none_but_quick_ones),
        cmocka_unit_test(test_hundred_thousand_in_one_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
