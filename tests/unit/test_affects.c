/* What a change can affect, and what it broke before. */
#include "plan/affects.h"
#include "plan/risks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Words of a text as a list. */
static void split(struct strings *list, const char *text)
{
    strings_clear(list);
    for (const char *p = text + strspn(text, " "); *p != '\0'; p += strspn(p, " ")) {
        size_t len = strcspn(p, " ");
        strings_take(list, mem_dup(p, len));
        p += len;
    }
}

static bool tell(struct affects *affects, const char *path, enum affects_how how, const char *loads)
{
    struct strings list = {0};
    split(&list, loads);
    bool news = affects_tell(affects, path, how, &list);
    strings_release(&list);
    return news;
}

static const struct {
    const char *changed;
    const char *found; /* as they were told of first; NULL: everything */
} changes[] = {
    {"lib.py", "test_a.py lib.py test_b.py api.py"},
    {"api.py", "test_b.py api.py"},
    {"test_a.py", "test_a.py"},
    {"conftest.py", "test_a.py conftest.py test_b.py"},
    {"late.py", "test_b.py late.py"},
    {"lib.py late.py", "test_a.py lib.py test_b.py api.py late.py"},
    {"one.py", "one.py two.py"}, /* they load each other, and no test does */
    {"plugin.py", NULL},         /* nobody knows who loads it */
    {"below.py", NULL},
    {"data.json", NULL},
    {"new.py", NULL},
    {"api.py new.py", NULL},
    {"unit/test_new.py", ""}, /* whose tests are its own */
    {"new_test.py api.py", "test_b.py api.py"},
    {"test_data.json", NULL},
    {"", ""},
};

static void make(struct affects *affects)
{
    tell(affects, "test_a.py", AFFECTS_ALL, "lib.py conftest.py");
    tell(affects, "lib.py", AFFECTS_ALL, "");
    tell(affects, "test_b.py", AFFECTS_ALL, "api.py");
    tell(affects, "test_b.py", AFFECTS_MORE, "conftest.py");
    tell(affects, "test_b.py", AFFECTS_LATER, "late.py");
    tell(affects, "api.py", AFFECTS_ALL, "lib.py");
    tell(affects, "one.py", AFFECTS_ALL, "two.py");
    tell(affects, "two.py", AFFECTS_ALL, "one.py");
    tell(affects, "plugin.py", AFFECTS_ALL, "below.py");
}

static void test_who_loads_a_changed_file(void **state)
{
    (void)state;
    struct affects affects = {0};
    make(&affects);
    struct strings changed = {0};
    split(&changed, "api.py");
    struct map nothing = {0};
    assert_false(affects_find(&affects, &changed, &nothing)); /* not all is known yet */
    assert_int_equal(nothing.used, 0);
    tell(&affects, AFFECTS_EVERYTHING, AFFECTS_ALL, "plugin.py");
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct map found = {0};
        struct buf told = {0};
        split(&changed, changes[i].changed);
        bool known = affects_find(&affects, &changed, &found);
        const struct affects_file *file;
        vec_each (file, &affects.files)
            if (map_get(&found, bytes_of(file->path)) != MAP_NONE)
                buf_printf(&told, "%s%s", told.len > 0 ? " " : "", file->path);
        if (known != (changes[i].found != NULL))
            fail_msg("%s: %s", changes[i].changed, known ? "is known" : "is not known");
        assert_string_equal(buf_str(&told), known ? changes[i].found : "");
        buf_release(&told);
        map_release(&found);
    }
    strings_release(&changed);
    affects_release(&affects);
}

static void add(void *owner, const char *loaded)
{
    buf_printf(owner, "%s ", loaded);
}

static void check_loads(const struct affects *affects, bool later, const char *expect)
{
    struct buf told = {0};
    affects_each(affects, "a", later, add, &told);
    assert_string_equal(buf_str(&told), expect);
    buf_release(&told);
}

