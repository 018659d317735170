/* What git keeps of a worktree is in <common dir>/worktrees/NAME, in files that gitrepository-layout(5) tells
 * of. They are written here: git_worktree_add would make a branch, too. A file of our own lies beside them,
 * locked for as long as the maker lives; NAME is also the name of the temporary directory. */
#include "project/repo_worktree.h"

#include "core/bytes.h"
#include "project/remove.h"
#include "project/repo_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "aloof-bisect-"
#define LOCK "aloof"

struct repo_worktree {
    char *dir;         /* the temporary directory */
    char *path, *root; /* in it */
    char *admin;       /* what git keeps of it */
    int lock;
    git_repository *git;
    git_tree *tree; /* of the commit that it holds; NULL none yet */
};

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static int write_file(const char *dir, const char *name, const char *text)
{
    char *path = mem_printf("%s/%s", dir, name);
    FILE *file = fopen(path, "we");
    bool written = file != NULL && fputs(text, file) >= 0;
    int code = file != NULL && fclose(file) == 0 && written ? 0 : -errno;
    free(path);
    return code;
}

/* Takes the lock that says that somebody is at work in there; -1: somebody else is. */
static int take_lock(const char *admin)
{
    char *path = mem_printf("%s/" LOCK, admin);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free(path);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* HEAD is what the repository's is until a commit is checked out. */
static int write_admin(struct repo_worktree *worktree, struct repo *repo)
{
    git_oid head;
    char id[GIT_OID_HEXSZ + 1];
    if (git_reference_name_to_id(&head, repo->git, "HEAD") < 0)
        return -ENOENT;
    git_oid_tostr(id, sizeof id, &head);
    char *all = mem_printf("%s/worktrees", repo->common_dir);
    mkdir(all, 0777);
    free(all);
    if (mkdir(worktree->admin, 0777) < 0 || (worktree->lock = take_lock(worktree->admin)) < 0)
        return -errno;
    char *link = mem_printf("%s/.git\n", worktree->path), *back = mem_printf("gitdir: %s\n", worktree->admin);
    char *line = mem_printf("%s\n", id);
    int bad = write_file(worktree->admin, "gitdir", link);
    if (bad == 0)
        bad = write_file(worktree->admin, "commondir", "../..\n");
    if (bad == 0)
        bad = write_file(worktree->admin, "HEAD", line);
    if (bad == 0)
        bad = write_file(worktree->path, ".git", back);
    free(line);
    free(back);
    free(link);
    return bad;
}

int repo_worktree_make(struct repo_worktree **made, struct repo *repo, const char *base, struct error *error)
{
    struct repo_worktree *worktree = mem_zero(sizeof *worktree);
    const char *work = git_repository_workdir(repo->git);
    char *top = mem_dup(work, strlen(work) - 1); /* its slash */
    worktree->lock = -1;
    worktree->dir = mem_printf("%s/" PREFIX "XXXXXX", base);
    *made = NULL;
    int bad = mkdtemp(worktree->dir) != NULL ? 0 : -errno;
    if (bad == 0) {
        worktree->path = mem_printf("%s/%s", worktree->dir, name_of(top));
        worktree->root = mem_printf("%s/%s", worktree->path, repo->prefix);
        worktree->root[strlen(worktree->root) - 1] = '\0';
        worktree->admin = mem_printf("%s/worktrees/%s", repo->common_dir, name_of(worktree->dir));
        bad = mkdir(worktree->path, 0777) == 0 ? write_admin(worktree, repo) : -errno;
        if (bad == 0 && git_repository_open(&worktree->git, worktree->path) < 0)
            bad = -EIO;
    }
    free(top);
    if (bad == 0) {
        *made = worktree;
        return 0;
    }
    error_set(error, bad, "%s: no work tree can be made there: %s", worktree->dir, strerror(-bad));
    repo_worktree_remove(worktree);
    return bad;
}

const char *repo_worktree_root(const struct repo_worktree *worktree)
{
    return worktree->root;
}

/* Of a path in the repository that below the root; NULL: it is outside of it. */
static const char *below_root(const struct repo_worktree *worktree, const char *path)
{
    const char *prefix = worktree->root + strlen(worktree->path);
    size_t len = strlen(prefix);
    if (len == 0)
        return path;
    return strncmp(path, prefix + 1, len - 1) == 0 && path[len - 1] == '/' ? path + len : NULL;
}

static void list_changes(const struct repo_worktree *worktree, git_tree *new, struct strings *changed)
{
    git_diff *diff = NULL;
    if (git_diff_tree_to_tree(&diff, worktree->git, worktree->tree, new, NULL) < 0)
        return;
    for (size_t i = 0; i < git_diff_num_deltas(diff); i++) {
        const char *path = below_root(worktree, git_diff_get_delta(diff, i)->new_file.path);
        if (path != NULL)
            strings_add(changed, path);
    }
    git_diff_free(diff);
}

int repo_worktree_checkout(struct repo_worktree *worktree, const char *commit, struct strings *changed,
                           struct error *error)
{
    git_oid id;
    git_object *object = NULL;
    git_tree *tree = NULL;
    git_checkout_options options;
    git_checkout_options_init(&options, GIT_CHECKOUT_OPTIONS_VERSION);
    options.checkout_strategy = GIT_CHECKOUT_FORCE | GIT_CHECKOUT_REMOVE_UNTRACKED;
    int code = git_oid_fromstr(&id, commit);
    if (code == 0)
        code = git_object_lookup(&object, worktree->git, &id, GIT_OBJECT_COMMIT);
    if (code == 0)
        code = git_commit_tree(&tree, (git_commit *)object);
    if (code == 0)
        code = git_checkout_tree(worktree->git, object, &options);
    if (code == 0)
        code = git_repository_set_head_detached(worktree->git, &id);
    git_object_free(object);
    if (code < 0) {
        git_tree_free(tree);
        return error_set(error, -EIO, "%.12s: cannot be checked out: %s", commit,
                         git_error_last() != NULL ? git_error_last()->message : "libgit2 does not say why");
    }
    list_changes(worktree, tree, changed);
    git_tree_free(worktree->tree);
    worktree->tree = tree;
    return 0;
}

/* Leaves nothing where git looks when it was the last one. */
static void remove_admin(const char *admin)
{
    remove_tree(admin);
    char *all = mem_dup(admin, (size_t)(name_of(admin) - admin - 1));
    rmdir(all);
    free(all);
}

void repo_worktree_remove(struct repo_worktree *worktree)
{
    if (worktree == NULL)
        return;
    git_tree_free(worktree->tree);
    git_repository_free(worktree->git);
    if (worktree->path != NULL)
        remove_tree(worktree->dir);
    if (worktree->lock >= 0) {
        remove_admin(worktree->admin);
        close(worktree->lock);
    }
    free(worktree->dir);
    free(worktree->path);
    free(worktree->root);
    free(worktree->admin);
    free(worktree);
}

/* The temporary directory that git was told of: two levels above the file ".git" in it. NULL: it is none of
 * ours. The caller frees. */
static char *find_dir(const char *admin)
{
    char *path = mem_printf("%s/gitdir", admin), text[4096] = "";
    FILE *file = fopen(path, "re");
    size_t len = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file != NULL)
        fclose(file);
    free(path);
    text[len] = '\0';
    for (int level = 0; level < 2; level++) {
        char *slash = strrchr(text, '/');
        if (slash == NULL)
            return NULL;
        *slash = '\0';
    }
    return text[0] == '/' && strcmp(name_of(text), name_of(admin)) == 0 ? mem_strdup(text) : NULL;
}

static bool prune(const char *admin)
{
    int lock = take_lock(admin);
    if (lock < 0)
        return false;
    char *dir = find_dir(admin);
    if (dir != NULL)
        remove_tree(dir);
    remove_admin(admin);
    close(lock);
    free(dir);
    return true;
}

unsigned repo_worktrees_prune(struct repo *repo)
{
    if (repo->git == NULL)
        return 0;
    char *path = mem_printf("%s/worktrees", repo->common_dir);
    DIR *all = opendir(path);
    struct strings names = {0};
    unsigned count = 0;
    for (const struct dirent *entry; all != NULL && (entry = readdir(all)) != NULL;)
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0)
            strings_take(&names, mem_printf("%s/%s", path, entry->d_name));
    if (all != NULL)
        closedir(all);
    for (size_t i = 0; i < names.len; i++)
        count += prune(names.items[i]);
    strings_release(&names);
    free(path);
    return count;
}
