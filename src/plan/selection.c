#include "plan/selection.h"

#include <errno.h>

static int compile(const char *option, const char *pattern, struct regex **regex, struct error *error)
{
    struct error why;
    if (regex_new(regex, pattern, &why) == 0)
        return 0;
    return error_set(error, -EINVAL, "%s: %s", option, why.text);
}

int selection_include(struct selection *selection, const char *pattern, struct error *error)
{
    struct regex *regex;
    int bad = compile("--include", pattern, &regex, error);
    if (bad == 0)
        vec_push(&selection->include, regex);
    return bad;
}

int selection_exclude(struct selection *selection, const char *pattern, struct error *error)
{
    struct regex *regex;
    int bad = compile("--exclude", pattern, &regex, error);
    if (bad == 0)
        vec_push(&selection->exclude, regex);
    return bad;
}

bool selection_is_all(const struct selection *selection)
{
    return selection->include.len == 0 && selection->exclude.len == 0 && selection->left_out.len == 0;
}

void selection_leave_out(struct selection *selection, struct strings *take_ids)
{
    for (size_t i = 0; i < take_ids->len; i++) {
        strings_take(&selection->left_out, take_ids->items[i]);
        map_put(&selection->by_id, bytes_of(take_ids->items[i]), i);
    }
    take_ids->len = 0;
    strings_release(take_ids);
}

bool selection_takes(const struct selection *selection, const char *id)
{
    bool included = selection->include.len == 0;
    struct regex *const *regex;
    vec_each (regex, &selection->include)
        included = included || regex_found(*regex, bytes_of(id)) != 0;
    vec_each (regex, &selection->exclude)
        included = included && regex_found(*regex, bytes_of(id)) != 1;
    return included && map_get(&selection->by_id, bytes_of(id)) == MAP_NONE;
}

void selection_release(struct selection *selection)
{
    struct regex **regex;
    vec_each (regex, &selection->include)
        regex_free(*regex);
    vec_each (regex, &selection->exclude)
        regex_free(*regex);
    vec_release(&selection->include);
    vec_release(&selection->exclude);
    strings_release(&selection->left_out);
    map_release(&selection->by_id);
}
