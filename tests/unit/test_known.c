#include "session/known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const ids[] = {
    "tests/test_api.py::TestX::test_y",
    "tests/test_api.py::TestX::test_y[1.5/2]",
    "tests/test_api.py::test_z",
    "unit/test_api.py::test_z",
    "example.com/shop/cart/TestAdd",
    "sums::tests::adds",
    "t/a.t",
    "run",
    "test/calc.bats",
    "tests/test_a.py::test_b",
    "tests/test_a/py.py::test_b",
    "a/b::c",
    "a.b.c",
};
#define IDS (sizeof ids / sizeof *ids)

static struct known known;

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < IDS; i++)
        known_add(&known, bytes_of(ids[i]), i);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    known_release(&known);
    known = (struct known){0};
    return 0;
}

static void check(const char *id, const char *want)
{
    size_t got = known_find(&known, bytes_of(id));
    const char *name = got != MAP_NONE ? ids[got] : "nothing";
    if (strcmp(name, want != NULL ? want : "nothing") != 0)
        fail_msg("%s is %s", id, name);
}

static void an_id_is_found_however_its_words_are_joined(void **state)
{
    (void)state;
    for (size_t i = 0; i < 9; i++)
        check(ids[i], ids[i]);
    check("tests.test_api.TestX.test_y", ids[0]);
    check("tests.test_api.TestX::test_y", ids[0]);
    check("tests.test_api.TestX.test_y[1.5/2]", ids[1]);
    check("shop.cart.TestAdd", ids[4]);
    check("example.com/shop/cart.TestAdd", ids[4]);
    check("sums::tests.adds", ids[5]);
    check("sums tests > adds", NULL);
    check("sums > tests > adds", ids[5]);
}

static void a_root_that_lies_elsewhere_does_not_matter(void **state)
{
    (void)state;
    check("proj.tests.test_api.TestX.test_y", ids[0]);
    check("test_api.TestX.test_y", ids[0]);
    check("C:\\ci\\t\\a.t", ids[6]);
}

static void what_may_be_two_tests_or_is_none_is_not_found(void **state)
{
    (void)state;
    check("test_z", NULL);
    check("test_api.test_z", NULL);
    check("tests.test_api.TestX.test_y[3]", NULL);
    check("other.test_api.TestX.test_y", NULL);
    check("a/b/c", NULL);
    check("tests.other.run", NULL);
    check("", NULL);
    check("::", NULL);
}

static void check_owner(const char *id, const char *want, size_t want_len)
{
    size_t len = 0, got = known_owner(&known, bytes_of(id), &len);
    const char *name = got != MAP_NONE ? ids[got] : "nothing";
    if (strcmp(name, want != NULL ? want : "nothing") != 0)
        fail_msg("%s is part of %s", id, name);
    if (want != NULL)
        assert_int_equal(len, want_len);
}

static void a_part_is_of_the_test_that_it_begins_with(void **state)
{
    (void)state;
    check_owner("t/a.t > adds > well", ids[6], 5);
    check_owner("proj/t/a.t > adds", ids[6], 10);
    check_owner("calc.bats.adds", ids[8], 9);
    check_owner("example.com/shop/cart/TestAdd/sub/more", ids[4], 29);
    check_owner("tests.test_api.TestX.test_y[3]", ids[0], 27);
    check_owner("tests.test_api.TestX", NULL, 0);
    check_owner("adds", NULL, 0);
    check_owner("", NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_is_found_however_its_words_are_joined),
        cmocka_unit_test(a_root_that_lies_elsewhere_does_not_matter),
        cmocka_unit_test(what_may_be_two_tests_or_is_none_is_not_found),
        cmocka_unit_test(a_part_is_of_the_test_that_it_begins_with),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
