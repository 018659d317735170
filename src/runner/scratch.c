#include "runner/scratch.h"

#include "core/bytes.h"

#include <errno.h>
#include <ftw.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_MAX_AT_ONCE 16

char *scratch_name(void)
{
    const char *place = getenv("TMPDIR");
    uint64_t chance;
    if (getentropy(&chance, sizeof chance) < 0)
        abort();
    return mem_printf("%s/aloof-%016llx", place != NULL && *place == '/' ? place : "/tmp",
                      (unsigned long long)chance);
}

int scratch_make(const char *path)
{
    struct stat info;
    if (mkdir(path, S_IRWXU) == 0)
        return 0;
    if (errno != EEXIST || lstat(path, &info) < 0)
        return -errno;
    bool ours = S_ISDIR(info.st_mode) && info.st_uid == geteuid() && (info.st_mode & S_IRWXO) == 0;
    return ours ? 0 : -EEXIST;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info, (void)type, (void)where;
    remove(path); /* what stays is in the way of its directory only */
    return 0;
}

void scratch_remove(const char *path)
{
    nftw(path, remove_entry, OPEN_MAX_AT_ONCE, FTW_DEPTH | FTW_PHYS);
}
