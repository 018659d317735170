#include "plan/bisect.h"

#include <assert.h>
#include <string.h>

static void set(struct company *to, const size_t *items, size_t count)
{
    to->len = 0;
    vec_reserve(to, count);
    if (count > 0)
        memmove(to->items, items, count * sizeof *items);
    to->len = count;
}

/* Asks about a company that nobody has asked about. */
static void ask(struct bisect *bisect, enum bisect_stage stage, const size_t *items, size_t count)
{
    bisect->stage = stage;
    bisect->fails = bisect->runs = 0;
    set(&bisect->next, items, count);
}

static void end(struct bisect *bisect, enum bisect_verdict verdict)
{
    bisect->verdict = verdict;
}

static void ask_alone(struct bisect *bisect, enum bisect_stage stage, unsigned fails)
{
    ask(bisect, stage, NULL, 0);
    bisect->runs = bisect->alone_runs;
    bisect->fails = fails;
}

void bisect_init(struct bisect *bisect, size_t count, unsigned repeat)
{
    *bisect = (struct bisect){.count = count, .repeat = repeat};
    vec_reserve(&bisect->confirmed, count);
    for (size_t i = 0; i < count; i++)
        vec_push(&bisect->confirmed, i);
    if (count > 0)
        ask(bisect, BISECT_ALL, bisect->confirmed.items, count);
    else
        ask(bisect, BISECT_NONE, NULL, 0);
}

void bisect_release(struct bisect *bisect)
{
    vec_release(&bisect->next);
    vec_release(&bisect->found);
    vec_release(&bisect->suspects);
    vec_release(&bisect->confirmed);
}

/* `found` was seen to fail `fails` times. */
static void check(struct bisect *bisect, unsigned fails)
{
    ask(bisect, BISECT_CHECK, bisect->found.items, bisect->found.len);
    bisect->fails = bisect->runs = fails;
    if (fails >= bisect->repeat)
        ask_alone(bisect, BISECT_CHECK_NONE, 0);
    if (bisect->stage == BISECT_CHECK_NONE && bisect->runs >= bisect->repeat)
        end(bisect, BISECT_FOUND);
}

/* Of the suspects the half that ran last is asked about: what is near is likelier. */
static void halve(struct bisect *bisect, bool seen_failing)
{
    const struct company *suspects = &bisect->suspects;
    if (suspects->len > 1) {
        size_t half = suspects->len / 2;
        ask(bisect, BISECT_HALVES, suspects->items + half, suspects->len - half);
        return;
    }
    set(&bisect->found, suspects->items, 1);
    check(bisect, seen_failing);
}

static void insert(struct company *company, size_t place)
{
    vec_push(company, place);
    size_t at = company->len - 1;
    for (; at > 0 && company->items[at - 1] > place; at--)
        company->items[at] = company->items[at - 1];
    company->items[at] = place;
}

/* Leaves out one of `found` after the other. */
static void leave_out(struct bisect *bisect)
{
    if (bisect->found.len < 2 || bisect->without == bisect->found.len) {
        check(bisect, 1);
        return;
    }
    ask(bisect, BISECT_LESS, NULL, 0);
    for (size_t i = 0; i < bisect->found.len; i++)
        if (i != bisect->without)
            vec_push(&bisect->next, bisect->found.items[i]);
}

/* Looks for the shortest beginning of the suspects that fails when `found` comes with it; its last one
 * belongs to the cause. */
static void search_beginnings(struct bisect *bisect)
{
    struct company *suspects = &bisect->suspects;
    if (bisect->fail - bisect->pass > 1) {
        ask(bisect, BISECT_BEGINNINGS, suspects->items, bisect->pass + (bisect->fail - bisect->pass) / 2);
        for (size_t i = 0; i < bisect->found.len; i++)
            insert(&bisect->next, bisect->found.items[i]);
        return;
    }
    insert(&bisect->found, suspects->items[bisect->fail - 1]);
    suspects->len = bisect->fail - 1;
    bisect->without = 0;
    if (suspects->len > 0)
        ask(bisect, BISECT_PARTS, bisect->found.items, bisect->found.len);
    else
        leave_out(bisect);
}

