#include "command/digest.h"

#include <stdlib.h>

/* What is being filled, and from where. */
struct gathering {
    struct digest *digest;
    struct archive *archive;
    struct repo *repo;
    struct error *error;
    struct digest_life *life; /* that is being read */
    int bad;
};

static bool take_test(void *owner, const struct archive_test *from)
{
    struct digest *digest = ((struct gathering *)owner)->digest;
    const struct history_test *known = &from->known;
    vec_push(&digest->tests, (struct digest_test){.row = from->row,
                                                  .id = mem_strdup(known->name.id),
                                                  .outcome = from->outcome,
                                                  .red = known->red,
                                                  .red_runs = known->red_runs,
                                                  .usual_ns = known->usual_ns,
                                                  .duration_ns = known->duration_ns,
                                                  .cpu_ns = known->cpu_ns});
    digest->usual_ns += known->usual_ns;
    return true;
}

static int compare_row(const void *row, const void *test)
{
    int64_t one = *(const int64_t *)row, other = ((const struct digest_test *)test)->row;
    return (one > other) - (one < other);
}

/* The test's index; they are sorted by their rows. MAP_NONE: it is retired. */
static size_t find(const struct digest *digest, int64_t row)
{
    const struct digest_test *tests = digest->tests.items;
    const struct digest_test *found =
        tests != NULL ? bsearch(&row, tests, digest->tests.len, sizeof *tests, compare_row) : NULL;
    return found != NULL ? (size_t)(found - tests) : MAP_NONE;
}

static bool take_id(void *owner, const struct archive_run *run)
{
    struct gathering *gathering = owner;
    struct digest_run copy = {0};
    gathering->bad = digest_run_read(&copy, run->id, gathering->archive, gathering->error);
    if (gathering->bad == 0)
        vec_push(&gathering->digest->runs, copy);
    return gathering->bad == 0;
}

static int gather_runs(struct gathering *gathering)
{
    struct digest *digest = gathering->digest;
    int bad = archive_runs(gathering->archive, INT64_MAX, DIGEST_RUNS, take_id, gathering, gathering->error);
    for (size_t i = 0; i < digest->runs.len / 2; i++) {
        struct digest_run *one = &digest->runs.items[i], held = *one;
        *one = digest->runs.items[digest->runs.len - 1 - i];
        digest->runs.items[digest->runs.len - 1 - i] = held;
    }
    return bad != 0 ? bad : gathering->bad;
}

static int by_age(const void *one, const void *other)
{
    const struct digest_red *a = one, *b = other;
    if (a->bad.id != b->bad.id)
        return (a->bad.id > b->bad.id) - (a->bad.id < b->bad.id);
    if (a->good.id != b->good.id)
        return (a->good.id > b->good.id) - (a->good.id < b->good.id);
    return (a->test > b->test) - (a->test < b->test);
}

static int gather_red(struct gathering *gathering)
{
    struct digest *digest = gathering->digest;
    for (size_t i = 0; i < digest->tests.len; i++) {
        if (!digest->tests.items[i].red || digest->red_count++ >= DIGEST_RED)
            continue;
        vec_push(&digest->red, (struct digest_red){.test = i});
        struct digest_red *red = &digest->red.items[digest->red.len - 1];
        int bad = digest_blame(red, digest->tests.items[i].row, gathering->archive, gathering->repo,
                               gathering->error);
        if (bad != 0)
            return bad;
    }
    if (digest->red.len > 0)
        qsort(digest->red.items, digest->red.len, sizeof *digest->red.items, by_age);
    return 0;
}

static bool take_turn(void *owner, const struct archive_turn *from)
{
    struct digest *digest = ((struct gathering *)owner)->digest;
    struct digest_turn turn = {find(digest, from->now.test), from->before, from->now.outcome};
    bool failing = outcome_is_red(turn.now);
    if (turn.test == MAP_NONE)
        return true;
    if (failing && digest->failing_count++ < DIGEST_TURNS)
        vec_push(&digest->failing, turn);
    if (!failing && digest->fixed_count++ < DIGEST_TURNS)
        vec_push(&digest->fixed, turn);
    return true;
}

static bool take_flaky(void *owner, const struct archive_flaky *from)
{
    struct digest *digest = ((struct gathering *)owner)->digest;
    struct digest_flaky flaky = {find(digest, from->test), from->passed, from->failed, from->time_ns};
    if (flaky.test != MAP_NONE && digest->flaky_count++ < DIGEST_FLAKY)
        vec_push(&digest->flaky, flaky);
    return true;
}

