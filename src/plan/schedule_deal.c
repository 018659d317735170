#include "plan/schedule_parts.h"

#define GUESS_NS INT64_C(5000000) /* a test of which nothing is known, where nothing is known of any */
#define PARCELS_A_BOX 2           /* at least so many, so that the boxes end together */

struct batch {
    struct parcel *parcel;
    int64_t cost_ns;
    enum urgency urgency;
    bool guessed; /* a part of the cost is */
    bool alone;   /* shares its box with nothing */
};

/* What one deal knows. */
struct deal {
    const struct model *model;
    unsigned team;
    enum box_mode mode;
    int64_t guess_ns; /* of a test with no known time */
    int64_t limit_ns; /* a batch that costs more is split: half of an even share */
    int64_t goal_ns;  /* batches that cost less share a box up to here */
    bool open;        /* most times are unknown: groups are split and put together when boxes ask */
    struct map changed;
    VEC(struct batch) batches;
};

struct bytes schedule_class(const char *id)
{
    const char *first = strstr(id, "::");
    if (first == NULL)
        return bytes_of("");
    const char *end = first + strcspn(first, "[");
    const char *last = first;
    for (const char *p = first; p != NULL && p < end; p = strstr(p + 2, "::"))
        last = p;
    return last > first ? (struct bytes){first + 2, (size_t)(last - first - 2)} : bytes_of("");
}

static const struct test *test_at(const struct deal *deal, uint32_t position)
{
    return &deal->model->tests.items[deal->model->listing.items[position]];
}

static int64_t known_ns(const struct test *test)
{
    return test->usual_ns > 0 ? test->usual_ns : test->duration_ns;
}

static int64_t cost_ns(const struct deal *deal, uint32_t position)
{
    int64_t known = known_ns(test_at(deal, position));
    return known > 0 ? known : deal->guess_ns;
}

static enum urgency urgency(const struct deal *deal, const struct test *test)
{
    if (map_get(&deal->changed, bytes_of(test->group)) != MAP_NONE)
        return URGENCY_CHANGED;
    return test->red || outcome_is_red(test->previous) ? URGENCY_RED : URGENCY_NONE;
}

static size_t open_batch(struct deal *deal)
{
    struct batch batch = {.parcel = mem_zero(sizeof *batch.parcel)};
    vec_push(&deal->batches, batch);
    return deal->batches.len - 1;
}

static void put(struct deal *deal, size_t at, uint32_t position)
{
    struct batch *batch = &deal->batches.items[at];
    enum urgency urgent = urgency(deal, test_at(deal, position));
    vec_push(&batch->parcel->positions, position);
    batch->cost_ns += cost_ns(deal, position);
    batch->guessed = batch->guessed || known_ns(test_at(deal, position)) <= 0;
    batch->urgency = urgent > batch->urgency ? urgent : batch->urgency;
}

static bool is_asked(const struct deal *deal, uint32_t position)
{
    const struct test *test = test_at(deal, position);
    return test->state == TEST_ASKED && test->team == deal->team;
}

static int64_t worthwhile_ns(const struct deal *deal, int64_t total_ns, unsigned boxes)
{
    if (deal->mode == BOX_FEW)
        return (total_ns + boxes - 1) / boxes;
    int64_t even_ns = total_ns / (PARCELS_A_BOX * (int64_t)boxes);
    if (even_ns < WORTH_A_BOX_NS)
        return WORTH_A_BOX_NS;
    return even_ns < WELL_EARNED_NS ? even_ns : WELL_EARNED_NS;
}

static void weigh(struct deal *deal, unsigned boxes)
{
    int64_t sum_ns = 0;
    size_t known = 0, unknown = 0;
    for (uint32_t i = 0; i < deal->model->listing.len; i++) {
        if (!is_asked(deal, i))
            continue;
        int64_t ns = known_ns(test_at(deal, i));
        sum_ns += ns;
        if (ns > 0)
            known++;
        else
            unknown++;
    }
    deal->guess_ns = known > 0 ? sum_ns / (int64_t)known : GUESS_NS;
    int64_t total_ns = sum_ns + deal->guess_ns * (int64_t)unknown;
    deal->open = deal->mode == BOX_AUTO && boxes > 1 && unknown > known;
    deal->goal_ns = worthwhile_ns(deal, total_ns, boxes);
    deal->limit_ns = total_ns / (2 * (int64_t)boxes);
    if (deal->limit_ns < WORTH_A_BOX_NS)
        deal->limit_ns = WORTH_A_BOX_NS;
    if (boxes == 1 || deal->mode == BOX_FEW)
        deal->limit_ns = INT64_MAX;
}

