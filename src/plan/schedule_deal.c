#include "plan/schedule_parts.h"

#define GUESS_NS INT64_C(5000000) /* a test of which nothing is known, where nothing is known of any */
#define PARCELS_A_BOX 2           /* at least so many, so that the boxes end together */

const struct test *deal_test(const struct deal *deal, uint32_t position)
{
    return &deal->model->tests.items[deal->model->listing.items[position]];
}

static int64_t known_ns(const struct test *test)
{
    return test->usual_ns > 0 ? test->usual_ns : test->duration_ns;
}

int64_t deal_cost(const struct deal *deal, uint32_t position)
{
    int64_t known = known_ns(deal_test(deal, position));
    return known > 0 ? known : deal->guess_ns;
}

static bool is_in(const struct map *map, const char *name)
{
    return map != NULL && map_get(map, bytes_of(name)) != MAP_NONE;
}

static enum urgency urgency(const struct deal *deal, const struct test *test)
{
    if (is_in(&deal->changed, test->group))
        return URGENCY_CHANGED;
    if (test->red || outcome_is_red(test->previous))
        return URGENCY_RED;
    if (is_in(deal->facts->risky, test->id))
        return URGENCY_RISKY;
    return is_in(deal->facts->affected, test->group) ? URGENCY_AFFECTED : URGENCY_NONE;
}

size_t deal_open(struct deal *deal)
{
    struct batch batch = {.parcel = mem_zero(sizeof *batch.parcel), .rank = MAP_NONE};
    vec_push(&deal->batches, batch);
    return deal->batches.len - 1;
}

/* What is set up before the test runs, unless the one before it in the batch (NULL none) had it set up. */
static int64_t setup_cost(const struct deal *deal, const struct test *test, const struct test *before,
                          struct batch *batch)
{
    const struct setups *setups = deal->facts->setups;
    struct bytes class = setups_class_place(test->id);
    int64_t sum_ns = 0;
    if (before == NULL || strcmp(before->group, test->group) != 0) {
        int64_t box_ns = setups_find(setups, SETUP_BOX, bytes_of(test->group));
        sum_ns += setups_find(setups, SETUP_FILE, bytes_of(test->group));
        sum_ns += box_ns > batch->box_ns ? box_ns - batch->box_ns : 0;
        batch->box_ns = box_ns > batch->box_ns ? box_ns : batch->box_ns;
    }
    if (class.len > 0 && (before == NULL || !bytes_equal(class, setups_class_place(before->id))))
        sum_ns += setups_find(setups, SETUP_CLASS, class);
    return sum_ns;
}

void deal_put(struct deal *deal, size_t at, uint32_t position)
{
    struct batch *batch = &deal->batches.items[at];
    const struct parcel *parcel = batch->parcel;
    const struct test *test = deal_test(deal, position);
    const struct test *before = parcel->positions.len > 0
                                    ? deal_test(deal, parcel->positions.items[parcel->positions.len - 1])
                                    : NULL;
    enum urgency urgent = urgency(deal, test);
    size_t rank = urgent == URGENCY_RISKY ? map_get(deal->facts->risky, bytes_of(test->id)) : MAP_NONE;
    batch->cost_ns += deal_cost(deal, position) + setup_cost(deal, test, before, batch);
    batch->guessed = batch->guessed || known_ns(test) <= 0;
    batch->urgency = urgent > batch->urgency ? urgent : batch->urgency;
    batch->rank = rank < batch->rank ? rank : batch->rank;
    vec_push(&batch->parcel->positions, position);
}

static bool is_asked(const struct deal *deal, uint32_t position)
{
    const struct test *test = deal_test(deal, position);
    return test->state == TEST_ASKED && test->team == deal->team;
}

