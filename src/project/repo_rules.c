#include "project/repo_parts.h"

#include <stdlib.h>
#include <unistd.h>

void repo_rules_clear(struct repo_rules *rules)
{
    map_release(&rules->known);
    strings_clear(&rules->dirs);
}

bool repo_is_rules(const char *name)
{
    return strcmp(name, ".gitignore") == 0 || strcmp(name, "pyvenv.cfg") == 0;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Whether the index knows the path, or something below it when it is a directory. */
static bool is_tracked(struct repo *repo, const char *path, bool is_dir)
{
    git_index *index = repo_index(repo);
    if (index == NULL)
        return false;
    char *full = mem_printf("%s%s%s", repo->prefix, path, is_dir ? "/" : "");
    size_t at;
    bool tracked =
        is_dir ? git_index_find_prefix(&at, index, full) == 0 : git_index_get_bypath(index, full, 0) != NULL;
    free(full);
    return tracked;
}

/* The index is asked first: it answers for most files, thirty times faster than the rules do. */
static bool ignored_by_git(struct repo *repo, const char *path, bool is_dir)
{
    if (is_tracked(repo, path, is_dir))
        return false;
    char *full = mem_printf("%s%s%s", repo->prefix, path, is_dir ? "/" : "");
    int ignored = 0;
    bool known = git_ignore_path_is_ignored(&ignored, repo->git, full) == 0;
    free(full);
    return known && ignored != 0;
}

static bool is_virtualenv(struct repo *repo, const char *path)
{
    char *mark = mem_printf("%s/%s/pyvenv.cfg", repo->root, path);
    bool there = access(mark, F_OK) == 0;
    free(mark);
    return there;
}

static bool dir_ignored(struct repo *repo, const char *path)
{
    const char *name = base_name(path);
    if (strcmp(name, ".git") == 0 || strcmp(name, "__pycache__") == 0)
        return true;
    if (repo->git != NULL)
        return ignored_by_git(repo, path, true);
    return name[0] == '.' || strcmp(name, "node_modules") == 0 || is_virtualenv(repo, path);
}

/* Whether the directory, or one above it, is ignored; remembered. "" is the root. A tracked file in an
 * ignored directory makes that directory not ignored, and what else lies there is asked of git one by one. */
static bool dir_known_ignored(struct repo *repo, const char *path, size_t len)
{
    if (len == 0)
        return false;
    size_t known = map_get(&repo->rules.known, (struct bytes){path, len});
    if (known != MAP_NONE)
        return known == 1;
    const char *slash = memrchr(path, '/', len);
    bool ignored = slash != NULL && dir_known_ignored(repo, path, (size_t)(slash - path));
    char *dir = mem_dup(path, len);
    ignored = ignored || dir_ignored(repo, dir);
    strings_take(&repo->rules.dirs, dir);
    map_put(&repo->rules.known, (struct bytes){dir, len}, ignored);
    return ignored;
}

bool repo_ignored(struct repo *repo, const char *path, bool is_dir)
{
    if (is_dir)
        return dir_known_ignored(repo, path, strlen(path));
    const char *slash = strrchr(path, '/');
    if (slash != NULL && dir_known_ignored(repo, path, (size_t)(slash - path)))
        return true;
    if (strcmp(base_name(path), ".git") == 0)
        return true;
    return repo->git != NULL && ignored_by_git(repo, path, false);
}
