/* What the watch remembers of the tree: directories and files by name, and how
 * each file looked when last seen. Memory only: no libuv, no file system. */
#ifndef ALOOF_PROJECT_WATCH_TREE_H
#define ALOOF_PROJECT_WATCH_TREE_H

#include "core/bytes.h"
#include "core/vec.h"
#include "project/watch_look.h"

struct watch_file {
    char *name;
    struct look look;
    bool seen; /* by the scan under way */
};

struct watch_dir {
    struct watch_dir *parent; /* NULL: the root */
    char *name;               /* "" for the root */
    struct look look;
    struct watch_handle *handle; /* NULL: not watched natively */
    bool polled;
    bool stale;      /* its handle told that the directory itself moved or went away */
    bool unscanned;  /* watched, but not yet looked into */
    bool unreadable; /* told once */
    bool seen;
    VEC(struct watch_file) files; /* both sorted by name */
    VEC(struct watch_dir *) dirs;
};

/* The path relative to the root, with name behind it unless that is NULL. The caller frees. */
char *tree_path(const struct watch_dir *dir, const char *name);

/* The directory of that path ("" is dir itself); NULL when it is not known. */
struct watch_dir *tree_walk(struct watch_dir *dir, const char *path, size_t len);

/* The file or directory in dir; NULL when it is not known. A file moves when others are added or removed. */
struct watch_file *tree_file(const struct watch_dir *dir, const char *name);
struct watch_dir *tree_dir(const struct watch_dir *dir, const char *name);

/* Adds one that is not there yet. */
struct watch_file *tree_add_file(struct watch_dir *dir, const char *name, struct look look);
struct watch_dir *tree_add_dir(struct watch_dir *dir, const char *name);

void tree_remove_file(struct watch_dir *dir, struct watch_file *file);

/* Frees the directory, which holds no directories and has no handle, and takes it out of its parent. */
void tree_remove_dir(struct watch_dir *dir);

#endif
