#include "project/targets.h"

#include "core/bytes.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The real path of base/path (or of path, when absolute), NULL when it does not exist. */
static char *real(const char *base, const char *path)
{
    if (path[0] == '/')
        return realpath(path, NULL);
    char *joined = mem_printf("%s/%s", base, path);
    char *found = realpath(joined, NULL);
    free(joined);
    return found;
}

/* The part of path below root ("." for the root itself), NULL when it is elsewhere. Borrowed. */
static const char *below(const char *path, const char *root)
{
    size_t len = strcmp(root, "/") == 0 ? 0 : strlen(root);
    if (strncmp(path, root, len) != 0 || (path[len] != '/' && path[len] != '\0'))
        return NULL;
    return path[len] == '\0' || path[len + 1] == '\0' ? "." : path + len + 1;
}

int target_resolve(const char *typed, const char *cwd, const char *root, struct strings *targets,
                   struct error *error)
{
    const char *names = strstr(typed, "::");
    char *path = names != NULL ? mem_dup(typed, (size_t)(names - typed)) : mem_strdup(typed);
    char *found = real(cwd, path);
    if (found == NULL || below(found, root) == NULL) {
        char *at_root = real(root, path);
        if (at_root != NULL || found == NULL) {
            free(found);
            found = at_root;
        }
    }
    int bad = 0;
    const char *inside = found != NULL ? below(found, root) : NULL;
    if (found == NULL)
        bad = error_set(error, -ENOENT, "%s: no such file or directory (looked in %s)", path, cwd);
    else if (inside == NULL)
        bad = error_set(error, -EINVAL, "%s: outside of the project %s", path, root);
    else
        strings_take(targets, mem_printf("%s%s", inside, names != NULL ? names : ""));
    free(found);
    free(path);
    return bad;
}

char *target_file(const char *typed, const char *cwd, const char *root)
{
    const char *slash = strrchr(typed, '/');
    char *dir = slash != NULL ? mem_dup(typed, (size_t)(slash - typed) + 1) : mem_strdup(".");
    char *found = real(cwd, typed);
    char *above = found == NULL ? real(cwd, dir) : NULL;
    if (above != NULL)
        found = mem_printf("%s/%s", strcmp(above, "/") == 0 ? "" : above, slash != NULL ? slash + 1 : typed);
    char *inside = found != NULL ? mem_strdup(below(found, root)) : NULL;
    free(above);
    free(found);
    free(dir);
    return inside;
}

char *target_here(const char *cwd, const char *root)
{
    const char *rest = below(cwd, root);
    return rest == NULL || strcmp(rest, ".") == 0 ? mem_strdup("") : mem_printf("%s/", rest);
}
