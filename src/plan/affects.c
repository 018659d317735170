#include "plan/affects.h"

#include <string.h>

static size_t file_at(struct affects *affects, const char *path)
{
    size_t at = map_get(&affects->by_path, bytes_of(path));
    if (at != MAP_NONE)
        return at;
    struct affects_file made = {.path = mem_strdup(path)};
    at = affects->files.len;
    vec_push(&affects->files, made);
    map_put(&affects->by_path, bytes_of(made.path), at);
    return at;
}

static bool holds(const size_t *items, size_t len, size_t file)
{
    for (size_t i = 0; i < len; i++)
        if (items[i] == file)
            return true;
    return false;
}

/* Whether the file loads these by its source, and no others. */
static bool loads_all(struct affects *affects, size_t at, const struct strings *loads)
{
    if (affects->files.items[at].loads.len != loads->len)
        return false;
    for (size_t i = 0; i < loads->len; i++) {
        size_t loaded = file_at(affects, loads->items[i]);
        const struct affects_file *file = &affects->files.items[at];
        if (!holds(file->loads.items, file->loads.len, loaded))
            return false;
    }
    return true;
}

bool affects_tell(struct affects *affects, const char *path, enum affects_how how,
                  const struct strings *loads)
{
    bool news = map_get(&affects->by_path, bytes_of(path)) == MAP_NONE;
    size_t at = file_at(affects, path);
    if (how == AFFECTS_ALL) {
        if (!news && loads_all(affects, at, loads))
            return false;
        affects->files.items[at].loads.len = 0;
        news = true;
    }
    for (size_t i = 0; i < loads->len; i++) {
        size_t loaded = file_at(affects, loads->items[i]);
        struct affects_file *file = &affects->files.items[at];
        bool known = holds(file->loads.items, file->loads.len, loaded) ||
                     holds(file->later.items, file->later.len, loaded);
        if (how != AFFECTS_LATER && !holds(file->loads.items, file->loads.len, loaded))
            vec_push(&file->loads, loaded);
        else if (how == AFFECTS_LATER && !known)
            vec_push(&file->later, loaded);
        news = news || !known;
    }
    return news;
}

void affects_each(const struct affects *affects, const char *path, bool later,
                  void (*each)(void *owner, const char *loaded), void *owner)
{
    size_t at = map_get(&affects->by_path, bytes_of(path));
    if (at == MAP_NONE)
        return;
    const struct affects_file *file = &affects->files.items[at];
    const size_t *loaded;
    if (later)
        vec_each (loaded, &file->later)
            each(owner, affects->files.items[*loaded].path);
    else
        vec_each (loaded, &file->loads)
            each(owner, affects->files.items[*loaded].path);
}

/* Marks who loads a marked file, until there is none left. */
static void spread(const struct affects *affects, bool *marked)
{
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < affects->files.len; i++) {
            const struct affects_file *file = &affects->files.items[i];
            const size_t *loaded;
            bool reaches = marked[i];
            vec_each (loaded, &file->loads)
                reaches = reaches || marked[*loaded];
            vec_each (loaded, &file->later)
                reaches = reaches || marked[*loaded];
            more = more || (reaches && !marked[i]);
            marked[i] = reaches;
        }
    }
}

bool affects_is_test(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    size_t len = strlen(name);
    bool python = len > 3 && strcmp(name + len - 3, ".py") == 0;
    return python && (strncmp(name, "test_", 5) == 0 || (len > 8 && strcmp(name + len - 8, "_test.py") == 0));
}

bool affects_find(const struct affects *affects, const struct strings *changed, struct map *found)
{
    bool *marked = mem_zero((affects->files.len + 1) * sizeof *marked), known = true;
    for (size_t i = 0; i < changed->len; i++) {
        size_t at = map_get(&affects->by_path, bytes_of(changed->items[i]));
        if (at != MAP_NONE)
            marked[at] = true;
        else if (!affects_is_test(changed->items[i]))
            known = false;
    }
    if (known)
        spread(affects, marked);
    size_t everything = map_get(&affects->by_path, bytes_of(AFFECTS_EVERYTHING));
    known = known && everything != MAP_NONE && !marked[everything];
    for (size_t i = 0; known && i < affects->files.len; i++)
        if (marked[i])
            map_put(found, bytes_of(affects->files.items[i].path), i);
    for (size_t i = 0; known && i < changed->len; i++)
        map_put(found, bytes_of(changed->items[i]), i);
    free(marked);
    return known;
}

void affects_release(struct affects *affects)
{
    struct affects_file *file;
    vec_each (file, &affects->files) {
        free(file->path);
        vec_release(&file->loads);
        vec_release(&file->later);
    }
    vec_release(&affects->files);
    map_release(&affects->by_path);
}
