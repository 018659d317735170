#include "project/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_directory(int at, const struct dirent *entry)
{
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    struct stat status;
    return fstatat(at, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

/* Sorts what is in a directory ("" is the root) into files and directories. */
static void look_into_directory(struct repo *repo, const char *path, struct strings *paths,
                                struct strings *folders)
{
    char *whole = mem_printf("%s/%s", repo_root(repo), path);
    DIR *dir = opendir(whole);
    free(whole);
    if (dir == NULL)
        return;
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL && paths->len < FILES_MAX) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        char *below = mem_printf("%s%s%s", path, *path != '\0' ? "/" : "", name);
        if (!is_directory(dirfd(dir), entry))
            strings_take(paths, below);
        else if (!repo_ignored(repo, below, true))
            strings_take(folders, below);
        else
            free(below);
    }
    closedir(dir);
}

void files_list(struct repo *repo, struct strings *paths)
{
    struct strings folders = {0};
    strings_add(&folders, "");
    for (size_t i = 0; i < folders.len && paths->len < FILES_MAX; i++)
        look_into_directory(repo, folders.items[i], paths, &folders);
    strings_release(&folders);
}
