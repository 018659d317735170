#include "project/watch.h"

#include "watch_fixture.h"

static void a_new_directory_brings_the_files_in_it(void **state)
{
    struct tree *tree = *state;
    start(tree);
    scratch_write(&tree->scratch, "n/e/w/a.py", "1");
    scratch_write(&tree->scratch, "n/b.py", "1");
    WAIT(tree, saw(tree, "n/e/w/a.py") && saw(tree, "n/b.py"));
    assert_int_equal(watch_dirs(tree->watch), 4);
    clear(tree);
    scratch_write(&tree->scratch, "n/e/w/a.py", "2");
    WAIT(tree, saw(tree, "n/e/w/a.py"));
    assert_int_equal(tree->seen.len, 1);
}

static void a_renamed_directory_moves_its_files(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "old/sub/a.py", "1");
    start(tree);
    static const char *const names[] = {"old", "zzz", "aaa", "mid"};
    for (size_t i = 1; i < sizeof names / sizeof *names; i++) {
        clear(tree);
        scratch_rename(&tree->scratch, names[i - 1], names[i]);
        char *gone = mem_printf("-%s/sub/a.py", names[i - 1]), *there = mem_printf("%s/sub/a.py", names[i]);
        WAIT(tree, saw(tree, gone) && saw(tree, there));
        assert_int_equal(tree->sets, 1);
        assert_int_equal(watch_dirs(tree->watch), 3);
        clear(tree);
        scratch_write(&tree->scratch, there, i % 2 == 0 ? "1" : "2");
        WAIT(tree, saw(tree, there));
        settle(tree);
        assert_only(tree, there);
        free(gone);
        free(there);
    }
}

static void a_directory_removed_and_remade_at_once_is_watched_again(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "d/d/a.py", "1");
    start(tree);
    char *path = scratch_path(&tree->scratch, "d");
    scratch_remove_tree(path);
    scratch_write(&tree->scratch, "d/d/a.py", "1");
    settle(tree);
    assert_int_equal(tree->seen.len, 0);
    assert_int_equal(watch_dirs(tree->watch), 3);
    scratch_write(&tree->scratch, "d/d/a.py", "2");
    WAIT(tree, saw(tree, "d/d/a.py"));
    free(path);
}

static void a_removed_directory_is_forgotten(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "d/e/a.py", "1");
    start(tree);
    assert_int_equal(watch_dirs(tree->watch), 3);
    char *path = scratch_path(&tree->scratch, "d");
    scratch_remove_tree(path);
    WAIT(tree, saw(tree, "-d/e/a.py"));
    assert_int_equal(watch_dirs(tree->watch), 1);
    free(path);
}

static void a_file_that_becomes_a_directory_and_back(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "x", "1");
    start(tree);
    scratch_unlink(&tree->scratch, "x");
    scratch_write(&tree->scratch, "x/a.py", "1");
    WAIT(tree, saw(tree, "-x") && saw(tree, "x/a.py"));
    clear(tree);
    char *path = scratch_path(&tree->scratch, "x");
    scratch_remove_tree(path);
    scratch_write(&tree->scratch, "x", "1");
    WAIT(tree, saw(tree, "x") && saw(tree, "-x/a.py"));
    free(path);
}

static void odd_names_work(void **state)
{
    struct tree *tree = *state;
    static const char *const names[] = {"with space/a b.py",
                                        "new\nline\n/x\ny",
                                        "ünïcödé/日本.py",
                                        "\xff\xfe/\x80.py",
                                        "-rf",
                                        "a:b\\c",
                                        "*?[x]"};
    start(tree);
    for (size_t round = 0; round < 2; round++) {
        clear(tree);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            scratch_write(&tree->scratch, names[i], round == 0 ? "1" : "2");
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            WAIT(tree, saw(tree, names[i]));
    }
}

static void a_link_counts_by_the_content_of_its_target(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, ".hidden/one", "same");
    scratch_write(&tree->scratch, ".hidden/two", "same");
    scratch_write(&tree->scratch, ".hidden/three", "other");
    char *link = scratch_path(&tree->scratch, "link.py"), *next = scratch_path(&tree->scratch, "next");
    assert_int_equal(symlink(".hidden/one", link), 0);
    start(tree);
    assert_int_equal(symlink(".hidden/two", next), 0);
    assert_int_equal(rename(next, link), 0);
    settle(tree);
    assert_int_equal(tree->seen.len, 0);
    assert_int_equal(symlink(".hidden/three", next), 0);
    assert_int_equal(rename(next, link), 0);
    settle(tree);
    assert_only(tree, "link.py");
    free(link);
    free(next);
}

static void links_to_directories_are_not_followed(void **state)
{
    struct tree *tree = *state;
    scratch_mkdir(&tree->scratch, "d");
    char *loop = scratch_path(&tree->scratch, "d/loop"), *dangling = scratch_path(&tree->scratch, "dangling");
    assert_int_equal(symlink("..", loop), 0);
    assert_int_equal(symlink("nowhere", dangling), 0);
    start(tree);
    assert_int_equal(watch_dirs(tree->watch), 2);
    scratch_write(&tree->scratch, "d/a.py", "1");
    settle(tree);
    assert_only(tree, "d/a.py");
    free(loop);
    free(dangling);
}

static void a_lost_event_is_made_good(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "a", "1");
    scratch_write(&tree->scratch, "b", "1");
    scratch_write(&tree->scratch, "last.py", "1");
    start(tree);
    assert_true(tree->watch->queue_limit > 1);
    if (tree->watch->queue_limit > 200000)
        skip();
    char *paths[] = {scratch_path(&tree->scratch, "a"), scratch_path(&tree->scratch, "b")};
    for (size_t i = 0; i <= tree->watch->queue_limit; i++) /* two by turns: equal events would be merged */
        assert_int_equal(chmod(paths[i % 2], 0600), 0);
    scratch_write(&tree->scratch, "last.py", "2"); /* its events find the queue full */
    WAIT(tree, saw(tree, "last.py"));
    assert_only(tree, "last.py");
    free(paths[0]);
    free(paths[1]);
}

