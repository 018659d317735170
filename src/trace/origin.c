#include "trace/origin.h"

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), tail = strlen(end);
    return len >= tail && strcmp(text + len - tail, end) == 0;
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Whether one of the path's directories has this name. */
static bool has_folder(const char *path, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = path; (at = strstr(at, name)) != NULL; at += len)
        if ((at == path || at[-1] == '/') && at[len] == '/')
            return true;
    return false;
}

static bool has_any_folder(const char *path, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (has_folder(path, names[i]))
            return true;
    return false;
}

/* Whether the file is one of the named modules ("case.py") of the package. */
static bool is_module_of(const char *path, const char *package, const char *const *modules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *end = mem_printf("/%s/%s.py", package, modules[i]);
        bool found = ends_with(path, end);
        free(end);
        if (found)
            return true;
    }
    return false;
}

/* pytest's plugins are packages or modules of these names, by its own convention for them. */
static bool is_plugin(const char *path)
{
    static const char *const roots[] = {"/site-packages/pytest_", "/dist-packages/pytest_"};
    return strstr(path, roots[0]) != NULL || strstr(path, roots[1]) != NULL ||
           ends_with(path, "/pytest_plugin.py");
}

/* The same of other languages: their runtimes below a test, and the runners above it. */
static bool is_runner_elsewhere(const char *path)
{
    static const char *const folders[] = {
        "/src/testing/",
        "/src/runtime/",
        "/rustc/",
        "/node_modules/jest",
        "/node_modules/mocha",
        "/node_modules/@jest",
        "/node_modules/vitest",
        "/node_modules/@vitest",
        "/gems/rspec-",
        "/gems/minitest-",
        "/minitest/",
        "/rspec/",
        "/bats-core/",
        "/libexec/bats",
        "/sysdeps/",
        "/libsanitizer/",
    };
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (strstr(path, folders[i]) != NULL)
            return true;
    return false;
}

/* Paths without a place in the file system, as node and the JVM have them. */
static bool is_built_in(const char *path)
{
    static const char *const starts[] = {"node:", "java/",      "javax/",           "jdk/",
                                         "sun/",  "org/junit/", "org/apache/maven/"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (starts_with(path, starts[i]))
            return true;
    return false;
}

static bool is_runner(const char *path)
{
    static const char *const folders[] = {"_pytest", "pluggy"};
    static const char *const unittest[] = {"case",   "suite",      "loader",   "main",
                                           "runner", "async_case", "__main__", "result"};
    static const char *const pytest[] = {"__main__", "__init__"};
    if (starts_with(path, "<aloof") || strcmp(path, "<string>") == 0)
        return true;
    return has_any_folder(path, folders, 2) || is_plugin(path) ||
           is_module_of(path, "unittest", unittest, 8) || is_module_of(path, "pytest", pytest, 2) ||
           ends_with(path, "/bin/pytest") || ends_with(path, "/bin/py.test") || is_runner_elsewhere(path);
}

bool origin_is_loop(const char *path)
{
    static const char *const modules[] = {"runners", "base_events", "events", "tasks", "unix_events"};
    return is_module_of(path, "asyncio", modules, 5);
}

/* The path below the root, NULL when it is not inside. */
static const char *inside(const char *path, const char *root)
{
    size_t len = strlen(root);
    if (*path == '<' || *path == '\0')
        return NULL;
    if (*path == '/')
        return strncmp(path, root, len) == 0 && path[len] == '/' ? path + len + 1 : NULL;
    while (starts_with(path, "./"))
        path += 2;
    return starts_with(path, "../") ? NULL : path;
}

enum frame_kind origin_of(const char *path, const struct trace_paths *paths, const char **relative)
{
    static const char *const installed[] = {"site-packages", "dist-packages", ".venv", "node_modules"};
    const char *below = inside(path, paths->root);
    *relative = below != NULL ? below : path;
    if (is_built_in(path))
        return FRAME_RUNNER;
    if (below != NULL && !has_any_folder(below, installed, 4) &&
        (paths->foreign == NULL || !paths->foreign(paths->owner, below)))
        return FRAME_PROJECT;
    return is_runner(path) ? FRAME_RUNNER : FRAME_FOREIGN;
}

/* What is between `from` and the first of the characters in `until`. */
static char *part(const char *from, const char *until)
{
    return mem_dup(from, strcspn(from, until));
}

/* Behind the last directory that packages are installed in, or that Python's own library is
 * ("lib/python3.11/"); NULL: in none. */
static const char *library_path(const char *path)
{
    static const char *const roots[] = {"/site-packages/", "/dist-packages/"};
    for (size_t i = 0; i < 2; i++) {
        const char *at = strstr(path, roots[i]);
        if (at != NULL)
            return at + strlen(roots[i]);
    }
    const char *at = strstr(path, "/lib/python");
    at = at != NULL ? strchr(at + strlen("/lib/python"), '/') : NULL;
    return at != NULL ? at + 1 : NULL;
}

bool origin_installed(const char *path)
{
    static const char *const folders[] = {"/node_modules/", "/go/src/",  "/go/pkg/mod/", "/.cargo/registry/",
                                          "/gems/",         "/usr/lib/", "/usr/share/",  "/usr/include/"};
    if (*path == '<' || library_path(path) != NULL)
        return true;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (strstr(path, folders[i]) != NULL)
            return true;
    return false;
}

char *origin_name(const char *path)
{
    if (starts_with(path, "<frozen "))
        return part(path + strlen("<frozen "), ".>");
    if (*path == '<')
        return mem_strdup(path);
    const char *library = library_path(path);
    if (library != NULL)
        return part(library, "/.");
    const char *slash = strrchr(path, '/');
    const char *file = slash != NULL ? slash + 1 : path;
    if (!starts_with(file, "__init__.") || slash == NULL)
        return part(file, ".");
    const char *folder = slash;
    while (folder > path && folder[-1] != '/')
        folder--;
    return mem_dup(folder, (size_t)(slash - folder));
}
