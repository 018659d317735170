#include "command/command.h"
#include "command/recall.h"
#include "command/table.h"
#include "core/map.h"

#include <stdlib.h>

#define SLOWER_TIMES 2
#define SLOWER_NS 50000000

static const char help[] =
    "Usage: aloof diff [OPTION...] [RUN RUN]\n\n"
    "What a run made of the tests that an earlier one did not: newly failing, fixed, slower (more than twice "
    "the\ntime, and 50 ms), gone, new. RUN: a number, last, last~1 (see aloof runs); else the newest two.\n"
    "Exit codes: 0, 1 a test newly fails, 4 usage error or there is no such run.\n\n" RECALL_HELP;

struct both {
    char *id, *recipe;
    int64_t test;
    bool in[2];
    enum outcome outcome[2];
    int64_t duration_ns[2];
};

enum change { NEWLY_FAILING, STILL_FAILING, FIXED, SLOWER, GONE, NEW, CHANGE_COUNT };

static const struct {
    const char *key, *heading;
    enum style style;
} changes[CHANGE_COUNT] = {
    [NEWLY_FAILING] = {"newly_failing", "newly failing", STYLE_RED},
    [STILL_FAILING] = {"still_failing", "still failing", STYLE_RED},
    [FIXED] = {"fixed", "fixed", STYLE_GREEN},
    [SLOWER] = {"slower", "slower", STYLE_YELLOW},
    [GONE] = {"gone", "gone", STYLE_YELLOW},
    [NEW] = {"new", "new", STYLE_PLAIN},
};

struct diff {
    struct recall *recall;
    int64_t runs[2];
    bool whole[2];      /* it was of all tests */
    unsigned at;        /* which one is read */
    struct map by_test; /* its row to the index in … */
    VEC(struct both *) tests;
};

static bool take_run(void *owner, const struct archive_run *run)
{
    struct diff *diff = owner;
    diff->runs[diff->at] = run->id;
    diff->whole[diff->at] = strcmp(run->kind, "all") == 0 && run->verdict != NULL &&
                            (strcmp(run->verdict, "passed") == 0 || strcmp(run->verdict, "failed") == 0);
    return false;
}

static bool take_result(void *owner, const struct archive_result *result)
{
    struct diff *diff = owner;
    const struct bytes key = {(const char *)&result->test, sizeof result->test};
    size_t at = map_get(&diff->by_test, key);
    if (at == MAP_NONE) {
        at = diff->tests.len;
        struct both *new = mem_zero(sizeof *new);
        *new = (struct both){.id = mem_strdup(result->name.id),
                             .recipe = mem_strdup(result->name.recipe),
                             .test = result->test};
        vec_push(&diff->tests, new);
        map_put(&diff->by_test, (struct bytes){(const char *)&new->test, sizeof new->test}, at);
    }
    struct both *both = diff->tests.items[at];
    both->in[diff->at] = true;
    both->outcome[diff->at] = result->outcome;
    both->duration_ns[diff->at] = result->duration_ns;
    return true;
}

/* CHANGE_COUNT: none that matters. What only part of the tests were run for says nothing of the others. */
static enum change change_of(const struct diff *diff, const struct both *both)
{
    bool red[2];
    for (int i = 0; i < 2; i++)
        red[i] = both->in[i] && outcome_is_red(both->outcome[i]);
    if (!both->in[1])
        return diff->whole[1] ? GONE : CHANGE_COUNT;
    if (red[1])
        return red[0] ? STILL_FAILING : NEWLY_FAILING;
    if (red[0])
        return both->outcome[1] == OUTCOME_SKIPPED ? CHANGE_COUNT : FIXED;
    if (!both->in[0])
        return diff->whole[0] ? NEW : CHANGE_COUNT;
    int64_t more = both->duration_ns[1] - both->duration_ns[0];
    bool slower = both->duration_ns[0] > 0 && more > SLOWER_NS &&
                  both->duration_ns[1] > SLOWER_TIMES * both->duration_ns[0];
    return slower ? SLOWER : CHANGE_COUNT;
}

