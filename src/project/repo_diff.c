#include "project/repo_parts.h"

#include <stdlib.h>
#include <unistd.h>

static void free_diff(struct repo_diff *diff)
{
    vec_release(&diff->ranges);
    free(diff->path);
    free(diff);
}

void repo_diffs_forget(struct repo_diffs *diffs)
{
    for (size_t i = 0; i < diffs->items.len; i++)
        diffs->items.items[i]->current = false;
}

void repo_diffs_release(struct repo_diffs *diffs)
{
    map_release(&diffs->by_path);
    for (size_t i = 0; i < diffs->items.len; i++)
        free_diff(diffs->items.items[i]);
    vec_release(&diffs->items);
}

static struct repo_diff *find_diff(struct repo_diffs *diffs, const char *path)
{
    size_t at = map_get(&diffs->by_path, bytes_of(path));
    return at != MAP_NONE ? diffs->items.items[at] : NULL;
}

static struct repo_diff *add_diff(struct repo_diffs *diffs, const char *path)
{
    struct repo_diff *diff = mem_zero(sizeof *diff);
    diff->path = mem_strdup(path);
    vec_push(&diffs->items, diff);
    map_put(&diffs->by_path, bytes_of(diff->path), diffs->items.len - 1);
    return diff;
}

/* The file as HEAD has it; NULL when HEAD does not have it, or there is no HEAD yet. */
static git_blob *blob_at_head(git_repository *git, const char *full)
{
    git_object *tree = NULL, *blob = NULL;
    if (git_revparse_single(&tree, git, "HEAD^{tree}") == 0 &&
        git_object_lookup_bypath(&blob, tree, full, GIT_OBJECT_BLOB) < 0)
        blob = NULL;
    git_object_free(tree);
    return (git_blob *)blob;
}

static int add_range(const git_diff_delta *delta, const git_diff_hunk *hunk, void *payload)
{
    struct repo_diff *diff = payload;
    (void)delta;
    if (hunk->new_lines > 0)
        vec_push(&diff->ranges, (struct repo_range){(unsigned)hunk->new_start,
                                                    (unsigned)(hunk->new_start + hunk->new_lines - 1)});
    return 0;
}

/* The working file as it would be stored (line ends converted and so on), against the blob. */
static void compare(struct repo *repo, const char *full, git_blob *blob, struct repo_diff *diff)
{
    git_filter_list *filters = NULL;
    git_buf content = GIT_BUF_INIT_CONST(NULL, 0);
    git_diff_options options;
    git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
    options.context_lines = 0;
    options.flags = GIT_DIFF_FORCE_TEXT;
    if (git_filter_list_load(&filters, repo->git, blob, full, GIT_FILTER_TO_ODB, GIT_FILTER_ALLOW_UNSAFE) ==
            0 &&
        git_filter_list_apply_to_file(&content, filters, repo->git, full) == 0)
        git_diff_blob_to_buffer(blob, full, content.ptr, content.size, full, &options, NULL, NULL, add_range,
                                NULL, diff);
    git_buf_dispose(&content);
    git_filter_list_free(filters);
}

static void make_diff(struct repo *repo, struct repo_diff *diff)
{
    diff->current = true;
    diff->whole = false;
    diff->ranges.len = 0;
    char *full = mem_printf("%s%s", repo->prefix, diff->path);
    git_blob *blob = blob_at_head(repo->git, full);
    if (blob != NULL) {
        compare(repo, full, blob, diff);
    } else {
        char *path = mem_printf("%s/%s", repo->root, diff->path);
        diff->whole = access(path, F_OK) == 0 && !repo_ignored(repo, diff->path, false);
        free(path);
    }
    git_blob_free(blob);
    free(full);
}

bool repo_line_changed(struct repo *repo, const char *path, unsigned line)
{
    if (repo->git == NULL || path[0] == '/' || strncmp(path, "../", 3) == 0)
        return false;
    struct repo_diff *diff = find_diff(&repo->diffs, path);
    if (diff == NULL)
        diff = add_diff(&repo->diffs, path);
    if (!diff->current)
        make_diff(repo, diff);
    if (diff->whole)
        return true;
    for (size_t i = 0; i < diff->ranges.len; i++)
        if (line >= diff->ranges.items[i].first && line <= diff->ranges.items[i].last)
            return true;
    return false;
}

void repo_refresh_file(struct repo *repo, const char *path)
{
    struct repo_diff *diff = find_diff(&repo->diffs, path);
    if (diff != NULL)
        diff->current = false;
}
