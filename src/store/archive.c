#include "store/archive.h"

#include "store/schema.h"
#include "store/texts.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

struct archive {
    sqlite3 *db;
    char *path;
    VEC(enum outcome) outcomes; /* by their rows */
};

/* A row of a statement, on its way to whom it is for: 1, there may be more; 0, no more is wanted; -errno. */
typedef int row_reader(struct archive *archive, sqlite3_stmt *row, void *owner);

/* Runs the statement with the numbers for its ?1 and ?2, and gives each row to the reader. */
static int query(struct archive *archive, const char *sql, const int64_t numbers[2], row_reader *read,
                 void *owner, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(archive->db, sql, -1, &statement, NULL), err = 1;
    for (int i = 0; code == SQLITE_OK && i < sqlite3_bind_parameter_count(statement); i++)
        sqlite3_bind_int64(statement, i + 1, numbers[i]);
    while (code == SQLITE_OK && err > 0) {
        int got = sqlite3_step(statement);
        if (got == SQLITE_ROW)
            err = read(archive, statement, owner);
        else if (got == SQLITE_DONE)
            err = 0;
        else
            code = got;
    }
    if (code != SQLITE_OK)
        err = error_set(error, schema_errno(code), "%s: %s", archive->path, sqlite3_errmsg(archive->db));
    sqlite3_finalize(statement);
    return err;
}

int archive_texts(struct archive *archive, int64_t test, int64_t run,
                  bool (*each)(void *owner, const struct history_text *text), void *owner,
                  struct error *error)
{
    int err = texts_each(archive->db, test, run, each, owner);
    return err < 0 ? error_set(error, err, "%s: %s", archive->path, sqlite3_errmsg(archive->db)) : 0;
}

static const char *text(sqlite3_stmt *row, int column)
{
    const char *value = (const char *)sqlite3_column_text(row, column);
    return value != NULL ? value : "";
}

static enum outcome outcome_of(const struct archive *archive, int64_t row)
{
    return row >= 0 && (size_t)row < archive->outcomes.len ? archive->outcomes.items[row] : OUTCOME_UNKNOWN;
}

static int read_outcome(struct archive *archive, sqlite3_stmt *row, void *owner)
{
    (void)owner;
    size_t at = (size_t)sqlite3_column_int64(row, 0);
    while (archive->outcomes.len <= at && at < 1000)
        vec_push(&archive->outcomes, OUTCOME_UNKNOWN);
    if (at < archive->outcomes.len)
        archive->outcomes.items[at] = outcome_parse(text(row, 1));
    return 1;
}

int archive_open(struct archive **archive, const char *dir, struct error *error)
{
    struct archive *made = mem_zero(sizeof *made);
    made->path = mem_printf("%s/history.db", dir);
    int err = access(made->path, F_OK) == 0 ? schema_read(&made->db, made->path, error) : -ENOENT;
    if (err == 0)
        err = query(made, "SELECT id, name FROM outcomes", NULL, read_outcome, NULL, error);
    if (err != 0) {
        archive_close(made);
        made = NULL;
    }
    *archive = made;
    return err;
}

void archive_close(struct archive *archive)
{
    if (archive == NULL)
        return;
    sqlite3_close(archive->db);
    vec_release(&archive->outcomes);
    free(archive->path);
    free(archive);
}

/* One of the callbacks, with its owner. */
struct receiver {
    archive_run_reader *run;
    archive_test_reader *test;
    archive_result_reader *result;
    archive_flaky_reader *flaky;
    archive_turn_reader *turn;
    void *owner;
    struct error *error;
};

static int read_count(struct archive *archive, sqlite3_stmt *row, void *owner)
{
    struct archive_run *run = owner;
    run->counts[outcome_of(archive, sqlite3_column_int64(row, 0))] += (size_t)sqlite3_column_int64(row, 1);
    return 1;
}

/* Of a run that has not ended there is no tally yet. */
static int count(struct archive *archive, struct archive_run *run, struct error *error)
{
    const char *tallied = "SELECT outcome, tests FROM tallies WHERE run = ?1";
    const char *counted = "SELECT outcome, count(*) FROM results WHERE run = ?1 GROUP BY outcome";
    const int64_t numbers[] = {run->id, 0};
    return query(archive, run->verdict != NULL ? tallied : counted, numbers, read_count, run, error);
}

