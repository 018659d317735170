/* A scratch directory for tests that need real files; gone at the end. */
#ifndef ALOOF_TESTS_SCRATCH_H
#define ALOOF_TESTS_SCRATCH_H

#include "core/memory.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct scratch {
    char *dir; /* absolute, real path */
};

static inline void scratch_init(struct scratch *scratch)
{
    char name[] = "/tmp/aloof-test-XXXXXX";
    if (mkdtemp(name) == NULL || (scratch->dir = realpath(name, NULL)) == NULL)
        abort();
}

static inline int scratch_remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static inline void scratch_remove_tree(const char *path)
{
    nftw(path, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void scratch_release(struct scratch *scratch)
{
    scratch_remove_tree(scratch->dir);
    free(scratch->dir);
    scratch->dir = NULL;
}

/* The absolute path of a name below; the caller frees. */
static inline char *scratch_path(const struct scratch *scratch, const char *name)
{
    return mem_printf("%s%s%s", scratch->dir, *name != '\0' ? "/" : "", name);
}

/* Makes the directory and those above it. */
static inline void scratch_mkdir(const struct scratch *scratch, const char *name)
{
    char *path = scratch_path(scratch, name);
    for (char *p = path + strlen(scratch->dir) + 1; *p != '\0'; p++)
        if (*p == '/') {
            *p = '\0';
            mkdir(path, 0777);
            *p = '/';
        }
    if (mkdir(path, 0777) != 0 && access(path, F_OK) != 0)
        abort();
    free(path);
}

/* Writes the file in place (truncated first), with its directories. */
static inline void scratch_write(const struct scratch *scratch, const char *name, const char *text)
{
    const char *slash = strrchr(name, '/');
    if (slash != NULL) {
        char *dir = mem_dup(name, (size_t)(slash - name));
        scratch_mkdir(scratch, dir);
        free(dir);
    }
    char *path = scratch_path(scratch, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        abort();
    close(fd);
    free(path);
}

static inline void scratch_unlink(const struct scratch *scratch, const char *name)
{
    char *path = scratch_path(scratch, name);
    if (unlink(path) != 0)
        abort();
    free(path);
}

static inline void scratch_rename(const struct scratch *scratch, const char *from, const char *to)
{
    char *old = scratch_path(scratch, from), *new = scratch_path(scratch, to);
    if (rename(old, new) != 0)
        abort();
    free(old);
    free(new);
}

#endif
