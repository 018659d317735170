#include "project/watch_parts.h"

#include <dirent.h>
#include <stdlib.h>

static void mark_in(struct watch *watch, const struct watch_dir *dir, const char *name)
{
    char *path = tree_path(dir, name);
    watch->rules_changed = watch->rules_changed || repo_is_rules(name);
    if (watch_mark(watch, path))
        watch_arm(watch);
    free(path);
}

/* Files that are not known yet, and directories that are new or others than before. */
static void poll_entry(struct watch *watch, struct watch_dir *dir, const char *name, const char *absolute)
{
    struct look look = look_at(absolute);
    const struct watch_dir *sub = look.kind == LOOK_DIR ? tree_dir(dir, name) : NULL;
    if (sub != NULL && sub->look.inode == look.inode && sub->look.device == look.device)
        return;
    if ((look.kind == LOOK_DIR || look.kind == LOOK_FILE) &&
        !watch_leaves_out(watch, dir, name, look.kind == LOOK_DIR))
        mark_in(watch, dir, name);
}

static void poll_entries(struct watch *watch, struct watch_dir *dir, DIR *stream)
{
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || tree_file(dir, name) != NULL)
            continue;
        char *absolute = watch_absolute_in(watch, dir, name);
        poll_entry(watch, dir, name, absolute);
        free(absolute);
    }
}

static void poll_known(struct watch *watch, const struct watch_dir *dir)
{
    for (size_t i = 0; i < dir->files.len; i++) {
        char *absolute = watch_absolute_in(watch, dir, dir->files.items[i].name);
        struct look look = look_at(absolute);
        if (!look_untouched(&dir->files.items[i].look, &look))
            mark_in(watch, dir, dir->files.items[i].name);
        free(absolute);
    }
    for (size_t i = 0; i < dir->dirs.len; i++) {
        char *absolute = watch_absolute_in(watch, dir, dir->dirs.items[i]->name);
        if (look_at(absolute).kind != LOOK_DIR)
            mark_in(watch, dir, dir->dirs.items[i]->name);
        free(absolute);
    }
}

/* Marks what a native watch of this directory would have told of. */
static void poll_dir(struct watch *watch, struct watch_dir *dir)
{
    char *absolute = watch_absolute_in(watch, dir, NULL);
    DIR *stream = opendir(absolute);
    free(absolute);
    if (stream != NULL) {
        poll_entries(watch, dir, stream);
        closedir(stream);
        poll_known(watch, dir);
    } else if (dir->parent == NULL) {
        watch_arm(watch); /* the root may be gone */
    }
}

static void poll_tree(struct watch *watch, struct watch_dir *dir)
{
    if (dir->polled)
        poll_dir(watch, dir);
    for (size_t i = 0; i < dir->dirs.len; i++)
        poll_tree(watch, dir->dirs.items[i]);
}

void watch_on_poll(uv_timer_t *timer)
{
    struct watch *watch = timer->data;
    if (watch->root_gone)
        watch_arm(watch);
    else
        poll_tree(watch, watch->root);
}

void watch_poll_when_needed(struct watch *watch)
{
    bool needed = watch->polled > 0 || (watch->root_gone && watch->above == NULL);
    bool active = uv_is_active((uv_handle_t *)&watch->poll);
    if (needed && !active)
        uv_timer_start(&watch->poll, watch_on_poll, watch->options.poll_ms, watch->options.poll_ms);
    else if (!needed && active)
        uv_timer_stop(&watch->poll);
}
