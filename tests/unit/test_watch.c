#include "project/watch.h"

#include "project/watch_names.h"

#include <sys/time.h>

#include "watch_fixture.h"

static void a_save_in_place_is_one_change(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "src/a.py", "1");
    start(tree);
    scratch_write(&tree->scratch, "src/a.py", "2");
    WAIT(tree, tree->sets > 0);
    settle(tree);
    assert_only(tree, "src/a.py");
}

static void new_and_deleted_files_are_changes(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "old.py", "1");
    start(tree);
    scratch_write(&tree->scratch, "new.py", "1");
    scratch_unlink(&tree->scratch, "old.py");
    WAIT(tree, saw(tree, "new.py") && saw(tree, "-old.py"));
    assert_int_equal(tree->sets, 1);
}

static void an_atomic_rename_is_one_change(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "a.py", "1");
    start(tree);
    scratch_write(&tree->scratch, "a.py.new", "2");
    scratch_rename(&tree->scratch, "a.py.new", "a.py");
    WAIT(tree, tree->sets > 0);
    settle(tree);
    assert_only(tree, "a.py");
}

static void a_save_with_backup_is_one_change(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "a.py", "1");
    start(tree);
    scratch_write(&tree->scratch, "4913", "");
    scratch_unlink(&tree->scratch, "4913");
    scratch_write(&tree->scratch, ".a.py.swp", "x");
    scratch_rename(&tree->scratch, "a.py", "a.py~");
    scratch_write(&tree->scratch, "a.py", "2");
    settle(tree);
    assert_only(tree, "a.py");
}

static void the_same_content_saved_again_is_no_change(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "a.py", "same");
    scratch_write(&tree->scratch, "b.py", "same");
    start(tree);
    scratch_write(&tree->scratch, "a.py", "same");
    scratch_write(&tree->scratch, "b.py.new", "same");
    scratch_rename(&tree->scratch, "b.py.new", "b.py");
    settle(tree);
    assert_int_equal(tree->seen.len, 0);
}

static void a_touch_and_a_chmod_are_no_change(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "a.py", "1");
    start(tree);
    char *path = scratch_path(&tree->scratch, "a.py");
    assert_int_equal(utimes(path, NULL), 0);
    assert_int_equal(chmod(path, 0755), 0);
    settle(tree);
    assert_int_equal(tree->seen.len, 0);
    free(path);
}

static void content_counts_though_size_and_mtime_are_kept(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "a.py", "one");
    char *path = scratch_path(&tree->scratch, "a.py");
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    start(tree);
    scratch_write(&tree->scratch, "a.py", "two");
    const struct timespec times[] = {st.st_atim, st.st_mtim};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    WAIT(tree, saw(tree, "a.py"));
    free(path);
}

static void content_that_was_learnt_in_the_background_counts(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "d/a.py", "same");
    scratch_write(&tree->scratch, "d/b.py", "same");
    ripen(tree, "d/b.py");
    start_unlearnt(tree, (struct watch_options){0});
    assert_non_null(tree->watch->lesson);
    WAIT(tree, tree->watch->lesson == NULL);
    scratch_write(&tree->scratch, "d/a.py", "same");
    scratch_write(&tree->scratch, "d/b.py", "diff");
    settle(tree);
    assert_only(tree, "d/b.py");
}

static void droppings_of_editors_do_not_count(void **state)
{
    struct tree *tree = *state;
    static const char *const names[] = {"x~",
                                        ".x.swp",
                                        ".x.swx",
                                        ".x.swo",
                                        "4913",
                                        "5036",
                                        "#x#",
                                        ".#x",
                                        ".x.tmp.1",
                                        "x___jb_tmp___",
                                        ".goutputstream-A1",
                                        ".x.py.un~"};
    start(tree);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        scratch_write(&tree->scratch, names[i], "x");
    settle(tree);
    assert_int_equal(tree->seen.len, 0);
}

