#include "plan/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define MS INT64_C(1000000)

static size_t add_unasked(struct model *model, const char *id, int64_t usual_ns)
{
    char *group = mem_dup(id, strcspn(id, ":"));
    size_t at = model_add(model, bytes_of(id), bytes_of(group));
    free(group);
    model->tests.items[at].usual_ns = usual_ns;
    model->tests.items[at].state = TEST_LISTED;
    vec_push(&model->listing, at);
    return at;
}

static struct test *add(struct model *model, const char *id, int64_t usual_ns)
{
    size_t at = add_unasked(model, id, usual_ns);
    model_ask(model, at);
    return &model->tests.items[at];
}

static void add_many(struct model *model, const char *prefix, int count, int64_t usual_ns)
{
    for (int i = 0; i < count; i++) {
        char *id = mem_printf("%s::test_%d", prefix, i);
        add(model, id, usual_ns);
        free(id);
    }
}

/* The parcels as text: ids without their "::", parcels divided by " | ". */
static char *tell(const struct schedule *schedule, const struct model *model)
{
    struct buf text = {0};
    for (size_t i = 0; i < schedule->parcels.len; i++) {
        const struct parcel *parcel = schedule->parcels.items[i];
        for (size_t k = 0; k < parcel->positions.len; k++) {
            size_t test = model->listing.items[parcel->positions.items[k]];
            buf_printf(&text, "%s%s", k > 0 ? " " : i > 0 ? " | " : "", model->tests.items[test].id);
        }
    }
    return buf_take(&text);
}

