#include "project/watch_names.h"
#include "project/watch_parts.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

static void add_change(struct watch_changes *changes, const struct watch_dir *dir, const char *name,
                       int64_t mtime_ns, bool deleted)
{
    if (changes != NULL)
        vec_push(changes, (struct watch_change){tree_path(dir, name), deleted ? 0 : mtime_ns, deleted});
}

enum watch_reason watch_leaves_out(struct watch *watch, const struct watch_dir *dir, const char *name,
                                   bool is_dir)
{
    if (!is_dir && watch_is_dropping(name))
        return WATCH_DROPPING;
    char *path = tree_path(dir, name);
    bool ignored = repo_ignored(watch->repo, path, is_dir);
    free(path);
    return ignored ? WATCH_RULES : WATCH_COUNTS;
}

void watch_leave_dir(struct watch *watch, struct watch_dir *dir)
{
    watch->native -= dir->handle != NULL;
    watch->polled -= dir->polled;
    watch_unlisten(dir->handle);
    if (dir->handle != NULL)
        dir->handle->dir = NULL;
    dir->handle = NULL;
    dir->polled = false;
    for (size_t i = 0; i < dir->dirs.len; i++)
        watch_leave_dir(watch, dir->dirs.items[i]);
}

static void forget_below(struct watch_dir *dir, struct watch_changes *changes)
{
    while (dir->dirs.len > 0)
        forget_below(dir->dirs.items[dir->dirs.len - 1], changes);
    for (size_t i = 0; i < dir->files.len; i++)
        add_change(changes, dir, dir->files.items[i].name, 0, true);
    tree_remove_dir(dir);
}

void watch_forget_dir(struct watch *watch, struct watch_dir *dir, struct watch_changes *changes)
{
    watch_leave_dir(watch, dir);
    forget_below(dir, changes);
}

static void forget_file(struct watch_dir *dir, struct watch_file *file, struct watch_changes *changes)
{
    add_change(changes, dir, file->name, 0, true);
    tree_remove_file(dir, file);
}

static bool has_native_room(const struct watch *watch)
{
    return watch->options.watch_limit == 0 || watch->native < watch->options.watch_limit;
}

/* Native where the system lets us; by polling where watches ran out. False when it cannot be read or is gone.
 */
static bool watch_dir_itself(struct watch *watch, struct watch_dir *dir, const char *absolute)
{
    if (dir->handle != NULL || dir->polled)
        return true;
    int code = UV_ENOSPC;
    if (has_native_room(watch))
        dir->handle = watch_listen(watch, absolute, &code, watch_heard_in_dir);
    if (dir->handle != NULL) {
        dir->handle->dir = dir;
        watch->native++;
        return true;
    }
    if (code == UV_EACCES || code == UV_ENOENT || code == UV_ENOTDIR)
        return code == UV_EACCES;
    dir->polled = true;
    watch->polled++;
    watch->limit_code = code;
    if (!watch->limit_told && !uv_is_active((uv_handle_t *)&watch->settle))
        uv_timer_start(&watch->settle, watch_on_settle, 0, 0);
    return true;
}

/* The event of a directory itself carries its own name, and so does that of a child named likewise. libuv
 * takes the name from the path by which that inode was watched first, which is not ours after a rename. */
static bool is_own_name(const struct watch_handle *handle, const char *name)
{
    const char *slash = strrchr(handle->event.path, '/');
    return slash != NULL && strcmp(slash + 1, name) == 0;
}

static void heard_itself(struct watch *watch, struct watch_dir *dir)
{
    char *path = tree_path(dir, NULL);
    dir->stale = true;
    watch_mark(watch, path);
    watch_arm(watch);
    free(path);
}

/* Whether something of which nothing was known matters; what does not is noted. A new directory is watched at
 * once, so that a long checkout into it does not look like quiet; it is looked into when it is quiet. */
