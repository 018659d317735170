#include "command/life.h"

#include <stdlib.h>

static bool take_run(void *owner, const struct archive_run *run)
{
    struct life_runs *runs = owner;
    vec_push(&runs->runs, (struct life_run){run->id, mem_strdup(run->kind), mem_strdup(run->commit),
                                            mem_strdup(run->dirty), mem_strdup(run->changed)});
    return true;
}

int life_runs_read(struct life_runs *runs, struct archive *archive, struct error *error)
{
    return archive_runs(archive, INT64_MAX, SIZE_MAX, take_run, runs, error);
}

void life_runs_release(struct life_runs *runs)
{
    struct life_run *run;
    vec_each (run, &runs->runs) {
        free(run->kind);
        free(run->commit);
        free(run->dirty);
        free(run->changed);
    }
    vec_release(&runs->runs);
}

/* NULL: it began after they were read. */
static const struct life_run *find(const struct life_runs *runs, int64_t id)
{
    size_t from = 0, to = runs->runs.len;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const struct life_run *run = &runs->runs.items[middle];
        if (run->id == id)
            return run;
        if (run->id > id)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

struct reading {
    struct life *life;
    const struct life_runs *runs;
};

static bool take_result(void *owner, const struct archive_result *result)
{
    const struct reading *reading = owner;
    const struct life_run *run = find(reading->runs, result->run);
    if (run == NULL)
        return true;
    vec_push(&reading->life->past.results, (struct past_result){.outcome = result->outcome,
                                                                .run = past_run(run->kind),
                                                                .time_ns = result->time_ns,
                                                                .duration_ns = result->duration_ns,
                                                                .run_id = result->run,
                                                                .commit = mem_strdup(run->commit)});
    vec_push(&reading->life->cpu_ns, result->cpu_ns);
    reading->life->red += outcome_is_red(result->outcome);
    return true;
}

/* They came the newest first. */
static void turn_round(struct life *life)
{
    struct past_result *results = life->past.results.items;
    int64_t *cpu_ns = life->cpu_ns.items;
    for (size_t i = 0, j = life->cpu_ns.len; i + 1 < j; i++) {
        j--;
        struct past_result result = results[i];
        results[i] = results[j];
        results[j] = result;
        int64_t one_ns = cpu_ns[i];
        cpu_ns[i] = cpu_ns[j];
        cpu_ns[j] = one_ns;
    }
}

/* The newest before the first bad one that was good: what was skipped does not say. */
static size_t find_good(const struct life *life)
{
    for (size_t i = life->first_bad; i-- > 0;) {
        enum outcome outcome = life->past.results.items[i].outcome;
        if (!outcome_is_red(outcome) && outcome != OUTCOME_SKIPPED)
            return i;
    }
    return MAP_NONE;
}

static void add_lines(struct strings *to, const char *lines)
{
    size_t at;
    while (*lines != '\0') {
        size_t len = strcspn(lines, "\n");
        char *line = mem_dup(lines, len);
        if (strings_find(to, line, &at) == 0)
            free(line);
        else
            strings_take(to, line);
        lines += len + (lines[len] == '\n');
    }
}

/* All runs count, also those that were not of this test: a change may have begun one that was of others. */
static void find_changes(struct life *life, const struct life_runs *runs, int64_t good, int64_t bad)
{
    const struct life_run *first = find(runs, bad);
    add_lines(&life->dirty, first->dirty);
    for (size_t i = runs->runs.len; i-- > 0;) {
        const struct life_run *run = &runs->runs.items[i];
        if (run->id > good && run->id <= bad)
            add_lines(&life->changed, run->changed);
    }
}

/* None where history was rewritten, so that the one is not behind the other any more. */
static void find_commits(struct life *life, struct repo *repo, const char *good, const char *bad)
{
    struct repo_span span = {0};
    if (*good == '\0' || *bad == '\0' || strcmp(good, bad) == 0)
        return;
    char *range = mem_printf("%s..%s", good, bad);
    if (repo_span_read(repo, range, &span, NULL) == 0)
        life->commit_count = span.commits.len;
    for (size_t i = 0; i < life->commit_count && i < LIFE_COMMITS; i++) {
        struct repo_story story;
        if (repo_story_read(repo, span.commits.items[life->commit_count - 1 - i].id, &story) == 0)
            vec_push(&life->commits, story);
        else
            repo_story_release(&story);
    }
    repo_span_release(&span);
    free(range);
}

int life_read(struct life *life, struct archive *archive, const struct life_runs *runs, struct repo *repo,
              int64_t test, struct error *error)
{
    struct reading reading = {life, runs};
    int bad = archive_test_results(archive, test, SIZE_MAX, take_result, &reading, error);
    if (bad != 0)
        return bad;
    turn_round(life);
    life->first_bad = past_first_bad(&life->past);
    life->last_good = life->first_bad == MAP_NONE ? MAP_NONE : find_good(life);
    if (life->first_bad == MAP_NONE)
        return 0;
    const struct past_result *first = &life->past.results.items[life->first_bad];
    const struct past_result *good =
        life->last_good == MAP_NONE ? NULL : &life->past.results.items[life->last_good];
    find_changes(life, runs, good != NULL ? good->run_id : first->run_id - 1, first->run_id);
    if (good != NULL)
        find_commits(life, repo, good->commit, first->commit);
    return 0;
}

void life_release(struct life *life)
{
    struct repo_story *story;
    vec_each (story, &life->commits)
        repo_story_release(story);
    vec_release(&life->commits);
    strings_release(&life->changed);
    strings_release(&life->dirty);
    vec_release(&life->cpu_ns);
    past_release(&life->past);
}