static void check_deal(const struct model *model, const struct strings *changed, enum box_mode mode,
                       unsigned boxes, const char *expect)
{
    struct schedule schedule = {0};
    schedule_deal(&schedule, model, 0, changed, mode, boxes);
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

/* What a real pool does: the box that is free first takes the next parcel. Returns when the last one is done.
 */
static int64_t makespan(const struct model *model, enum box_mode mode, unsigned boxes, const int64_t *real_ns)
{
    struct schedule schedule = {0};
    int64_t *free_at = mem_zero(boxes * sizeof *free_at);
    schedule_deal(&schedule, model, 0, NULL, mode, boxes);
    const struct parcel *parcel;
    while ((parcel = schedule_take(&schedule)) != NULL) {
        unsigned box = 0;
        for (unsigned i = 1; i < boxes; i++)
            if (free_at[i] < free_at[box])
                box = i;
        for (size_t k = 0; k < parcel->positions.len; k++)
            free_at[box] += real_ns[parcel->positions.items[k]];
    }
    int64_t last = 0;
    for (unsigned i = 0; i < boxes; i++)
        last = free_at[i] > last ? free_at[i] : last;
    free(free_at);
    schedule_release(&schedule);
    return last;
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
    assert_in_range(makespan(&model, mode, 2, real_ns), 4400 * MS, at_most_ns);
    model_release(&model);
}

static void test_alternating_lengths(void **state)
{
    (void)state;
    check_alternating("many", true, BOX_AUTO, 4620 * MS);
    check_alternating("one", true, BOX_AUTO, 4620 * MS);
    check_alternating("one", true, BOX_TEST, 4620 * MS);
    check_alternating("many", false, BOX_AUTO, 5500 * MS);
    check_alternating("one", false, BOX_AUTO, 5500 * MS);
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
    assert_in_range(makespan(&model, mode, 2, real_ns), 4250 * MS, at_most_ns);
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

/* Each asked position is in exactly one parcel, nothing else is, and within a parcel they ascend. */
static void check_dealt(const struct schedule *schedule, const struct model *model)
{
    unsigned *seen = mem_zero((model->listing.len + 1) * sizeof *seen);
    for (size_t i = 0; i < schedule->parcels.len; i++) {
        const struct parcel *parcel = schedule->parcels.items[i];
        assert_true(parcel->positions.len > 0);
        for (size_t k = 0; k < parcel->positions.len; k++) {
            seen[parcel->positions.items[k]]++;
            assert_true(k == 0 || parcel->positions.items[k] > parcel->positions.items[k - 1]);
        }
    }
    for (size_t i = 0; i < model->listing.len; i++) {
        bool asked = model->tests.items[model->listing.items[i]].state == TEST_ASKED;
        assert_int_equal(seen[i], asked ? 1 : 0);
    }
    free(seen);
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
    {"jinja2, new", jinja2_sizes, 22, 0, 2, 8, 16, 105},
    {"jinja2, 1 box", jinja2_sizes, 22, 2400000, 1, 6, 12, 100},
    {"jinja2, 8 boxes", jinja2_sizes, 22, 2400000, 8, 16, 24, 125},
    {"hundreds", NULL, 400, 2400000, 2, 8, 12, 105},
    {"hundreds, new", NULL, 400, 0, 2, 12, 60, 105},
    {"few", NULL, 12, 2400000, 2, 1, 2, 145},
    {"few, new", NULL, 12, 0, 2, 6, 12, 107},
    {"few, new, 8 boxes", NULL, 12, 0, 8, 12, 12, 200},
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
        check_dealt(&schedule, &model);
        int64_t ideal_ns = (int64_t)count * 2400000 / suites[i].boxes;
        int64_t percent = makespan(&model, BOX_AUTO, suites[i].boxes, real_ns) * 100 / ideal_ns;
        if (schedule.parcels.len < suites[i].least || schedule.parcels.len > suites[i].most ||
            percent > suites[i].makespan)
            fail_msg("%s: %zu parcels, %d %%", suites[i].name, schedule.parcels.len, (int)percent);
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
        schedule_deal(&schedule, &model, 0, &changed, (enum box_mode)(round % 3), 1 + rnd(&seed, 9));
        check_dealt(&schedule, &model);
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
    const struct parcel *first = schedule_take(&schedule);
    assert_int_equal(first->positions.len, 2);
    schedule_return(&schedule, NULL, 0);
    schedule_return(&schedule, &(uint32_t){1}, 1);
    assert_int_equal(first->positions.items[1], 1); /* what is taken stays good */
    const struct parcel *rest = schedule_take(&schedule);
    assert_int_equal(rest->positions.len, 1);
    assert_int_equal(rest->positions.items[0], 1);
    assert_int_equal(schedule_take(&schedule)->positions.items[0], 2);
    assert_null(schedule_take(&schedule));
    schedule_return(&schedule, &(uint32_t){2}, 1);
    assert_int_equal(schedule_take(&schedule)->positions.items[0], 2);
    assert_null(schedule_take(&schedule));
    schedule_release(&schedule);
    assert_null(schedule_take(&schedule));
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
    add(&model, "a::slow", 200 * MS);
    add_many(&model, "b", 40, 4 * MS);
    add_many(&model, "c", 3, 0);
    schedule_deal(&schedule, &model, 0, NULL, BOX_TEST, 2);
    assert_true(schedule_may_wait(&schedule, 0, 2));
    assert_int_equal(may_wait(&schedule, 7), 1); /* slow */
    const struct parcel *parcel = schedule_take(&schedule);
    assert_true(!parcel->guessed && parcel->cost_ns == 200 * MS);
    while (schedule.parcels.items[schedule.next]->guessed) {
        assert_int_equal(may_wait(&schedule, 7), 1); /* nothing is known */
        schedule_take(&schedule);
    }
    assert_int_equal(schedule.parcels.items[schedule.next]->cost_ns, 4 * MS);
    assert_int_equal(may_wait(&schedule, 7), 7);
    while (schedule.parcels.len - schedule.next > 20)
        schedule_take(&schedule);
    assert_int_equal(may_wait(&schedule, 7), 1); /* the end is near */
    while (schedule.parcels.len - schedule.next > 2)
        schedule_take(&schedule);
    assert_true(schedule_may_wait(&schedule, 0, 2));
    assert_int_equal(may_wait(&schedule, 7), 0); /* the last ones */
    while (schedule_take(&schedule) != NULL)
        ;
    assert_false(schedule_may_wait(&schedule, 0, 2));
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
    check_dealt(&schedule, &model);
    assert_in_range(schedule.parcels.len, 8, 12);
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
    schedule_take(&two);
    assert_true(schedule_precedes(&one, &two) && !schedule_precedes(&two, &one));
    model_set_red(&model, model_find(&model, bytes_of("c::1")), true);
    schedule_deal(&two, &model, 1, NULL, BOX_GROUP, 2);
    assert_true(schedule_precedes(&two, &one)); /* what is red goes before what is long */
    schedule_take(&one);
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
        cmocka_unit_test(test_hundred_thousand_in_one_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
