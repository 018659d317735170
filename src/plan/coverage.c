/* What a run covers: which files are collected for it, which tests it asks for, and which
 * it retires at its end. */
#include "plan/loop.h"

#include "plan/filter.h"
#include "plan/package.h"
#include "plan/parts.h"
#include "plan/reach.h"

/* Whether path is the place or lies inside of it: "a" holds "a/b.py", "a.py" holds "a.py::t" and "a.py::t"
 * holds "a.py::t[1]"; a name with a dot behind it, "m.", holds "m" and "m.Class.test". */
static bool holds(const char *place, const char *path)
{
    size_t len = strlen(place);
    while (len > 0 && place[len - 1] == '/')
        len--;
    if (len == 0 || (len == 1 && place[0] == '.'))
        return true;
    if (place[len - 1] == '.')
        return strncmp(place, path, len - 1) == 0 && (path[len - 1] == '.' || path[len - 1] == '\0');
    return strncmp(place, path, len) == 0 && strchr("/:[", path[len]) != NULL;
}

bool loop_place_holds(const char *place, const char *id, const struct test *test)
{
    return holds(place, id) || holds(place, test->group);
}

bool loop_in_scope(const struct loop *loop, const struct test *test)
{
    /* What cannot be collected was found inside of the scope; a conftest above it counts as that. */
    if (test->outcome == OUTCOME_COLLECTION)
        return true;
    if (!selection_takes(&loop->selection, test->id))
        return false;
    for (size_t i = 0; i < loop->scope.len; i++)
        if (loop_place_holds(loop->scope.items[i], test->id, test))
            return true;
    return loop->scope.len == 0;
}

static bool matches(const struct loop *loop, const struct test *test)
{
    return loop->filter == NULL || test->outcome == OUTCOME_COLLECTION ||
           filter_matches(loop->filter, test->id);
}

bool loop_concerns(const struct loop *loop, const struct test *test)
{
    return matches(loop, test) && loop_in_scope(loop, test);
}

size_t loop_red(const struct loop *loop, const struct model *model)
{
    size_t red = 0;
    const struct test *test;
    vec_each (test, &model->tests)
        red += test->red && loop_concerns(loop, test);
    return red;
}

static void index_paths(struct map *map, const struct strings *paths)
{
    for (size_t i = 0; i < paths->len; i++)
        map_put(map, bytes_of(paths->items[i]), i);
}

static void add_once(struct map *known, struct strings *files, const char *path)
{
    if (map_get(known, bytes_of(path)) != MAP_NONE)
        return;
    strings_add(files, path);
    map_put(known, bytes_of(files->items[files->len - 1]), files->len - 1);
}

static bool is_on_list(const struct loop *loop, const struct test *test)
{
    return loop->run == RUN_LIST && map_get(&loop->places, bytes_of(test->id)) != MAP_NONE;
}

/* Whether the run is about the test, by what is known before the listing. */
static bool is_wanted(const struct loop *loop, const struct test *test)
{
    if (loop->run == RUN_LIST)
        return is_on_list(loop, test) && !test->unknown;
    bool wanted = (test->red && !test->unknown) || (loop->run == RUN_ALL && !test->gone);
    return wanted && loop_concerns(loop, test);
}

/* Of a list: a test that nobody knows may be anybody's, and anywhere. */
static bool is_list_known(const struct loop *loop, const struct model *model)
{
    for (size_t i = 0; i < loop->list.len; i++)
        if (model_find(model, bytes_of(loop->list.items[i])) == MAP_NONE)
            return false;
    return loop->list.len > 0;
}

static bool runs_everything(const struct loop *loop, const struct model *model)
{
    bool all = loop->run == RUN_ALL && (loop->filter == NULL || !loop->surveyed);
    if (loop->run == RUN_LIST)
        return !is_list_known(loop, model);
    return all || loop->run == RUN_NONE || loop->run == RUN_LOADED;
}

