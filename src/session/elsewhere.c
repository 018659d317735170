/* Results of other machines, and of runtimes that leave directories out: which files of this tree they mean.
 */
#include "session/private.h"

#include "project/files.h"

#include <sys/stat.h>

static void know_tree(struct session *session)
{
    if (session->tree_known)
        return;
    struct strings paths = {0};
    files_list(session->repo, &paths);
    for (size_t i = 0; i < paths.len; i++)
        suffixes_add(&session->tree, paths.items[i]);
    strings_release(&paths);
    session->tree_known = true;
}

static bool is_there(const struct session *session, const char *path, bool as_file)
{
    struct stat status;
    char *whole = path[0] == '/' ? mem_strdup(path) : mem_printf("%s/%s", repo_root(session->repo), path);
    bool there = stat(whole, &status) == 0 && (!as_file || S_ISREG(status.st_mode));
    free(whole);
    return there;
}

bool session_has_file(const struct session *session, const char *path)
{
    return is_there(session, path, true);
}

/* A file of a package (Go's runtime tells its name alone), if that is one: "example.com/shop/cart",
 * cart_test.go. */
static const char *find_in_package(struct session *session, const char *package, const char *path)
{
    if (package[0] == '\0' || strchr(path, '/') != NULL || is_there(session, package, true))
        return NULL;
    know_tree(session);
    char *below = mem_printf("%s/%s", package, path);
    const char *found = suffixes_find(&session->tree, below);
    free(below);
    return found;
}

const char *session_find_here(struct session *session, const struct test *test, const char *path)
{
    const char *found = find_in_package(session, test->group, path);
    if (found != NULL || is_there(session, path, false))
        return found;
    know_tree(session);
    return suffixes_find(&session->tree, path);
}

void session_tree_changed(struct session *session, const char *path, bool deleted)
{
    if (session->tree_known && !deleted)
        suffixes_add(&session->tree, path);
    else
        suffixes_release(&session->tree);
    session->tree_known = session->tree_known && !deleted;
}
