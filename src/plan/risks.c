#include "plan/risks.h"

#include <stdlib.h>
#include <string.h>

#define ONCE 1000
#define LEAST 100 /* less is forgotten */

static struct risk *risk_at(struct risks *risks, const char *file, const char *test)
{
    char *name = mem_printf("%s\n%s", file, test);
    size_t at = map_get(&risks->by_name, bytes_of(name));
    if (at != MAP_NONE) {
        free(name);
        return &risks->items.items[at];
    }
    struct risk made = {.file = mem_strdup(file), .test = mem_strdup(test)};
    strings_take(&risks->names, name);
    map_put(&risks->by_name, bytes_of(name), risks->items.len);
    vec_push(&risks->items, made);
    return &risks->items.items[risks->items.len - 1];
}

void risks_recall(struct risks *risks, const char *file, const char *test, int64_t weight)
{
    risk_at(risks, file, test)->weight = weight;
}

static void fade(struct risks *risks, const char *file, void (*keep)(void *owner, const struct risk *risk),
                 void *owner)
{
    struct risk *risk;
    vec_each (risk, &risks->items) {
        if (risk->weight == 0 || strcmp(risk->file, file) != 0)
            continue;
        risk->weight = risk->weight * 3 / 4;
        if (risk->weight < LEAST)
            risk->weight = 0;
        keep(owner, risk);
    }
}

void risks_learn(struct risks *risks, const struct strings *files, const struct strings *tests,
                 void (*keep)(void *owner, const struct risk *risk), void *owner)
{
    if (tests->len == 0 || tests->len > RISKS_TESTS_MAX || files->len > RISKS_FILES_MAX)
        return;
    for (size_t i = 0; i < files->len; i++) {
        fade(risks, files->items[i], keep, owner);
        for (size_t k = 0; k < tests->len; k++) {
            struct risk *risk = risk_at(risks, files->items[i], tests->items[k]);
            risk->weight += ONCE;
            keep(owner, risk);
        }
    }
}

struct weighed {
    const char *test;
    int64_t weight;
};

static int compare(const void *a, const void *b)
{
    const struct weighed *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return strcmp(x->test, y->test);
}

void risks_rank(const struct risks *risks, const struct strings *files, struct map *ranks)
{
    VEC(struct weighed) found = {0};
    struct map changed = {0}, places = {0};
    for (size_t i = 0; i < files->len; i++)
        map_put(&changed, bytes_of(files->items[i]), i);
    const struct risk *risk;
    vec_each (risk, &risks->items) {
        if (risk->weight == 0 || map_get(&changed, bytes_of(risk->file)) == MAP_NONE)
            continue;
        size_t at = map_get(&places, bytes_of(risk->test));
        if (at != MAP_NONE) {
            found.items[at].weight += risk->weight;
            continue;
        }
        map_put(&places, bytes_of(risk->test), found.len);
        vec_push(&found, (struct weighed){risk->test, risk->weight});
    }
    if (found.len > 0)
        qsort(found.items, found.len, sizeof *found.items, compare);
    for (size_t i = 0; i < found.len; i++)
        map_put(ranks, bytes_of(found.items[i].test), i);
    vec_release(&found);
    map_release(&changed);
    map_release(&places);
}

void risks_release(struct risks *risks)
{
    struct risk *risk;
    vec_each (risk, &risks->items) {
        free(risk->file);
        free(risk->test);
    }
    vec_release(&risks->items);
    map_release(&risks->by_name);
    strings_release(&risks->names);
}
