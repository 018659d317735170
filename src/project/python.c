#include "project/python.h"

#include "core/memory.h"
#include "project/ask.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* Where the interpreter is, when its name is a path or is in $PATH; NULL otherwise. The caller frees. */
static char *locate(const char *python)
{
    if (strchr(python, '/') != NULL)
        return mem_strdup(python);
    const char *path = getenv("PATH");
    while (path != NULL && *path != '\0') {
        size_t len = strcspn(path, ":");
        char *found = mem_printf("%.*s/%s", (int)len, path, python);
        if (access(found, X_OK) == 0)
            return found;
        free(found);
        path += len + (path[len] == ':');
    }
    return NULL;
}

/* Whether the module is in a directory that belongs to the interpreter, as nearly always: asking it takes as
 * long as all else that is done before the first test. */
static bool is_installed_beside(const char *python, const char *module)
{
    static const char *const places[] = {"lib/python3*/site-packages", "lib/python3*/dist-packages",
                                         "lib/python3/dist-packages", "local/lib/python3*/dist-packages"};
    char *path = locate(python);
    char *slash = path != NULL ? strrchr(path, '/') : NULL;
    bool found = false;
    if (slash != NULL)
        *slash = '\0';
    for (size_t i = 0; slash != NULL && !found && i < sizeof places / sizeof *places; i++) {
        char *pattern = mem_printf("%s/../%s/%s/__init__.py", path, places[i], module);
        glob_t matches = {0};
        found = glob(pattern, GLOB_NOSORT, NULL, &matches) == 0;
        globfree(&matches);
        free(pattern);
    }
    free(path);
    return found;
}

/* The first line of a file; "" when it cannot be read. */
static void read_first(const char *path, char *line, int size)
{
    FILE *file = fopen(path, "re");
    line[0] = '\0';
    if (file != NULL && fgets(line, size, file) == NULL)
        line[0] = '\0';
    if (file != NULL)
        fclose(file);
}

/* Who runs the script: "#!/opt/bin/python3 -s", "#!/usr/bin/env python3". NULL: no Python, or it is not
 * there. */
static char *of_script(const char *path)
{
    char line[LINE_MAX], *rest = line + 2;
    read_first(path, line, sizeof line);
    if (strncmp(line, "#!", 2) != 0)
        return NULL;
    char *word = strtok_r(rest, " \t\r\n", &rest);
    size_t len = word != NULL ? strlen(word) : 0;
    if (len >= 4 && strcmp(word + len - 4, "/env") == 0)
        word = strtok_r(rest, " \t\r\n", &rest);
    const char *slash = word != NULL ? strrchr(word, '/') : NULL, *name = slash != NULL ? slash + 1 : word;
    if (name == NULL || (strncmp(name, "python", 6) != 0 && strncmp(name, "pypy", 4) != 0))
        return NULL;
    char *found = locate(word);
    if (found != NULL && access(found, X_OK) == 0)
        return found;
    free(found);
    return NULL;
}

/* Of all scripts of that name in $PATH, as the first may be a shim, in another language. */
static char *of_scripts(const char *name, const char *but)
{
    const char *path = getenv("PATH");
    while (path != NULL && *path != '\0') {
        size_t len = strcspn(path, ":");
        char *script = mem_printf("%.*s/%s", (int)len, path, name);
        char *python = of_script(script);
        free(script);
        if (python != NULL && (but == NULL || strcmp(python, but) != 0))
            return python;
        free(python);
        path += len + (path[len] == ':');
    }
    return NULL;
}

char *python_instead(const char *configured, const char *python, const char *module)
{
    if (configured != NULL || strchr(python, '/') != NULL)
        return NULL;
    char *usual = locate(python);
    char *other = of_scripts(module, usual);
    if (other == NULL && strcmp(module, "pytest") == 0)
        other = of_scripts("py.test", usual);
    free(usual);
    return other;
}

bool python_has(const char *python, const char *module, const char *root)
{
    if (is_installed_beside(python, module))
        return true;
    struct strings words = {0};
    struct buf answer = {0};
    struct error error;
    strings_add(&words, python);
    strings_add(&words, "-c");
    strings_add(&words,
                "import sys, importlib.util; sys.exit(3 * (importlib.util.find_spec(sys.argv[1]) is None))");
    strings_add(&words, module);
    bool lacks = ask(&words, root, false, &answer, &error) == 3;
    strings_release(&words);
    buf_release(&answer);
    return !lacks;
}