static int read_run(struct archive *archive, sqlite3_stmt *row, void *owner)
{
    const struct receiver *receiver = owner;
    struct archive_run run = {
        .id = sqlite3_column_int64(row, 0),
        .kind = text(row, 1),
        .because = text(row, 2),
        .verdict = (const char *)sqlite3_column_text(row, 3),
        .started_ns = sqlite3_column_int64(row, 4),
        .ended_ns = sqlite3_column_int64(row, 5),
        .tree = sqlite3_column_int64(row, 6),
        .commit = text(row, 7),
        .fingerprint = text(row, 8),
        .dirty = text(row, 9),
        .changed = text(row, 10),
    };
    int err = count(archive, &run, receiver->error);
    return err < 0 ? err : receiver->run(receiver->owner, &run);
}

/* Trees of the same fingerprint are one. */
int archive_runs(struct archive *archive, int64_t upto, size_t most, archive_run_reader *each, void *owner,
                 struct error *error)
{
    const char *sql =
        "SELECT runs.id, kind, because, verdict, started_ns, ended_ns,"
        " CASE coalesce(fingerprint, '') WHEN '' THEN tree"
        " ELSE (SELECT min(id) FROM trees AS same WHERE same.fingerprint = trees.fingerprint) END,"
        " commit_id, fingerprint, dirty, changed FROM runs LEFT JOIN trees ON trees.id = runs.tree"
        " WHERE runs.id <= ?1 ORDER BY runs.id DESC LIMIT ?2";
    const int64_t numbers[] = {upto, most < INT64_MAX ? (int64_t)most : -1};
    struct receiver receiver = {.run = each, .owner = owner, .error = error};
    return query(archive, sql, numbers, read_run, &receiver, error);
}

static int read_test(struct archive *archive, sqlite3_stmt *row, void *owner)
{
    (void)archive;
    const struct receiver *receiver = owner;
    const char *outcome = text(row, 4);
    const struct archive_test test = {
        .row = sqlite3_column_int64(row, 0),
        .known = {.name = {.id = text(row, 1), .recipe = text(row, 2)},
                  .group = text(row, 3),
                  .outcome = outcome,
                  .red = sqlite3_column_int(row, 5) != 0,
                  .fragile = sqlite3_column_int(row, 6) != 0,
                  .runnable = sqlite3_column_int(row, 7) != 0,
                  .red_runs = (unsigned)sqlite3_column_int64(row, 8),
                  .duration_ns = sqlite3_column_int64(row, 9),
                  .usual_ns = sqlite3_column_int64(row, 10),
                  .cpu_ns = sqlite3_column_int64(row, 11),
                  .flaky = (unsigned)sqlite3_column_int64(row, 12)},
        .outcome = outcome_parse(outcome),
        .time_ns = sqlite3_column_int64(row, 13),
        .run = sqlite3_column_int64(row, 14),
    };
    return receiver->test(receiver->owner, &test);
}

#define TEST_COLUMNS                                                                                         \
    "SELECT id, name, recipe, test_group, outcome, red, fragile, runnable, red_runs, duration_ns, usual_ns," \
    " cpu_ns, flaky, time_ns, run FROM tests WHERE NOT gone "

int archive_tests(struct archive *archive, archive_test_reader *each, void *owner, struct error *error)
{
    struct receiver receiver = {.test = each, .owner = owner};
    return query(archive, TEST_COLUMNS "ORDER BY id", NULL, read_test, &receiver, error);
}

int archive_red_tests(struct archive *archive, archive_test_reader *each, void *owner, struct error *error)
{
    struct receiver receiver = {.test = each, .owner = owner};
    return query(archive, TEST_COLUMNS "AND red ORDER BY id", NULL, read_test, &receiver, error);
}

