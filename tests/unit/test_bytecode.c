/* What Python compiled is trusted only when it is clearly younger than its source. */
#include "project/bytecode.h"

#include "core/bytes.h"
#include "scratch.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <setjmp.h>

#include <cmocka.h>

static char *path_in(const struct scratch *scratch, const char *path)
{
    return mem_printf("%s/%s", scratch->dir, path);
}

static void make_directory(const struct scratch *scratch, const char *name)
{
    char *path = path_in(scratch, name);
    assert_int_equal(mkdir(path, 0777), 0);
    free(path);
}

/* after_s: how long after now it was written */
static void make_file(const struct scratch *scratch, const char *name, int after_s)
{
    char *path = path_in(scratch, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    const struct timespec when = {.tv_sec = time(NULL) + after_s};
    assert_true(fd >= 0);
    assert_int_equal(futimens(fd, (const struct timespec[]){when, when}), 0);
    close(fd);
    free(path);
}

static bool is_there(const struct scratch *scratch, const char *name)
{
    char *path = path_in(scratch, name);
    bool is = access(path, F_OK) == 0;
    free(path);
    return is;
}

static void make_cache(const struct scratch *scratch, const char *directory)
{
    static const struct {
        const char *name;
        int after_s;
    } files[] = {{"/a.py", 0},
                 {"/b.py", 0},
                 {"/c.py", -1000},
                 {"/__pycache__/a.cpython-311.pyc", 1},
                 {"/__pycache__/a.cpython-311.opt-1.pyc", 1},
                 {"/__pycache__/a.cpython-312-pytest-7.2.1.pyc", -9},
                 {"/__pycache__/b.cpython-311.pyc", 60},
                 {"/__pycache__/c.cpython-311.pyc", -900},
                 {"/__pycache__/gone.cpython-311.pyc", 0},
                 {"/__pycache__/a.cpython-311.txt", 0}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *name = mem_printf("%s%s", directory, files[i].name);
        make_file(scratch, name, files[i].after_s);
        free(name);
    }
}

static void distrust(const struct scratch *scratch, const char *const *paths, size_t count)
{
    struct strings changed = {0};
    for (size_t i = 0; i < count; i++)
        strings_add(&changed, paths[i]);
    bytecode_distrust(scratch->dir, &changed);
    strings_release(&changed);
}

static void young_byte_code_beside_a_changed_file_goes(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    make_directory(&scratch, "pkg");
    make_directory(&scratch, "pkg/__pycache__");
    make_cache(&scratch, "pkg");
    distrust(&scratch, (const char *const[]){"pkg/a.py", "none/a.py", "pkg/b.py", "x.py"}, 4);
    assert_false(is_there(&scratch, "pkg/__pycache__/a.cpython-311.pyc"));
    assert_false(is_there(&scratch, "pkg/__pycache__/a.cpython-311.opt-1.pyc"));
    assert_false(is_there(&scratch, "pkg/__pycache__/a.cpython-312-pytest-7.2.1.pyc"));
    assert_false(is_there(&scratch, "pkg/__pycache__/c.cpython-311.pyc")); /* its source was moved here now */
    assert_true(is_there(&scratch, "pkg/__pycache__/b.cpython-311.pyc"));
    assert_true(is_there(&scratch, "pkg/__pycache__/gone.cpython-311.pyc"));
    assert_true(is_there(&scratch, "pkg/__pycache__/a.cpython-311.txt"));
    scratch_release(&scratch);
}

static void other_files_and_directories_are_left_alone(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    make_directory(&scratch, "pkg");
    make_directory(&scratch, "pkg/__pycache__");
    make_cache(&scratch, "pkg");
    distrust(&scratch, (const char *const[]){"pkg/data.txt", "top.py", ".py"}, 3);
    assert_true(is_there(&scratch, "pkg/__pycache__/a.cpython-311.pyc"));
    scratch_release(&scratch);
}

static void the_top_has_byte_code_too(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    make_directory(&scratch, "__pycache__");
    make_cache(&scratch, ".");
    distrust(&scratch, (const char *const[]){"a.py"}, 1);
    assert_false(is_there(&scratch, "__pycache__/a.cpython-311.pyc"));
    assert_true(is_there(&scratch, "__pycache__/b.cpython-311.pyc"));
    scratch_release(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(young_byte_code_beside_a_changed_file_goes),
        cmocka_unit_test(other_files_and_directories_are_left_alone),
        cmocka_unit_test(the_top_has_byte_code_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