static void add_row(struct table *table, const struct both *both, enum change change)
{
    struct buf text = {0};
    table_add(table, changes[change].style, changes[change].heading);
    table_add(table, STYLE_PLAIN, both->id);
    if (change == SLOWER) {
        recall_seconds(&text, both->duration_ns[0]);
        buf_puts(&text, " -> ");
        recall_seconds(&text, both->duration_ns[1]);
    } else if (both->in[0] && both->in[1]) {
        buf_printf(&text, "%s -> %s", outcome_name(both->outcome[0]), outcome_name(both->outcome[1]));
    } else {
        buf_puts(&text, outcome_name(both->outcome[both->in[1]]));
    }
    table_take(table, STYLE_DIM, &text);
}

static json_t *json_of(const struct both *both)
{
    static const char *const keys[2] = {"before", "after"};
    json_t *object = recall_json_name(&(struct history_name){both->recipe, both->id});
    for (int i = 0; i < 2; i++) {
        json_t *one = !both->in[i] ? json_null()
                                   : json_pack("{s:s, s:o}", "outcome", outcome_name(both->outcome[i]),
                                               "seconds", recall_json_seconds(both->duration_ns[i]));
        json_object_set_new(object, keys[i], one);
    }
    return object;
}

/* Returns how many tests newly fail. */
static size_t write_answer(struct diff *diff)
{
    struct recall *recall = diff->recall;
    struct table table = {.columns = 3};
    size_t counts[CHANGE_COUNT] = {0};
    if (recall->json)
        recall->answer =
            json_pack("{s:[I, I]}", "runs", (json_int_t)diff->runs[0], (json_int_t)diff->runs[1]);
    for (int change = 0; change < CHANGE_COUNT; change++) {
        json_t *array = json_array();
        for (size_t i = 0; i < diff->tests.len; i++) {
            const struct both *both = diff->tests.items[i];
            if (change_of(diff, both) != (enum change)change)
                continue;
            counts[change]++;
            if (recall->json)
                json_array_append_new(array, json_of(both));
            else
                add_row(&table, both, (enum change)change);
        }
        if (recall->json)
            json_object_set(recall->answer, changes[change].key, array);
        json_decref(array);
    }
    if (!recall->json && table.cells.len == 0)
        buf_printf(&recall->text, "run %lld made of the tests what run %lld did\n", (long long)diff->runs[1],
                   (long long)diff->runs[0]);
    table_write(&table, &recall->paper, &recall->text);
    return counts[NEWLY_FAILING];
}

static int answer(struct recall *recall, void *owner, int count, char *words[], struct error *error)
{
    static const char *const newest[2] = {"last~1", "last"};
    struct diff *diff = owner;
    diff->recall = recall;
    if (count == 1)
        return error_set(error, -1, "diff: two runs are compared, or the newest two; see aloof diff --help");
    int bad = 0;
    for (diff->at = 0; bad == 0 && diff->at < 2; diff->at++) {
        bad = recall_run(recall, count == 2 ? words[diff->at] : newest[diff->at], take_run, diff, error);
        if (bad == 0)
            bad = archive_run_results(recall->archive, diff->runs[diff->at], take_result, diff, error);
    }
    return bad != 0 ? bad : write_answer(diff) > 0 ? COMMAND_BAD : 0;
}

int command_diff(int argc, char *argv[])
{
    static const struct option options[] = {RECALL_OPTIONS, {0}};
    static const struct recall_command command = {"h", options, 2, help, NULL, answer};
    struct diff diff = {0};
    int code = recall_main(argc, argv, &command, &diff);
    for (size_t i = 0; i < diff.tests.len; i++) {
        free(diff.tests.items[i]->id);
        free(diff.tests.items[i]->recipe);
        free(diff.tests.items[i]);
    }
    vec_release(&diff.tests);
    map_release(&diff.by_test);
    return code;
}