static void past_the_watch_limit_directories_are_polled(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "a/a.py", "1");
    scratch_write(&tree->scratch, "b/c/b.py", "1");
    start_with(tree, (struct watch_options){.poll_ms = 10, .watch_limit = 1});
    assert_int_equal(watch_dirs(tree->watch), 1);
    assert_int_equal(watch_polled(tree->watch), 3);
    WAIT(tree,
         was_told(tree, "watch limit reached: polling 3 directories; raise fs.inotify.max_user_watches"));
    scratch_write(&tree->scratch, "b/c/b.py", "2");
    WAIT(tree, saw(tree, "b/c/b.py"));
    scratch_write(&tree->scratch, "b/c/new.py", "2");
    WAIT(tree, saw(tree, "b/c/new.py"));
    scratch_write(&tree->scratch, "b/d/e/new.py", "2");
    WAIT(tree, saw(tree, "b/d/e/new.py"));
    assert_int_equal(watch_polled(tree->watch), 5);
    scratch_unlink(&tree->scratch, "a/a.py");
    WAIT(tree, saw(tree, "-a/a.py"));
    char *path = scratch_path(&tree->scratch, "b");
    scratch_remove_tree(path);
    WAIT(tree, saw(tree, "-b/c/b.py"));
    assert_int_equal(tree->notices.len, 1);
    free(path);
}

static void a_root_that_comes_back_is_compared_with_what_it_was(void **state)
{
    struct tree *tree = *state;
    char *dir = tree->scratch.dir;
    tree->scratch.dir = mem_printf("%s/up/root", dir);
    scratch_mkdir(&(struct scratch){dir}, "up/root");
    scratch_write(&tree->scratch, "d/same.py", "1");
    scratch_write(&tree->scratch, "d/other.py", "1");
    scratch_write(&tree->scratch, "d/gone.py", "1");
    start(tree);
    char *up = mem_printf("%s/up", dir);
    scratch_remove_tree(up);
    WAIT(tree, was_told(tree, "is gone"));
    assert_int_equal(watch_dirs(tree->watch), 0);
    clear(tree);
    scratch_mkdir(&(struct scratch){dir}, "up");
    scratch_mkdir(&(struct scratch){dir}, "up/root");
    scratch_write(&tree->scratch, "d/same.py", "1");
    scratch_write(&tree->scratch, "d/other.py", "2");
    WAIT(tree, was_told(tree, "is back"));
    WAIT(tree, saw(tree, "d/other.py"));
    settle(tree);
    assert_true(saw(tree, "-d/gone.py"));
    assert_false(saw(tree, "d/same.py"));
    clear(tree);
    scratch_write(&tree->scratch, "d/same.py", "2");
    WAIT(tree, saw(tree, "d/same.py"));
    free(up);
    free(tree->scratch.dir);
    tree->scratch.dir = dir;
}

static void an_unreadable_directory_is_told_once_and_watched_when_it_opens(void **state)
{
    struct tree *tree = *state;
    scratch_write(&tree->scratch, "shut/a.py", "1");
    char *shut = scratch_path(&tree->scratch, "shut");
    assert_int_equal(chmod(tree->scratch.dir, 0777), 0);
    bool was_root = geteuid() == 0;
    assert_true(!was_root || chown(tree->scratch.dir, 65534, 65534) == 0);
    assert_true(!was_root || chown(shut, 65534, 65534) == 0);
    assert_int_equal(chmod(shut, 0), 0);
    assert_true(!was_root || seteuid(65534) == 0);
    start(tree);
    assert_int_equal(watch_dirs(tree->watch), 1);
    WAIT(tree, was_told(tree, "shut cannot be read"));
    settle(tree);
    assert_int_equal(tree->seen.len, 0);
    assert_int_equal(chmod(shut, 0755), 0);
    WAIT(tree, watch_dirs(tree->watch) == 2);
    assert_int_equal(tree->notices.len, 1);
    assert_true(!was_root || seteuid(0) == 0);
    free(shut);
}

static void an_unreadable_root_is_an_error(void **state)
{
    struct tree *tree = *state;
    char *notice = NULL;
    struct error error = {{0}};
    assert_int_equal(repo_open(&tree->repo, tree->scratch.dir, &notice, &error), 0);
    scratch_remove_tree(tree->scratch.dir);
    assert_int_equal(
        watch_start(&tree->watch, &tree->loop, tree->repo, &(struct watch_options){0}, &EVENTS, tree, &error),
        -ENOENT);
    assert_null(tree->watch);
    assert_non_null(strstr(error.text, tree->scratch.dir));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_new_directory_brings_the_files_in_it),
        CASE(a_renamed_directory_moves_its_files),
        CASE(a_directory_removed_and_remade_at_once_is_watched_again),
        CASE(a_removed_directory_is_forgotten),
        CASE(a_file_that_becomes_a_directory_and_back),
        CASE(odd_names_work),
        CASE(a_link_counts_by_the_content_of_its_target),
        CASE(links_to_directories_are_not_followed),
        CASE(a_lost_event_is_made_good),
        CASE(past_the_watch_limit_directories_are_polled),
        CASE(a_root_that_comes_back_is_compared_with_what_it_was),
        CASE(an_unreadable_directory_is_told_once_and_watched_when_it_opens),
        CASE(an_unreadable_root_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
