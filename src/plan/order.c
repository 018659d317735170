#include "plan/order.h"

#include <stdlib.h>

#define GUESS_NS INT64_C(5000000)         /* a test of which nothing is known */
#define WORTH_A_BOX_NS INT64_C(50000000)  /* a fork and the group's set-up want to be earned */
#define WELL_EARNED_NS INT64_C(400000000) /* groups that together cost more need not share a box */
#define PARCELS_A_BOX 6

/* Where a test stands: by its keys, the first before the second, then by the runner's order. */
struct place {
    uint64_t keys[3];
    uint32_t position;
};

bool order_parse(struct order *order, const char *text, bool *seeded)
{
    static const struct {
        const char *name;
        enum order_kind kind;
    } names[] = {{"given", ORDER_GIVEN},
                 {"failed-first", ORDER_FAILED},
                 {"slowest-first", ORDER_SLOWEST},
                 {"fastest-first", ORDER_FASTEST},
                 {"random", ORDER_RANDOM}};
    *seeded = strncmp(text, "random:", 7) == 0;
    if (*seeded) {
        char *end;
        unsigned long seed = strtoul(text + 7, &end, 10);
        order->kind = ORDER_RANDOM;
        order->seed = (uint32_t)seed;
        return text[7] >= '0' && text[7] <= '9' && *end == '\0' && seed <= UINT32_MAX;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i].name) == 0) {
            order->kind = names[i].kind;
            return true;
        }
    return false;
}

static const struct test *test_at(const struct model *model, uint32_t position)
{
    return &model->tests.items[model->listing.items[position]];
}

/* A number that the seed and the octets decide, on every machine: FNV-1a, stirred as splitmix64 does it. */
static uint64_t draw(uint32_t seed, struct bytes text)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325) ^ (seed * UINT64_C(0x9E3779B97F4A7C15));
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * UINT64_C(0x100000001B3);
    hash = (hash ^ (hash >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    hash = (hash ^ (hash >> 27)) * UINT64_C(0x94D049BB133111EB);
    return hash ^ (hash >> 31);
}

/* What is before the last "::" of the id, the brackets of parameters left out: the file, and the class. */
static struct bytes class_of(const char *id)
{
    const char *end = id + strcspn(id, "["), *last = id;
    for (const char *p = strstr(id, "::"); p != NULL && p < end; p = strstr(p + 2, "::"))
        last = p;
    return (struct bytes){id, (size_t)(last - id)};
}

static void set_random(const struct order *order, const struct test *test, uint64_t keys[static 3])
{
    struct bytes id = bytes_of(test->id), group = bytes_of(test->group);
    keys[0] = draw(order->seed, group.len > 0 ? group : id);
    keys[1] = draw(order->seed, class_of(test->id));
    keys[2] = draw(order->seed, id);
}

static void set_keys(const struct order *order, const struct test *test, uint64_t keys[static 3])
{
    int64_t known_ns = test->usual_ns > 0 ? test->usual_ns : test->duration_ns;
    switch (order->kind) {
    case ORDER_LEARNED:
        break;
    case ORDER_GIVEN:
        keys[0] = order->places != NULL ? map_get(order->places, bytes_of(test->id)) : 0;
        break;
    case ORDER_FAILED:
        keys[0] = !test->red && !outcome_is_red(test->previous);
        break;
    case ORDER_SLOWEST:
        keys[0] = known_ns > 0 ? UINT64_MAX - (uint64_t)known_ns : UINT64_MAX;
        break;
    case ORDER_FASTEST:
        keys[0] = known_ns > 0 ? (uint64_t)known_ns : UINT64_MAX;
        break;
    case ORDER_RANDOM:
        set_random(order, test, keys);
        break;
    }
}

static int compare(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    for (size_t i = 0; i < sizeof x->keys / sizeof *x->keys; i++)
        if (x->keys[i] != y->keys[i])
            return x->keys[i] < y->keys[i] ? -1 : 1;
    return x->position < y->position ? -1 : x->position > y->position;
}

void order_sort(const struct order *order, const struct model *model, uint32_t *positions, size_t count)
{
    struct place *places = mem_zero(count * sizeof *places);
    for (size_t i = 0; i < count; i++) {
        places[i].position = positions[i];
        set_keys(order, test_at(model, positions[i]), places[i].keys);
    }
    if (count > 0)
        qsort(places, count, sizeof *places, compare);
    for (size_t i = 0; i < count; i++)
        positions[i] = places[i].position;
    free(places);
}

/* What one deal knows. */
struct deal {
    const struct model *model;
    enum box_mode mode;
    int64_t goal_ns;  /* groups share a box up to here */
    int64_t limit_ns; /* a group that costs more is divided */
    VEC(uint32_t) positions;
    VEC(size_t) group_ends; /* in positions */
};

static int64_t cost_ns(const struct deal *deal, size_t at)
{
    const struct test *test = test_at(deal->model, deal->positions.items[at]);
    int64_t known_ns = test->usual_ns > 0 ? test->usual_ns : test->duration_ns;
    return known_ns > 0 ? known_ns : GUESS_NS;
}

static int64_t cost_of(const struct deal *deal, size_t from, size_t end)
{
    int64_t sum_ns = 0;
    for (; from < end; from++)
        sum_ns += cost_ns(deal, from);
    return sum_ns;
}

static void gather(struct deal *deal, unsigned team)
{
    for (uint32_t i = 0; i < deal->model->listing.len; i++) {
        const struct test *test = test_at(deal->model, i);
        if (test->state == TEST_ASKED && test->team == team)
            vec_push(&deal->positions, i);
    }
}

/* Moves the tests of a group to the first of them. */
static void bring_groups_together(struct deal *deal)
{
    size_t count = deal->positions.len;
    struct place *places = mem_zero(count * sizeof *places);
    struct map first = {0};
    for (size_t i = 0; i < count; i++) {
        const char *group = test_at(deal->model, deal->positions.items[i])->group;
        if (map_get(&first, bytes_of(group)) == MAP_NONE)
            map_put(&first, bytes_of(group), i);
        places[i] = (struct place){{map_get(&first, bytes_of(group))}, (uint32_t)i};
    }
    if (count > 0)
        qsort(places, count, sizeof *places, compare);
    uint32_t *sorted = mem_zero(count * sizeof *sorted);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = deal->positions.items[places[i].position];
        if (i > 0 && places[i].keys[0] != places[i - 1].keys[0])
            vec_push(&deal->group_ends, i);
    }
    vec_push(&deal->group_ends, count);
    for (size_t i = 0; i < count; i++)
        deal->positions.items[i] = sorted[i];
    free(sorted);
    free(places);
    map_release(&first);
}