/* Keeps the slowest in their order as they come. */
static void gather_slowest(struct digest *digest)
{
    for (size_t i = 0; i < digest->tests.len; i++) {
        int64_t usual_ns = digest->tests.items[i].usual_ns;
        size_t at = digest->slowest.len;
        while (at > 0 && digest->tests.items[digest->slowest.items[at - 1]].usual_ns < usual_ns)
            at--;
        if (usual_ns <= 0 || at >= DIGEST_LIVES)
            continue;
        if (digest->slowest.len < DIGEST_LIVES)
            vec_push(&digest->slowest, i);
        memmove(&digest->slowest.items[at + 1], &digest->slowest.items[at],
                (digest->slowest.len - at - 1) * sizeof *digest->slowest.items);
        digest->slowest.items[at] = i;
    }
}

static bool take_point(void *owner, const struct archive_result *result)
{
    struct digest_life *life = ((struct gathering *)owner)->life;
    vec_push(&life->points, (struct digest_point){result->outcome, result->duration_ns});
    return true;
}

/* Once each, while there is room. */
static void tell_life(struct gathering *gathering, size_t test)
{
    struct digest *digest = gathering->digest;
    if (test == MAP_NONE || gathering->bad != 0 || digest->lives.len >= DIGEST_LIVES ||
        digest->tests.items[test].told)
        return;
    digest->tests.items[test].told = true;
    vec_push(&digest->lives, (struct digest_life){.test = test});
    gathering->life = &digest->lives.items[digest->lives.len - 1];
    gathering->bad = archive_test_results(gathering->archive, digest->tests.items[test].row, DIGEST_POINTS,
                                          take_point, gathering, gathering->error);
    struct digest_life *life = gathering->life;
    for (size_t i = 0; i < life->points.len / 2; i++) {
        struct digest_point held = life->points.items[i];
        life->points.items[i] = life->points.items[life->points.len - 1 - i];
        life->points.items[life->points.len - 1 - i] = held;
    }
}

static bool take_failure(void *owner, const struct archive_result *result)
{
    struct gathering *gathering = owner;
    tell_life(gathering, find(gathering->digest, result->test));
    return gathering->bad == 0;
}

/* What is red, what turned, what is flaky, what failed often, what is slow: in this order. */
static int gather_lives(struct gathering *gathering)
{
    struct digest *digest = gathering->digest;
    for (size_t i = 0; i < digest->red.len; i++)
        tell_life(gathering, digest->red.items[i].test);
    for (size_t i = 0; i < digest->fixed.len; i++)
        tell_life(gathering, digest->fixed.items[i].test);
    for (size_t i = 0; i < digest->flaky.len; i++)
        tell_life(gathering, digest->flaky.items[i].test);
    int bad = archive_failures(gathering->archive, DIGEST_LIVES, take_failure, gathering, gathering->error);
    for (size_t i = 0; i < digest->slowest.len; i++)
        tell_life(gathering, digest->slowest.items[i]);
    return bad != 0 ? bad : gathering->bad;
}

int digest_gather(struct digest *digest, struct archive *archive, struct repo *repo, struct error *error)
{
    struct gathering gathering = {.digest = digest, .archive = archive, .repo = repo, .error = error};
    int bad = gather_runs(&gathering);
    if (bad == 0)
        bad = archive_tests(archive, take_test, &gathering, error);
    if (bad == 0)
        bad = gather_red(&gathering);
    const struct digest_run *newest = digest_newest(digest);
    if (bad == 0 && newest != NULL)
        bad = archive_turned(archive, newest->id, take_turn, &gathering, error);
    if (bad == 0)
        bad = archive_flaky(archive, take_flaky, &gathering, error);
    if (bad == 0) {
        gather_slowest(digest);
        bad = gather_lives(&gathering);
    }
    return bad;
}

const struct digest_run *digest_newest(const struct digest *digest)
{
    return digest->runs.len > 0 ? &digest->runs.items[digest->runs.len - 1] : NULL;
}

void digest_release(struct digest *digest)
{
    for (size_t i = 0; i < digest->runs.len; i++)
        digest_run_release(&digest->runs.items[i]);
    for (size_t i = 0; i < digest->tests.len; i++)
        free(digest->tests.items[i].id);
    struct digest_red *red;
    vec_each (red, &digest->red) {
        digest_run_release(&red->bad);
        digest_run_release(&red->good);
        free(red->id);
        free(red->told);
        free(red->files);
    }
    struct digest_life *life;
    vec_each (life, &digest->lives)
        vec_release(&life->points);
    vec_release(&digest->runs);
    vec_release(&digest->tests);
    vec_release(&digest->red);
    vec_release(&digest->failing);
    vec_release(&digest->fixed);
    vec_release(&digest->flaky);
    vec_release(&digest->slowest);
    vec_release(&digest->lives);
    free(digest->project);
    free(digest->branch);
}
