#include "project/repo.h"

#include "project/repo_parts.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const ROOT_MARKS[] = {".aloof.conf",    ".testr.conf", ".stestr.conf", "pytest.ini",
                                         "pyproject.toml", "setup.cfg",   "tox.ini",      "setup.py"};

static bool has_file(const char *dir, const char *name)
{
    char *path = mem_printf("%s/%s", dir, name);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

static bool has_root_mark(const char *dir)
{
    for (size_t i = 0; i < sizeof ROOT_MARKS / sizeof *ROOT_MARKS; i++)
        if (has_file(dir, ROOT_MARKS[i]))
            return true;
    return false;
}

/* Cuts the last component off; false at "/". */
static bool go_up(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash == NULL || path[1] == '\0')
        return false;
    slash[slash == path] = '\0';
    return true;
}

static bool same_owner(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_uid == second.st_uid;
}

/* The nearest marked directory from cwd up to top (NULL: without git). Without git the way up ends where
 * somebody else's directories begin: a configuration in /tmp that anybody may have put there is not ours. */
static char *find_root(const char *cwd, const char *top)
{
    char *dir = mem_strdup(cwd);
    do {
        if (has_root_mark(dir))
            return dir;
        if (top != NULL ? strcmp(dir, top) == 0 : !same_owner(dir, cwd))
            break;
    } while (go_up(dir));
    free(dir);
    return mem_strdup(top != NULL ? top : cwd);
}

static char *without_slash(const char *path)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    return mem_dup(path, len);
}

/* Whether dir is top or lies below it. */
static bool is_below(const char *dir, const char *top)
{
    size_t len = strlen(top);
    if (strcmp(top, "/") == 0)
        return true;
    return strncmp(dir, top, len) == 0 && (dir[len] == '/' || dir[len] == '\0');
}

/* The nearest directory from cwd up that holds a .git; NULL when none does. The caller frees. */
static char *find_dot_git(const char *cwd)
{
    char *dir = mem_strdup(cwd);
    do
        if (has_file(dir, ".git"))
            return dir;
    while (go_up(dir));
    free(dir);
    return NULL;
}

static bool is_foreign(const char *dir)
{
    struct stat st;
    return stat(dir, &st) == 0 && st.st_uid != geteuid();
}

/* Why the repository around cwd could not be opened; NULL when there simply is none. libgit2 1.5 says "not
 * found" where it means the owner, unless a safe.directory is configured, so we look at the owner too. */
static char *refusal(int code, const char *cwd)
{
    char *at = find_dot_git(cwd);
    if (at == NULL && code == GIT_ENOTFOUND)
        return NULL;
    const git_error *last = git_error_last();
    const char *where = at != NULL ? at : cwd;
    char *text;
    if (code == GIT_EOWNER || (code == GIT_ENOTFOUND && is_foreign(where)))
        text = mem_printf("git is left out: %s belongs to another user; to trust it: "
                          "git config --global --add safe.directory %s",
                          where, where);
    else if (code == GIT_ENOTFOUND)
        text = mem_printf("git is left out: %s/.git is not a repository that can be read", where);
    else
        text =
            mem_printf("git is left out: %s: %s", where, last != NULL ? last->message : "cannot be opened");
    free(at);
    return text;
}

/* Opens the repository around cwd. Its top (freed by the caller) or NULL, when there is none that can be
 * used. */
static char *open_git(struct repo *repo, const char *cwd, char **notice)
{
    int code = git_repository_open_ext(&repo->git, cwd, 0, NULL);
    if (code < 0) {
        *notice = refusal(code, cwd);
        return NULL;
    }
    const char *work = git_repository_workdir(repo->git);
    char *top = work != NULL ? realpath(work, NULL) : NULL;
    if (top != NULL && is_below(cwd, top))
        return top;
    *notice = mem_printf("git is left out: %s has no work tree here", git_repository_path(repo->git));
    git_repository_free(repo->git);
    repo->git = NULL;
    free(top);
    return NULL;
}

static void place(struct repo *repo, const char *top)
{
    if (top == NULL) {
        repo->prefix = mem_strdup("");
        repo->state_dir = mem_printf("%s/.aloof", repo->root);
        return;
    }
    const char *below = repo->root + (strcmp(top, "/") == 0 ? 0 : strlen(top));
    repo->prefix = below[0] == '/' && below[1] != '\0' ? mem_printf("%s/", below + 1) : mem_strdup("");
    repo->git_dir = without_slash(git_repository_path(repo->git));
    repo->common_dir = without_slash(git_repository_commondir(repo->git));
    repo->state_dir = mem_printf("%s/aloof", repo->git_dir);
}

int repo_open(struct repo **repo, const char *cwd, char **notice, struct error *error)
{
    *repo = NULL;
    *notice = NULL;
    struct stat st;
    char *real = realpath(cwd, NULL);
    if (real == NULL)
        return error_set(error, -errno, "%s: cannot be used as a project: %s", cwd, strerror(errno));
    if (stat(real, &st) == 0 && !S_ISDIR(st.st_mode)) {
        free(real);
        return error_set(error, -ENOTDIR, "%s: is not a directory", cwd);
    }
    struct repo *made = mem_zero(sizeof *made);
    git_libgit2_init();
    char *top = open_git(made, real, notice);
    made->root = find_root(real, top);
    place(made, top);
    free(top);
    free(real);
    *repo = made;
    return 0;
}

void repo_free(struct repo *repo)
{
    if (repo == NULL)
        return;
    repo_rules_clear(&repo->rules);
    vec_release(&repo->rules.dirs);
    repo_diffs_release(&repo->diffs);
    git_index_free(repo->index);
    git_repository_free(repo->git);
    free(repo->root);
    free(repo->git_dir);
    free(repo->common_dir);
    free(repo->state_dir);
    free(repo->prefix);
    free(repo);
    git_libgit2_shutdown();
}

const char *repo_root(const struct repo *repo)
{
    return repo->root;
}

const char *repo_git_dir(const struct repo *repo)
{
    return repo->git_dir;
}

const char *repo_common_dir(const struct repo *repo)
{
    return repo->common_dir;
}

const char *repo_state_dir(const struct repo *repo)
{
    return repo->state_dir;
}

/* The name that a branch's full reference is shown by. */
static char *short_name(const char *full)
{
    const char heads[] = "refs/heads/";
    return mem_strdup(strncmp(full, heads, sizeof heads - 1) == 0 ? full + sizeof heads - 1 : full);
}

char *repo_branch(struct repo *repo)
{
    if (repo->git == NULL)
        return NULL;
    git_reference *head = NULL;
    char *name = NULL;
    if (git_reference_lookup(&head, repo->git, "HEAD") == 0) {
        const char *target = git_reference_symbolic_target(head);
        name = target != NULL ? short_name(target) : mem_strdup("(detached)");
    }
    git_reference_free(head);
    return name;
}

git_index *repo_index(struct repo *repo)
{
    if (repo->index == NULL && repo->git != NULL && git_repository_index(&repo->index, repo->git) < 0)
        repo->index = NULL;
    return repo->index;
}

void repo_refresh(struct repo *repo)
{
    repo_rules_clear(&repo->rules);
    repo_diffs_forget(&repo->diffs);
    if (repo->index != NULL)
        git_index_read(repo->index, false);
    if (repo->git != NULL)
        git_attr_cache_flush(repo->git);
}

char *repo_library(void)
{
    int major, minor, revision;
    git_libgit2_version(&major, &minor, &revision);
    return mem_printf("%d.%d.%d", major, minor, revision);
}