static void search_parts(struct bisect *bisect)
{
    bisect->pass = 0;
    bisect->fail = bisect->suspects.len;
    search_beginnings(bisect);
}

static void remember_failing(struct bisect *bisect, bool failed)
{
    if (failed && bisect->next.len < bisect->confirmed.len)
        set(&bisect->confirmed, bisect->next.items, bisect->next.len);
}

static void answer_all(struct bisect *bisect, bool failed)
{
    bisect->company_passes = !failed;
    if (failed || bisect->runs > 1)
        ask_alone(bisect, BISECT_NONE, 0);
}

static void answer_alone(struct bisect *bisect, bool failed)
{
    bisect->alone_runs = bisect->runs;
    if (failed && bisect->runs >= bisect->repeat)
        end(bisect, BISECT_ALONE);
    else if (!failed && (bisect->company_passes || bisect->count == 0))
        end(bisect, BISECT_NEVER);
    else if (!failed) {
        set(&bisect->suspects, bisect->confirmed.items, bisect->confirmed.len);
        halve(bisect, true);
    }
}

static void answer_half(struct bisect *bisect, bool failed)
{
    struct company *suspects = &bisect->suspects;
    if (failed)
        set(suspects, bisect->next.items, bisect->next.len);
    else
        suspects->len -= bisect->next.len;
    halve(bisect, failed);
}

static void answer_beginning(struct bisect *bisect, bool failed)
{
    size_t length = bisect->next.len - bisect->found.len;
    if (failed)
        bisect->fail = length;
    else
        bisect->pass = length;
    search_beginnings(bisect);
}

static void answer_less(struct bisect *bisect, bool failed)
{
    bisect->without = failed ? 0 : bisect->without + 1;
    if (failed)
        set(&bisect->found, bisect->next.items, bisect->next.len);
    leave_out(bisect);
}

/* The first answer of what halving left may be that it is not the cause. */
static void answer_check(struct bisect *bisect, bool failed)
{
    if (failed) {
        check(bisect, bisect->fails);
        return;
    }
    ask(bisect, BISECT_AGAIN, bisect->confirmed.items, bisect->confirmed.len);
    bisect->fails = bisect->runs = 1;
}

static void answer_again(struct bisect *bisect)
{
    set(&bisect->suspects, bisect->confirmed.items, bisect->confirmed.len);
    bisect->found.len = 0;
    search_parts(bisect);
}

static void answer_alone_checked(struct bisect *bisect)
{
    bisect->alone_runs = bisect->runs;
    if (bisect->runs >= bisect->repeat)
        end(bisect, BISECT_FOUND);
}

bool bisect_checks(const struct bisect *bisect)
{
    return bisect->stage == BISECT_CHECK || bisect->stage == BISECT_CHECK_NONE || bisect->runs > 0;
}

static void count(struct bisect *bisect, bool failed)
{
    bool checks = bisect_checks(bisect);
    bisect->probes += !checks;
    bisect->checks += checks;
    bisect->runs++;
    bisect->fails += failed;
}

void bisect_answer(struct bisect *bisect, bool failed)
{
    assert(bisect->verdict == BISECT_OPEN);
    count(bisect, failed);
    remember_failing(bisect, failed);
    if (bisect->fails > 0 && bisect->fails < bisect->runs) {
        end(bisect, BISECT_FLAKY);
        return;
    }
    switch (bisect->stage) {
    case BISECT_ALL:
        answer_all(bisect, failed);
        break;
    case BISECT_NONE:
        answer_alone(bisect, failed);
        break;
    case BISECT_HALVES:
        answer_half(bisect, failed);
        break;
    case BISECT_AGAIN:
        answer_again(bisect);
        break;
    case BISECT_PARTS:
        failed ? leave_out(bisect) : search_parts(bisect);
        break;
    case BISECT_BEGINNINGS:
        answer_beginning(bisect, failed);
        break;
    case BISECT_LESS:
        answer_less(bisect, failed);
        break;
    case BISECT_CHECK:
        answer_check(bisect, failed);
        break;
    case BISECT_CHECK_NONE:
        answer_alone_checked(bisect);
        break;
    }
}
