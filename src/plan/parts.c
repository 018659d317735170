#include "plan/parts.h"

#include "core/recipe_argv.h"

bool parts_is_one(const struct test *test)
{
    return !test->runnable && test->outcome != OUTCOME_COLLECTION;
}

size_t parts_owner(const struct model *model, const char *part)
{
    for (size_t len = strlen(part); len-- > 1;) {
        if (strchr("/ :.[", part[len]) == NULL)
            continue;
        size_t at = model_find(model, (struct bytes){part, len});
        if (at != MAP_NONE && model->tests.items[at].runnable && model->tests.items[at].state != TEST_IDLE)
            return at;
    }
    return MAP_NONE;
}

/* What the part is called in its owner; NULL: it has no such name. Borrowed. */
static const char *name_in(const struct test *owner, const struct test *part)
{
    size_t len = strlen(owner->id), between = strlen(PART_BETWEEN);
    bool inside =
        strncmp(part->id, owner->id, len) == 0 && strncmp(part->id + len, PART_BETWEEN, between) == 0;
    return inside ? part->id + len + between : NULL;
}

/* Whether it did no more than fail: what its parts do is then all that is wrong with it. One that passed and
 * is red did so in part. */
static bool just_failed(const struct test *test)
{
    return !test->red || test->outcome == OUTCOME_FAILED || test->outcome == OUTCOME_PASSED;
}

/* The part's owner, MAP_NONE for what is no part that is asked for alone. */
static size_t owner_of_picked(const struct model *model, unsigned team, const struct test *part)
{
    bool picked = part->alone && part->team == team && parts_is_one(part);
    return picked ? parts_owner(model, part->id) : MAP_NONE;
}

void parts_settle(struct model *model, unsigned team, const struct map *groups)
{
    size_t *sizes = mem_zero(model->tests.len * sizeof *sizes); /* octets of names, for each owner */
    bool *whole = mem_zero(model->tests.len * sizeof *whole);
    struct test *part;
    vec_each (part, &model->tests) {
        size_t at = owner_of_picked(model, team, part);
        if (at == MAP_NONE)
            continue;
        struct test *owner = &model->tests.items[at];
        const char *name = name_in(owner, part);
        sizes[at] += name != NULL ? strlen(name) + 1 : 0;
        bool changed = map_get(groups, bytes_of(owner->group)) != MAP_NONE;
        whole[at] |= changed || name == NULL || sizes[at] > RECIPE_PARTS_MAX || !just_failed(owner) ||
                     !just_failed(part);
        owner->alone = !whole[at];
    }
    vec_each (part, &model->tests) {
        size_t at = owner_of_picked(model, team, part);
        if (at != MAP_NONE && whole[at])
            part->alone = false;
    }
    free(whole);
    free(sizes);
}

bool parts_left_red(const struct model *model, const struct test *owner)
{
    const struct test *part;
    if (!owner->alone || !owner->runnable)
        return false;
    vec_each (part, &model->tests) {
        bool other = part->red && !part->alone && !part->unknown && part->team == owner->team;
        if (other && parts_is_one(part) && name_in(owner, part) != NULL)
            return true;
    }
    return false;
}

void parts_names(const struct model *model, const size_t *tests, size_t count, struct strings *names)
{
    VEC(size_t) place = {0}; /* by test, one more than its place; 0 none */
    for (size_t i = 0; i < count; i++) {
        if (!model->tests.items[tests[i]].alone)
            continue;
        while (place.len < model->tests.len)
            vec_push(&place, 0);
        place.items[tests[i]] = i + 1;
    }
    const struct test *part;
    vec_each (part, &model->tests) {
        if (place.len == 0 || !part->alone || !parts_is_one(part))
            continue;
        size_t at = parts_owner(model, part->id);
        if (at != MAP_NONE && place.items[at] > 0)
            strings_add(&names[place.items[at] - 1], name_in(&model->tests.items[at], part));
    }
    vec_release(&place);
}
