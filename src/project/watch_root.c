#include "project/watch_parts.h"

#include <stdlib.h>
#include <unistd.h>

static void heard_in_git(struct watch_handle *handle, const char *name, bool renamed)
{
    static const char *const meaning[] = {"HEAD", "index", "ORIG_HEAD", "packed-refs"};
    struct watch *watch = handle->watch;
    (void)renamed;
    if (strcmp(name, "index.lock") == 0 && watch->dirty.paths.len > 0)
        watch_arm(watch);
    for (size_t i = 0; i < sizeof meaning / sizeof *meaning; i++)
        if (strcmp(name, meaning[i]) == 0) {
            watch->repo_changed = true;
            watch_arm(watch);
        }
}

static void heard_in_info(struct watch_handle *handle, const char *name, bool renamed)
{
    (void)renamed;
    if (strcmp(name, "exclude") != 0)
        return;
    handle->watch->rules_changed = true;
    watch_arm(handle->watch);
}

/* Without these watches (no git, or the limit is reached) the header is refreshed less often: no loss worth a
 * word. */
void watch_git_dir(struct watch *watch)
{
    int code;
    watch_unlisten(watch->git);
    watch_unlisten(watch->info);
    watch->git = watch->info = NULL;
    if (repo_git_dir(watch->repo) == NULL)
        return;
    char *info = mem_printf("%s/info", repo_common_dir(watch->repo));
    watch->git = watch_listen(watch, repo_git_dir(watch->repo), &code, heard_in_git);
    watch->info = watch_listen(watch, info, &code, heard_in_info);
    free(info);
}

bool watch_git_busy(const struct watch *watch)
{
    if (repo_git_dir(watch->repo) == NULL)
        return false;
    char *lock = mem_printf("%s/index.lock", repo_git_dir(watch->repo));
    bool there = access(lock, F_OK) == 0;
    free(lock);
    return there;
}

static void heard_above(struct watch_handle *handle, const char *name, bool renamed)
{
    (void)name, (void)renamed;
    watch_arm(handle->watch);
}

/* The nearest directory above the root that is there. The caller frees. */
static char *nearest_above(const struct watch *watch)
{
    char *path = mem_strdup(repo_root(watch->repo));
    do {
        char *slash = strrchr(path, '/');
        slash[slash == path] = '\0';
    } while (strcmp(path, "/") != 0 && look_at(path).kind != LOOK_DIR);
    return path;
}

static bool root_is_there(const struct watch *watch)
{
    return look_at(repo_root(watch->repo)).kind == LOOK_DIR;
}

/* Watches from where the root will be seen to come back: from nearer and nearer as its parents are made
 * again. The watch is made anew each time, for the directory may be another one under the same name. */
static void wait_above(struct watch *watch)
{
    int code;
    char *path = nearest_above(watch);
    watch_unlisten(watch->above);
    watch->above = watch_listen(watch, path, &code, heard_above);
    char *again = nearest_above(watch);
    if (strcmp(path, again) != 0 || root_is_there(watch))
        watch_arm(watch); /* it came nearer between the look and the watch */
    free(again);
    free(path);
    watch_poll_when_needed(watch);
}

/* The memory of the tree stays, so that what comes back is compared with what was there. */
static void go_away(struct watch *watch)
{
    watch->root_gone = true;
    watch_leave_dir(watch, watch->root);
    watch_dirty_clear(&watch->dirty);
    watch_tell(watch, mem_printf("%s is gone; waiting for it to come back", repo_root(watch->repo)));
}

static void come_back(struct watch *watch)
{
    watch->root_gone = false;
    watch_unlisten(watch->above);
    watch->above = NULL;
    watch->repo_changed = true;
    watch_git_dir(watch);
    watch_tell(watch, mem_printf("%s is back", repo_root(watch->repo)));
}

bool watch_root_missing(struct watch *watch)
{
    bool there = root_is_there(watch);
    if (there && watch->root_gone)
        come_back(watch);
    if (there)
        return false;
    watch->burst = (struct watch_burst){0};
    if (!watch->root_gone)
        go_away(watch);
    wait_above(watch);
    return true;
}