static void test_what_is_told_again_is_no_news(void **state)
{
    (void)state;
    struct affects affects = {0};
    check_loads(&affects, false, "");
    assert_true(tell(&affects, "a", AFFECTS_ALL, ""));
    assert_false(tell(&affects, "a", AFFECTS_ALL, ""));
    assert_true(tell(&affects, "a", AFFECTS_ALL, "x y"));
    assert_false(tell(&affects, "a", AFFECTS_ALL, "y x"));
    assert_false(tell(&affects, "a", AFFECTS_LATER, "x"));
    assert_true(tell(&affects, "a", AFFECTS_LATER, "z"));
    assert_false(tell(&affects, "a", AFFECTS_LATER, "z"));
    assert_true(tell(&affects, "a", AFFECTS_MORE, "w"));
    check_loads(&affects, false, "x y w ");
    check_loads(&affects, true, "z ");
    assert_true(tell(&affects, "a", AFFECTS_ALL, "y"));
    check_loads(&affects, false, "y ");
    check_loads(&affects, true, "z "); /* what its tests did is no matter of its source */
    affects_release(&affects);
}

static void keep(void *owner, const struct risk *risk)
{
    buf_printf(owner, "%s>%s=%d ", risk->file, risk->test, (int)risk->weight);
}

static void learn(struct risks *risks, const char *files, const char *tests, const char *expect)
{
    struct strings changed = {0}, broken = {0};
    struct buf kept = {0};
    split(&changed, files);
    split(&broken, tests);
    risks_learn(risks, &changed, &broken, keep, &kept);
    assert_string_equal(buf_str(&kept), expect);
    buf_release(&kept);
    strings_release(&changed);
    strings_release(&broken);
}

static void check_ranks(const struct risks *risks, const char *files, const char *expect)
{
    struct strings changed = {0};
    struct map ranks = {0};
    struct buf told = {0};
    split(&changed, files);
    risks_rank(risks, &changed, &ranks);
    for (size_t rank = 0; rank < ranks.used; rank++)
        for (const char *test = "tuv"; *test != '\0'; test++)
            if (map_get(&ranks, (struct bytes){test, 1}) == rank)
                buf_printf(&told, "%c", *test);
    assert_string_equal(buf_str(&told), expect);
    buf_release(&told);
    map_release(&ranks);
    strings_release(&changed);
}

static void test_what_broke_often_and_lately_comes_first(void **state)
{
    (void)state;
    struct risks risks = {0};
    check_ranks(&risks, "a", "");
    learn(&risks, "a", "", "");
    learn(&risks, "a b", "t", "a>t=1000 b>t=1000 ");
    learn(&risks, "a", "u", "a>t=750 a>u=1000 ");
    check_ranks(&risks, "a", "ut");
    check_ranks(&risks, "a b", "tu"); /* 1750 and 1000 */
    check_ranks(&risks, "c", "");
    learn(&risks, "a", "t", "a>t=562 a>u=750 a>t=1562 ");
    check_ranks(&risks, "a", "tu");
    risks_recall(&risks, "c", "v", 130);
    check_ranks(&risks, "c a", "tuv");
    learn(&risks, "c", "u", "c>v=0 c>u=1000 "); /* forgotten */
    check_ranks(&risks, "c", "u");
    risks_release(&risks);
}

static void test_too_many_say_nothing(void **state)
{
    (void)state;
    struct risks risks = {0};
    struct buf many = {0};
    for (int i = 0; i <= RISKS_FILES_MAX; i++)
        buf_printf(&many, "f%d ", i);
    learn(&risks, buf_str(&many), "t", "");
    for (int i = RISKS_FILES_MAX; i < RISKS_TESTS_MAX; i++)
        buf_printf(&many, "t%d ", i);
    learn(&risks, "a", buf_str(&many), "");
    buf_release(&many);
    risks_release(&risks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_loads_a_changed_file),
        cmocka_unit_test(test_what_is_told_again_is_no_news),
        cmocka_unit_test(test_what_broke_often_and_lately_comes_first),
        cmocka_unit_test(test_too_many_say_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
