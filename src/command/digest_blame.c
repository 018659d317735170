#include "command/digest.h"
#include "project/repo_commits.h"

#include <stdlib.h>

#define SHORT_ID 9

static bool take_run(void *owner, const struct archive_run *from)
{
    struct digest_run *run = owner;
    *run = (struct digest_run){
        .id = from->id,
        .started_ns = from->started_ns,
        .ended_ns = from->ended_ns,
        .kind = mem_strdup(from->kind),
        .verdict = mem_strdup(from->verdict),
        .because = mem_strdup(from->because),
        .commit = mem_strdup(from->commit),
        .dirty = mem_strdup(from->dirty),
        .changed = mem_strdup(from->changed),
    };
    for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
        run->counts[outcome] = from->counts[outcome];
        run->tests += from->counts[outcome];
        run->failed += outcome_is_red((enum outcome)outcome) ? from->counts[outcome] : 0;
    }
    return false;
}

int digest_run_read(struct digest_run *run, int64_t id, struct archive *archive, struct error *error)
{
    return archive_runs(archive, id, 1, take_run, run, error);
}

void digest_run_release(struct digest_run *run)
{
    free(run->kind);
    free(run->verdict);
    free(run->because);
    free(run->commit);
    free(run->dirty);
    free(run->changed);
    *run = (struct digest_run){0};
}

/* The runs at both sides of where a test turned. */
struct streak {
    int64_t bad, good; /* 0: none yet */
};

/* What was skipped or not run says nothing. */
static bool take_result(void *owner, const struct archive_result *result)
{
    struct streak *streak = owner;
    enum outcome outcome = result->outcome;
    if (outcome == OUTCOME_UNKNOWN || outcome == OUTCOME_SKIPPED || outcome == OUTCOME_NOT_RUN)
        return true;
    *(outcome_is_red(outcome) ? &streak->bad : &streak->good) = result->run;
    return outcome_is_red(outcome);
}

/* How many commits are between the two runs, and which is the newest of them; not always known. */
static void read_commits(struct digest_red *red, struct repo *repo)
{
    char *range = mem_printf("%s..%s", red->good.commit, red->bad.commit);
    struct repo_span span = {0};
    struct repo_story story = {0};
    struct error error = {0};
    if (*red->good.commit != '\0' && repo_span_read(repo, range, &span, &error) == 0)
        red->commits = span.commits.len;
    if (repo_story_read(repo, red->bad.commit, &story) == 0)
        red->told = mem_strdup(story.subject);
    repo_story_release(&story);
    repo_span_release(&span);
    free(range);
}

static enum digest_cause cause_of(const struct digest_red *red)
{
    const struct digest_run *bad = &red->bad, *good = &red->good;
    if (good->id == 0 || bad->id == 0)
        return CAUSE_UNKNOWN;
    if (strcmp(bad->commit, good->commit) != 0)
        return *bad->commit != '\0' ? CAUSE_COMMITS : CAUSE_UNKNOWN;
    if (*red->files != '\0')
        return CAUSE_UNCOMMITTED;
    return *bad->commit != '\0' && *good->dirty == '\0' ? CAUSE_NOTHING : CAUSE_UNKNOWN;
}

static bool has_line(const char *lines, const char *line, size_t len)
{
    for (; *lines != '\0'; lines += strcspn(lines, "\n"), lines += *lines == '\n')
        if (strcspn(lines, "\n") == len && memcmp(lines, line, len) == 0)
            return true;
    return false;
}

/* The lines that are, or are not, in the other list. */
static void add_lines(struct buf *to, const char *lines, const char *other, bool in)
{
    for (size_t len; *lines != '\0'; lines += len + (lines[len] == '\n')) {
        len = strcspn(lines, "\n");
        if (has_line(other, lines, len) == in)
            buf_printf(to, "%.*s\n", (int)len, lines);
    }
}

/* What differs in the first bad run: what began it, where the good one is the one before it; else all that is
 * not committed, and what was not so before comes first. */
static char *files_of(const struct digest_red *red)
{
    const struct digest_run *bad = &red->bad, *good = &red->good;
    struct buf files = {0};
    if (*bad->changed != '\0' && (*bad->commit == '\0' || good->id == bad->id - 1))
        return mem_strdup(bad->changed);
    const char *before = good->id > 0 ? good->dirty : "";
    add_lines(&files, bad->dirty, before, false);
    add_lines(&files, bad->dirty, before, true);
    return buf_take(&files);
}

int digest_blame(struct digest_red *red, int64_t row, struct archive *archive, struct repo *repo,
                 struct error *error)
{
    struct streak streak = {0};
    int bad = archive_test_results(archive, row, SIZE_MAX, take_result, &streak, error);
    if (bad == 0 && streak.bad > 0)
        bad = digest_run_read(&red->bad, streak.bad, archive, error);
    if (bad == 0 && streak.good > 0)
        bad = digest_run_read(&red->good, streak.good, archive, error);
    if (bad != 0)
        return bad;
    red->files = red->bad.id > 0 ? files_of(red) : mem_strdup("");
    red->cause = cause_of(red);
    if (red->cause == CAUSE_COMMITS)
        red->id = mem_printf("%.*s", SHORT_ID, red->bad.commit);
    if (red->cause == CAUSE_COMMITS && repo != NULL)
        read_commits(red, repo);
    return 0;
}
