/* V8's profiles: a tree of call frames, and which of its nodes each sample was in. */
#include "trace/profile.h"

#include "core/map.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#define US_NS 1000
#define DELTA_MAX_US 100000000 /* between two samples; more would be none, and might overflow */

struct node {
    size_t row, parent; /* parent: MAP_NONE none */
    int64_t own_ns, total_ns;
};

struct tree {
    VEC(struct node) nodes;
    VEC(json_int_t) ids; /* of the nodes; keys of by_id */
    struct map by_id;
    struct map rows; /* by "function at file:line" */
    struct strings keys;
};

static size_t find_node(const struct tree *tree, json_int_t id)
{
    return map_get(&tree->by_id, (struct bytes){(const char *)&id, sizeof id});
}

/* The row of a call frame, made when it is new. */
static size_t row_of(struct profile *profile, struct tree *tree, const json_t *frame)
{
    const char *function = json_string_value(json_object_get(frame, "functionName"));
    const char *url = json_string_value(json_object_get(frame, "url"));
    unsigned line = (unsigned)json_integer_value(json_object_get(frame, "lineNumber")) + 1;
    const char *path = url != NULL && strncmp(url, "file://", 7) == 0 ? url + 7 : url;
    bool named = function != NULL && *function != '\0', placed = path != NULL && *path != '\0';
    char *key = mem_printf("%s at %s:%u", named ? function : "", placed ? path : "", line);
    size_t at = map_get(&tree->rows, bytes_of(key));
    if (at != MAP_NONE) {
        free(key);
        return at;
    }
    struct profile_row row = {.function = mem_strdup(named ? function : "(anonymous)"),
                              .file = placed ? mem_strdup(path) : NULL,
                              .line = placed ? line : 0,
                              .calls = -1};
    at = profile->rows.len;
    vec_push(&profile->rows, row);
    strings_take(&tree->keys, key);
    map_put(&tree->rows, bytes_of(key), at);
    return at;
}

static void read_nodes(struct profile *profile, struct tree *tree, const json_t *list)
{
    vec_reserve(&tree->ids, json_array_size(list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *object = json_array_get(list, i);
        struct node node = {.row = row_of(profile, tree, json_object_get(object, "callFrame")),
                            .parent = MAP_NONE};
        vec_push(&tree->nodes, node);
        vec_push(&tree->ids, json_integer_value(json_object_get(object, "id")));
        map_put(&tree->by_id, (struct bytes){(const char *)&tree->ids.items[i], sizeof *tree->ids.items}, i);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *children = json_object_get(json_array_get(list, i), "children");
        for (size_t c = 0; c < json_array_size(children); c++) {
            size_t child = find_node(tree, json_integer_value(json_array_get(children, c)));
            if (child != MAP_NONE && child > i) /* V8 writes them so; else there could be circles */
                tree->nodes.items[child].parent = i;
        }
    }
}

/* A sample stands for the time up to the next one. */
static void read_samples(struct tree *tree, const json_t *samples, const json_t *deltas)
{
    for (size_t i = 0; i < json_array_size(samples); i++) {
        size_t node = find_node(tree, json_integer_value(json_array_get(samples, i)));
        json_int_t us = json_integer_value(json_array_get(deltas, i + 1));
        if (node != MAP_NONE && us > 0 && us <= DELTA_MAX_US)
            tree->nodes.items[node].own_ns += us * US_NS;
    }
}

/* Whether a node above is of the same function, which then has this time already. */
static bool recurses(const struct tree *tree, size_t at)
{
    size_t row = tree->nodes.items[at].row;
    for (at = tree->nodes.items[at].parent; at != MAP_NONE; at = tree->nodes.items[at].parent)
        if (tree->nodes.items[at].row == row)
            return true;
    return false;
}

static void sum_up(struct profile *profile, struct tree *tree)
{
    for (size_t i = tree->nodes.len; i-- > 0;) {
        struct node *node = &tree->nodes.items[i];
        node->total_ns += node->own_ns;
        if (node->parent != MAP_NONE)
            tree->nodes.items[node->parent].total_ns += node->total_ns;
        struct profile_row *row = &profile->rows.items[node->row];
        row->own_ns += node->own_ns;
        row->total_ns += recurses(tree, i) ? 0 : node->total_ns;
    }
}

/* Drops what took no time, and what is no function: (root), (program), (idle), (garbage collector). */
static void tidy(struct profile *profile)
{
    size_t kept = 0;
    for (size_t i = 0; i < profile->rows.len; i++) {
        struct profile_row row = profile->rows.items[i];
        bool marker = row.file == NULL && row.function[0] == '(';
        if (!marker && row.total_ns > 0) {
            profile->rows.items[kept++] = row;
            continue;
        }
        free(row.function);
        free(row.file);
    }
    profile->rows.len = kept;
}

int profile_read_v8(struct profile *profile, struct bytes text, struct error *error)
{
    json_t *object = json_loadb(text.data, text.len, 0, NULL);
    const json_t *nodes = json_object_get(object, "nodes");
    struct tree tree = {0};
    int bad = 0;
    if (json_is_array(nodes)) {
        read_nodes(profile, &tree, nodes);
        read_samples(&tree, json_object_get(object, "samples"), json_object_get(object, "timeDeltas"));
        sum_up(profile, &tree);
        tidy(profile);
    } else {
        bad = error_set(error, -EINVAL, "the profile is none of V8's (node --cpu-prof)");
    }
    json_decref(object);
    map_release(&tree.by_id);
    map_release(&tree.rows);
    strings_release(&tree.keys);
    vec_release(&tree.nodes);
    vec_release(&tree.ids);
    return bad;
}
