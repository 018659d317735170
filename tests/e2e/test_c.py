"""C by Check and cmocka."""

import re
import shutil
import subprocess

import pytest

from test_native import made  # noqa: F401


def has_package(name):
    tool = shutil.which("pkg-config")
    return tool and subprocess.run([tool, "--exists", name]).returncode == 0


check = pytest.mark.skipif(not has_package("check"), reason="Check is not installed")
cmocka = pytest.mark.skipif(not has_package("cmocka"), reason="cmocka is not installed")

CHECK = """
    #include <check.h>
    #include <stdio.h>
    #include <stdlib.h>
    START_TEST(good) {} END_TEST
    START_TEST(adds)
    {
        printf("says this\\n");
        ck_assert_int_eq(1 + 1, %s);
    }
    END_TEST
    int main(void)
    {
        Suite *suite = suite_create("Sums");
        TCase *core = tcase_create("core");
        tcase_add_test(core, good);
        tcase_add_test(core, adds);
        suite_add_tcase(suite, core);
        SRunner *runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed > 0;
    }
    """

CMOCKA = """
    #include <stdarg.h>
    #include <stddef.h>
    #include <setjmp.h>
    #include <stdint.h>
    #include <cmocka.h>
    static void good(void **state) { (void)state; }
    static void adds(void **state)
    {
        (void)state;
        assert_int_equal(1 + 1, %s);
    }
    static void later(void **state) { (void)state; skip(); }
    int main(void)
    {
        const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(adds), cmocka_unit_test(later)};
        return cmocka_run_group_tests_name("sums", tests, NULL, NULL);
    }
    """

def goes_round(project, source, flags, before):
    """Red, edited, still red, mended, and full: only the program that is red runs in between."""
    project.write("sums.c", source % 3)
    project.write("other.c", source % 2)
    project.write("Makefile", f"all: build/sums build/other\nbuild/%: %.c\n\tgcc -g -o $@ $< {flags}\n")
    loop = project.aloof().wait_for(before, 120)
    project.write("sums.c", source % 4)
    loop.wait_for(re.compile(r"RED .* reran \d"), 60)
    project.write("sums.c", source % "wrong")
    loop.wait_for(re.compile("BROKEN(.*\n)*.*FAIL  build .*\n.*sums.c"), 60)
    project.write("sums.c", source % 2)
    loop.wait_for(re.compile(r"GREEN "), 60)
    loop.type("q")  # or it would build at the next save, beside whoever saves
    assert loop.wait_exit() == 0


@check
def test_red_edit_green_full_with_check(made):  # noqa: F811
    project = made("check", "")
    flags = subprocess.run(["pkg-config", "--libs", "check"], capture_output=True, text=True, check=True).stdout.strip()
    goes_round(project, CHECK, flags + " -pthread", re.compile(r"FAIL  build/sums > sums.c:core:adds"))
    project.write("sums.c", CHECK % 3)
    subprocess.run(["make", "-s"], cwd=project.root, check=True)
    done = project.once()
    assert re.search(r"FAIL  build/sums > sums.c:core:adds .*\n.*Assertion '1 \+ 1 == 3' failed", done.stdout), done.stdout
    assert "sums.c:9:F:core:adds:0:" in done.stdout
    assert "build/other > " not in done.stdout


@cmocka
def test_red_edit_green_full_with_cmocka(made):  # noqa: F811
    project = made("cmocka", "")
    goes_round(project, CMOCKA, "-lcmocka", re.compile(r"FAIL  build/sums > adds"))
    project.write("sums.c", CMOCKA % 3)
    subprocess.run(["make", "-s"], cwd=project.root, check=True)
    done = project.once()
    assert re.search(r"FAIL  build/sums > adds .*\n ● .*\+11 sums.c", done.stdout), done.stdout
    assert "2 skipped" in done.stdout