int archive_slowest(struct archive *archive, enum archive_time by, size_t most, archive_test_reader *each,
                    void *owner, struct error *error)
{
    static const char *const orders[] = {
        [ARCHIVE_USUAL] = TEST_COLUMNS "AND usual_ns > 0 ORDER BY usual_ns DESC, id LIMIT ?1",
        [ARCHIVE_CPU] = TEST_COLUMNS "AND usual_ns > 0 ORDER BY cpu_ns DESC, id LIMIT ?1",
        [ARCHIVE_WAITING] =
            TEST_COLUMNS "AND usual_ns > 0"
                         " ORDER BY iif(cpu_ns > 0, max(duration_ns - cpu_ns, 0), 0) DESC, id LIMIT ?1",
    };
    const int64_t numbers[] = {most < INT64_MAX ? (int64_t)most : -1, 0};
    struct receiver receiver = {.test = each, .owner = owner};
    return query(archive, orders[by], numbers, read_test, &receiver, error);
}

static struct archive_result result_of(const struct archive *archive, sqlite3_stmt *row)
{
    return (struct archive_result){
        .run = sqlite3_column_int64(row, 0),
        .test = sqlite3_column_int64(row, 1),
        .name = {.id = text(row, 2), .recipe = text(row, 3)},
        .outcome = outcome_of(archive, sqlite3_column_int64(row, 4)),
        .time_ns = sqlite3_column_int64(row, 5),
        .duration_ns = sqlite3_column_int64(row, 6),
        .cpu_ns = sqlite3_column_int64(row, 7),
    };
}

static int read_result(struct archive *archive, sqlite3_stmt *row, void *owner)
{
    const struct receiver *receiver = owner;
    const struct archive_result result = result_of(archive, row);
    return receiver->result(receiver->owner, &result);
}

#define RESULT_COLUMNS                                                                                       \
    "SELECT results.run, test, tests.name, tests.recipe, results.outcome, started_ns + at_ms * 1000000,"     \
    " duration_us * 1000, cpu_us * 1000"

#define RUN_RESULTS                                                                                          \
    RESULT_COLUMNS " FROM results JOIN tests ON tests.id = results.test JOIN runs ON runs.id = results.run"  \
                   " WHERE results.run = ?1 "

int archive_run_results(struct archive *archive, int64_t run, archive_result_reader *each, void *owner,
                        struct error *error)
{
    struct receiver receiver = {.result = each, .owner = owner};
    return query(archive, RUN_RESULTS "ORDER BY at_ms, results.test", (const int64_t[2]){run}, read_result,
                 &receiver, error);
}

/* A set of outcomes is a number with a bit for each. */
int archive_run_failures(struct archive *archive, int64_t run, archive_result_reader *each, void *owner,
                         struct error *error)
{
    int64_t red = 0;
    for (size_t row = 0; row < archive->outcomes.len && row < 63; row++)
        if (outcome_is_red(archive->outcomes.items[row]))
            red |= INT64_C(1) << row;
    struct receiver receiver = {.result = each, .owner = owner};
    return query(archive, RUN_RESULTS "AND ?2 >> results.outcome & 1 ORDER BY at_ms, results.test",
                 (const int64_t[2]){run, red}, read_result, &receiver, error);
}

/* From run to run by the key of the results: what other tests gave is not looked at. */
int archive_test_results(struct archive *archive, int64_t test, size_t most, archive_result_reader *each,
                         void *owner, struct error *error)
{
    const char *sql =
        RESULT_COLUMNS " FROM runs CROSS JOIN results ON results.run = runs.id AND results.test = ?1"
                       " JOIN tests ON tests.id = results.test ORDER BY runs.id DESC LIMIT ?2";
    const int64_t numbers[] = {test, most < INT64_MAX ? (int64_t)most : -1};
    struct receiver receiver = {.result = each, .owner = owner};
    return query(archive, sql, numbers, read_result, &receiver, error);
}

static int read_turn(struct archive *archive, sqlite3_stmt *row, void *owner)
{
    const struct receiver *receiver = owner;
    const struct archive_turn turn = {result_of(archive, row),
                                      outcome_of(archive, sqlite3_column_int64(row, 8))};
    bool red = outcome_is_red(turn.now.outcome), was = outcome_is_red(turn.before);
    bool fixed = was && !red && turn.now.outcome != OUTCOME_SKIPPED;
    return (red && !was) || fixed ? receiver->turn(receiver->owner, &turn) : 1;
}