/* How much a box should get: where it sets much up, more. */
static int64_t worthwhile_ns(const struct deal *deal)
{
    int64_t even_ns = deal->total_ns / (PARCELS_A_BOX * (int64_t)deal->boxes);
    int64_t share_ns = (deal->total_ns + deal->boxes - 1) / deal->boxes, box_ns = 0;
    const struct batch *batch;
    if (deal->mode == BOX_FEW)
        return share_ns;
    vec_each (batch, &deal->batches)
        box_ns = batch->box_ns > box_ns ? batch->box_ns : box_ns;
    int64_t goal_ns = even_ns < WELL_EARNED_NS ? even_ns : WELL_EARNED_NS;
    int64_t least_ns = WORTH_SETUPS * box_ns < share_ns ? WORTH_SETUPS * box_ns : share_ns;
    least_ns = least_ns > WORTH_A_BOX_NS ? least_ns : WORTH_A_BOX_NS;
    return goal_ns > least_ns ? goal_ns : least_ns;
}

/* The guess, from what is known. */
static void guess(struct deal *deal)
{
    int64_t sum_ns = 0;
    size_t known = 0, unknown = 0;
    for (uint32_t i = 0; i < deal->model->listing.len; i++) {
        if (!is_asked(deal, i))
            continue;
        int64_t ns = known_ns(deal_test(deal, i));
        sum_ns += ns;
        if (ns > 0)
            known++;
        else
            unknown++;
    }
    deal->guess_ns = known > 0 ? sum_ns / (int64_t)known : GUESS_NS;
    deal->open = deal->mode == BOX_AUTO && deal->boxes > 1 && unknown > known;
}

static void weigh(struct deal *deal)
{
    const struct batch *batch;
    vec_each (batch, &deal->batches)
        deal->total_ns += batch->cost_ns;
    deal->goal_ns = worthwhile_ns(deal);
    deal->limit_ns = deal->total_ns / (2 * (int64_t)deal->boxes);
    if (deal->limit_ns < WORTH_A_BOX_NS)
        deal->limit_ns = WORTH_A_BOX_NS;
    if (deal->boxes == 1 || deal->mode == BOX_FEW)
        deal->limit_ns = INT64_MAX;
}

/* One batch a test, or one a group; in BOX_AUTO fragile tests by themselves, and what is risky of a group
 * apart from the rest. */
static void gather(struct deal *deal)
{
    struct map by_group[2] = {{0}};
    for (uint32_t i = 0; i < deal->model->listing.len; i++) {
        if (!is_asked(deal, i))
            continue;
        const struct test *test = deal_test(deal, i);
        bool alone = deal->mode == BOX_TEST || (deal->mode == BOX_AUTO && test->fragile);
        struct map *apart = &by_group[deal->mode == BOX_AUTO && urgency(deal, test) == URGENCY_RISKY];
        size_t at = alone ? MAP_NONE : map_get(apart, bytes_of(test->group));
        if (at == MAP_NONE)
            at = deal_open(deal);
        deal->batches.items[at].alone = alone;
        if (!alone)
            map_put(apart, bytes_of(test->group), at);
        deal_put(deal, at, i);
    }
    map_release(&by_group[0]);
    map_release(&by_group[1]);
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
    to->cost_ns += from->cost_ns - (from->box_ns < to->box_ns ? from->box_ns : to->box_ns);
    to->box_ns = from->box_ns > to->box_ns ? from->box_ns : to->box_ns;
    to->rank = from->rank < to->rank ? from->rank : to->rank;
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
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
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
            deal_split(deal, i);
    if (deal->mode == BOX_AUTO || deal->mode == BOX_FEW) {
        merge(deal);
        tidy(deal);
    }
}

void schedule_deal(struct schedule *schedule, const struct model *model, unsigned team,
                   const struct schedule_facts *facts, enum box_mode mode, unsigned boxes)
{
    static const struct schedule_facts nothing = {0};
    schedule_release(schedule);
    struct deal deal = {.model = model,
                        .facts = facts != NULL ? facts : &nothing,
                        .team = team,
                        .boxes = boxes,
                        .mode = mode};
    const struct strings *changed = deal.facts->changed;
    for (size_t i = 0; changed != NULL && i < changed->len; i++)
        map_put(&deal.changed, bytes_of(changed->items[i]), i);
    guess(&deal);
    gather(&deal);
    weigh(&deal);
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