static void ordinary_names_are_no_droppings(void **state)
{
    (void)state;
    static const char *const names[] = {"a.py", "4914",  "04913", ".gitignore", "swp",
                                        "a#b",  "x.tmp", "tmp.1", "~x"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_false(watch_is_dropping(names[i]));
}

static void a_file_that_is_emptied_and_then_written_is_one_change(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "a.py", "1");
    start(tree);
    scratch_write(&tree->scratch, "a.py", "");
    WAIT(tree, tree->watch->burst.second_look); /* it was seen empty, and was given a second chance */
    scratch_write(&tree->scratch, "a.py", "2");
    WAIT(tree, tree->sets > 0);
    settle(tree);
    assert_only(tree, "a.py");
}

static void a_file_that_stays_empty_is_a_change(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "a.py", "1");
    start(tree);
    scratch_write(&tree->scratch, "a.py", "");
    WAIT(tree, saw(tree, "a.py"));
}

static void a_file_that_is_away_for_a_moment_is_not_deleted(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "a.py", "1");
    start(tree);
    scratch_rename(&tree->scratch, "a.py", "a.py~");
    WAIT(tree, tree->watch->burst.second_look);
    scratch_write(&tree->scratch, "a.py", "2");
    settle(tree);
    assert_only(tree, "a.py");
}

static void what_git_ignores_is_not_watched(void **state)
{
    struct tree *tree = *state;
    init_git(tree);
    scratch_write(&tree->scratch, ".gitignore", "build/\n*.log\n");
    scratch_write(&tree->scratch, "build/deep/a.py", "1");
    scratch_write(&tree->scratch, "src/a.py", "1");
    start(tree);
    assert_int_equal(watch_dirs(tree->watch), 2);
    scratch_write(&tree->scratch, "build/deep/a.py", "2");
    scratch_write(&tree->scratch, "src/a.log", "2");
    scratch_write(&tree->scratch, "src/__pycache__/a.pyc", "2");
    scratch_write(&tree->scratch, ".git/config.x", "2");
    settle(tree);
    assert_int_equal(tree->seen.len, 0);
    assert_int_equal(watch_dirs(tree->watch), 2);
}

static void changed_rules_apply_at_once(void **state)
{
    struct tree *tree = *state;
    init_git(tree);
    scratch_write(&tree->scratch, ".gitignore", "build/\n");
    scratch_write(&tree->scratch, "build/a.py", "1");
    scratch_write(&tree->scratch, "gen/a.py", "1");
    start(tree);
    assert_int_equal(watch_dirs(tree->watch), 2);
    ripen(tree, "build/a.py");
    scratch_write(&tree->scratch, ".gitignore", "gen/\n");
    settle(tree);
    assert_only(tree, ".gitignore");
    clear(tree);
    scratch_write(&tree->scratch, "gen/a.py", "2");
    scratch_write(&tree->scratch, "build/a.py", "2");
    settle(tree);
    assert_only(tree, "build/a.py");
    clear(tree);
    scratch_write(&tree->scratch, ".git/info/exclude", "build/\n");
    WAIT(tree, watch_dirs(tree->watch) == 1);
    scratch_write(&tree->scratch, "build/a.py", "3");
    settle(tree);
    assert_int_equal(tree->seen.len, 0);
}

static void a_virtualenv_made_in_the_tree_is_left_alone(void **state)
{
    struct tree *tree = *state;
    start(tree);
    scratch_write(&tree->scratch, "env/lib/a.py", "1");
    WAIT(tree, saw(tree, "env/lib/a.py"));
    scratch_write(&tree->scratch, "env/pyvenv.cfg", "home = /usr/bin\n");
    WAIT(tree, watch_dirs(tree->watch) == 1);
    clear(tree);
    scratch_write(&tree->scratch, "env/lib/a.py", "2");
    settle(tree);
    assert_int_equal(tree->seen.len, 0);
}

