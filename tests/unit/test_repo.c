#include "project/repo.h"

#include <errno.h>
#include <git2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"

static void must(int code)
{
    if (code < 0)
        fail_msg("libgit2: %s", git_error_last() != NULL ? git_error_last()->message : "?");
}

/* Stages everything below the work tree that is not ignored, and these paths even so, and commits. */
static void commit_all(git_repository *git, const char *forced)
{
    git_index *index = NULL;
    git_oid tree_id, id;
    git_tree *tree = NULL;
    git_signature *author = NULL;
    git_oid parent_id;
    git_commit *parent = NULL;
    must(git_repository_index(&index, git));
    must(git_index_add_all(index, NULL, 0, NULL, NULL));
    if (forced != NULL)
        must(git_index_add_bypath(index, forced));
    must(git_index_write(index));
    must(git_index_write_tree(&tree_id, index));
    must(git_tree_lookup(&tree, git, &tree_id));
    must(git_signature_new(&author, "A", "a@example.org", 1700000000, 0));
    if (git_reference_name_to_id(&parent_id, git, "HEAD") == 0)
        must(git_commit_lookup(&parent, git, &parent_id));
    const git_commit *parents[] = {parent};
    must(git_commit_create(&id, git, "HEAD", author, author, NULL, "m", tree, parent != NULL, parents));
    git_commit_free(parent);
    git_signature_free(author);
    git_tree_free(tree);
    git_index_free(index);
}

static git_repository *init_git(const struct scratch *scratch, const char *name)
{
    git_repository *git = NULL;
    git_repository_init_options options;
    git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
    options.flags = GIT_REPOSITORY_INIT_MKPATH;
    options.initial_head = "trunk";
    char *path = scratch_path(scratch, name);
    must(git_repository_init_ext(&git, path, &options));
    free(path);
    return git;
}

static struct repo *open_at(const struct scratch *scratch, const char *name, const char *notice_part)
{
    struct repo *repo = NULL;
    char *notice = NULL, *cwd = scratch_path(scratch, name);
    struct error error = {{0}};
    assert_int_equal(repo_open(&repo, cwd, &notice, &error), 0);
    assert_string_equal(error.text, "");
    if (notice_part == NULL)
        assert_null(notice);
    else
        assert_non_null(strstr(notice != NULL ? notice : "", notice_part));
    free(notice);
    free(cwd);
    return repo;
}

static void assert_path(const char *actual, const struct scratch *scratch, const char *name)
{
    char *expected = scratch_path(scratch, name);
    assert_string_equal(actual, expected);
    free(expected);
}

static int set_up(void **state)
{
    git_libgit2_init();
    /* The configuration of whoever runs the tests (safe.directory, excludesFile) stays out of them. */
    for (int level = GIT_CONFIG_LEVEL_PROGRAMDATA; level <= GIT_CONFIG_LEVEL_GLOBAL; level++)
        must(git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "/nonexistent"));
    struct scratch *scratch = mem_zero(sizeof *scratch);
    scratch_init(scratch);
    *state = scratch;
    return 0;
}

static int tear_down(void **state)
{
    scratch_release(*state);
    free(*state);
    git_libgit2_shutdown();
    return 0;
}

static void without_git_the_nearest_marked_directory_is_the_root(void **state)
{
    struct scratch *scratch = *state;
    scratch_write(scratch, "p/pyproject.toml", "");
    scratch_mkdir(scratch, "p/src/pkg");
    struct repo *repo = open_at(scratch, "p/src/pkg", NULL);
    assert_path(repo_root(repo), scratch, "p");
    assert_path(repo_state_dir(repo), scratch, "p/.aloof");
    assert_null(repo_git_dir(repo));
    assert_null(repo_branch(repo));
    struct repo_state at = {0};
    assert_int_equal(repo_state(repo, &at), -ENOENT);
    assert_false(repo_line_changed(repo, "pyproject.toml", 1));
    repo_free(repo);
}

static void without_git_and_marks_cwd_is_the_root(void **state)
{
    struct scratch *scratch = *state;
    scratch_mkdir(scratch, "a/b");
    struct repo *repo = open_at(scratch, "a/b", NULL);
    assert_path(repo_root(repo), scratch, "a/b");
    repo_free(repo);
}

static void a_missing_directory_is_an_error(void **state)
{
    (void)state;
    struct repo *repo = NULL;
    char *notice = NULL;
    struct error error = {{0}};
    assert_int_equal(repo_open(&repo, "/nonexistent/x", &notice, &error), -ENOENT);
    assert_null(repo);
    assert_non_null(strstr(error.text, "/nonexistent/x"));
}

