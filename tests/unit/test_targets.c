#include "project/python.h"
#include "project/targets.h"
#include "trace/place.h"

#include "core/bytes.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char *at(const char *dir, const char *name)
{
    return mem_printf("%s/%s", dir, name);
}

static void make(const char *dir, const char *name, bool is_dir)
{
    char *path = at(dir, name);
    if (is_dir) {
        assert_int_equal(mkdir(path, 0755), 0);
    } else {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fclose(file);
        assert_int_equal(chmod(path, 0755), 0);
    }
    free(path);
}

static int set_up(void **state)
{
    char template[] = "/tmp/aloof-targets-XXXXXX";
    char *root = realpath(mkdtemp(template), NULL);
    make(root, "p", true);
    make(root, "p/tests", true);
    make(root, "p/tests/a.py", false);
    make(root, "outside.py", false);
    make(root, "p2", true);
    *state = root;
    return 0;
}

static int tear_down(void **state)
{
    char *command = mem_printf("rm -rf '%s'", (char *)*state);
    int result = system(command);
    free(command);
    free(*state);
    return result;
}

static void resolves_what_was_typed(void **state)
{
    static const struct {
        const char *cwd, *typed, *target;
    } table[] = {
        {"p", "tests/a.py", "tests/a.py"},
        {"p", "tests", "tests"},
        {"p", ".", "."},
        {"p/tests", "a.py", "tests/a.py"},
        {"p/tests", "a.py::TestX::test_y[::]", "tests/a.py::TestX::test_y[::]"},
        {"p/tests", "..", "."},
        {"p/tests", "tests/a.py::test_x", "tests/a.py::test_x"}, /* an id, as a report shows it */
    };
    char *root = at(*state, "p");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char *cwd = at(*state, table[i].cwd);
        struct strings targets = {0};
        struct error error = {0};
        assert_int_equal(target_resolve(table[i].typed, cwd, root, &targets, &error), 0);
        assert_int_equal(targets.len, 1);
        assert_string_equal(targets.items[0], table[i].target);
        strings_release(&targets);
        free(cwd);
    }
    free(root);
}

static void refuses_what_is_not_there_or_outside(void **state)
{
    char *root = at(*state, "p");
    struct strings targets = {0};
    struct error error = {0};
    assert_int_equal(target_resolve("../outside.py", root, root, &targets, &error), -EINVAL);
    assert_non_null(strstr(error.text, "outside of the project"));
    assert_int_equal(target_resolve("../p2", root, root, &targets, &error), -EINVAL);
    assert_int_equal(target_resolve("nope.py::x", root, root, &targets, &error), -ENOENT);
    assert_non_null(strstr(error.text, "nope.py: no such file"));
    assert_int_equal(targets.len, 0);
    free(root);
}

static void here_is_where_the_person_stands(void **state)
{
    static const struct {
        const char *cwd, *here;
    } table[] = {{"/p", ""}, {"/p/a", "a/"}, {"/p/a/b", "a/b/"}, {"/q", ""}, {"/pp", ""}};
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char *here = target_here(table[i].cwd, "/p");
        assert_string_equal(here, table[i].here);
        free(here);
    }
}

static void files_to_write_are_found_in_the_project_only(void **state)
{
    static const struct {
        const char *cwd, *typed, *file;
    } table[] = {
        {"p", "out.txt", "out.txt"},
        {"p/tests", "out.txt", "tests/out.txt"},
        {"p/tests", "../out.txt", "out.txt"},
        {"p", "tests/./a.py", "tests/a.py"},
        {"p", "no/out.txt", NULL},
        {"p", "/out.txt", NULL},
        {"p", "../p2/out.txt", NULL},
    };
    char *root = at(*state, "p");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char *cwd = at(*state, table[i].cwd);
        char *file = target_file(table[i].typed, cwd, root);
        if (table[i].file == NULL)
            assert_null(file);
        else
            assert_string_equal(file, table[i].file);
        free(file);
        free(cwd);
    }
    free(root);
}

static void places_look_as_from_there(void **state)
{
    static const struct {
        const char *path, *here, *seen;
    } table[] = {
        {"tests/a.py", "", "tests/a.py"},
        {"tests/a.py", "tests/", "a.py"},
        {"src/a.py", "tests/", "../src/a.py"},
        {"a.py", "tests/unit/", "../../a.py"},
        {"tests/a.py", "tests/unit/", "../a.py"},
        {"tests_more/a.py", "tests/", "../tests_more/a.py"},
        {"/usr/lib/a.py", "tests/", "/usr/lib/a.py"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char *seen = place_from(table[i].path, table[i].here);
        assert_string_equal(seen, table[i].seen);
        free(seen);
    }
}

static void finds_python_in_order(void **state)
{
    char *root = at(*state, "p2");
    static const char *const dirs[] = {"venv", "venv/bin", ".venv", ".venv/bin", "active", "active/bin"};
    char *active = at(root, "active");
    char *found = python_find(NULL, NULL, root);
    assert_string_equal(found, "python3");
    free(found);
    for (size_t i = 0; i < 6; i += 2) {
        make(root, dirs[i], true);
        make(root, dirs[i + 1], true);
        char *python = at(root, dirs[i + 1]);
        make(python, "python", false);
        found = python_find(NULL, active, root);
        assert_int_equal(strncmp(found, python, strlen(python)), 0);
        free(found);
        free(python);
    }
    found = python_find("tools/python", active, "/r");
    assert_string_equal(found, "/r/tools/python");
    free(found);
    found = python_find("python3.9", active, "/r");
    assert_string_equal(found, "python3.9");
    free(found);
    free(active);
    free(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolves_what_was_typed),
        cmocka_unit_test(refuses_what_is_not_there_or_outside),
        cmocka_unit_test(here_is_where_the_person_stands),
        cmocka_unit_test(files_to_write_are_found_in_the_project_only),
        cmocka_unit_test(places_look_as_from_there),
        cmocka_unit_test(finds_python_in_order),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
