#include "core/vec.h"

#include <errno.h>
#include <string.h>

void strings_add(struct strings *list, const char *text)
{
    strings_take(list, mem_strdup(text));
}

void strings_take(struct strings *list, char *text)
{
    vec_push(list, text);
}

int strings_find(const struct strings *list, const char *text, size_t *at)
{
    for (size_t i = 0; i < list->len; i++)
        if (strcmp(list->items[i], text) == 0) {
            if (at != NULL)
                *at = i;
            return 0;
        }
    return -ENOENT;
}

void strings_clear(struct strings *list)
{
    for (size_t i = 0; i < list->len; i++)
        free(list->items[i]);
    list->len = 0;
}

void strings_release(struct strings *list)
{
    strings_clear(list);
    vec_release(list);
}