static bool matters(struct watch *watch, struct watch_dir *dir, const char *name, const char *path)
{
    char *absolute = watch_absolute(watch, path);
    struct look look = look_at(absolute);
    bool matter = look.kind == LOOK_DIR || look.kind == LOOK_FILE;
    enum watch_reason why = matter ? watch_leaves_out(watch, dir, name, look.kind == LOOK_DIR) : WATCH_COUNTS;
    if (why != WATCH_COUNTS) {
        watch_ignore(watch, why, path);
        matter = false;
    } else if (look.kind == LOOK_DIR) {
        struct watch_dir *sub = tree_add_dir(dir, name);
        sub->look = look;
        sub->unscanned = true;
        watch_dir_itself(watch, sub, absolute);
    }
    free(absolute);
    return matter;
}

void watch_heard_in_dir(struct watch_handle *handle, const char *name, bool renamed)
{
    struct watch *watch = handle->watch;
    struct watch_dir *dir = handle->dir;
    if (dir == NULL)
        return;
    if (renamed && is_own_name(handle, name))
        heard_itself(watch, dir);
    char *path = tree_path(dir, name);
    bool known = map_get(&watch->dirty.known, bytes_of(path)) != MAP_NONE || tree_file(dir, name) != NULL ||
                 tree_dir(dir, name) != NULL;
    if (known || repo_is_rules(name) || matters(watch, dir, name, path)) {
        watch->rules_changed = watch->rules_changed || repo_is_rules(name);
        watch_mark(watch, path);
        watch_arm(watch);
    }
    free(path);
}

/* A file of which nothing was known. */
static void meet_file(struct watch *watch, struct watch_dir *dir, const char *name, const char *absolute,
                      struct look look, const struct watch_scan *scan)
{
    bool counts = scan->changes != NULL && look.ctime_ns >= scan->since_ns;
    if (counts || look.fresh)
        look = look_into(absolute);
    if (look.kind != LOOK_FILE)
        return;
    tree_add_file(dir, name, look);
    if (counts)
        add_change(scan->changes, dir, name, look.mtime_ns, false);
    else if (!look.hashed)
        strings_take(&watch->unread, tree_path(dir, name));
}

static void ignore_same(struct watch *watch, const struct watch_dir *dir, const char *name)
{
    char *path = tree_path(dir, name);
    watch_ignore(watch, WATCH_SAME, path);
    free(path);
}

/* A known file, seen again: whether it changed. */
static void compare_file(struct watch *watch, struct watch_dir *dir, struct watch_file *file,
                         const char *absolute, struct look look, struct watch_changes *changes)
{
    if (look_untouched(&file->look, &look))
        return;
    look = look_into(absolute);
    if (look.kind != LOOK_FILE)
        return;
    bool differs = look_differs(&file->look, &look);
    file->look = look;
    if (differs)
        add_change(changes, dir, file->name, look.mtime_ns, false);
    else
        ignore_same(watch, dir, file->name);
}

static void scan_file(struct watch *watch, struct watch_dir *dir, const char *name, const char *absolute,
                      struct look look, const struct watch_scan *scan)
{
    struct watch_file *file = tree_file(dir, name);
    if ((file == NULL || scan->rules_too) && watch_leaves_out(watch, dir, name, false)) {
        if (file != NULL)
            tree_remove_file(dir, file);
        return;
    }
    if (file == NULL) {
        meet_file(watch, dir, name, absolute, look, scan);
        return;
    }
    file->seen = true;
    compare_file(watch, dir, file, absolute, look, scan->changes);
}

static void scan_subdir(struct watch *watch, struct watch_dir *dir, const char *name, struct look look,
                        const struct watch_scan *scan)
{
    struct watch_dir *sub = tree_dir(dir, name);
    if ((sub == NULL || scan->rules_too) && watch_leaves_out(watch, dir, name, true)) {
        if (sub != NULL)
            watch_forget_dir(watch, sub, NULL);
        return;
    }
    if (sub == NULL)
        sub = tree_add_dir(dir, name);
    else if (sub->look.inode != look.inode || sub->look.device != look.device)
        sub->stale = true;
    sub->seen = true;
    sub->look = look;
}

static void scan_entries(struct watch *watch, struct watch_dir *dir, DIR *stream, const char *absolute,
                         const struct watch_scan *scan)
{
    struct buf path = {0};
    buf_puts(&path, absolute);
    buf_putc(&path, '/');
    size_t base = path.len;
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        path.len = base;
        buf_puts(&path, entry->d_name);
        struct look look = look_at(buf_str(&path));
        if (look.kind == LOOK_FILE)
            scan_file(watch, dir, entry->d_name, buf_str(&path), look, scan);
        else if (look.kind == LOOK_DIR)
            scan_subdir(watch, dir, entry->d_name, look, scan);
    }
    buf_release(&path);
}