/* Whether a changed file may hold tests of the team: it does, or it is not known to be of others. */
static bool may_have_changed(const struct loop *loop, const struct model *model, unsigned team)
{
    struct map changed = {0};
    index_paths(&changed, &loop->changed);
    bool *of_others = mem_zero(loop->changed.len * sizeof *of_others), may = false;
    const struct test *test;
    vec_each (test, &model->tests) {
        size_t at = map_get(&changed, bytes_of(test->group));
        if (at != MAP_NONE && test->team == team)
            may = true;
        else if (at != MAP_NONE)
            of_others[at] = true;
    }
    for (size_t i = 0; i < loop->changed.len; i++)
        may = may || !of_others[i];
    free(of_others);
    map_release(&changed);
    return may;
}

bool loop_involves(const struct loop *loop, const struct model *model, unsigned team)
{
    if (runs_everything(loop, model))
        return true;
    if (loop->run == RUN_ONE)
        return model->tests.items[loop->one].team == team;
    if (loop->run == RUN_AFFECTED)
        return reach_any(loop, model, team);
    const struct test *test;
    vec_each (test, &model->tests)
        if (test->team == team && is_wanted(loop, test))
            return true;
    return loop->run == RUN_RED && may_have_changed(loop, model, team);
}

/* The groups of the red tests or, of what a filter leaves of a full run, of all. */
static bool add_groups(const struct loop *loop, const struct model *model, unsigned team, struct map *known,
                       struct strings *files)
{
    const struct test *test;
    vec_each (test, &model->tests) {
        if (test->team != team || !is_wanted(loop, test))
            continue;
        if (test->group[0] == '\0')
            return false;
        add_once(known, files, test->group);
    }
    return true;
}

bool loop_files(const struct loop *loop, const struct model *model, unsigned team, struct strings *files)
{
    if (runs_everything(loop, model))
        return false;
    if (loop->run == RUN_AFFECTED)
        return reach_files(loop, model, team, files);
    struct map known = {0};
    index_paths(&known, files);
    size_t before = files->len;
    bool some = true;
    if (loop->run == RUN_ONE) {
        const char *group = model->tests.items[loop->one].group;
        some = group[0] != '\0';
        if (some)
            add_once(&known, files, group);
    } else {
        some = add_groups(loop, model, team, &known, files);
        for (size_t i = 0; some && loop->run != RUN_LIST && i < loop->changed.len; i++)
            add_once(&known, files, loop->changed.items[i]);
        some = some && (loop->run != RUN_ALL || files->len > before);
    }
    map_release(&known);
    while (!some && files->len > before)
        free(files->items[--files->len]);
    return some;
}

/* Whether the run is about this test, be it listed or not. */
static bool is_due(const struct loop *loop, const struct model *model, size_t at)
{
    const struct test *test = &model->tests.items[at];
    if (loop->run == RUN_ONE)
        return at == loop->one;
    bool due = loop->run == RUN_RED ? test->red : is_on_list(loop, test);
    return due && !test->unknown && loop_concerns(loop, test);
}

/* Asks for what stands in for the team's parts that this run wants: their owners; where there is none, all
 * tests of their groups, which are added. So are those of what is on the list and could not be collected.
 * picks: the team can run parts alone. */
static void select_for_parts(const struct loop *loop, struct model *model, unsigned team, bool picks,
                             struct map *groups)
{
    for (size_t i = 0; i < model->tests.len; i++) {
        struct test *test = &model->tests.items[i];
        if (test->team != team || !is_due(loop, model, i))
            continue;
        if (loop->run == RUN_LIST && test->outcome == OUTCOME_COLLECTION)
            map_put(groups, bytes_of(test->group), i);
        if (!parts_is_one(test))
            continue;
        size_t owner = parts_owner(model, test->id);
        bool all = owner != MAP_NONE && is_on_list(loop, &model->tests.items[owner]);
        test->alone = picks && owner != MAP_NONE && !all;
        if (owner == MAP_NONE && test->group[0] != '\0')
            map_put(groups, bytes_of(test->group), i);
        else if (owner != MAP_NONE && !model->tests.items[owner].deselected)
            model_ask(model, owner);
    }
}

