#include "trace/profile.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#define US_NS 1000
#define US_MAX (INT64_MAX / US_NS)

static const struct {
    const char *name;
    int (*read)(struct profile *profile, struct bytes text, struct error *error);
} formats[] = {
    {"cprofile", profile_read_cprofile},
    {"pprof-top", profile_read_pprof},
    {"cpuprofile", profile_read_v8},
};
#define FORMATS (sizeof formats / sizeof *formats)

bool profile_knows(const char *format)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(formats[i].name, format) == 0)
            return true;
    return false;
}

int profile_read(struct profile *profile, const char *format, struct bytes text, struct error *error)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(formats[i].name, format) == 0)
            return formats[i].read(profile, text, error);
    return error_set(error, -EINVAL, "%s: no such format of profiles", format);
}

void profile_release(struct profile *profile)
{
    struct profile_row *row;
    vec_each (row, &profile->rows) {
        free(row->function);
        free(row->file);
    }
    vec_release(&profile->rows);
}

/* Of a number of microseconds that somebody else has written. */
static int64_t ns_of(const json_t *us)
{
    json_int_t value = json_integer_value(us);
    return (value < 0 ? 0 : value > US_MAX ? US_MAX : value) * US_NS;
}

static void add_function(struct profile *profile, const json_t *object)
{
    const char *function = json_string_value(json_object_get(object, "function"));
    const char *file = json_string_value(json_object_get(object, "file"));
    struct profile_row row = {
        .line = (unsigned)json_integer_value(json_object_get(object, "line")),
        .calls = json_integer_value(json_object_get(object, "calls")),
        .own_ns = ns_of(json_object_get(object, "own_us")),
        .total_ns = ns_of(json_object_get(object, "total_us")),
    };
    if (function == NULL)
        return;
    row.function = mem_strdup(function);
    row.file = mem_strdup(file);
    vec_push(&profile->rows, row);
}

int profile_read_cprofile(struct profile *profile, struct bytes text, struct error *error)
{
    json_t *object = json_loadb(text.data, text.len, 0, NULL);
    const json_t *functions = json_object_get(object, "functions");
    const char *why = json_string_value(json_object_get(object, "error"));
    int bad = 0;
    if (why != NULL)
        bad = error_set(error, -EINVAL, "there is no profile: %s", why);
    else if (!json_is_array(functions))
        bad = error_set(error, -EINVAL, "the profile is no JSON of the worker's");
    for (size_t i = 0; bad == 0 && i < json_array_size(functions); i++)
        add_function(profile, json_array_get(functions, i));
    json_decref(object);
    return bad;
}

static int compare_ns(int64_t a, int64_t b)
{
    return a > b ? -1 : a < b;
}

static int compare(const void *a, const void *b)
{
    const struct profile_row *x = a, *y = b;
    if (x->project != y->project)
        return x->project ? -1 : 1;
    int by_own = compare_ns(x->own_ns, y->own_ns);
    int by_total = compare_ns(x->total_ns, y->total_ns);
    return by_own != 0 ? by_own : by_total != 0 ? by_total : strcmp(x->function, y->function);
}

void profile_settle(struct profile *profile, const char *root, bool (*is_own)(void *owner, const char *path),
                    void *owner)
{
    size_t len = strlen(root);
    struct profile_row *row;
    vec_each (row, &profile->rows) {
        if (row->file == NULL || strncmp(row->file, root, len) != 0 || row->file[len] != '/')
            continue;
        char *below = mem_strdup(row->file + len + 1);
        free(row->file);
        row->file = below;
        row->project = is_own(owner, below);
    }
    if (profile->rows.len > 0)
        qsort(profile->rows.items, profile->rows.len, sizeof *profile->rows.items, compare);
}