static void the_root_is_not_above_the_work_tree(void **state)
{
    struct scratch *scratch = *state;
    scratch_write(scratch, "setup.py", "");
    git_repository_free(init_git(scratch, "w"));
    scratch_mkdir(scratch, "w/deep/er");
    struct repo *repo = open_at(scratch, "w/deep/er", NULL);
    assert_path(repo_root(repo), scratch, "w");
    assert_path(repo_git_dir(repo), scratch, "w/.git");
    assert_path(repo_state_dir(repo), scratch, "w/.git/aloof");
    char *branch = repo_branch(repo);
    assert_string_equal(branch, "trunk");
    free(branch);
    repo_free(repo);
}

static void a_detached_head_is_named_so(void **state)
{
    struct scratch *scratch = *state;
    git_repository *git = init_git(scratch, "w");
    scratch_write(scratch, "w/a", "1\n");
    commit_all(git, NULL);
    must(git_repository_detach_head(git));
    struct repo *repo = open_at(scratch, "w", NULL);
    char *branch = repo_branch(repo);
    assert_string_equal(branch, "(detached)");
    free(branch);
    repo_free(repo);
    git_repository_free(git);
}

static void without_git_the_own_rules_ignore(void **state)
{
    struct scratch *scratch = *state;
    scratch_write(scratch, "p/pytest.ini", "");
    scratch_write(scratch, "p/env/pyvenv.cfg", "");
    scratch_mkdir(scratch, "p/env/lib");
    struct repo *repo = open_at(scratch, "p", NULL);
    assert_true(repo_ignored(repo, "env", true));
    assert_true(repo_ignored(repo, "env/lib/x.py", false));
    assert_true(repo_ignored(repo, ".tox", true));
    assert_true(repo_ignored(repo, "a/.cache/b/c.py", false));
    assert_true(repo_ignored(repo, "a/node_modules", true));
    assert_true(repo_ignored(repo, "a/__pycache__/b.pyc", false));
    assert_false(repo_ignored(repo, "a/b.py", false));
    assert_false(repo_ignored(repo, ".coveragerc", false));
    assert_false(repo_ignored(repo, "", true));
    repo_free(repo);
}

static void with_git_its_rules_ignore(void **state)
{
    struct scratch *scratch = *state;
    git_repository *git = init_git(scratch, "w");
    scratch_write(scratch, "w/.gitignore", "build/\n*.log\n!keep.log\n");
    scratch_write(scratch, "w/sub/.gitignore", "/local\n");
    scratch_write(scratch, "w/.git/info/exclude", "mine\n");
    scratch_write(scratch, "w/build/tracked.py", "");
    scratch_write(scratch, "w/build/other.py", "");
    commit_all(git, "build/tracked.py");
    struct repo *repo = open_at(scratch, "w", NULL);
    assert_true(repo_ignored(repo, "a.log", false));
    assert_false(repo_ignored(repo, "keep.log", false));
    assert_true(repo_ignored(repo, "sub/local", false));
    assert_false(repo_ignored(repo, "local", false));
    assert_true(repo_ignored(repo, "x/mine", false));
    assert_true(repo_ignored(repo, ".git", true));
    assert_true(repo_ignored(repo, ".git/config", false));
    assert_true(repo_ignored(repo, "p/__pycache__", true));
    assert_true(repo_ignored(repo, "x/build/deep/a.py", false));
    assert_false(repo_ignored(repo, "y/build", false)); /* "build/" means directories only */
    assert_false(repo_ignored(repo, "build", true));    /* it holds something tracked */
    assert_false(repo_ignored(repo, "build/tracked.py", false));
    assert_true(repo_ignored(repo, "build/other.py", false));
    assert_false(repo_ignored(repo, "odd name\n\xff.py", false));
    repo_free(repo);
    git_repository_free(git);
}

static void rules_are_read_again_after_refresh(void **state)
{
    struct scratch *scratch = *state;
    git_repository_free(init_git(scratch, "w"));
    scratch_mkdir(scratch, "w/out");
    struct repo *repo = open_at(scratch, "w", NULL);
    assert_false(repo_ignored(repo, "out", true));
    scratch_write(scratch, "w/.gitignore", "out/\n");
    repo_refresh(repo);
    assert_true(repo_ignored(repo, "out", true));
    repo_free(repo);
}

static void a_root_below_the_top_has_paths_of_its_own(void **state)
{
    struct scratch *scratch = *state;
    git_repository *git = init_git(scratch, "w");
    scratch_write(scratch, "w/.gitignore", "/sub/gen/\n");
    scratch_write(scratch, "w/sub/setup.cfg", "");
    scratch_write(scratch, "w/sub/a.py", "1\n2\n3\n");
    commit_all(git, NULL);
    scratch_write(scratch, "w/sub/a.py", "1\n2 changed\n3\n");
    struct repo *repo = open_at(scratch, "w/sub", NULL);
    assert_path(repo_root(repo), scratch, "w/sub");
    assert_true(repo_ignored(repo, "gen", true));
    assert_false(repo_line_changed(repo, "a.py", 1));
    assert_true(repo_line_changed(repo, "a.py", 2));
    repo_free(repo);
    git_repository_free(git);
}

