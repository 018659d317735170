"""C by Check and cmocka."""

import re
import shutil
import subprocess

import pytest

from test_native import editor, jumps_to, made  # noqa: F401


def has_package(name):
    tool = shutil.which("pkg-config")
    return tool and subprocess.run([tool, "--exists", name]).returncode == 0


def has_sanitizers():
    compiler = shutil.which("gcc")
    return compiler and subprocess.run([compiler, "-fsanitize=address,undefined", "-xc", "-", "-o", "/dev/null"],
                                       input="int main(void) { return 0; }", text=True, capture_output=True).returncode == 0


check = pytest.mark.skipif(not has_package("check"), reason="Check is not installed")
sanitizers = pytest.mark.skipif(not has_sanitizers(), reason="the compiler has no sanitizers")
valgrind = pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
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

def goes_round(project, source, flags, before, place):
    """Red, edited, still red, mended, and full: only the program that is red runs in between."""
    project.write("sums.c", source % 3)
    project.write("other.c", source % 2)
    project.write("Makefile", f"all: build/sums build/other\nbuild/%: %.c\n\tgcc -g -o $@ $< {flags}\n")
    script, told = editor(project)
    loop = project.aloof(EDITOR=script, columns=160).wait_for(before, 120).wait_for(place)
    jumps_to(loop, told, place)
    project.write("sums.c", source % 4)
    loop.wait_for(re.compile(r"RED .* reran \d"), 60)
    project.write("sums.c", source % "wrong")
    loop.wait_for(re.compile("BROKEN(.*\n)*.*FAIL  build .*\n.*sums.c"), 60)
    project.write("sums.c", source % 2)
    loop.wait_for(re.compile(r"GREEN "), 60)
    loop.type("q")  # or it would build at the next save, beside whoever saves
    assert loop.wait_exit() == 0


@check
@pytest.mark.presses("Enter")
def test_red_edit_green_full_with_check(made):  # noqa: F811
    project = made("check", "")
    flags = subprocess.run(["pkg-config", "--libs", "check"], capture_output=True, text=True, check=True).stdout.strip()
    goes_round(project, CHECK, flags + " -pthread", re.compile(r"FAIL  build/sums > sums.c:core:adds"), "+9 sums.c")
    project.write("sums.c", CHECK % 3)
    subprocess.run(["make", "-s"], cwd=project.root, check=True)
    done = project.once()
    assert re.search(r"FAIL  build/sums > sums.c:core:adds .*\n ● .*\+9 sums.c .*\n.*\n.*Assertion '1 \+ 1 == 3' failed", done.stdout), done.stdout
    assert "sums.c:9:F:core:adds:0:" in done.stdout
    assert "build/other > " not in done.stdout


@cmocka
@pytest.mark.presses("Enter")
def test_red_edit_green_full_with_cmocka(made):  # noqa: F811
    project = made("cmocka", "")
    goes_round(project, CMOCKA, "-lcmocka", re.compile(r"FAIL  build/sums > adds"), "+11 sums.c")
    project.write("sums.c", CMOCKA % 3)
    subprocess.run(["make", "-s"], cwd=project.root, check=True)
    done = project.once()
    assert re.search(r"FAIL  build/sums > adds .*\n ● .*\+11 sums.c", done.stdout), done.stdout
    assert "2 skipped" in done.stdout


FAULTS = """
    #include <assert.h>
    #include <limits.h>
    #include <stdlib.h>
    static int add(int a, int b)
    {
        return a + b;
    }
    static int *give_back(int *p)
    {
        free(p);
        return p;
    }
    int main(int count, char **words)
    {
        (void)words;
        int *p = malloc(sizeof *p);
        switch (%s) {
        case 0:
            assert(add(count, 1) == 3);
            break;
        case 1:
            return add(INT_MAX, count) == *give_back(p);
        case 2:
            return add(INT_MAX, count);
        default:
            p = NULL;
        }
        return p == NULL;
    }
    """


def faulty(project, run="./{file}"):
    """A project of one program, each of whose faults it tells by its output and its exit status only."""
    project.write(".aloof.conf", f'''
        [recipe "programs"]
        	build = make -s
        	list = echo build/sums
        	run = {run}
        	format = tap
        [run]
        	recipe = programs
        ''')
    project.write(".gitignore", "build/\n")
    (project.root / "build").mkdir()


@sanitizers
@pytest.mark.presses("Enter")
def test_what_a_sanitizer_reports_of_a_whole_file_leads_to_its_line(project):
    faulty(project)
    project.write("Makefile", "build/sums: sums.c\n\tgcc -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -o $@ $<\n")
    project.write("sums.c", FAULTS % 0)
    script, told = editor(project)
    loop = project.aloof(EDITOR=script, columns=160).wait_for(re.compile(r"(FAIL|CRASH) +build/sums(.*\n)*.*\+20 sums.c"), 60)
    jumps_to(loop, told, "+20 sums.c")
    project.write("sums.c", FAULTS % 2)
    loop.wait_for(re.compile(r"FAIL  build/sums(.*\n)*.*\+7:?\d* sums.c"), 60)
    jumps_to(loop, told, "sums.c")
    project.write("sums.c", (FAULTS % 1).replace("return a + b", "return a - b"))
    loop.wait_for(re.compile(r"FAIL  build/sums(.*\n)*.*\+23 sums.c"), 60).wait_for("heap-use-after-free")
    jumps_to(loop, told, "+23 sums.c")
    project.write("sums.c", (FAULTS % 3).replace("p == NULL", "p != NULL"))
    loop.wait_for(re.compile(r"FAIL  build/sums(.*\n)*.*\+17 sums.c"), 60)
    jumps_to(loop, told, "+17 sums.c")


@valgrind
@pytest.mark.presses("Enter")
def test_what_valgrind_reports_leads_to_its_line(project):
    faulty(project, "valgrind -q --error-exitcode=9 ./{file}")
    project.write("Makefile", "build/sums: sums.c\n\tgcc -g -o $@ $<\n")
    project.write("sums.c", (FAULTS % 1).replace("return a + b", "return a - b"))
    script, told = editor(project)
    loop = project.aloof(EDITOR=script, columns=160).wait_for(re.compile(r"FAIL  build/sums(.*\n)*.*\+23 sums.c"), 60)
    jumps_to(loop, told, "+23 sums.c")