/* One batch a test, or one a group; in BOX_AUTO fragile tests by themselves. */
static void gather(struct deal *deal)
{
    struct map by_group = {0};
    for (uint32_t i = 0; i < deal->model->listing.len; i++) {
        if (!is_asked(deal, i))
            continue;
        const struct test *test = test_at(deal, i);
        bool alone = deal->mode == BOX_TEST || (deal->mode == BOX_AUTO && test->fragile);
        size_t at = alone ? MAP_NONE : map_get(&by_group, bytes_of(test->group));
        if (at == MAP_NONE)
            at = open_batch(deal);
        deal->batches.items[at].alone = alone;
        if (!alone)
            map_put(&by_group, bytes_of(test->group), at);
        put(deal, at, i);
    }
    map_release(&by_group);
}

/* Where the run of one class's tests that begins at `from` ends, and what it costs. */
static size_t class_end(const struct deal *deal, const struct parcel *parcel, size_t from, int64_t *sum_ns)
{
    struct bytes class = schedule_class(test_at(deal, parcel->positions.items[from])->id);
    size_t end = from;
    *sum_ns = 0;
    for (; end < parcel->positions.len; end++) {
        uint32_t position = parcel->positions.items[end];
        if (!bytes_equal(class, schedule_class(test_at(deal, position)->id)))
            break;
        *sum_ns += cost_ns(deal, position);
    }
    return end;
}

/* How much the next piece should cost when so much of the group is left: the pieces get smaller towards
 * its end, so that they level out what was guessed wrong. */
static int64_t piece_ns(const struct deal *deal, int64_t left_ns)
{
    int64_t least_ns = deal->limit_ns / 4 > WORTH_A_BOX_NS ? deal->limit_ns / 4 : WORTH_A_BOX_NS;
    int64_t want_ns = left_ns / 2 < deal->limit_ns ? left_ns / 2 : deal->limit_ns;
    return want_ns > least_ns ? want_ns : least_ns;
}

/* Deals the batch out again in pieces: whole classes, single tests of a class that is itself too long. */
static void split(struct deal *deal, size_t whole)
{
    struct parcel *parcel = deal->batches.items[whole].parcel;
    int64_t left_ns = deal->batches.items[whole].cost_ns, next_ns = 0;
    int64_t target_ns = piece_ns(deal, left_ns);
    deal->batches.items[whole] = (struct batch){.parcel = mem_zero(sizeof *parcel)};
    size_t at = whole;
    for (size_t i = 0, end = 0, step = 1; i < parcel->positions.len; i += step) {
        if (i == end) {
            end = class_end(deal, parcel, i, &next_ns);
            step = deal->mode == BOX_GROUP || next_ns <= deal->limit_ns ? end - i : 1;
        }
        if (step == 1)
            next_ns = cost_ns(deal, parcel->positions.items[i]);
        int64_t have_ns = deal->batches.items[at].cost_ns;
        if (have_ns > 0 && have_ns + next_ns - target_ns > target_ns - have_ns) {
            left_ns -= have_ns;
            target_ns = piece_ns(deal, left_ns);
            at = open_batch(deal);
        }
        for (size_t p = i; p < i + step; p++)
            put(deal, at, parcel->positions.items[p]);
    }
    vec_release(&parcel->positions);
    free(parcel);
}