static void changed_lines_are_those_that_differ_from_head(void **state)
{
    struct scratch *scratch = *state;
    git_repository *git = init_git(scratch, "w");
    scratch_write(scratch, "w/a.py", "1\n2\n3\n4\n5\n");
    scratch_write(scratch, "w/.gitignore", "gen.py\n");
    commit_all(git, NULL);
    struct repo *repo = open_at(scratch, "w", NULL);
    assert_false(repo_line_changed(repo, "a.py", 2));
    scratch_write(scratch, "w/a.py", "1\n2!\nnew\n3\n5\nend\n");
    assert_false(repo_line_changed(repo, "a.py", 2)); /* cached */
    repo_refresh_file(repo, "a.py");
    const bool expected[] = {false, true, true, false, false, true};
    for (unsigned line = 1; line <= 6; line++)
        assert_int_equal(repo_line_changed(repo, "a.py", line), expected[line - 1]);
    assert_false(repo_line_changed(repo, "a.py", 7));
    scratch_write(scratch, "w/new.py", "1\n");
    scratch_write(scratch, "w/gen.py", "1\n");
    assert_true(repo_line_changed(repo, "new.py", 1));
    assert_false(repo_line_changed(repo, "gen.py", 1));
    assert_false(repo_line_changed(repo, "none.py", 1));
    assert_false(repo_line_changed(repo, "/usr/lib/x.py", 1));
    commit_all(git, NULL);
    repo_refresh(repo);
    assert_false(repo_line_changed(repo, "a.py", 2));
    assert_false(repo_line_changed(repo, "new.py", 1));
    repo_free(repo);
    git_repository_free(git);
}

static void converted_line_ends_are_no_change(void **state)
{
    struct scratch *scratch = *state;
    git_repository *git = init_git(scratch, "w");
    scratch_write(scratch, "w/.gitattributes", "*.py text eol=crlf\n");
    scratch_write(scratch, "w/a.py", "1\r\n2\r\n3\r\n");
    commit_all(git, NULL);
    scratch_write(scratch, "w/a.py", "1\r\n2\r\nthree\r\n");
    struct repo *repo = open_at(scratch, "w", NULL);
    assert_false(repo_line_changed(repo, "a.py", 1));
    assert_true(repo_line_changed(repo, "a.py", 3));
    repo_free(repo);
    git_repository_free(git);
}

static void changes_are_counted(void **state)
{
    struct scratch *scratch = *state;
    git_repository *git = init_git(scratch, "w");
    scratch_write(scratch, "w/a", "1\n");
    scratch_write(scratch, "w/b", "1\n");
    scratch_write(scratch, "w/.gitignore", "*.o\n");
    commit_all(git, NULL);
    struct repo *repo = open_at(scratch, "w", NULL);
    struct repo_state at = {0};
    assert_int_equal(repo_state(repo, &at), 0);
    assert_int_equal(at.added + at.modified + at.dirty.len, 0);
    assert_int_equal(strlen(at.commit), 40);
    repo_state_release(&at);
    scratch_write(scratch, "w/a", "22\n");
    scratch_unlink(scratch, "w/b");
    scratch_write(scratch, "w/d/n1", "");
    scratch_write(scratch, "w/d/n2", "");
    scratch_write(scratch, "w/d/n3", "");
    scratch_write(scratch, "w/x.o", "");
    scratch_write(scratch, "w/d/__pycache__/n.pyc", ""); /* left alone by rule, see repo_ignored */
    assert_int_equal(repo_state(repo, &at), 0);
    assert_int_equal(at.added, 3);
    assert_int_equal(at.modified, 2);
    assert_int_equal(at.dirty.len, 5);
    assert_string_equal(at.dirty.items[0], "a");
    repo_state_release(&at);
    repo_free(repo);
    git_repository_free(git);
}

static char *fingerprint_of(const struct repo *repo)
{
    struct repo_state at = {0};
    assert_int_equal(repo_state(repo, &at), 0);
    char *fingerprint = mem_strdup(at.fingerprint != NULL ? at.fingerprint : "none");
    repo_state_release(&at);
    return fingerprint;
}

