#include "project/watch.h"

#include <errno.h>
#include <git2.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>

#include <cmocka.h>

#include "project/watch_names.h"
#include "project/watch_parts.h"
#include "scratch.h"

enum { DEADLINE_MS = 10000 };

struct tree {
    struct scratch scratch;
    uv_loop_t loop;
    uv_timer_t deadline;
    struct repo *repo;
    struct watch *watch;
    struct strings seen; /* "path" changed, "-path" deleted, since the last clear */
    struct strings notices;
    size_t sets, repo_changes;
    bool closed, late;
};

static void on_changed(void *owner, const struct watch_changes *changes)
{
    struct tree *tree = owner;
    tree->sets++;
    assert_true(changes->len > 0);
    for (size_t i = 0; i < changes->len; i++) {
        const struct watch_change *change = &changes->items[i];
        assert_int_equal(change->mtime_ns == 0, change->deleted);
        strings_take(&tree->seen, mem_printf("%s%s", change->deleted ? "-" : "", change->path));
    }
}

static void on_notice(void *owner, const char *text)
{
    struct tree *tree = owner;
    strings_add(&tree->notices, text);
}

static void on_repo_changed(void *owner)
{
    struct tree *tree = owner;
    tree->repo_changes++;
}

static void on_closed(void *owner)
{
    struct tree *tree = owner;
    tree->closed = true;
}

static const struct watch_events EVENTS = {on_changed, on_notice, on_repo_changed, on_closed};

static void on_deadline(uv_timer_t *timer)
{
    struct tree *tree = timer->data;
    tree->late = true;
}

/* Runs the loop until the condition holds; fails at the deadline. */
#define WAIT(tree, condition)                                                                                \
    do {                                                                                                     \
        (tree)->late = false;                                                                                \
        uv_timer_start(&(tree)->deadline, on_deadline, DEADLINE_MS, 0);                                      \
        while (!(condition) && !(tree)->late)                                                                \
            uv_run(&(tree)->loop, UV_RUN_ONCE);                                                              \
        uv_timer_stop(&(tree)->deadline);                                                                    \
        if (!(condition))                                                                                    \
            fail_msg("waited in vain: %s (last seen: %s)", #condition, last_seen(tree));                     \
    } while (0)

static const char *last_seen(const struct tree *tree)
{
    return tree->seen.len > 0 ? tree->seen.items[tree->seen.len - 1] : "nothing";
}

static bool saw(const struct tree *tree, const char *what)
{
    return strings_find(&tree->seen, what, NULL) == 0;
}

static bool was_told(const struct tree *tree, const char *part)
{
    for (size_t i = 0; i < tree->notices.len; i++)
        if (strstr(tree->notices.items[i], part) != NULL)
            return true;
    return false;
}

static void clear(struct tree *tree)
{
    strings_clear(&tree->seen);
    tree->sets = 0;
}

/* Whatever was done before has been looked at once this returns. The sentinel takes part in no assertion. */
static void settle(struct tree *tree)
{
    static unsigned number;
    char *name = mem_printf("sentinel-%u", ++number);
    scratch_write(&tree->scratch, name, name);
    WAIT(tree, saw(tree, name));
    for (size_t i = tree->seen.len; i-- > 0;)
        if (strncmp(tree->seen.items[i], "sentinel-", 9) == 0) {
            free(tree->seen.items[i]);
            tree->seen.items[i] = tree->seen.items[--tree->seen.len];
        }
    free(name);
}

static void assert_only(const struct tree *tree, const char *what)
{
    assert_true(saw(tree, what));
    assert_int_equal(tree->seen.len, 1);
}

static void start_with(struct tree *tree, struct watch_options options)
{
    char *notice = NULL;
    struct error error = {{0}};
    assert_int_equal(repo_open(&tree->repo, tree->scratch.dir, &notice, &error), 0);
    assert_null(notice);
    assert_int_equal(watch_start(&tree->watch, &tree->loop, tree->repo, &options, &EVENTS, tree, &error), 0);
}

static void start(struct tree *tree)
{
    start_with(tree, (struct watch_options){0});
}

static void init_git(struct tree *tree)
{
    git_repository *git = NULL;
    assert_int_equal(git_repository_init(&git, tree->scratch.dir, false), 0);
    git_repository_free(git);
}

static int set_up(void **state)
{
    struct tree *tree = mem_zero(sizeof *tree);
    git_libgit2_init();
    scratch_init(&tree->scratch);
    uv_loop_init(&tree->loop);
    uv_timer_init(&tree->loop, &tree->deadline);
    tree->deadline.data = tree;
    *state = tree;
    return 0;
}

static int tear_down(void **state)
{
    struct tree *tree = *state;
    if (tree->watch != NULL) {
        watch_close(tree->watch);
        WAIT(tree, tree->closed);
    }
    uv_close((uv_handle_t *)&tree->deadline, NULL);
    uv_run(&tree->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&tree->loop), 0);
    repo_free(tree->repo);
    scratch_release(&tree->scratch);
    strings_release(&tree->seen);
    strings_release(&tree->notices);
    free(tree);
    git_libgit2_shutdown();
    return 0;
}

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
    char *path = scratch_path(&tree->scratch, "d/b.py");
    while (look_at(path).fresh)
        sched_yield();
    start(tree);
    assert_non_null(tree->watch->lesson);
    WAIT(tree, tree->watch->lesson == NULL);
    scratch_write(&tree->scratch, "d/a.py", "same");
    scratch_write(&tree->scratch, "d/b.py", "diff");
    settle(tree);
    assert_only(tree, "d/b.py");
    free(path);
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
    char *old = scratch_path(&tree->scratch, "build/a.py");
    while (look_at(old).fresh)
        sched_yield();
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
    free(old);
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
    enum { FILES = 2000 };
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
    WAIT(tree, tree->watch->lesson == NULL);
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
    start(tree);
    scratch_write(&tree->scratch, "f1", "2");
    watch_close(tree->watch);
    WAIT(tree, tree->closed);
    assert_int_equal(tree->seen.len, 0);
    tree->watch = NULL;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

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
        CASE(a_new_directory_brings_the_files_in_it),
        CASE(a_renamed_directory_moves_its_files),
        CASE(a_directory_removed_and_remade_at_once_is_watched_again),
        CASE(a_removed_directory_is_forgotten),
        CASE(a_file_that_becomes_a_directory_and_back),
        CASE(odd_names_work),
        CASE(a_link_counts_by_the_content_of_its_target),
        CASE(links_to_directories_are_not_followed),
        CASE(what_git_ignores_is_not_watched),
        CASE(changed_rules_apply_at_once),
        CASE(a_virtualenv_made_in_the_tree_is_left_alone),
        CASE(a_set_waits_for_gits_lock),
        CASE(a_changed_head_is_told),
        CASE(a_mass_checkout_is_one_set),
        CASE(a_lost_event_is_made_good),
        CASE(past_the_watch_limit_directories_are_polled),
        CASE(a_root_that_comes_back_is_compared_with_what_it_was),
        CASE(an_unreadable_directory_is_told_once_and_watched_when_it_opens),
        CASE(an_unreadable_root_is_an_error),
        CASE(no_timer_runs_when_nothing_happens),
        CASE(close_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
