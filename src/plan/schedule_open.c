#include "plan/schedule_parts.h"

#define PARCELS_A_BOX 3 /* at least so many are left, as the times are guesses */

static struct parcel **front(struct schedule *schedule)
{
    return schedule->parcels.items + schedule->next;
}

static size_t tests_left(const struct schedule *schedule)
{
    size_t left = 0;
    for (size_t i = schedule->next; i < schedule->parcels.len; i++)
        left += schedule->parcels.items[i]->positions.len;
    return left;
}

/* What a test takes, by those that ran: at least 1. */
static int64_t guess_ns(const struct schedule *schedule)
{
    int64_t ns = schedule->learned > 0 ? schedule->learned_ns / (int64_t)schedule->learned : 1;
    return ns > 0 ? ns : 1;
}

/* How many tests the next box is to get. */
static size_t wanted(const struct schedule *schedule)
{
    if (schedule->learned == 0)
        return 1;
    size_t left = tests_left(schedule);
    int64_t test_ns = guess_ns(schedule);
    int64_t even_ns = test_ns * (int64_t)left / (PARCELS_A_BOX * (int64_t)schedule->boxes);
    int64_t want_ns = even_ns < 2 * WORTH_A_BOX_NS ? 2 * WORTH_A_BOX_NS : even_ns;
    want_ns = want_ns < WELL_EARNED_NS ? want_ns : WELL_EARNED_NS;
    size_t fair = (left + schedule->boxes - 1) / schedule->boxes;
    size_t least = (size_t)(WORTH_A_BOX_NS / test_ns), most = 2 * schedule->learned;
    size_t want = (size_t)(want_ns / test_ns);
    want = want < fair ? want : fair;
    want = want > least ? want : least;
    want = want < most ? want : most;
    return want > 0 ? want : 1;
}

/* Brings a group to the front of which no box has a part, if there is one that is as urgent: what its tests
 * share is then set up once more only when it pays. Else the longest. */
static void pick(struct schedule *schedule)
{
    struct parcel **first = front(schedule);
    size_t count = schedule->parcels.len - schedule->next, best = 0;
    for (size_t at = 0; at < count && first[at]->urgency == first[0]->urgency && first[best]->cut; at++)
        if (!first[at]->cut || first[at]->cost_ns > first[best]->cost_ns)
            best = at;
    struct parcel *picked = first[best];
    memmove(first + 1, first, best * sizeof *first);
    first[0] = picked;
}

static const char *id_at(const struct model *model, const struct parcel *parcel, size_t i)
{
    return model->tests.items[model->listing.items[parcel->positions.items[i]]].id;
}

/* Where to cut when about `want` tests are wanted: at the end of a class, unless that is far off. */
static size_t cut_at(const struct model *model, const struct parcel *parcel, size_t want)
{
    struct bytes class = setup_class(id_at(model, parcel, want - 1));
    size_t end = want, most = 2 * want < parcel->positions.len ? 2 * want : parcel->positions.len;
    while (class.len > 0 && end < most && bytes_equal(class, setup_class(id_at(model, parcel, end))))
        end++;
    bool ends = end == parcel->positions.len || !bytes_equal(class, setup_class(id_at(model, parcel, end)));
    return ends ? end : want;
}

/* Leaves `count` tests in the front parcel; the rest is the one behind it. */
static void cut(struct schedule *schedule, size_t count)
{
    struct parcel *first = *front(schedule), *rest = mem_zero(sizeof *rest);
    size_t len = first->positions.len;
    *rest = (struct parcel){.urgency = first->urgency, .guessed = first->guessed, .cut = true};
    vec_reserve(&rest->positions, len - count);
    memcpy(rest->positions.items, first->positions.items + count, (len - count) * sizeof(uint32_t));
    rest->positions.len = len - count;
    rest->cost_ns = first->cost_ns / (int64_t)len * (int64_t)(len - count);
    first->positions.len = count;
    first->cost_ns -= rest->cost_ns;
    vec_push(&schedule->parcels, rest);
    struct parcel **to = front(schedule) + 1;
    memmove(to + 1, to, (schedule->parcels.len - schedule->next - 2) * sizeof *to);
    *to = rest;
}

/* Lets the front parcel take in those behind it, for as long as that leads nearer to what is wanted. */
static void fill(struct schedule *schedule, size_t want)
{
    struct parcel *first = *front(schedule);
    size_t behind = schedule->next + 1, gone = 0;
    for (size_t i = behind; i < schedule->parcels.len; i++, gone++) {
        struct parcel *next = schedule->parcels.items[i];
        size_t have = first->positions.len, more = next->positions.len;
        bool nearer = have < want && (have + more <= want || have + more - want < want - have);
        if (next->whole || next->urgency != first->urgency || !nearer)
            break;
        for (size_t k = 0; k < more; k++)
            vec_push(&first->positions, next->positions.items[k]);
        first->cost_ns += next->cost_ns;
        first->guessed = first->guessed || next->guessed;
        vec_release(&next->positions);
        free(next);
    }
    struct parcel **to = schedule->parcels.items + behind;
    memmove(to, to + gone, (schedule->parcels.len - behind - gone) * sizeof *to);
    schedule->parcels.len -= gone;
}

static int compare_positions(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* How many tests of the parcel's group make it worth that their set-up is done once more. */
static size_t worth_setup(const struct schedule *schedule, const struct model *model,
                          const struct setups *setups, const struct parcel *parcel)
{
    const struct test *test = &model->tests.items[model->listing.items[parcel->positions.items[0]]];
    struct bytes group = bytes_of(test->group);
    int64_t again_ns = setups_find(setups, SETUP_FILE, group) + setups_find(setups, SETUP_BOX, group);
    return (size_t)(WORTH_SETUPS * again_ns / guess_ns(schedule));
}

void schedule_settle(struct schedule *schedule, const struct model *model, const struct setups *setups)
{
    if ((*front(schedule))->whole)
        return;
    pick(schedule);
    struct parcel *first = *front(schedule);
    if (first->whole)
        return;
    size_t want = wanted(schedule), worth = worth_setup(schedule, model, setups, first);
    want = want > worth ? want : worth;
    if (first->positions.len > want) {
        size_t count = cut_at(model, first, want);
        if (count < first->positions.len)
            cut(schedule, count);
    } else {
        fill(schedule, want);
    }
    qsort(first->positions.items, first->positions.len, sizeof(uint32_t), compare_positions);
}