/* What the scan did not see is no longer there. */
static void forget_unseen(struct watch *watch, struct watch_dir *dir, struct watch_changes *changes)
{
    for (size_t i = dir->files.len; i-- > 0;)
        if (!dir->files.items[i].seen)
            forget_file(dir, &dir->files.items[i], changes);
    for (size_t i = dir->dirs.len; i-- > 0;)
        if (!dir->dirs.items[i]->seen)
            watch_forget_dir(watch, dir->dirs.items[i], changes);
}

static void tell_unreadable(struct watch *watch, struct watch_dir *dir, int code)
{
    if (dir->unreadable)
        return;
    dir->unreadable = true;
    char *path = tree_path(dir, NULL);
    watch_tell(watch, mem_printf("%s cannot be read and is not watched: %s",
                                 *path != '\0' ? path : "the root", strerror(code)));
    free(path);
}

void watch_scan_dir(struct watch *watch, struct watch_dir *dir, const struct watch_scan *scan)
{
    char *absolute = watch_absolute_in(watch, dir, NULL);
    if (dir->stale)
        watch_leave_dir(watch, dir);
    dir->stale = false;
    bool there = watch_dir_itself(watch, dir, absolute);
    DIR *stream = there ? opendir(absolute) : NULL;
    if (stream == NULL) {
        if (there && errno != ENOENT && errno != ENOTDIR)
            tell_unreadable(watch, dir, errno);
        free(absolute);
        return;
    }
    dir->unreadable = dir->unscanned = false;
    for (size_t i = 0; i < dir->files.len; i++)
        dir->files.items[i].seen = false;
    for (size_t i = 0; i < dir->dirs.len; i++)
        dir->dirs.items[i]->seen = false;
    dir->look = look_at(absolute);
    scan_entries(watch, dir, stream, absolute, scan);
    closedir(stream);
    free(absolute);
    forget_unseen(watch, dir, scan->changes);
    for (size_t i = 0; i < dir->dirs.len; i++)
        watch_scan_dir(watch, dir->dirs.items[i], scan);
}

static void check_dir(struct watch *watch, struct watch_dir *parent, const char *name, struct look look,
                      const struct watch_scan *scan)
{
    struct watch_dir *dir = tree_dir(parent, name);
    bool known = dir != NULL;
    scan_subdir(watch, parent, name, look, scan);
    dir = tree_dir(parent, name);
    if (dir != NULL && (!known || dir->stale || dir->unscanned || (dir->handle == NULL && !dir->polled)))
        watch_scan_dir(watch, dir, scan);
}

void watch_check_path(struct watch *watch, const char *path, struct watch_changes *changes)
{
    const struct watch_scan scan = {.changes = changes};
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    struct watch_dir *dir = tree_walk(watch->root, path, slash != NULL ? (size_t)(slash - path) : 0);
    if (dir == NULL)
        return;
    if (*path == '\0') {
        if (dir->stale)
            watch_scan_dir(watch, dir, &scan);
        return;
    }
    char *absolute = watch_absolute(watch, path);
    struct look look = look_at(absolute);
    struct watch_file *file = tree_file(dir, name);
    struct watch_dir *sub = tree_dir(dir, name);
    if (sub != NULL && look.kind != LOOK_DIR)
        watch_forget_dir(watch, sub, changes);
    if (file != NULL && look.kind != LOOK_FILE)
        forget_file(dir, file, changes);
    if (look.kind == LOOK_DIR) {
        check_dir(watch, dir, name, look, &scan);
    } else if (look.kind == LOOK_FILE && file != NULL) {
        file->look.fresh = file->look.hashed; /* it was touched: believe the content, not the stamp */
        compare_file(watch, dir, file, absolute, look, changes);
    } else if (look.kind == LOOK_FILE) {
        scan_file(watch, dir, name, absolute, look, &scan);
    }
    free(absolute);
}