void loop_select(const struct loop *loop, struct model *model, unsigned team, bool picks)
{
    struct map groups = {0};
    struct strings packages = {0};
    if (loop->run == RUN_RED) {
        package_groups(model, &loop->changed, &packages);
        index_paths(&groups, &loop->changed);
        index_paths(&groups, &packages);
    }
    struct map reached = {0};
    bool all = loop->run == RUN_ALL || (loop->run == RUN_AFFECTED && !reach_find(loop, team, &reached));
    select_for_parts(loop, model, team, picks, &groups);
    const size_t *at;
    vec_each (at, &model->listing) {
        const struct test *test = &model->tests.items[*at];
        bool in_group = map_get(&groups, bytes_of(test->group)) != MAP_NONE;
        in_group = in_group || map_get(&reached, bytes_of(test->group)) != MAP_NONE;
        bool due = all || (loop->run == RUN_RED && test->red) || is_on_list(loop, test);
        bool wanted = matches(loop, test) && selection_takes(&loop->selection, test->id);
        bool asked = loop->run == RUN_ONE ? *at == loop->one || in_group : (due || in_group) && wanted;
        if (asked && test->team == team && !test->deselected)
            model_ask(model, *at);
    }
    if (picks)
        parts_settle(model, team, &groups);
    map_release(&reached);
    map_release(&groups);
    strings_release(&packages);
}

bool loop_shadows(const struct test *failed, const char *group)
{
    if (strcmp(failed->group, group) == 0 || holds(failed->id, group))
        return true;
    const char *slash = strrchr(failed->group, '/');
    const char *base = slash != NULL ? slash + 1 : failed->group;
    if (strcmp(base, "conftest.py") != 0 && strcmp(base, "__init__.py") != 0)
        return false;
    return strncmp(failed->group, group, (size_t)(base - failed->group)) == 0;
}

struct coverage {
    const struct strings *files; /* NULL: everything */
    struct map by_path;
    VEC(size_t) failed; /* tests: what could not be collected in this run */
};

static bool covers(const struct coverage *coverage, const struct model *model, const struct test *test)
{
    if (coverage->files != NULL && map_get(&coverage->by_path, bytes_of(test->group)) == MAP_NONE)
        return false;
    const size_t *at;
    vec_each (at, &coverage->failed)
        if (loop_shadows(&model->tests.items[*at], test->group))
            return false;
    return true;
}

/* Whether nothing was heard of a part because what it belongs to did not run in this run, or not to its end,
 * or because others of it were asked for. */
static bool is_cut_off(const struct model *model, const struct test *test)
{
    size_t owner = parts_is_one(test) ? parts_owner(model, test->id) : MAP_NONE;
    if (owner == MAP_NONE)
        return false;
    const struct test *of = &model->tests.items[owner];
    bool died =
        of->outcome == OUTCOME_CRASHED || of->outcome == OUTCOME_TIMEOUT || of->outcome == OUTCOME_NOT_RUN;
    return of->state != TEST_DONE || died || (of->alone && !test->alone);
}

static void leave(struct model *model, size_t at, const char *why, struct strings *notices)
{
    const struct test *test = &model->tests.items[at];
    if (!test->red)
        return;
    strings_take(notices, mem_printf("%s %s: left the red set", test->id, why));
    model_set_red(model, at, false);
}

void loop_retire(const struct loop *loop, struct model *model, unsigned team, const struct strings *files,
                 struct strings *notices)
{
    struct coverage coverage = {.files = files};
    if (files != NULL)
        index_paths(&coverage.by_path, files);
    for (size_t i = 0; i < model->tests.len; i++)
        if (model->tests.items[i].team == team && model->tests.items[i].state == TEST_DONE &&
            model->tests.items[i].outcome == OUTCOME_COLLECTION)
            vec_push(&coverage.failed, i);
    bool full = loop->run == RUN_ALL;
    for (size_t i = 0; i < model->tests.len; i++) {
        struct test *test = &model->tests.items[i];
        if (test->team != team)
            continue;
        if (full && test->state == TEST_DONE && test->outcome == OUTCOME_SKIPPED)
            leave(model, i, "is skipped", notices);
        if (test->state != TEST_IDLE || test->gone || !loop_in_scope(loop, test) ||
            !covers(&coverage, model, test) || is_cut_off(model, test))
            continue;
        test->gone = true;
        model->generation++;
        leave(model, i,
              test->unknown                         ? "is unknown here"
              : test->outcome == OUTCOME_COLLECTION ? "no longer fails to collect"
                                                    : "is gone",
              notices);
    }
    map_release(&coverage.by_path);
    vec_release(&coverage.failed);
}
