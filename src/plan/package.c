#include "plan/package.h"

#define TEST_FILE "_test.go"

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), tail = strlen(end);
    return len >= tail && strcmp(text + len - tail, end) == 0;
}

/* The module itself: all packages of it are below. */
static const char *shortest(const struct strings *groups)
{
    const char *found = NULL;
    for (size_t i = 0; i < groups->len; i++)
        if (groups->items[i][0] != '\0' && (found == NULL || strlen(groups->items[i]) < strlen(found)))
            found = groups->items[i];
    return found;
}

static void add_package(const struct strings *known, const char *path, struct strings *groups)
{
    const char *slash = strrchr(path, '/');
    const char *module = slash == NULL ? shortest(known) : NULL;
    if (module != NULL)
        strings_add(groups, module);
    char *end = mem_printf("/%.*s", slash != NULL ? (int)(slash - path) : 0, path);
    for (size_t i = 0; slash != NULL && i < known->len; i++)
        if (ends_with(known->items[i], end))
            strings_add(groups, known->items[i]);
    free(end);
}

void package_groups(const struct model *model, const struct strings *changed, struct strings *groups)
{
    for (size_t i = 0; i < changed->len; i++)
        if (ends_with(changed->items[i], TEST_FILE))
            add_package(&model->groups, changed->items[i], groups);
}
