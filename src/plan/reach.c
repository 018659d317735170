#include "plan/reach.h"

bool reach_find(const struct loop *loop, unsigned team, struct map *groups)
{
    return team < loop->affects.len && affects_find(loop->affects.items[team], &loop->since, groups);
}

/* Whether one of the files is new, and so of no group that is known. */
static bool any_new(const struct loop *loop, const struct model *model, const struct map *groups)
{
    for (size_t i = 0; i < loop->since.len; i++) {
        struct bytes path = bytes_of(loop->since.items[i]);
        if (map_get(groups, path) != MAP_NONE && map_get(&model->by_group, path) == MAP_NONE &&
            affects_is_test(loop->since.items[i]))
            return true;
    }
    return false;
}

bool reach_any(const struct loop *loop, const struct model *model, unsigned team)
{
    struct map groups = {0};
    bool any = !reach_find(loop, team, &groups) || any_new(loop, model, &groups);
    const struct test *test;
    vec_each (test, &model->tests)
        any =
            any || (test->team == team && !test->gone && map_get(&groups, bytes_of(test->group)) != MAP_NONE);
    map_release(&groups);
    return any;
}

bool reach_is_enough(const struct loop *loop, const struct model *model)
{
    bool some = false, any = false;
    if (!loop->surveyed || loop->filter != NULL || loop->since.len == 0)
        return false;
    for (unsigned team = 0; team < loop->affects.len; team++) {
        struct map groups = {0};
        some = reach_find(loop, team, &groups) || some;
        any = any || reach_any(loop, model, team);
        map_release(&groups);
    }
    return some && any;
}

bool reach_files(const struct loop *loop, const struct model *model, unsigned team, struct strings *files)
{
    struct map groups = {0}, added = {0};
    bool some = reach_find(loop, team, &groups);
    const struct test *test;
    for (size_t i = 0; some && i < loop->since.len; i++) {
        map_put(&added, bytes_of(loop->since.items[i]), i);
        strings_add(files, loop->since.items[i]);
    }
    if (some)
        vec_each (test, &model->tests) {
            struct bytes group = bytes_of(test->group);
            if (test->team != team || test->gone || map_get(&groups, group) == MAP_NONE ||
                map_get(&added, group) != MAP_NONE)
                continue;
            map_put(&added, group, 0);
            strings_add(files, test->group);
        }
    map_release(&groups);
    map_release(&added);
    return some;
}
