#include "project/python.h"

#include "core/memory.h"

#include <stdlib.h>
#include <unistd.h>

/* The interpreter of the virtualenv at dir, NULL when there is none. */
static char *of_virtualenv(const char *dir)
{
    char *path = mem_printf("%s/bin/python", dir);
    if (access(path, X_OK) == 0)
        return path;
    free(path);
    return NULL;
}

char *python_find(const char *configured, const char *virtual_env, const char *root)
{
    if (configured != NULL && (configured[0] == '/' || strchr(configured, '/') == NULL))
        return mem_strdup(configured);
    if (configured != NULL)
        return mem_printf("%s/%s", root, configured);
    if (virtual_env != NULL && *virtual_env != '\0') {
        char *active = of_virtualenv(virtual_env);
        if (active != NULL)
            return active;
    }
    static const char *const names[] = {".venv", "venv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *dir = mem_printf("%s/%s", root, names[i]);
        char *own = of_virtualenv(dir);
        free(dir);
        if (own != NULL)
            return own;
    }
    return mem_strdup("python3");
}
