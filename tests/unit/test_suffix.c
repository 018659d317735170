#include "trace/suffix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const files[] = {
    "setup.py",
    "src/api.py",
    "src/web/views.py",
    "src/shop/views.py",
    "tests/test_api.py",
    "old/tests/test_api.py",
    "pkg/sums/sums_test.go",
    "src/main/java/org/example/Sums.java",
};

static void check(const char *path, const char *want)
{
    struct suffixes known = {0};
    for (int again = 0; again < 2; again++)
        for (size_t i = 0; i < sizeof files / sizeof *files; i++)
            suffixes_add(&known, files[i]);
    assert_int_equal(known.paths.len, sizeof files / sizeof *files);
    const char *got = suffixes_find(&known, path);
    if (want == NULL && got != NULL)
        fail_msg("%s is taken for %s", path, got);
    if (want != NULL && (got == NULL || strcmp(got, want) != 0))
        fail_msg("%s is %s, not %s", path, got != NULL ? got : "nothing", want);
    suffixes_release(&known);
}

static void a_path_of_another_machine_is_the_file_that_it_ends_in(void **state)
{
    (void)state;
    check("/home/ci/build/proj/src/api.py", "src/api.py");
    check("/home/ci/build/proj/setup.py", "setup.py");
    check("C:\\ci\\proj\\src\\api.py", "src/api.py");
    check("proj/src/api.py", "src/api.py");
}

static void a_root_that_lies_higher_or_lower_does_not_matter(void **state)
{
    (void)state;
    check("/ci/web/views.py", "src/web/views.py");
    check("sums/sums_test.go", "pkg/sums/sums_test.go");
    check("./sums_test.go", "pkg/sums/sums_test.go");
    check("../sums/sums_test.go", "pkg/sums/sums_test.go");
    check("org/example/Sums.java", "src/main/java/org/example/Sums.java");
    check("github.com/me/proj/pkg/sums/sums_test.go", "pkg/sums/sums_test.go");
}

static void the_longest_end_wins(void **state)
{
    (void)state;
    check("/ci/old/tests/test_api.py", "old/tests/test_api.py");
    check("/ci/proj/tests/test_api.py", "tests/test_api.py");
    check("tests/test_api.py", "tests/test_api.py");
}

static void what_is_ambiguous_or_shares_too_little_is_nothing(void **state)
{
    (void)state;
    check("views.py", NULL);
    check("/ci/views.py", NULL);
    check("/usr/lib/go/src/sums_test.go", NULL);
    check("/ci/other/api.py", NULL);
    check("nothing.py", NULL);
    check("", NULL);
    check("/", NULL);
    check("..", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_of_another_machine_is_the_file_that_it_ends_in),
        cmocka_unit_test(a_root_that_lies_higher_or_lower_does_not_matter),
        cmocka_unit_test(the_longest_end_wins),
        cmocka_unit_test(what_is_ambiguous_or_shares_too_little_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
