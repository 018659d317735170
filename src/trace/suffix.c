#include "trace/suffix.h"

#define PARTLY_MIN 2 /* names that two paths must share when neither is the end of the other */

/* How well two paths agree. */
struct match {
    size_t names; /* that both end in */
    bool whole;   /* one is the end of the other */
};

static bool is_slash(char c)
{
    return c == '/' || c == '\\';
}

/* Takes the last name off a path. */
static struct bytes last_name(struct bytes *path)
{
    while (path->len > 0 && is_slash(path->data[path->len - 1]))
        path->len--;
    size_t begin = path->len;
    while (begin > 0 && !is_slash(path->data[begin - 1]))
        begin--;
    struct bytes name = {path->data + begin, path->len - begin};
    path->len = begin;
    return name;
}

/* Without what leads out of, or nowhere from, a directory that is not known here. */
static struct bytes without_dots(const char *path)
{
    for (;;) {
        size_t dots = strspn(path, ".");
        if (dots == 0 || dots > 2 || !is_slash(path[dots]))
            return bytes_of(path);
        path += dots + 1;
    }
}

static bool is_root(struct bytes path)
{
    while (path.len > 0 && is_slash(path.data[path.len - 1]))
        path.len--;
    return path.len == 0;
}

static struct match compare(struct bytes a, struct bytes b)
{
    struct match match = {0};
    while (!is_root(a) && !is_root(b) && bytes_equal(last_name(&a), last_name(&b))) {
        match.names++;
        match.whole = is_root(a) || is_root(b);
    }
    return match;
}

static bool better(const struct match *a, const struct match *b)
{
    return a->names != b->names ? a->names > b->names : a->whole && !b->whole;
}

static size_t first_of(const struct suffixes *files, struct bytes path)
{
    return map_get(&files->by_name, last_name(&path));
}

void suffixes_add(struct suffixes *files, const char *path)
{
    size_t first = first_of(files, bytes_of(path));
    for (size_t at = first; at != MAP_NONE; at = files->next.items[at])
        if (strcmp(files->paths.items[at], path) == 0)
            return;
    strings_add(&files->paths, path);
    vec_push(&files->next, first);
    struct bytes added = bytes_of(files->paths.items[files->paths.len - 1]);
    map_put(&files->by_name, last_name(&added), files->paths.len - 1);
}

const char *suffixes_find(const struct suffixes *files, const char *path)
{
    const char *found = NULL;
    struct match best = {0};
    bool twice = false;
    struct bytes wanted = without_dots(path);
    for (size_t at = first_of(files, wanted); at != MAP_NONE; at = files->next.items[at]) {
        const char *file = files->paths.items[at];
        if (bytes_is(wanted, file))
            return file;
        struct match match = compare(wanted, bytes_of(file));
        if ((!match.whole && match.names < PARTLY_MIN) || better(&best, &match))
            continue;
        twice = found != NULL && !better(&match, &best);
        found = file;
        best = match;
    }
    return twice ? NULL : found;
}

void suffixes_release(struct suffixes *files)
{
    strings_release(&files->paths);
    vec_release(&files->next);
    map_release(&files->by_name);
}
