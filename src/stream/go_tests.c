#include "stream/go_tests.h"

#include <stdlib.h>
#include <string.h>

#define KEPT_MAX (1 << 20)  /* octets kept of what one prints */
#define KEPT_ALL (64 << 20) /* and, as long as they are few, of all */
#define KEPT_MIN (1 << 12)

static size_t limit_of(const struct go_tests *tests)
{
    size_t share = KEPT_ALL / (tests->running.len + tests->packages.len + 1);
    return share > KEPT_MAX ? KEPT_MAX : share < KEPT_MIN ? KEPT_MIN : share;
}

struct go_package *go_package(struct go_tests *tests, struct bytes name)
{
    for (size_t i = tests->packages.len; i-- > 0;)
        if (bytes_is(name, tests->packages.items[i]->name))
            return tests->packages.items[i];
    return NULL;
}

struct go_package *go_package_open(struct go_tests *tests, struct bytes name)
{
    if (tests->packages.len >= GO_PACKAGES_MAX)
        return NULL;
    struct go_package *package = mem_zero(sizeof *package);
    package->name = bytes_dup(name);
    package->output.limit = limit_of(tests);
    vec_push(&tests->packages, package);
    return package;
}

static void package_free(struct go_package *package)
{
    go_output_release(&package->output);
    free(package->name);
    free(package);
}

void go_package_close(struct go_tests *tests, struct go_package *package)
{
    size_t at = 0;
    while (tests->packages.items[at] != package)
        at++;
    tests->packages.len--;
    memmove(&tests->packages.items[at], &tests->packages.items[at + 1],
            (tests->packages.len - at) * sizeof *tests->packages.items);
    package_free(package);
}

struct go_test *go_test(struct go_tests *tests, struct bytes key)
{
    if (tests->newest < tests->running.len && bytes_is(key, tests->running.items[tests->newest]->key))
        return tests->running.items[tests->newest];
    size_t at = map_get(&tests->map, key);
    if (at == MAP_NONE)
        return NULL;
    tests->newest = at;
    return tests->running.items[at];
}

struct go_test *go_test_begin(struct go_tests *tests, struct bytes key, size_t name, struct bytes id)
{
    if (tests->running.len >= GO_TESTS_MAX)
        return NULL;
    struct go_test *test = mem_zero(sizeof *test);
    test->key = bytes_dup(key);
    test->id = bytes_dup(id);
    test->name = name;
    test->serial = tests->serial++;
    test->output.limit = limit_of(tests);
    tests->newest = tests->running.len;
    vec_push(&tests->running, test);
    map_put(&tests->map, (struct bytes){test->key, key.len}, tests->newest);
    return test;
}

static void test_free(struct go_test *test)
{
    go_output_release(&test->output);
    free(test->key);
    free(test->id);
    free(test);
}

void go_test_end(struct go_tests *tests, struct go_test *test)
{
    size_t at = map_get(&tests->map, bytes_of(test->key));
    struct go_test *last = tests->running.items[--tests->running.len];
    map_remove(&tests->map, bytes_of(test->key));
    if (last != test) {
        tests->running.items[at] = last;
        map_put(&tests->map, bytes_of(last->key), at);
    }
    test_free(test);
}

struct go_test *go_test_parent(struct go_tests *tests, const struct go_test *test)
{
    struct bytes key = bytes_of(test->key);
    while (key.len-- > test->name + 1) {
        if (key.data[key.len] != '/')
            continue;
        struct go_test *parent = go_test(tests, key);
        if (parent != NULL)
            return parent;
    }
    return NULL;
}

static int newest_first(const void *a, const void *b)
{
    const struct go_test *const *first = a, *const *second = b;
    return ((*first)->serial < (*second)->serial) - ((*first)->serial > (*second)->serial);
}

struct go_test **go_tests_of(const struct go_tests *tests, const struct go_package *package, size_t *count)
{
    struct go_test **each, **found = mem_resize(NULL, tests->running.len, sizeof *found);
    size_t len = strlen(package->name);
    size_t name = len > 0 ? len + 1 : 0;
    *count = 0;
    vec_each (each, &tests->running)
        if ((*each)->name == name && strncmp((*each)->key, package->name, len) == 0)
            found[(*count)++] = *each;
    if (*count > 0)
        qsort(found, *count, sizeof *found, newest_first);
    return found;
}

void go_tests_release(struct go_tests *tests)
{
    struct go_package **package;
    struct go_test **test;
    vec_each (package, &tests->packages)
        package_free(*package);
    vec_each (test, &tests->running)
        test_free(*test);
    vec_release(&tests->packages);
    vec_release(&tests->running);
    map_release(&tests->map);
}
