#include "project/inotify.h"

#include "core/memory.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMITS "/proc/sys/fs/inotify/"

static int read_limit(const char *path, size_t *limit)
{
    FILE *file = fopen(path, "re");
    int code = file != NULL && fscanf(file, "%zu", limit) == 1 ? 0 : -ENOENT;
    if (file != NULL)
        fclose(file);
    return code;
}

static size_t count_watches(const char *pid, const char *fd)
{
    char *path = mem_printf("/proc/%s/fdinfo/%s", pid, fd);
    FILE *file = fopen(path, "re");
    char line[256];
    size_t count = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        count += strncmp(line, "inotify wd:", 11) == 0;
    if (file != NULL)
        fclose(file);
    free(path);
    return count;
}

static void count_process(const char *pid, struct inotify_use *use)
{
    char *path = mem_printf("/proc/%s/fd", pid);
    DIR *fds = opendir(path);
    const struct dirent *entry;
    while (fds != NULL && (entry = readdir(fds)) != NULL) {
        char target[64];
        ssize_t len = readlinkat(dirfd(fds), entry->d_name, target, sizeof target - 1);
        target[len > 0 ? len : 0] = '\0';
        if (strcmp(target, "anon_inode:inotify") != 0)
            continue;
        use->instances++;
        use->watches += count_watches(pid, entry->d_name);
    }
    if (fds != NULL)
        closedir(fds);
    free(path);
}

int inotify_look(struct inotify_use *use)
{
    *use = (struct inotify_use){0};
    if (read_limit(LIMITS "max_user_watches", &use->watches_max) != 0 ||
        read_limit(LIMITS "max_user_instances", &use->instances_max) != 0)
        return -ENOENT;
    DIR *processes = opendir("/proc");
    const struct dirent *entry;
    struct stat st;
    while (processes != NULL && (entry = readdir(processes)) != NULL)
        if (isdigit((unsigned char)entry->d_name[0]) &&
            fstatat(dirfd(processes), entry->d_name, &st, 0) == 0 && st.st_uid == geteuid())
            count_process(entry->d_name, use);
    if (processes != NULL)
        closedir(processes);
    return 0;
}
