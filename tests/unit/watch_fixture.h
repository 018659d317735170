/* A scratch tree that is watched on a real loop, for the tests of watch. */
#ifndef ALOOF_TESTS_WATCH_FIXTURE_H
#define ALOOF_TESTS_WATCH_FIXTURE_H

#include "project/watch.h"
#include "project/watch_parts.h"

#include <errno.h>
#include <git2.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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
    struct strings ignored; /* "same path +2" */
    size_t sets, repo_changes;
    bool closed, late;
};

static inline void on_changed(void *owner, const struct watch_changes *changes)
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

static inline void on_notice(void *owner, const char *text)
{
    struct tree *tree = owner;
    strings_add(&tree->notices, text);
}

static inline void on_ignored(void *owner, enum watch_reason reason, const char *path, size_t others)
{
    static const char *const words[WATCH_REASONS] = {"?", "rules", "dropping", "same"};
    struct tree *tree = owner;
    strings_take(&tree->ignored, mem_printf("%s %s +%zu", words[reason], path, others));
}

static inline void on_repo_changed(void *owner)
{
    struct tree *tree = owner;
    tree->repo_changes++;
}

static inline void on_closed(void *owner)
{
    struct tree *tree = owner;
    tree->closed = true;
}

static const struct watch_events EVENTS = {.changed = on_changed,
                                           .notice = on_notice,
                                           .ignored = on_ignored,
                                           .repo_changed = on_repo_changed,
                                           .closed = on_closed};

static inline void on_deadline(uv_timer_t *timer)
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

static inline const char *last_seen(const struct tree *tree)
{
    return tree->seen.len > 0 ? tree->seen.items[tree->seen.len - 1] : "nothing";
}

static inline bool saw(const struct tree *tree, const char *what)
{
    return strings_find(&tree->seen, what, NULL) == 0;
}

static inline bool was_told(const struct tree *tree, const char *part)
{
    for (size_t i = 0; i < tree->notices.len; i++)
        if (strstr(tree->notices.items[i], part) != NULL)
            return true;
    return false;
}

static inline void clear(struct tree *tree)
{
    strings_clear(&tree->seen);
    tree->sets = 0;
}

/* Whatever was done before has been looked at once this returns. The sentinel takes part in no assertion. */
static inline void settle(struct tree *tree)
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

static inline void assert_only(const struct tree *tree, const char *what)
{
    if (!saw(tree, what) || tree->seen.len != 1)
        fail_msg("not only %s: %zu seen, last %s", what, tree->seen.len, last_seen(tree));
}

static inline void start_unlearnt(struct tree *tree, struct watch_options options)
{
    char *notice = NULL;
    struct error error = {{0}};
    assert_int_equal(repo_open(&tree->repo, tree->scratch.dir, &notice, &error), 0);
    assert_null(notice);
    assert_int_equal(watch_start(&tree->watch, &tree->loop, tree->repo, &options, &EVENTS, tree, &error), 0);
}

/* Starts, and waits until all content is known. */
static inline void start_with(struct tree *tree, struct watch_options options)
{
    start_unlearnt(tree, options);
    WAIT(tree, tree->watch->lesson == NULL);
}

static inline void start(struct tree *tree)
{
    start_with(tree, (struct watch_options){0});
}

static inline void init_git(struct tree *tree)
{
    git_repository *git = NULL;
    assert_int_equal(git_repository_init(&git, tree->scratch.dir, false), 0);
    git_repository_free(git);
}

static inline int set_up(void **state)
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

static inline int tear_down(void **state)
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
    strings_release(&tree->ignored);
    free(tree);
    git_libgit2_shutdown();
    return 0;
}

/* Waits until the file's stamp can be trusted (the clock of file times has moved on). */
static inline void ripen(const struct tree *tree, const char *name)
{
    char *path = scratch_path(&tree->scratch, name);
    while (look_at(path).fresh)
        sched_yield();
    free(path);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
