#include "project/watch_tree.h"

#include <assert.h>
#include <stdlib.h>

static void add_path(const struct watch_dir *dir, struct buf *path)
{
    if (dir->parent == NULL)
        return;
    add_path(dir->parent, path);
    if (path->len > 0)
        buf_putc(path, '/');
    buf_puts(path, dir->name);
}

char *tree_path(const struct watch_dir *dir, const char *name)
{
    struct buf path = {0};
    add_path(dir, &path);
    if (name != NULL && path.len > 0)
        buf_putc(&path, '/');
    if (name != NULL)
        buf_puts(&path, name);
    return buf_take(&path);
}

/* The place of name among the files: where it is, or where it would be put in. */
static size_t file_at(const struct watch_dir *dir, const char *name, bool *found)
{
    size_t low = 0, high = dir->files.len;
    *found = false;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(dir->files.items[mid].name, name);
        if (order == 0) {
            *found = true;
            return mid;
        }
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static size_t dir_at(const struct watch_dir *dir, struct bytes name, bool *found)
{
    size_t low = 0, high = dir->dirs.len;
    *found = false;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const char *other = dir->dirs.items[mid]->name;
        int order = strncmp(other, name.data, name.len);
        if (order == 0 && other[name.len] == '\0') {
            *found = true;
            return mid;
        }
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static struct watch_dir *find_dir(const struct watch_dir *dir, struct bytes name)
{
    bool found;
    size_t at = dir_at(dir, name, &found);
    return found ? dir->dirs.items[at] : NULL;
}

struct watch_dir *tree_walk(struct watch_dir *dir, const char *path, size_t len)
{
    while (dir != NULL && len > 0) {
        const char *slash = memchr(path, '/', len);
        size_t step = slash != NULL ? (size_t)(slash - path) : len;
        dir = find_dir(dir, (struct bytes){path, step});
        step += slash != NULL;
        path += step;
        len -= step;
    }
    return dir;
}

struct watch_file *tree_file(const struct watch_dir *dir, const char *name)
{
    bool found;
    size_t at = file_at(dir, name, &found);
    return found ? &dir->files.items[at] : NULL;
}

struct watch_dir *tree_dir(const struct watch_dir *dir, const char *name)
{
    return find_dir(dir, bytes_of(name));
}

struct watch_file *tree_add_file(struct watch_dir *dir, const char *name, struct look look)
{
    bool found;
    size_t at = file_at(dir, name, &found);
    assert(!found);
    vec_reserve(&dir->files, dir->files.len + 1);
    struct watch_file *file = &dir->files.items[at];
    memmove(file + 1, file, (dir->files.len - at) * sizeof *file);
    dir->files.len++;
    *file = (struct watch_file){.name = mem_strdup(name), .look = look, .seen = true};
    return file;
}

struct watch_dir *tree_add_dir(struct watch_dir *dir, const char *name)
{
    bool found;
    size_t at = dir_at(dir, bytes_of(name), &found);
    assert(!found);
    struct watch_dir *made = mem_zero(sizeof *made);
    made->parent = dir;
    made->name = mem_strdup(name);
    made->seen = true;
    vec_reserve(&dir->dirs, dir->dirs.len + 1);
    memmove(&dir->dirs.items[at + 1], &dir->dirs.items[at], (dir->dirs.len - at) * sizeof *dir->dirs.items);
    dir->dirs.items[at] = made;
    dir->dirs.len++;
    return made;
}

void tree_remove_file(struct watch_dir *dir, struct watch_file *file)
{
    size_t at = (size_t)(file - dir->files.items);
    free(file->name);
    memmove(file, file + 1, (dir->files.len - at - 1) * sizeof *file);
    dir->files.len--;
}

static void take_out(struct watch_dir *dir)
{
    bool found;
    struct watch_dir *parent = dir->parent;
    size_t at = dir_at(parent, bytes_of(dir->name), &found);
    assert(found);
    memmove(&parent->dirs.items[at], &parent->dirs.items[at + 1],
            (parent->dirs.len - at - 1) * sizeof *parent->dirs.items);
    parent->dirs.len--;
}

void tree_remove_dir(struct watch_dir *dir)
{
    assert(dir->dirs.len == 0 && dir->handle == NULL);
    if (dir->parent != NULL)
        take_out(dir);
    for (size_t i = 0; i < dir->files.len; i++)
        free(dir->files.items[i].name);
    vec_release(&dir->files);
    vec_release(&dir->dirs);
    free(dir->name);
    free(dir);
}
