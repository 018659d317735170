#include "plan/shard.h"

#include <stdlib.h>

#define OF_MAX 10000
#define GUESS_NS INT64_C(5000000)        /* a test, where nothing is known of any */
#define WORTH_A_BOX_NS INT64_C(50000000) /* a piece of a file costs a process of its own */

/* Tests that stay together: a file's, or a piece of it. */
struct piece {
    VEC(size_t) tests;
    int64_t cost_ns;
    const char *group; /* the model's: each name once */
};

struct sharding {
    const struct shard *shard;
    const struct model *model;
    const struct setups *setups;
    int64_t guess_ns, even_ns;
    VEC(struct piece) pieces;
};

/* What a shard has so far. */
struct load {
    int64_t cost_ns;
    struct map groups;
};

bool shard_parse(struct shard *shard, const char *text)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    unsigned long number = strtoul(text, &end, 10);
    if (*end != '/' || end[1] < '0' || end[1] > '9')
        return false;
    unsigned long of = strtoul(end + 1, &end, 10);
    *shard = (struct shard){(unsigned)number, (unsigned)of};
    return *end == '\0' && of <= OF_MAX && number >= 1 && number <= of;
}

static int64_t known_ns(const struct test *test)
{
    return test->usual_ns > 0 ? test->usual_ns : test->duration_ns;
}

static int64_t cost_ns(const struct sharding *sharding, size_t test)
{
    int64_t known = known_ns(&sharding->model->tests.items[test]);
    return known > 0 ? known : sharding->guess_ns;
}

static void put(struct sharding *sharding, size_t piece, size_t test)
{
    struct piece *to = &sharding->pieces.items[piece];
    vec_push(&to->tests, test);
    to->cost_ns += cost_ns(sharding, test);
}

static bool is_asked(const struct model *model, size_t test, unsigned team)
{
    return model->tests.items[test].state == TEST_ASKED && model->tests.items[test].team == team;
}

static void weigh(struct sharding *sharding, unsigned team)
{
    int64_t sum_ns = 0;
    size_t known = 0, unknown = 0;
    const size_t *at;
    vec_each (at, &sharding->model->listing) {
        int64_t ns = known_ns(&sharding->model->tests.items[*at]);
        if (!is_asked(sharding->model, *at, team))
            continue;
        sum_ns += ns > 0 ? ns : 0;
        known += ns > 0;
        unknown += ns <= 0;
    }
    sharding->guess_ns = known > 0 ? sum_ns / (int64_t)known : GUESS_NS;
    sharding->even_ns = (sum_ns + sharding->guess_ns * (int64_t)unknown) / sharding->shard->of;
}

/* A piece a file; a test without one is a piece of its own. An id that is listed twice is one test. */
static void gather(struct sharding *sharding, unsigned team)
{
    const struct model *model = sharding->model;
    bool *seen = mem_zero(model->tests.len * sizeof *seen);
    struct map by_group = {0};
    const size_t *at;
    vec_each (at, &model->listing) {
        const struct test *test = &model->tests.items[*at];
        if (seen[*at] || !is_asked(model, *at, team))
            continue;
        seen[*at] = true;
        size_t piece = test->group[0] != '\0' ? map_get(&by_group, bytes_of(test->group)) : MAP_NONE;
        if (piece == MAP_NONE) {
            piece = sharding->pieces.len;
            vec_push(&sharding->pieces, (struct piece){.group = test->group});
            map_put(&by_group, bytes_of(test->group), piece);
        }
        put(sharding, piece, *at);
    }
    map_release(&by_group);
    free(seen);
}

/* What each further shard pays that has tests of the file. */
static int64_t shared_ns(const struct sharding *sharding, const char *group)
{
    return setups_find(sharding->setups, SETUP_FILE, bytes_of(group)) +
           setups_find(sharding->setups, SETUP_BOX, bytes_of(group));
}

/* Where the tests end that begin at `from` and are of one class, or only that one, when the class is long
 * itself. */
static size_t class_end(const struct sharding *sharding, const struct piece *piece, size_t from,
                        int64_t most_ns)
{
    struct bytes class = setup_class(sharding->model->tests.items[piece->tests.items[from]].id);
    int64_t sum_ns = 0;
    size_t end = from;
    for (; end < piece->tests.len; end++) {
        const char *id = sharding->model->tests.items[piece->tests.items[end]].id;
        if (!bytes_equal(class, setup_class(id)))
            break;
        sum_ns += cost_ns(sharding, piece->tests.items[end]);
    }
    return class.len > 0 && sum_ns <= most_ns ? end : from + 1;
}