int archive_turned(struct archive *archive, int64_t run, archive_turn_reader *each, void *owner,
                   struct error *error)
{
    const char *sql = RESULT_COLUMNS
        ", (SELECT before.outcome FROM runs AS earlier CROSS JOIN results AS before"
        "  ON before.run = earlier.id AND before.test = results.test"
        "  WHERE earlier.id < ?1 AND before.outcome NOT IN (SELECT id FROM outcomes WHERE name = 'skipped')"
        "  ORDER BY earlier.id DESC LIMIT 1)"
        " FROM results JOIN tests ON tests.id = results.test JOIN runs ON runs.id = results.run"
        " WHERE results.run = ?1 ORDER BY at_ms, results.test";
    struct receiver receiver = {.turn = each, .owner = owner};
    return query(archive, sql, (const int64_t[2]){run}, read_turn, &receiver, error);
}

/* SQLite takes what is not grouped from the row that has the maximum. */
int archive_failures(struct archive *archive, size_t most, archive_result_reader *each, void *owner,
                     struct error *error)
{
    const char *sql = "SELECT max(results.run), test, tests.name, tests.recipe, results.outcome,"
                      " started_ns + at_ms * 1000000, duration_us * 1000, results.cpu_us * 1000 FROM results"
                      " JOIN tests ON tests.id = results.test JOIN runs ON runs.id = results.run"
                      " WHERE NOT gone AND results.outcome IN (SELECT id FROM outcomes"
                      "  WHERE name IN ('failed', 'error', 'crashed', 'timeout', 'collection'))"
                      " GROUP BY test ORDER BY count(*) DESC, max(results.run) DESC, test LIMIT ?1";
    const int64_t numbers[] = {most < INT64_MAX ? (int64_t)most : -1, 0};
    struct receiver receiver = {.result = each, .owner = owner};
    return query(archive, sql, numbers, read_result, &receiver, error);
}

static int read_flaky(struct archive *archive, sqlite3_stmt *row, void *owner)
{
    (void)archive;
    const struct receiver *receiver = owner;
    const struct archive_flaky flaky = {
        .test = sqlite3_column_int64(row, 0),
        .name = {.id = text(row, 1), .recipe = text(row, 2)},
        .passed = (size_t)sqlite3_column_int64(row, 3),
        .failed = (size_t)sqlite3_column_int64(row, 4),
        .trees = (size_t)sqlite3_column_int64(row, 5),
        .run = sqlite3_column_int64(row, 6),
        .time_ns = sqlite3_column_int64(row, 7),
    };
    return receiver->flaky(receiver->owner, &flaky);
}

/* Only sources on which something failed are looked at. What cannot be collected, or was not run, says
 * nothing of a test. */
int archive_flaky(struct archive *archive, archive_flaky_reader *each, void *owner, struct error *error)
{
    const char *sql =
        "WITH good AS (SELECT id FROM outcomes WHERE name = 'passed'),"
        " bad AS (SELECT id FROM outcomes WHERE name IN ('failed', 'error', 'crashed', 'timeout')),"
        " of AS (SELECT runs.id AS run, started_ns, CASE fingerprint WHEN '' THEN runs.tree"
        "  ELSE fingerprint END AS sources FROM runs JOIN trees ON trees.id = runs.tree),"
        " suspects AS (SELECT DISTINCT sources FROM of JOIN tallies USING (run) WHERE outcome IN bad),"
        " judged AS (SELECT test, sources, run, started_ns, outcome IN good AS passed FROM of"
        "  JOIN results USING (run) WHERE sources IN suspects AND (outcome IN good OR outcome IN bad)),"
        " turned AS (SELECT test, sum(passed) AS passed, sum(NOT passed) AS failed, max(run) AS run,"
        "  max(started_ns) AS started_ns FROM judged GROUP BY test, sources"
        "  HAVING min(passed) < max(passed))"
        " SELECT test, name, recipe, sum(passed), sum(failed), count(*), max(turned.run), max(started_ns)"
        " FROM turned JOIN tests ON tests.id = turned.test WHERE NOT gone GROUP BY test"
        " ORDER BY 1.0 * sum(failed) / (sum(passed) + sum(failed)) DESC, sum(failed) DESC, test";
    struct receiver receiver = {.flaky = each, .owner = owner};
    return query(archive, sql, NULL, read_flaky, &receiver, error);
}