static void weigh(struct deal *deal, unsigned boxes)
{
    int64_t total_ns = cost_of(deal, 0, deal->positions.len);
    int64_t share_ns = total_ns / (PARCELS_A_BOX * (int64_t)boxes), half_ns = total_ns / (2 * (int64_t)boxes);
    deal->goal_ns = share_ns < WELL_EARNED_NS ? share_ns : WELL_EARNED_NS;
    deal->limit_ns = half_ns > WORTH_A_BOX_NS ? half_ns : WORTH_A_BOX_NS;
    if (deal->mode == BOX_FEW)
        deal->goal_ns = (total_ns + boxes - 1) / boxes;
    if (boxes == 1 || deal->mode != BOX_AUTO)
        deal->limit_ns = INT64_MAX;
}

static bool is_alone(const struct deal *deal, size_t at)
{
    return deal->mode == BOX_AUTO && test_at(deal->model, deal->positions.items[at])->fragile;
}

/* Where the tests end that are dealt as one from `from` on; `end` is that of their group. */
static size_t piece_end(const struct deal *deal, size_t from, size_t end)
{
    int64_t sum_ns = cost_ns(deal, from);
    if (deal->mode == BOX_TEST || is_alone(deal, from))
        return from + 1;
    size_t at = from + 1;
    bool whole = cost_of(deal, from, end) <= deal->limit_ns;
    for (; at < end && !is_alone(deal, at) && (whole || sum_ns < deal->limit_ns / 2); at++)
        sum_ns += cost_ns(deal, at);
    return at;
}

static void deal_out(struct schedule *schedule, const struct deal *deal)
{
    struct parcel *open = NULL; /* others may still share its box */
    size_t from = 0;
    const size_t *group_end;
    vec_each (group_end, &deal->group_ends)
        while (from < *group_end) {
            size_t end = piece_end(deal, from, *group_end);
            int64_t piece_ns = cost_of(deal, from, end);
            bool small = (deal->mode == BOX_AUTO || deal->mode == BOX_FEW) && !is_alone(deal, from);
            if (open == NULL || !small || open->cost_ns + piece_ns > deal->goal_ns)
                open = schedule_append(schedule);
            for (; from < end; from++)
                vec_push(&open->positions, deal->positions.items[from]);
            open->cost_ns += piece_ns;
            open->guessed = true; /* none waits in a slot while others are free */
            open = small ? open : NULL;
        }
}

void order_deal(struct schedule *schedule, const struct model *model, unsigned team,
                const struct order *order, enum box_mode mode, unsigned boxes)
{
    struct deal deal = {.model = model, .mode = mode};
    schedule_release(schedule);
    gather(&deal, team);
    order_sort(order, model, deal.positions.items, deal.positions.len);
    if (mode == BOX_ONE && deal.positions.len > 0) {
        struct parcel *all = schedule_append(schedule);
        const uint32_t *position;
        vec_each (position, &deal.positions)
            vec_push(&all->positions, *position);
        all->guessed = true;
    } else if (deal.positions.len > 0) {
        if (mode == BOX_TEST)
            vec_push(&deal.group_ends, deal.positions.len);
        else
            bring_groups_together(&deal);
        weigh(&deal, boxes);
        deal_out(schedule, &deal);
    }
    vec_release(&deal.positions);
    vec_release(&deal.group_ends);
}