/* Deals out a file that takes longer than a shard should in pieces of half of that, unless what its tests
 * share costs as much as is gained. */
static void split(struct sharding *sharding, size_t whole)
{
    struct piece file = sharding->pieces.items[whole];
    int64_t again_ns = shared_ns(sharding, file.group), most_ns = sharding->even_ns / 2;
    if (file.cost_ns <= sharding->even_ns || file.cost_ns - sharding->even_ns <= again_ns)
        return;
    most_ns = most_ns > again_ns ? most_ns : again_ns;
    most_ns = most_ns > WORTH_A_BOX_NS ? most_ns : WORTH_A_BOX_NS;
    sharding->pieces.items[whole] = (struct piece){.group = file.group};
    size_t to = whole;
    for (size_t from = 0, end; from < file.tests.len; from = end) {
        end = class_end(sharding, &file, from, most_ns);
        if (sharding->pieces.items[to].cost_ns >= most_ns) {
            to = sharding->pieces.len;
            vec_push(&sharding->pieces, (struct piece){.group = file.group});
        }
        for (size_t i = from; i < end; i++)
            put(sharding, to, file.tests.items[i]);
    }
    vec_release(&file.tests);
}

/* What sorts pieces by itself, wherever they come from. */
struct entry {
    int64_t cost_ns;
    const char *name;
    size_t piece;
};

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->cost_ns != y->cost_ns)
        return x->cost_ns > y->cost_ns ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* The longest first, each to the shard that then has the least. Ties go round, from another one for each
 * team.
 */
static unsigned place(const struct sharding *sharding, struct load *loads, const struct piece *piece,
                      unsigned first)
{
    unsigned best = 0;
    int64_t best_ns = INT64_MAX;
    struct bytes group = bytes_of(piece->group);
    int64_t again_ns = shared_ns(sharding, piece->group);
    for (unsigned i = 0; i < sharding->shard->of; i++) {
        unsigned at = (first + i) % sharding->shard->of;
        bool has = group.len > 0 && map_get(&loads[at].groups, group) != MAP_NONE;
        int64_t then_ns = loads[at].cost_ns + piece->cost_ns + (has ? 0 : again_ns);
        if (then_ns >= best_ns)
            continue;
        best = at;
        best_ns = then_ns;
    }
    loads[best].cost_ns = best_ns;
    if (group.len > 0)
        map_put(&loads[best].groups, group, 1);
    return best;
}

static size_t leave_out(struct model *model, const struct piece *piece)
{
    const size_t *test;
    vec_each (test, &piece->tests)
        model_unask(model, *test);
    return piece->tests.len;
}

size_t shard_keep(const struct shard *shard, struct model *model, unsigned team, const struct setups *setups)
{
    struct sharding sharding = {.shard = shard, .model = model, .setups = setups};
    size_t elsewhere = 0;
    if (shard->of <= 1)
        return 0;
    weigh(&sharding, team);
    gather(&sharding, team);
    for (size_t i = 0, files = sharding.pieces.len; i < files; i++)
        split(&sharding, i);
    size_t count = sharding.pieces.len;
    struct entry *entries = mem_zero(count * sizeof *entries);
    struct load *loads = mem_zero(shard->of * sizeof *loads);
    for (size_t i = 0; i < count; i++) {
        const struct piece *piece = &sharding.pieces.items[i];
        entries[i] = (struct entry){piece->cost_ns, model->tests.items[piece->tests.items[0]].id, i};
    }
    if (count > 0)
        qsort(entries, count, sizeof *entries, compare);
    for (size_t i = 0; i < count; i++) {
        const struct piece *piece = &sharding.pieces.items[entries[i].piece];
        if (place(&sharding, loads, piece, team % shard->of) != shard->number - 1)
            elsewhere += leave_out(model, piece);
    }
    for (unsigned i = 0; i < shard->of; i++)
        map_release(&loads[i].groups);
    for (size_t i = 0; i < count; i++)
        vec_release(&sharding.pieces.items[i].tests);
    vec_release(&sharding.pieces);
    free(entries);
    free(loads);
    return elsewhere;
}
