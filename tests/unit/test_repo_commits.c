/* Commits of a range, and the work tree that they are looked at in. */
#include "project/repo_commits.h"
#include "project/repo_worktree.h"

#include "core/bytes.h"

#include <errno.h>
#include <git2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "scratch.h"

struct fixture {
    struct scratch scratch;
    git_repository *git;
    struct repo *repo;
};

static void must(int code)
{
    if (code < 0)
        fail_msg("libgit2: %s", git_error_last() != NULL ? git_error_last()->message : "?");
}

/* Commits all that there is on a branch, which is then what HEAD is; parents are revisions, with blanks
 * between. */
static void commit(struct fixture *f, const char *subject, const char *branch, const char *parents)
{
    git_index *index = NULL;
    git_oid tree_id, id;
    git_tree *tree = NULL;
    git_signature *author = NULL;
    git_commit *found[4] = {NULL};
    size_t count = 0;
    must(git_repository_index(&index, f->git));
    must(git_index_add_all(index, NULL, 0, NULL, NULL));
    must(git_index_update_all(index, NULL, NULL, NULL));
    must(git_index_write(index));
    must(git_index_write_tree(&tree_id, index));
    must(git_tree_lookup(&tree, f->git, &tree_id));
    must(git_signature_new(&author, "Ada", "ada@example.org", 1700000000, 60));
    for (const char *p = parents; *p != '\0'; p += strspn(p, " ")) {
        git_object *object = NULL;
        size_t len = strcspn(p, " ");
        char *name = mem_dup(p, len);
        must(git_revparse_single(&object, f->git, name));
        found[count++] = (git_commit *)object;
        free(name);
        p += len;
    }
    char *ref = mem_printf("refs/heads/%s", branch);
    must(git_commit_create(&id, f->git, NULL, author, author, NULL, subject, tree, count,
                           (const git_commit **)found));
    git_reference *made = NULL;
    must(git_reference_create(&made, f->git, ref, &id, true, NULL));
    git_reference_free(made);
    must(git_repository_set_head(f->git, ref));
    free(ref);
    while (count > 0)
        git_commit_free(found[--count]);
    git_signature_free(author);
    git_tree_free(tree);
    git_index_free(index);
}

static void open_repo(struct fixture *f, const char *name)
{
    char *cwd = scratch_path(&f->scratch, name), *notice = NULL;
    struct error error = {{0}};
    repo_free(f->repo);
    assert_int_equal(repo_open(&f->repo, cwd, &notice, &error), 0);
    assert_null(notice);
    free(cwd);
}

/* main: one, two, merged with side (three, four), five. The project is in sub/. */
static int set_up(void **state)
{
    struct fixture *f = mem_zero(sizeof *f);
    git_libgit2_init();
    for (int level = GIT_CONFIG_LEVEL_PROGRAMDATA; level <= GIT_CONFIG_LEVEL_GLOBAL; level++)
        must(git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "/nonexistent"));
    scratch_init(&f->scratch);
    char *path = scratch_path(&f->scratch, "p");
    must(git_repository_init(&f->git, path, false));
    free(path);
    scratch_write(&f->scratch, "p/sub/setup.cfg", "");
    scratch_write(&f->scratch, "p/sub/a.py", "1\n");
    scratch_write(&f->scratch, "p/sub/.gitignore", "made\n");
    commit(f, "one", "main", "");
    scratch_write(&f->scratch, "p/sub/a.py", "2\n");
    commit(f, "two", "main", "main");
    scratch_write(&f->scratch, "p/sub/b.py", "3\n");
    commit(f, "three", "side", "main~1");
    scratch_unlink(&f->scratch, "p/sub/b.py");
    scratch_write(&f->scratch, "p/top", "4\n");
    commit(f, "four", "side", "side");
    commit(f, "merged", "main", "main side");
    scratch_write(&f->scratch, "p/sub/a.py", "5\n");
    commit(f, "five\n\nIts body.", "main", "main");
    open_repo(f, "p/sub");
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    repo_free(f->repo);
    git_repository_free(f->git);
    scratch_release(&f->scratch);
    free(f);
    git_libgit2_shutdown();
    return 0;
}

/* "subject<parents" each, with blanks between. */
static char *tell(struct fixture *f, const struct repo_span *span)
{
    struct buf text = {0};
    for (size_t i = 0; i < span->commits.len; i++) {
        const struct repo_commit *one = &span->commits.items[i];
        struct repo_story story;
        assert_int_equal(repo_story_read(f->repo, one->id, &story), 0);
        buf_printf(&text, "%s%s", i > 0 ? " " : "", story.subject);
        for (size_t p = 0; p < one->parents.len; p++)
            buf_printf(&text, "<%zu", one->parents.items[p]);
        repo_story_release(&story);
    }
    return buf_take(&text);
}