static void the_same_sources_have_the_same_fingerprint(void **state)
{
    struct scratch *scratch = *state;
    git_repository *git = init_git(scratch, "w");
    scratch_write(scratch, "w/p/pyproject.toml", "");
    scratch_write(scratch, "w/p/a.py", "1\n");
    commit_all(git, NULL);
    struct repo *repo = open_at(scratch, "w/p", NULL);
    char *prints[5];
    prints[0] = fingerprint_of(repo);
    scratch_write(scratch, "w/p/a.py", "22\n");
    prints[1] = fingerprint_of(repo);
    scratch_write(scratch, "w/p/a.py", "33\n");
    prints[2] = fingerprint_of(repo);
    scratch_write(scratch, "w/p/a.py", "22\n");
    scratch_write(scratch, "w/p/new.py", "");
    prints[3] = fingerprint_of(repo);
    struct repo_state at = {0};
    assert_int_equal(repo_state(repo, &at), 0);
    assert_int_equal(at.dirty.len, 2);
    assert_string_equal(at.dirty.items[1], "new.py"); /* from the root, which is below the work tree's top */
    repo_state_release(&at);
    scratch_unlink(scratch, "w/p/new.py");
    prints[4] = fingerprint_of(repo);
    for (size_t i = 0; i < 5; i++)
        for (size_t j = 0; j < i; j++)
            assert_int_equal(strcmp(prints[i], prints[j]) == 0, i == 4 && j == 1);
    for (size_t i = 0; i < 5; i++)
        free(prints[i]);
    repo_free(repo);
    git_repository_free(git);
}

static void a_second_worktree_has_its_own_git_dir(void **state)
{
    struct scratch *scratch = *state;
    git_repository *git = init_git(scratch, "w");
    git_worktree *tree = NULL;
    scratch_write(scratch, "w/a.py", "1\n");
    commit_all(git, NULL);
    char *path = scratch_path(scratch, "second");
    must(git_worktree_add(&tree, git, "second", path, NULL));
    struct repo *repo = open_at(scratch, "second", NULL);
    assert_path(repo_root(repo), scratch, "second");
    assert_path(repo_git_dir(repo), scratch, "w/.git/worktrees/second");
    assert_path(repo_common_dir(repo), scratch, "w/.git");
    scratch_write(scratch, "second/a.py", "2\n");
    assert_true(repo_line_changed(repo, "a.py", 1));
    struct repo_state at = {0};
    assert_int_equal(repo_state(repo, &at), 0);
    assert_int_equal(at.modified, 1);
    repo_state_release(&at);
    repo_free(repo);
    free(path);
    git_worktree_free(tree);
    git_repository_free(git);
}

static void a_damaged_repository_is_left_out_with_a_notice(void **state)
{
    struct scratch *scratch = *state;
    git_repository_free(init_git(scratch, "w"));
    scratch_unlink(scratch, "w/.git/HEAD");
    struct repo *repo = open_at(scratch, "w", "git is left out");
    assert_null(repo_git_dir(repo));
    assert_path(repo_root(repo), scratch, "w");
    assert_false(repo_ignored(repo, "a.py", false));
    repo_free(repo);
    scratch_write(scratch, "f/.git", "gitdir: /nonexistent/x\n");
    repo_free(open_at(scratch, "f", "git is left out"));
}

static void a_bare_repository_is_left_out_with_a_notice(void **state)
{
    struct scratch *scratch = *state;
    git_repository *git = NULL;
    char *path = scratch_path(scratch, "bare.git");
    must(git_repository_init(&git, path, true));
    struct repo *repo = open_at(scratch, "bare.git", "no work tree");
    assert_null(repo_git_dir(repo));
    repo_free(repo);
    git_repository_free(git);
    free(path);
}

static void a_repository_of_another_owner_is_left_out_with_a_notice(void **state)
{
    struct scratch *scratch = *state;
    if (geteuid() != 0)
        skip();
    git_repository_free(init_git(scratch, "w"));
    char *path = scratch_path(scratch, "w");
    assert_int_equal(chown(path, 65534, 65534), 0);
    struct repo *repo = open_at(scratch, "w", "safe.directory");
    assert_null(repo_git_dir(repo));
    repo_free(repo);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_git_the_nearest_marked_directory_is_the_root, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(without_git_and_marks_cwd_is_the_root, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_directory_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_root_is_not_above_the_work_tree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_detached_head_is_named_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_git_the_own_rules_ignore, set_up, tear_down),
        cmocka_unit_test_setup_teardown(with_git_its_rules_ignore, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rules_are_read_again_after_refresh, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_root_below_the_top_has_paths_of_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changed_lines_are_those_that_differ_from_head, set_up, tear_down),
        cmocka_unit_test_setup_teardown(converted_line_ends_are_no_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changes_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_sources_have_the_same_fingerprint, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_second_worktree_has_its_own_git_dir, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_repository_is_left_out_with_a_notice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bare_repository_is_left_out_with_a_notice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_repository_of_another_owner_is_left_out_with_a_notice, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
