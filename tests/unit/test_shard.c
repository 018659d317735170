#include "plan/shard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define MS INT64_C(1000000)

static void add(struct model *model, const char *id, int64_t usual_ns)
{
    size_t at = model_add(model, bytes_of(id), (struct bytes){id, strcspn(id, ":")});
    model->tests.items[at].usual_ns = usual_ns;
    model->tests.items[at].state = TEST_LISTED;
    vec_push(&model->listing, at);
    model_ask(model, at);
}

/* "a::x=20 a::y b::z=5": tests with what they usually take, in ms. */
static void fill(struct model *model, const char *text)
{
    model_init(model, 1024);
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        char *id = mem_dup(text, len), *time = strchr(id, '=');
        if (time != NULL)
            *time++ = '\0';
        add(model, id, time != NULL ? atoi(time) * MS : 0);
        free(id);
        text += len + strspn(text + len, " ");
    }
}

static char *tell(const struct model *model)
{
    struct buf text = {0};
    const size_t *at;
    vec_each (at, &model->listing)
        if (model->tests.items[*at].state == TEST_ASKED)
            buf_printf(&text, "%s%s", text.len > 0 ? " " : "", model->tests.items[*at].id);
    return buf_take(&text);
}

static const struct {
    const char *name, *tests;
    unsigned of;
    int64_t setup_ms; /* of file a */
    const char *shards[4];
} cases[] = {
    {"files stay together, the longest is dealt first",
     "a::1=10 a::2=20 b::1=25 c::1=15 c::2=5",
     2,
     0,
     {"a::1 a::2", "b::1 c::1 c::2"}},
    {"what is unknown is spread evenly",
     "a::1 b::1 c::1 d::1 e::1 f::1",
     3,
     0,
     {"a::1 d::1", "b::1 e::1", "c::1 f::1"}},
    {"more shards than files", "a::1=10 b::1=10", 4, 0, {"a::1", "b::1", "", ""}},
    {"a file that is too long is divided",
     "a::1=200 a::2=200 a::3=200 a::4=200 b::1=10",
     2,
     0,
     {"a::1 a::2 b::1", "a::3 a::4"}},
    {"but not where that costs more than is gained",
     "a::1=200 a::2=200 a::3=200 a::4=200 b::1=10",
     2,
     500,
     {"a::1 a::2 a::3 a::4", "b::1"}},
    {"and not inside of a class, as long as that is short",
     "a::X::1=100 a::X::2=100 a::Y::1=100 a::Y::2=100 a::Z::1=100 a::Z::2=100",
     2,
     0,
     {"a::X::1 a::X::2 a::Z::1 a::Z::2", "a::Y::1 a::Y::2"}},
    {"one shard is all", "a::1 b::1", 1, 0, {"a::1 b::1"}},
};

static void check(size_t which)
{
    for (unsigned number = 1; number <= cases[which].of; number++) {
        struct model model;
        struct setups setups = {0};
        const struct shard shard = {number, cases[which].of};
        fill(&model, cases[which].tests);
        setups_recall(&setups, SETUP_FILE, "a", cases[which].setup_ms * MS);
        size_t all = model.asked;
        size_t elsewhere = shard_keep(&shard, &model, 0, &setups);
        char *told = tell(&model);
        if (strcmp(told, cases[which].shards[number - 1]) != 0)
            fail_msg("%s: shard %u of %u is \"%s\"", cases[which].name, number, cases[which].of, told);
        assert_int_equal(model.asked + elsewhere, all);
        free(told);
        setups_release(&setups);
        model_release(&model);
    }
}

static void test_shards(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(i);
}

static unsigned rnd(uint32_t *seed, unsigned below)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % below;
}

static void fill_at_random(struct model *model, uint32_t seed)
{
    unsigned count = rnd(&seed, 200), files = 1 + rnd(&seed, 20);
    model_init(model, 1024);
    for (unsigned i = 0; i < count; i++) {
        char id[64];
        unsigned file = rnd(&seed, files);
        if (file == 0)
            snprintf(id, sizeof id, ":%u", i);
        else
            snprintf(id, sizeof id, "f%u::C%u::%u", file, rnd(&seed, 3), i);
        add(model, id, rnd(&seed, 3) > 0 ? (int64_t)rnd(&seed, 300) * MS : 0);
    }
}

/* Whatever there is. */
static void every_test_is_in_exactly_one_shard(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 300; seed++) {
        uint32_t draw = seed;
        unsigned of = 1 + rnd(&draw, 9);
        struct setups setups = {0};
        setups_recall(&setups, SETUP_FILE, "f1", 200 * MS);
        unsigned *times = mem_zero(1000 * sizeof *times);
        size_t tests = 0;
        for (unsigned number = 1; number <= of; number++) {
            struct model model;
            const struct shard shard = {number, of};
            fill_at_random(&model, seed);
            shard_keep(&shard, &model, 0, &setups);
            tests = model.tests.len;
            for (size_t i = 0; i < tests; i++)
                times[i] += model.tests.items[i].state == TEST_ASKED;
            model_release(&model);
        }
        for (size_t i = 0; i < tests; i++)
            assert_int_equal(times[i], 1);
        free(times);
        setups_release(&setups);
    }
}

static void tests_of_others_are_left_alone(void **state)
{
    (void)state;
    struct model model;
    struct setups setups = {0};
    fill(&model, "a::1 b::1 c::1 d::1");
    model.tests.items[3].team = 1;
    assert_int_equal(shard_keep(&(struct shard){1, 3}, &model, 0, &setups), 2);
    char *told = tell(&model);
    assert_string_equal(told, "a::1 d::1");
    free(told);
    assert_int_equal(shard_keep(&(struct shard){1, 3}, &model, 1, &setups),
                     1); /* of this team another is first */
    model_release(&model);
}

static void what_is_a_shard(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is;
    } texts[] = {{"1/1", true},  {"2/5", true},   {"10000/10000", true}, {"0/5", false},  {"6/5", false},
                 {"1", false},   {"1/", false},   {"/5", false},         {"1/5x", false}, {"-1/5", false},
                 {"1/0", false}, {"1 /5", false}, {"1/-5", false},       {"", false},     {"1/10001", false}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct shard shard;
        assert_int_equal(shard_parse(&shard, texts[i].text), texts[i].is);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shards),
        cmocka_unit_test(every_test_is_in_exactly_one_shard),
        cmocka_unit_test(tests_of_others_are_left_alone),
        cmocka_unit_test(what_is_a_shard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