static void a_range_is_what_is_behind_the_bad_end_and_not_behind_the_good_one(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *range, *expect;
    } table[] = {
        {"main~1..main", "five"},
        {"main~1..", "five"},
        {"main~2..main", "three four<0 merged<1 five<2"},
        {"side..main", "two merged<0 five<1"},
        {"side~1..side", "four"},
        {"main..HEAD~1", "the bad one is older"},
        {"main..main", "both are the same"},
        {"main", "expected GOOD..BAD"},
        {"main...side", "expected GOOD..BAD"},
        {"nowhere..main", "nowhere: no such commit"},
        {"main~1..main:sub/a.py", "main:sub/a.py: no such commit"},
        {"main~2..side", "begin where they part: "},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct repo_span span;
        struct error error = {{0}};
        int code = repo_span_read(f->repo, table[i].range, &span, &error);
        char *text = code == 0 ? tell(f, &span) : mem_strdup(error.text);
        if (code == 0)
            assert_string_equal(text, table[i].expect);
        else if (strstr(text, table[i].expect) == NULL)
            fail_msg("%s: %s", table[i].range, text);
        free(text);
        repo_span_release(&span);
    }
}

static void a_commit_is_told(void **state)
{
    struct fixture *f = *state;
    struct repo_span span;
    struct repo_story story;
    struct error error = {{0}};
    assert_int_equal(repo_span_read(f->repo, "side~1..side", &span, &error), 0);
    assert_int_equal(repo_story_read(f->repo, span.commits.items[0].id, &story), 0);
    assert_memory_equal(story.short_id, span.commits.items[0].id, strlen(story.short_id));
    assert_in_range(strlen(story.short_id), 7, 12);
    assert_string_equal(story.subject, "four");
    assert_string_equal(story.author, "Ada <ada@example.org>");
    assert_string_equal(story.date, "2023-11-14 23:13");
    assert_int_equal(story.files.len, 2);
    assert_string_equal(story.files.items[0], "D sub/b.py");
    assert_string_equal(story.files.items[1], "A top");
    repo_story_release(&story);
    repo_span_release(&span);
    assert_int_equal(repo_story_read(f->repo, "0000", &story), -EIO);
}

static void assert_file(const char *dir, const char *name, const char *expect)
{
    char *path = mem_printf("%s/%s", dir, name), text[64] = "";
    FILE *file = fopen(path, "r");
    if (expect == NULL) {
        assert_null(file);
    } else {
        assert_non_null(file);
        assert_non_null(fgets(text, sizeof text, file));
        assert_string_equal(text, expect);
        fclose(file);
    }
    free(path);
}

static struct repo_worktree *make(struct fixture *f)
{
    struct repo_worktree *worktree = NULL;
    struct error error = {{0}};
    assert_int_equal(repo_worktree_make(&worktree, f->repo, f->scratch.dir, &error), 0);
    return worktree;
}

static char *check_out(struct fixture *f, struct repo_worktree *worktree, const char *revision)
{
    git_object *object = NULL;
    char id[COMMIT_ID_MAX];
    struct strings changed = {0};
    struct error error = {{0}};
    struct buf text = {0};
    must(git_revparse_single(&object, f->git, revision));
    git_oid_tostr(id, sizeof id, git_object_id(object));
    git_object_free(object);
    if (repo_worktree_checkout(worktree, id, &changed, &error) < 0)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < changed.len; i++)
        buf_printf(&text, "%s%s", i > 0 ? " " : "", changed.items[i]);
    strings_release(&changed);
    return buf_take(&text);
}

static void the_worktree_holds_one_commit_after_the_other(void **state)
{
    struct fixture *f = *state;
    struct repo_worktree *worktree = make(f);
    const char *root = repo_worktree_root(worktree);
    assert_string_equal(strrchr(root, '/'), "/sub");
    char *changed = check_out(f, worktree, "side~1");
    assert_string_equal(changed, ".gitignore a.py b.py setup.cfg");
    free(changed);
    assert_file(root, "a.py", "2\n");
    assert_file(root, "b.py", "3\n");
    char *litter = mem_printf("%s/litter", root), *ignored = mem_printf("%s/made", root);
    fclose(fopen(litter, "w"));
    FILE *file = fopen(ignored, "w");
    fputs("x", file);
    fclose(file);
    changed = check_out(f, worktree, "main");
    assert_string_equal(changed, "a.py b.py");
    free(changed);
    assert_file(root, "a.py", "5\n");
    assert_file(root, "b.py", NULL);
    assert_file(root, "litter", NULL);
    assert_file(root, "made", "x");
    free(litter);
    free(ignored);
    repo_worktree_remove(worktree);
}

static void count_entries(struct fixture *f, unsigned *references, unsigned *worktrees)
{
    git_strarray list;
    must(git_reference_list(&list, f->git));
    *references = (unsigned)list.count;
    git_strarray_dispose(&list);
    must(git_worktree_list(&list, f->git));
    *worktrees = (unsigned)list.count;
    git_strarray_dispose(&list);
}

