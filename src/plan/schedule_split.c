#include "plan/schedule_parts.h"

/* Where the run of one class's tests that begins at `from` ends, and what it costs. */
static size_t class_end(const struct deal *deal, const struct parcel *parcel, size_t from, int64_t *sum_ns)
{
    struct bytes class = setup_class(deal_test(deal, parcel->positions.items[from])->id);
    size_t end = from;
    *sum_ns = 0;
    for (; end < parcel->positions.len; end++) {
        uint32_t position = parcel->positions.items[end];
        if (!bytes_equal(class, setup_class(deal_test(deal, position)->id)))
            break;
        *sum_ns += deal_cost(deal, position);
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

/* What each piece of the group has to set up by itself. */
static int64_t setup_ns(const struct deal *deal, const struct test *test)
{
    struct bytes group = bytes_of(test->group);
    return setups_find(deal->facts->setups, SETUP_FILE, group) +
           setups_find(deal->facts->setups, SETUP_BOX, group);
}

/* Into how many pieces tests are best divided that take so long and have so much to set up in each: 0 as many
 * as level the boxes out, where that is no matter; 1 none, as the run gains less than is set up once more. */
static unsigned best_pieces(const struct deal *deal, int64_t own_ns, int64_t again_ns)
{
    if (again_ns * WORTH_SETUPS <= deal->limit_ns)
        return 0;
    int64_t even_ns = deal->total_ns / (int64_t)deal->boxes, all_ns = own_ns + again_ns;
    int64_t whole_ns = even_ns > all_ns ? even_ns : all_ns, best_ns = whole_ns;
    unsigned best = 1;
    for (unsigned n = 2; n <= deal->boxes; n++) {
        int64_t more_ns = again_ns * (int64_t)(n - 1), piece = again_ns + own_ns / (int64_t)n;
        int64_t share_ns = (deal->total_ns + more_ns) / (int64_t)deal->boxes;
        int64_t ns = share_ns > piece ? share_ns : piece;
        if (ns < best_ns && whole_ns - ns > more_ns) {
            best_ns = ns;
            best = n;
        }
    }
    return best;
}

/* How a group is being split. */
struct cutting {
    int64_t again_ns, own_ns, left_ns;
    unsigned pieces; /* see best_pieces */
};

static int64_t target_ns(const struct deal *deal, const struct cutting *cutting)
{
    if (cutting->pieces > 0)
        return cutting->again_ns + cutting->own_ns / cutting->pieces;
    int64_t level_ns = piece_ns(deal, cutting->left_ns), least_ns = cutting->again_ns * WORTH_SETUPS;
    return level_ns > least_ns ? level_ns : least_ns;
}

/* Whether a class is dealt as a whole. */
static bool stays_whole(const struct deal *deal, const struct cutting *cutting, const struct test *test,
                        int64_t class_ns)
{
    int64_t again_ns =
        cutting->again_ns + setups_find(deal->facts->setups, SETUP_CLASS, setups_class_place(test->id));
    return deal->mode == BOX_GROUP || class_ns <= deal->limit_ns ||
           best_pieces(deal, class_ns, again_ns) == 1;
}

static void cut(struct deal *deal, size_t at, const struct parcel *parcel, struct cutting *cutting)
{
    int64_t next_ns = 0, want_ns = target_ns(deal, cutting);
    for (size_t i = 0, end = 0, step = 1; i < parcel->positions.len; i += step) {
        const struct test *test = deal_test(deal, parcel->positions.items[i]);
        if (i == end) {
            end = class_end(deal, parcel, i, &next_ns);
            step = stays_whole(deal, cutting, test, next_ns) ? end - i : 1;
        }
        if (step == 1)
            next_ns = deal_cost(deal, parcel->positions.items[i]);
        int64_t have_ns = deal->batches.items[at].cost_ns;
        if (have_ns > 0 && have_ns + next_ns - want_ns > want_ns - have_ns) {
            cutting->left_ns -= have_ns;
            want_ns = target_ns(deal, cutting);
            at = deal_open(deal);
        }
        for (size_t p = i; p < i + step; p++)
            deal_put(deal, at, parcel->positions.items[p]);
    }
}

void deal_split(struct deal *deal, size_t whole)
{
    struct parcel *parcel = deal->batches.items[whole].parcel;
    int64_t again_ns = setup_ns(deal, deal_test(deal, parcel->positions.items[0]));
    int64_t all_ns = deal->batches.items[whole].cost_ns;
    struct cutting cutting = {.again_ns = again_ns, .own_ns = all_ns - again_ns, .left_ns = all_ns};
    cutting.pieces = best_pieces(deal, cutting.own_ns, again_ns);
    if (cutting.pieces == 1)
        return;
    deal->batches.items[whole] = (struct batch){.parcel = mem_zero(sizeof *parcel), .rank = MAP_NONE};
    cut(deal, whole, parcel, &cutting);
    vec_release(&parcel->positions);
    free(parcel);
}