static void a_set_waits_for_gits_lock(void **state)
{
    struct tree *tree = *state;
    init_git(tree);
    scratch_write(&tree->scratch, "a.py", "1");
    start(tree);
    scratch_write(&tree->scratch, ".git/index.lock", "");
    scratch_write(&tree->scratch, "a.py", "2");
    /* It was quiet, and the timer now stands where the lock would count as stale. */
    WAIT(tree, uv_timer_get_due_in(&tree->watch->settle) > 100);
    assert_int_equal(tree->sets, 0);
    scratch_write(&tree->scratch, "b.py", "2");
    WAIT(tree, tree->watch->dirty.paths.len == 2);
    scratch_rename(&tree->scratch, ".git/index.lock", ".git/index.done");
    uint64_t began = uv_now(&tree->loop);
    WAIT(tree, saw(tree, "a.py") && saw(tree, "b.py"));
    assert_int_equal(tree->sets, 1);
    assert_true(uv_now(&tree->loop) - began < 2000);
}

static void a_changed_head_is_told(void **state)
{
    struct tree *tree = *state;
    init_git(tree);
    start(tree);
    scratch_write(&tree->scratch, ".git/HEAD", "ref: refs/heads/other\n");
    WAIT(tree, tree->repo_changes > 0);
    char *branch = repo_branch(tree->repo);
    assert_string_equal(branch, "other");
    assert_int_equal(tree->sets, 0);
    free(branch);
}

static void a_mass_checkout_is_one_set(void **state)
{
    struct tree *tree = *state;
    enum { FILES = 1000 };
    init_git(tree);
    start(tree);
    scratch_write(&tree->scratch, ".git/index.lock", "");
    for (unsigned i = 0; i < FILES; i++) {
        char *name = mem_printf("d%u/f%u.py", i % 40, i);
        scratch_write(&tree->scratch, name, "1");
        free(name);
        if (i % 50 == 0)
            uv_run(&tree->loop, UV_RUN_NOWAIT);
    }
    scratch_rename(&tree->scratch, ".git/index.lock", ".git/index");
    WAIT(tree, tree->sets > 0);
    assert_int_equal(tree->seen.len, FILES);
    settle(tree);
    assert_int_equal(tree->sets, 2); /* the sentinel's is the second */
}

static void note_timer(uv_handle_t *handle, void *found)
{
    if (handle->type == UV_TIMER && uv_is_active(handle))
        *(bool *)found = true;
}

static void no_timer_runs_when_nothing_happens(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "a.py", "1");
    start(tree);
    settle(tree);
    bool found = false;
    uv_walk(&tree->loop, note_timer, &found);
    assert_false(found);
    assert_int_equal(uv_backend_timeout(&tree->loop), -1);
}

static void close_at_once(void **state)
{
    struct tree *tree = *state;
    for (unsigned i = 0; i < 300; i++) {
        char *name = mem_printf("f%u", i);
        scratch_write(&tree->scratch, name, "1");
        free(name);
    }
    start_unlearnt(tree, (struct watch_options){0});
    scratch_write(&tree->scratch, "f1", "2");
    watch_close(tree->watch);
    WAIT(tree, tree->closed);
    assert_int_equal(tree->seen.len, 0);
    tree->watch = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_save_in_place_is_one_change),
        CASE(new_and_deleted_files_are_changes),
        CASE(an_atomic_rename_is_one_change),
        CASE(a_save_with_backup_is_one_change),
        CASE(the_same_content_saved_again_is_no_change),
        CASE(a_touch_and_a_chmod_are_no_change),
        CASE(content_counts_though_size_and_mtime_are_kept),
        CASE(content_that_was_learnt_in_the_background_counts),
        CASE(droppings_of_editors_do_not_count),
        cmocka_unit_test(ordinary_names_are_no_droppings),
        CASE(a_file_that_is_emptied_and_then_written_is_one_change),
        CASE(a_file_that_stays_empty_is_a_change),
        CASE(a_file_that_is_away_for_a_moment_is_not_deleted),
        CASE(what_git_ignores_is_not_watched),
        CASE(changed_rules_apply_at_once),
        CASE(a_virtualenv_made_in_the_tree_is_left_alone),
        CASE(a_set_waits_for_gits_lock),
        CASE(a_changed_head_is_told),
        CASE(a_mass_checkout_is_one_set),
        CASE(no_timer_runs_when_nothing_happens),
        CASE(close_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
