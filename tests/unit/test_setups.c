/* What is learned of set-ups, and what the schedule makes of it. */
#include "schedule_fixture.h"

static void check_read(const char *tag, int64_t box_ns, int64_t file_ns, int64_t class_ns)
{
    const struct bytes tags[] = {bytes_of("cpu_us=3"), bytes_of(tag)};
    const struct event event = {.tags = tags, .tag_count = 2, .has_tags = true};
    struct setup_told told = setup_read(&event);
    assert_int_equal(told.ns[SETUP_BOX], box_ns);
    assert_int_equal(told.ns[SETUP_FILE], file_ns);
    assert_int_equal(told.ns[SETUP_CLASS], class_ns);
}

static void test_a_tag_tells_of_each_kind(void **state)
{
    (void)state;
    check_read("setup_us=s20,m0,c3", 20000, 0, 3000);
    check_read("setup_us=m7", -1, 7000, -1);
    check_read("setup_us=c1,s2", 2000, -1, 1000);
    check_read("setup_us=", -1, -1, -1);
    check_read("setup_us=s", -1, -1, -1);
    check_read("setup_us=x4,m5", -1, -1, -1);
    check_read("setup_us=m5,x4", -1, 5000, -1);
    check_read("setup_us=m-4", -1, -1, -1);
    check_read("setup_us=m100000000000000000000", -1, INT64_C(100000000000000), -1);
    check_read("other", -1, -1, -1);
}

static void test_classes_of_ids(void **state)
{
    (void)state;
    static const struct {
        const char *id, *class, *place;
    } ids[] = {
        {"a.py::test", "", ""},
        {"a.py::A::test", "A", "a.py::A"},
        {"a.py::A::B::test[x::y]", "A::B", "a.py::A::B"},
        {"a.py::test[x::y]", "", ""},
        {"nothing", "", ""},
    };
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        assert_true(bytes_equal(setup_class(ids[i].id), bytes_of(ids[i].class)));
        assert_true(bytes_equal(setups_class_place(ids[i].id), bytes_of(ids[i].place)));
    }
}

static void test_a_mean_is_kept_and_told_when_it_changes(void **state)
{
    (void)state;
    struct setups setups = {0};
    const struct bytes place = bytes_of("a.py");
    assert_int_equal(setups_learn(&setups, SETUP_FILE, place, -1), -1);
    assert_int_equal(setups_find(&setups, SETUP_FILE, place), 0);
    assert_int_equal(setups_learn(&setups, SETUP_FILE, place, 0), -1); /* most have none */
    assert_int_equal(setups_learn(&setups, SETUP_FILE, place, 400 * MS), 100 * MS);
    assert_int_equal(setups_learn(&setups, SETUP_FILE, place, 104 * MS), -1); /* nearly as before */
    assert_int_equal(setups_find(&setups, SETUP_FILE, place), 101 * MS);
    assert_int_equal(setups_find(&setups, SETUP_BOX, place), 0);
    assert_int_equal(setups_find(&setups, SETUP_FILE, bytes_of("")), 0);
    assert_int_equal(setups_find(NULL, SETUP_FILE, place), 0);
    setups_recall(&setups, SETUP_BOX, "a.py", 7 * MS);
    setups_recall(&setups, SETUP_BOX, "", 7 * MS);
    assert_int_equal(setups_find(&setups, SETUP_BOX, place), 7 * MS);
    assert_int_equal(setups.items.len, 1);
    setups_release(&setups);
}

/* Each test takes own_ms, alone; `file` holds so many plain ones. */
static const struct {
    const char *what;
    int count, own_ms, file_ms, box_ms;
    unsigned boxes;
    const char *others; /* files of one test of 100 ms each, by letter */
    const char *expect;
} splits[] = {
    {"nothing to set up", 4, 100, 0, 0, 2, "", "a::1 | a::2 | a::3 | a::4"},
    {"dear: both boxes would take longer than one", 4, 100, 500, 0, 2, "", "a::1 a::2 a::3 a::4"},
    {"the gain is no more than what is set up once more", 4, 100, 200, 0, 2, "", "a::1 a::2 a::3 a::4"},
    {"it is more", 4, 100, 60, 0, 2, "", "a::1 a::2 | a::3 a::4"},
    {"likewise for what a box sets up", 4, 100, 0, 60, 2, "", "a::1 a::2 | a::3 a::4"},
    {"both together", 4, 100, 90, 110, 2, "", "a::1 a::2 a::3 a::4"},
    {"four boxes", 4, 100, 20, 0, 4, "", "a::1 | a::2 | a::3 | a::4"},
    {"four boxes, dear: two of them", 4, 100, 140, 0, 4, "", "a::1 a::2 | a::3 a::4"},
    {"other files level the boxes out", 2, 100, 80, 0, 2, "bcdefg",
     "a::1 a::2 | b::1 c::1 | d::1 e::1 | f::1 | g::1"},
};

