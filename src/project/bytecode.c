#include "project/bytecode.h"

#include "core/bytes.h"
#include "core/map.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CACHE "__pycache__"
#define SOURCE ".py"
#define COMPILED ".pyc"
#define WELL_AFTER_NS 2000000000 /* the clocks of file systems are coarse, that of a .pyc is a second */

static int64_t ns_of(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static bool ends_with(const char *name, const char *tail)
{
    size_t len = strlen(name), more = strlen(tail);
    return len > more && strcmp(name + len - more, tail) == 0;
}

/* "light.cpython-311.opt-1.pyc" is of ../light.py; what follows a name may have more dots in it. */
static bool find_source(int cache, const char *compiled, struct stat *source)
{
    size_t len = strlen(compiled) - strlen(COMPILED);
    const char *dot;
    bool found = false;
    for (; !found && (dot = memrchr(compiled, '.', len)) != NULL; len = (size_t)(dot - compiled)) {
        char *path = mem_printf("../%.*s" SOURCE, (int)(dot - compiled), compiled);
        found = fstatat(cache, path, source, 0) == 0;
        free(path);
    }
    return found;
}

static void judge(int cache, const char *compiled)
{
    struct stat source, own;
    if (find_source(cache, compiled, &source) && fstatat(cache, compiled, &own, AT_SYMLINK_NOFOLLOW) == 0 &&
        ns_of(own.st_mtim) - ns_of(source.st_ctim) < WELL_AFTER_NS)
        unlinkat(cache, compiled, 0);
}

static void look_into(const char *path)
{
    DIR *entries = opendir(path);
    const struct dirent *entry;
    while (entries != NULL && (entry = readdir(entries)) != NULL)
        if (ends_with(entry->d_name, COMPILED))
            judge(dirfd(entries), entry->d_name);
    if (entries != NULL)
        closedir(entries);
}

void bytecode_distrust(const char *root, const struct strings *changed)
{
    struct map seen = {0};
    for (size_t i = 0; i < changed->len; i++) {
        const char *slash = strrchr(changed->items[i], '/');
        const struct bytes directory = {changed->items[i],
                                        slash != NULL ? (size_t)(slash - changed->items[i]) + 1 : 0};
        if (!ends_with(changed->items[i], SOURCE) || map_get(&seen, directory) != MAP_NONE)
            continue;
        char *cache = mem_printf("%s/%.*s" CACHE, root, (int)directory.len, directory.data);
        map_put(&seen, directory, i);
        look_into(cache);
        free(cache);
    }
    map_release(&seen);
}