static void nothing_of_the_repository_changes(void **state)
{
    struct fixture *f = *state;
    struct repo_state state_now = {0};
    unsigned references, worktrees, after;
    count_entries(f, &references, &worktrees);
    assert_int_equal(worktrees, 0);
    scratch_write(&f->scratch, "p/sub/a.py", "edited\n");
    struct repo_worktree *worktree = make(f);
    free(check_out(f, worktree, "main~1"));
    count_entries(f, &after, &worktrees);
    assert_int_equal(after, references);
    assert_int_equal(worktrees, 1);
    char *branch = repo_branch(f->repo), *path = scratch_path(&f->scratch, "p/sub");
    assert_string_equal(branch, "main");
    assert_file(path, "a.py", "edited\n");
    assert_int_equal(repo_state(f->repo, &state_now), 0);
    assert_int_equal(state_now.added, 0);
    assert_int_equal(state_now.modified, 1);
    repo_state_release(&state_now);
    char *gone = mem_strdup(repo_worktree_root(worktree));
    repo_worktree_remove(worktree);
    assert_int_equal(access(gone, F_OK), -1);
    free(gone);
    char *all = scratch_path(&f->scratch, "p/.git/worktrees");
    assert_int_equal(access(all, F_OK), -1);
    free(all);
    free(path);
    free(branch);
}

/* As git itself would make it. */
static void it_is_a_project_like_others(void **state)
{
    struct fixture *f = *state;
    struct repo_worktree *worktree = make(f);
    free(check_out(f, worktree, "main~1"));
    struct repo *inside = NULL;
    char *notice = NULL;
    struct error error = {{0}};
    struct repo_state state_now = {0};
    assert_int_equal(repo_open(&inside, repo_worktree_root(worktree), &notice, &error), 0);
    assert_null(notice);
    assert_string_equal(repo_root(inside), repo_worktree_root(worktree));
    assert_true(strncmp(repo_git_dir(inside), repo_common_dir(f->repo), strlen(repo_common_dir(f->repo))) ==
                0);
    assert_string_equal(repo_common_dir(inside), repo_common_dir(f->repo));
    char *branch = repo_branch(inside);
    assert_string_equal(branch, "(detached)");
    free(branch);
    assert_int_equal(repo_state(inside, &state_now), 0);
    assert_int_equal(state_now.added + state_now.modified, 0);
    repo_state_release(&state_now);
    repo_free(inside);
    repo_worktree_remove(worktree);
}

static void what_a_kill_left_behind_is_pruned_and_what_is_in_use_is_not(void **state)
{
    struct fixture *f = *state;
    char name[4096] = "";
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        struct repo_worktree *worktree = make(f);
        const char *root = repo_worktree_root(worktree);
        free(check_out(f, worktree, "main"));
        _exit(write(ends[1], root, strlen(root)) > 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(read(ends[0], name, sizeof name - 1) > 0);
    close(ends[0]);
    close(ends[1]);
    assert_int_equal(access(name, F_OK), 0);
    struct repo_worktree *used = make(f);
    free(check_out(f, used, "main"));
    assert_int_equal(repo_worktrees_prune(f->repo), 1);
    assert_int_equal(access(name, F_OK), -1);
    assert_int_equal(access(repo_worktree_root(used), F_OK), 0);
    assert_int_equal(repo_worktrees_prune(f->repo), 0);
    repo_worktree_remove(used);
}

/* A worktree that names a directory that is none of ours loses its entry, and the directory stays. */
static void a_forged_entry_removes_nothing(void **state)
{
    struct fixture *f = *state;
    scratch_write(&f->scratch, "precious/x", "y");
    char *text = mem_printf("%s/precious/.git\n", f->scratch.dir);
    scratch_write(&f->scratch, "p/.git/worktrees/aloof-bisect-forged/gitdir", text);
    free(text);
    assert_int_equal(repo_worktrees_prune(f->repo), 1);
    assert_file(f->scratch.dir, "precious/x", "y");
}

static void where_nothing_can_be_written_it_says_so(void **state)
{
    struct fixture *f = *state;
    struct repo_worktree *worktree = NULL;
    struct error error = {{0}};
    assert_int_equal(repo_worktree_make(&worktree, f->repo, "/nonexistent", &error), -ENOENT);
    assert_null(worktree);
    assert_non_null(strstr(error.text, "/nonexistent"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_range_is_what_is_behind_the_bad_end_and_not_behind_the_good_one),
        TEST(a_commit_is_told),
        TEST(the_worktree_holds_one_commit_after_the_other),
        TEST(nothing_of_the_repository_changes),
        TEST(it_is_a_project_like_others),
        TEST(what_a_kill_left_behind_is_pruned_and_what_is_in_use_is_not),
        TEST(a_forged_entry_removes_nothing),
        TEST(where_nothing_can_be_written_it_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
