#include "watch_fixture.h"

static bool ignored(const struct tree *tree, const char *what)
{
    return strings_find(&tree->ignored, what, NULL) == 0;
}

static void assert_only_ignored(const struct tree *tree, const char *what)
{
    if (!ignored(tree, what) || tree->ignored.len != 1)
        fail_msg("not only \"%s\": %zu, last \"%s\"", what, tree->ignored.len,
                 tree->ignored.len > 0 ? tree->ignored.items[tree->ignored.len - 1] : "");
}

static void what_git_ignores_is_told_once(void **state)
{
    struct tree *tree = *state;
    init_git(tree);
    scratch_write(&tree->scratch, ".gitignore", "build/\n*.log\n");
    scratch_write(&tree->scratch, "build/a.py", "1");
    scratch_write(&tree->scratch, "old.log", "1");
    start(tree);
    scratch_write(&tree->scratch, "b.log", "2");
    scratch_write(&tree->scratch, "a.log", "2");
    scratch_write(&tree->scratch, "b.log", "3");
    scratch_write(&tree->scratch, "old.log", "2");
    scratch_write(&tree->scratch, "build/a.py", "2"); /* nobody notices */
    WAIT(tree, tree->ignored.len > 0);
    assert_only_ignored(tree, "rules b.log +2");
    assert_int_equal(tree->seen.len, 0);
}

static void an_ignored_directory_is_told_but_nothing_in_it(void **state)
{
    struct tree *tree = *state;
    start(tree);
    scratch_write(&tree->scratch, "node_modules/left-pad/index.js", "1");
    scratch_write(&tree->scratch, "node_modules/left-pad/package.json", "1");
    WAIT(tree, tree->ignored.len > 0);
    assert_only_ignored(tree, "rules node_modules +0");
    assert_int_equal(watch_dirs(tree->watch), 1);
}

static void each_reason_is_told_of_its_own(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "a.py", "same");
    scratch_write(&tree->scratch, "b.py", "1");
    start(tree);
    scratch_write(&tree->scratch, "a.py", "same");
    scratch_write(&tree->scratch, "a.py~", "x");
    scratch_write(&tree->scratch, "4913", "x");
    scratch_write(&tree->scratch, "b.py", "2");
    WAIT(tree, tree->ignored.len == 2);
    assert_true(ignored(tree, "dropping a.py~ +1"));
    assert_true(ignored(tree, "same a.py +0"));
    assert_only(tree, "b.py");
}

static void thousands_are_one_line_and_little_memory(void **state)
{
    struct tree *tree = *state;
    init_git(tree);
    scratch_write(&tree->scratch, ".gitignore", "*.o\n");
    start(tree);
    for (unsigned i = 0; i < 2 * WATCH_OTHERS_MAX; i++) {
        char *name = mem_printf("%u.o", i);
        scratch_write(&tree->scratch, name, "1");
        free(name);
    }
    WAIT(tree, tree->ignored.len > 0);
    assert_int_equal(tree->watch->ignored.of[WATCH_RULES].paths.len, 0);
    assert_int_equal(tree->ignored.len, 1);
    assert_string_equal(tree->ignored.items[0], "rules 0.o +1000");
}

static void what_is_ignored_does_not_hold_up_a_change(void **state)
{
    struct tree *tree = *state;
    init_git(tree);
    scratch_write(&tree->scratch, ".gitignore", "*.log\n");
    start(tree);
    scratch_write(&tree->scratch, "a.log", "1");
    scratch_write(&tree->scratch, "a.py", "1");
    WAIT(tree, tree->sets == 1);
    assert_int_equal(tree->ignored.len, 0);
    WAIT(tree, tree->ignored.len == 1);
}

static void a_watch_may_be_closed_before_it_is_told(void **state)
{
    struct tree *tree = *state;
    start(tree);
    scratch_write(&tree->scratch, "a.py~", "1");
    WAIT(tree, uv_is_active((uv_handle_t *)&tree->watch->ignored.timer));
    watch_close(tree->watch);
    WAIT(tree, tree->closed);
    assert_int_equal(tree->ignored.len, 0);
    tree->watch = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_git_ignores_is_told_once),
        CASE(an_ignored_directory_is_told_but_nothing_in_it),
        CASE(each_reason_is_told_of_its_own),
        CASE(thousands_are_one_line_and_little_memory),
        CASE(what_is_ignored_does_not_hold_up_a_change),
        CASE(a_watch_may_be_closed_before_it_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