static void test_a_group_is_split_when_it_pays(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
        struct model model;
        struct setups setups = {0};
        struct schedule schedule = {0};
        model_init(&model, 1024);
        for (int n = 1; n <= splits[i].count; n++)
            add(&model, (char[]){'a', ':', ':', (char)('0' + n), '\0'}, splits[i].own_ms * MS);
        for (const char *other = splits[i].others; *other != '\0'; other++)
            add(&model, (char[]){*other, ':', ':', '1', '\0'}, 100 * MS);
        setups_recall(&setups, SETUP_FILE, "a", splits[i].file_ms * MS);
        setups_recall(&setups, SETUP_BOX, "a", splits[i].box_ms * MS);
        const struct schedule_facts facts = {.setups = &setups};
        schedule_deal(&schedule, &model, 0, &facts, BOX_AUTO, splits[i].boxes);
        char *told = tell(&schedule, &model);
        if (strcmp(told, splits[i].expect) != 0)
            fail_msg("%s: %s", splits[i].what, told);
        free(told);
        schedule_release(&schedule);
        setups_release(&setups);
        model_release(&model);
    }
}

static void test_a_dear_class_stays_whole(void **state)
{
    (void)state;
    struct model model;
    struct setups setups = {0};
    struct schedule schedule = {0};
    model_init(&model, 1024);
    add(&model, "a::A::1", 200 * MS);
    add(&model, "a::A::2", 200 * MS);
    add(&model, "a::B::1", 200 * MS);
    add(&model, "a::B::2", 200 * MS);
    setups_recall(&setups, SETUP_CLASS, "a::A", 500 * MS);
    const struct schedule_facts facts = {.setups = &setups};
    schedule_deal(&schedule, &model, 0, &facts, BOX_AUTO, 2);
    char *told = tell(&schedule, &model);
    assert_string_equal(told, "a::A::1 a::A::2 | a::B::1 | a::B::2");
    free(told);
    schedule_release(&schedule);
    setups_release(&setups);
    model_release(&model);
}

static void test_files_that_share_a_dear_set_up_share_a_box(void **state)
{
    (void)state;
    struct model model;
    struct setups setups = {0};
    struct schedule schedule = {0};
    model_init(&model, 1024);
    for (char file = 'a'; file <= 'h'; file++) {
        add(&model, (char[]){file, ':', ':', '1', '\0'}, 60 * MS);
        setups_recall(&setups, SETUP_BOX, (char[]){file, '\0'}, file <= 'd' ? 300 * MS : 0);
    }
    const struct schedule_facts facts = {.setups = &setups};
    schedule_deal(&schedule, &model, 0, &facts, BOX_AUTO, 2);
    /* In one box each pays no more than its test. */
    assert_true(schedule.parcels.len <= 3);
    assert_int_equal(schedule.parcels.items[0]->cost_ns,
                     300 * MS + 60 * MS * (int64_t)schedule.parcels.items[0]->positions.len);
    schedule_release(&schedule);
    setups_release(&setups);
    model_release(&model);
}

static void test_while_little_is_known_what_is_dear_is_not_cut(void **state)
{
    (void)state;
    struct model model;
    struct setups setups = {0};
    struct schedule schedule = {0};
    model_init(&model, 1024);
    add_many(&model, "a", 20, 0);
    const struct schedule_facts facts = {.setups = &setups};
    schedule_deal(&schedule, &model, 0, &facts, BOX_AUTO, 2);
    assert_int_equal(schedule_take(&schedule, &model, &setups)->positions.len, 1);
    assert_int_equal(schedule_take(&schedule, &model, &setups)->positions.len, 1);
    schedule_learn(&schedule, 50 * MS);
    setups_learn(&setups, SETUP_FILE, bytes_of("a"), 40 * MS);
    assert_int_equal(schedule_take(&schedule, &model, &setups)->positions.len, 8); /* 400 ms for 40 */
    setups_learn(&setups, SETUP_FILE, bytes_of("a"), 4000 * MS);
    assert_int_equal(schedule_take(&schedule, &model, &setups)->positions.len, 10); /* the rest */
    schedule_release(&schedule);
    setups_release(&setups);
    model_release(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_tag_tells_of_each_kind),
        cmocka_unit_test(test_classes_of_ids),
        cmocka_unit_test(test_a_mean_is_kept_and_told_when_it_changes),
        cmocka_unit_test(test_a_group_is_split_when_it_pays),
        cmocka_unit_test(test_a_dear_class_stays_whole),
        cmocka_unit_test(test_files_that_share_a_dear_set_up_share_a_box),
        cmocka_unit_test(test_while_little_is_known_what_is_dear_is_not_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
