#include "project/repo.h"

#include "core/bytes.h"

#include <errno.h>
#include <git2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMPARED_MAX 1000
#define HASHED_MAX (4 << 20) /* octets; of a larger file its size and time have to do */

/* What is left alone without git's rules asking for it (see repo_ignored) is no news either. */
static bool is_cache(const git_status_entry *entry)
{
    const git_diff_delta *delta = entry->index_to_workdir;
    return entry->status == GIT_STATUS_WT_NEW && delta != NULL &&
           strstr(delta->new_file.path, "__pycache__/") != NULL;
}

static bool differs(const git_status_entry *entry)
{
    return entry->status != GIT_STATUS_CURRENT && entry->status != GIT_STATUS_IGNORED && !is_cache(entry);
}

static const char *path_of(const git_status_entry *entry)
{
    const git_diff_delta *delta =
        entry->index_to_workdir != NULL ? entry->index_to_workdir : entry->head_to_index;
    return delta->new_file.path;
}

/* Appends what tells this content of the file from another. False: it cannot be read. */
static bool add_content(const char *top, const char *path, struct buf *to)
{
    char *full = mem_printf("%s%s", top, path);
    struct stat file;
    git_oid oid;
    bool known = true;
    buf_printf(to, "%s ", path);
    if (lstat(full, &file) < 0)
        buf_puts(to, "gone");
    else if (!S_ISREG(file.st_mode) || file.st_size > HASHED_MAX)
        buf_printf(to, "%lld %lld.%09ld", (long long)file.st_size, (long long)file.st_mtim.tv_sec,
                   file.st_mtim.tv_nsec);
    else if ((known = git_odb_hashfile(&oid, full, GIT_OBJECT_BLOB) == 0))
        buf_puts(to, git_oid_tostr_s(&oid));
    buf_putc(to, '\n');
    free(full);
    return known;
}

static void take_entries(struct repo_state *state, const char *prefix, git_status_list *list)
{
    const unsigned new = GIT_STATUS_WT_NEW | GIT_STATUS_INDEX_NEW;
    size_t len = strlen(prefix);
    for (size_t i = 0; i < git_status_list_entrycount(list); i++) {
        const git_status_entry *entry = git_status_byindex(list, i);
        if (!differs(entry))
            continue;
        state->added += (entry->status & new) != 0;
        state->modified += (entry->status & new) == 0;
        const char *path = path_of(entry);
        if (state->dirty.len < REPO_DIRTY_MAX && strncmp(path, prefix, len) == 0)
            strings_add(&state->dirty, path + len);
    }
}

static char *fingerprint(const struct repo_state *state, const char *top, git_status_list *list)
{
    struct buf text = {0};
    bool known = git_status_list_entrycount(list) <= COMPARED_MAX;
    buf_printf(&text, "%s\n", state->commit != NULL ? state->commit : "");
    for (size_t i = 0; known && i < git_status_list_entrycount(list); i++) {
        const git_status_entry *entry = git_status_byindex(list, i);
        if (differs(entry))
            known = add_content(top, path_of(entry), &text);
    }
    git_oid oid;
    known = known && git_odb_hash(&oid, text.data, text.len, GIT_OBJECT_BLOB) == 0;
    buf_release(&text);
    return known ? mem_strdup(git_oid_tostr_s(&oid)) : NULL;
}

static void look(git_repository *git, const char *root, git_status_list *list, struct repo_state *state)
{
    const char *top = git_repository_workdir(git);
    size_t len = strlen(top);
    bool below = strncmp(root, top, len) == 0 && root[len] != '\0';
    char *prefix = mem_printf("%s%s", below ? root + len : "", below ? "/" : "");
    git_oid head;
    if (git_reference_name_to_id(&head, git, "HEAD") == 0)
        state->commit = mem_strdup(git_oid_tostr_s(&head));
    take_entries(state, prefix, list);
    state->fingerprint = fingerprint(state, top, list);
    free(prefix);
}

int repo_state(const struct repo *repo, struct repo_state *state)
{
    if (repo_git_dir(repo) == NULL)
        return -ENOENT;
    git_repository *git = NULL;
    git_status_list *list = NULL;
    git_status_options options;
    git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
    options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS |
                    GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
    bool there = git_repository_open(&git, repo_git_dir(repo)) == 0 && git_repository_workdir(git) != NULL &&
                 git_status_list_new(&list, git, &options) == 0;
    if (there)
        look(git, repo_root(repo), list, state);
    git_status_list_free(list);
    git_repository_free(git);
    return there ? 0 : -EIO;
}

void repo_state_release(struct repo_state *state)
{
    strings_release(&state->dirty);
    free(state->commit);
    free(state->fingerprint);
    *state = (struct repo_state){0};
}