static int compare_positions(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Moves what is in one batch to the end of another, and leaves it without a parcel. */
static void absorb(struct batch *to, struct batch *from)
{
    const uint32_t *position;
    vec_each (position, &from->parcel->positions)
        vec_push(&to->parcel->positions, *position);
    to->cost_ns += from->cost_ns;
    to->guessed = to->guessed || from->guessed;
    vec_release(&from->parcel->positions);
    free(from->parcel);
    from->parcel = NULL;
}

static bool is_small(const struct deal *deal, const struct batch *batch)
{
    return !batch->alone && batch->cost_ns < deal->goal_ns;
}

/* Up to what small batches share a box when those that have none yet cost so much: less towards the end, as
 * with pieces. */
static int64_t share_ns(const struct deal *deal, int64_t left_ns)
{
    if (deal->mode == BOX_FEW)
        return deal->goal_ns;
    int64_t want_ns = left_ns / 2 > WORTH_A_BOX_NS ? left_ns / 2 : WORTH_A_BOX_NS;
    return want_ns < deal->goal_ns ? want_ns : deal->goal_ns;
}

/* Lets small batches share a box with the next small ones of their urgency, for as long as that leads nearer
 * to what a box should cost. */
static void merge(struct deal *deal)
{
    struct {
        struct batch *open;
        int64_t left_ns, target_ns;
    } of[URGENCY_CHANGED + 1] = {{0}};
    struct batch *batch;
    vec_each (batch, &deal->batches)
        of[batch->urgency].left_ns += is_small(deal, batch) ? batch->cost_ns : 0;
    vec_each (batch, &deal->batches) {
        if (!is_small(deal, batch))
            continue;
        struct batch *open = of[batch->urgency].open;
        int64_t target_ns = of[batch->urgency].target_ns, left_ns = of[batch->urgency].left_ns;
        of[batch->urgency].left_ns -= batch->cost_ns;
        if (open != NULL && open->cost_ns + batch->cost_ns - target_ns <= target_ns - open->cost_ns) {
            absorb(open, batch);
            continue;
        }
        of[batch->urgency].open = batch;
        of[batch->urgency].target_ns = share_ns(deal, left_ns);
    }
}

/* Brings the batches that are left together, and the tests of each into the runner's order. */
static void tidy(struct deal *deal)
{
    struct batch *batch;
    size_t kept = 0;
    vec_each (batch, &deal->batches) {
        if (batch->parcel == NULL)
            continue;
        qsort(batch->parcel->positions.items, batch->parcel->positions.len, sizeof(uint32_t),
              compare_positions);
        deal->batches.items[kept++] = *batch;
    }
    deal->batches.len = kept;
}

static int compare(const void *a, const void *b)
{
    const struct batch *x = a, *y = b;
    if (x->urgency != y->urgency)
        return x->urgency > y->urgency ? -1 : 1;
    if (x->cost_ns != y->cost_ns)
        return x->cost_ns > y->cost_ns ? -1 : 1;
    return x->parcel->positions.items[0] < y->parcel->positions.items[0] ? -1 : 1;
}

static void hand_over(struct schedule *schedule, const struct deal *deal)
{
    const struct batch *batch;
    vec_each (batch, &deal->batches) {
        batch->parcel->urgency = batch->urgency;
        batch->parcel->cost_ns = batch->cost_ns;
        batch->parcel->guessed = batch->guessed;
        batch->parcel->whole = batch->alone;
        vec_push(&schedule->parcels, batch->parcel);
    }
}

/* Splits what is long, puts together what is short. */
static void level(struct deal *deal)
{
    size_t gathered = deal->batches.len;
    for (size_t i = 0; deal->mode != BOX_TEST && i < gathered; i++)
        if (deal->batches.items[i].cost_ns > deal->limit_ns &&
            deal->batches.items[i].parcel->positions.len > 1)
            split(deal, i);
    if (deal->mode == BOX_AUTO || deal->mode == BOX_FEW) {
        merge(deal);
        tidy(deal);
    }
}

void schedule_deal(struct schedule *schedule, const struct model *model, unsigned team,
                   const struct strings *changed, enum box_mode mode, unsigned boxes)
{
    schedule_release(schedule);
    struct deal deal = {.model = model, .team = team, .mode = mode};
    for (size_t i = 0; changed != NULL && i < changed->len; i++)
        map_put(&deal.changed, bytes_of(changed->items[i]), i);
    weigh(&deal, boxes);
    gather(&deal);
    if (!deal.open)
        level(&deal);
    if (deal.batches.len > 0)
        qsort(deal.batches.items, deal.batches.len, sizeof *deal.batches.items, compare);
    schedule->open = deal.open;
    schedule->boxes = boxes;
    hand_over(schedule, &deal);
    vec_release(&deal.batches);
    map_release(&deal.changed);
}
