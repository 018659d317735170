#include "runner/asked.h"

#include <stdlib.h>

/* By id, and within one file by name. */
void asked_init(struct asked *asked, const struct recipe *recipe, const struct recipe_test *tests,
                size_t count)
{
    *asked = (struct asked){.tests = tests, .count = count, .files = recipe->unit == UNIT_FILE};
    bool one = strcmp(tests[0].file, tests[count - 1].file) == 0;
    for (size_t i = 0; one && i < count; i++)
        map_put(&asked->by_id, bytes_of(recipe_test_name(&tests[i])), i);
    for (size_t i = 0; i < count; i++)
        map_put(&asked->by_id, bytes_of(tests[i].id), i);
}

size_t asked_find(const struct asked *asked, struct bytes id)
{
    size_t at = map_get(&asked->by_id, id);
    const char *slash = asked->files ? memchr(id.data, '/', id.len) : NULL;
    while (at == MAP_NONE && slash != NULL) {
        id = (struct bytes){slash + 1, id.len - (size_t)(slash + 1 - id.data)};
        at = map_get(&asked->by_id, id);
        slash = memchr(id.data, '/', id.len);
    }
    return at == MAP_NONE ? asked->count : at;
}

size_t asked_find_part(const struct asked *asked, struct bytes id, struct bytes *name)
{
    const char *between = memmem(id.data, id.len, PART_BETWEEN, strlen(PART_BETWEEN));
    *name = id;
    if (between == NULL || !asked->files)
        return asked->count;
    struct bytes file = {id.data, (size_t)(between - id.data)};
    size_t at = asked_find(asked, file), skip = file.len + strlen(PART_BETWEEN);
    if (at < asked->count)
        *name = (struct bytes){id.data + skip, id.len - skip};
    return at;
}

bool asked_is_in(struct bytes id, const char *file)
{
    size_t len = strlen(file);
    return len > 0 && id.len >= len && memcmp(id.data, file, len) == 0 &&
           (id.len == len || strchr("/:.#$ ", id.data[len]) != NULL);
}

const char *asked_file(const struct asked *asked, struct bytes id, size_t running)
{
    const struct recipe_test *tests = asked->tests;
    const char *last = tests[asked->count - 1].file;
    if (strcmp(tests[0].file, last) == 0)
        return last;
    if (running < asked->count && asked_is_in(id, tests[running].file))
        return tests[running].file;
    for (size_t i = 0; i < asked->count; i++)
        if ((i == 0 || strcmp(tests[i].file, tests[i - 1].file) != 0) && asked_is_in(id, tests[i].file))
            return tests[i].file;
    return "";
}

void asked_note(struct asked *asked, struct bytes id)
{
    if (map_get(&asked->by_told, id) != MAP_NONE)
        return;
    strings_take(&asked->told, bytes_dup(id));
    map_put(&asked->by_told, bytes_of(asked->told.items[asked->told.len - 1]), asked->told.len - 1);
}

bool asked_lacks(const struct asked *asked, size_t at)
{
    const struct recipe_test *test = &asked->tests[at];
    bool lacks = false;
    for (size_t i = 0; test->parts != NULL && !lacks && i < test->parts->len; i++) {
        char *id = mem_printf("%s" PART_BETWEEN "%s", test->id, test->parts->items[i]);
        lacks = map_get(&asked->by_told, bytes_of(id)) == MAP_NONE;
        free(id);
    }
    return lacks;
}

void asked_release(struct asked *asked)
{
    strings_release(&asked->told);
    map_release(&asked->by_told);
    map_release(&asked->by_id);
    *asked = (struct asked){0};
}
