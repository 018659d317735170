#include "store/ledger.h"

#include "store/prune.h"
#include "store/schema.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>

enum statement {
    BEGIN,
    COMMIT,
    ROLLBACK,
    VERSION,
    EACH,
    RESULTS,
    FIND_TEST,
    CHANGE_TEST,
    ADD_TEST,
    PUT_RESULT,
    ADD_OUTCOME,
    GET_OUTCOME,
    RETIRE,
    SET_RED,
    SET_FLAKY,
    ADD_TREE,
    SET_TREE,
    BEGIN_RUN,
    END_RUN,
    TALLY,
    STATEMENT_COUNT
};

_Static_assert(STATEMENT_COUNT == LEDGER_STATEMENTS, "room for each statement");

static const char *const statement_sql[STATEMENT_COUNT] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [VERSION] = "PRAGMA data_version",
    [EACH] = "SELECT name, test_group, outcome, red, fragile, runnable, red_runs, duration_ns, usual_ns,"
             " cpu_ns, flaky, recipe, time_ns FROM tests WHERE NOT gone ORDER BY id",
    /* From run to run by the key of the results, the newest first: what other tests gave is not looked at. */
    [RESULTS] =
        "SELECT outcome, kind, time_ns, duration_ns, run, coalesce(commit_id, ''), coalesce(dirty, ''), "
        "changed, coalesce(tree, 0)"
        " FROM (SELECT runs.id AS run, outcomes.name AS outcome, kind, changed, tree,"
        " runs.started_ns + results.at_ms * 1000000 AS time_ns, results.duration_us * 1000 AS duration_ns"
        " FROM runs CROSS JOIN results ON results.run = runs.id"
        " AND results.test = (SELECT id FROM tests WHERE name = ?1 AND recipe = ?3)"
        " JOIN outcomes ON outcomes.id = results.outcome ORDER BY runs.id DESC LIMIT ?2)"
        " LEFT JOIN trees ON trees.id = tree ORDER BY run",
    [FIND_TEST] = "SELECT id FROM tests WHERE name = ?1 AND recipe = ?3",
    [CHANGE_TEST] =
        "UPDATE tests SET test_group = CASE ?2 WHEN '' THEN test_group ELSE ?2 END, outcome = ?3, red = ?4,"
        " fragile = ?5, runnable = ?6, red_runs = ?7, duration_ns = ?8,"
        " usual_ns = CASE WHEN ?8 = 0 THEN usual_ns WHEN usual_ns = 0 THEN ?14"
        " ELSE (usual_ns * 7 + ?14 * 3) / 10 END,"
        " time_ns = ?9, run = ?10, cpu_ns = ?11, flaky = ?12, gone = 0 WHERE id = ?1",
    [ADD_TEST] =
        "INSERT INTO tests (name, test_group, outcome, red, fragile, runnable, red_runs, duration_ns,"
        " time_ns, run, cpu_ns, flaky, recipe, usual_ns, gone)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 0)",
    [PUT_RESULT] = "INSERT OR REPLACE INTO results (run, test, outcome, at_ms, duration_us, cpu_us)"
                   " VALUES (?, ?, ?, ?, ?, ?)",
    [ADD_OUTCOME] = "INSERT OR IGNORE INTO outcomes (name) VALUES (?)",
    [GET_OUTCOME] = "SELECT id FROM outcomes WHERE name = ?",
    [RETIRE] = "UPDATE tests SET gone = 1, red = 0, red_runs = 0 WHERE name = ?1 AND recipe = ?3",
    [SET_RED] = "UPDATE tests SET red = ?2, red_runs = CASE WHEN ?2 THEN max(red_runs, 1) ELSE 0 END"
                " WHERE name = ?1 AND recipe = ?3",
    [SET_FLAKY] = "UPDATE tests SET flaky = ?2 WHERE name = ?1 AND recipe = ?3",
    [ADD_TREE] = "INSERT INTO trees (commit_id, fingerprint, dirty) VALUES ('', '', '') RETURNING id",
    [SET_TREE] = "UPDATE trees SET commit_id = ?2, fingerprint = ?3, dirty = ?4 WHERE id = ?1",
    [BEGIN_RUN] = "INSERT INTO runs (kind, started_ns, because, changed, tree) VALUES (?, ?, ?, ?, ?)"
                  " RETURNING id",
    [END_RUN] = "UPDATE runs SET verdict = ?2, ended_ns = ?3, tree = CASE WHEN ?4 THEN tree ELSE 0 END"
                " WHERE id = ?1",
    [TALLY] = "INSERT INTO tallies SELECT run, outcome, count(*) FROM results WHERE run = ? GROUP BY outcome",
};

static void forget_outcomes(struct ledger *ledger)
{
    struct outcome_row *row;
    vec_each (row, &ledger->outcomes)
        free(row->name);
    ledger->outcomes.len = 0;
}

void ledger_close(struct ledger *ledger)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        sqlite3_finalize(ledger->statements[i]);
        ledger->statements[i] = NULL;
    }
    facts_close(&ledger->facts);
    texts_close(&ledger->texts);
    forget_outcomes(ledger);
    vec_release(&ledger->outcomes);
    sqlite3_close(ledger->db);
    ledger->db = NULL;
    ledger->run = ledger->tree = 0;
}

/* The statement, ready for its values; NULL when it cannot be compiled: step then tells why. */
static sqlite3_stmt *prepared(struct ledger *ledger, enum statement which)
{
    sqlite3_stmt **statement = &ledger->statements[which];
    if (*statement == NULL)
        sqlite3_prepare_v3(ledger->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    return *statement;
}

/* Runs the statement to its end. The first column of its row, if it has one, goes to *number. 0 or -errno. */
static int step(struct ledger *ledger, sqlite3_stmt *statement, int64_t *number)
{
    if (statement == NULL)
        return schema_errno(sqlite3_errcode(ledger->db));
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        if (number != NULL)
            *number = sqlite3_column_int64(statement, 0);
        while (code == SQLITE_ROW)
            code = sqlite3_step(statement);
    }
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? 0 : schema_errno(code);
}

static int run_statement(struct ledger *ledger, enum statement which)
{
    return step(ledger, prepared(ledger, which), NULL);
}

static int64_t outcome_id(struct ledger *ledger, const char *name, int *err)
{
    const struct outcome_row *row;
    vec_each (row, &ledger->outcomes)
        if (strcmp(row->name, name) == 0)
            return row->id;
    int64_t id = 0;
    sqlite3_stmt *add = prepared(ledger, ADD_OUTCOME), *get = prepared(ledger, GET_OUTCOME);
    sqlite3_bind_text(add, 1, name, -1, SQLITE_TRANSIENT);
    *err = step(ledger, add, NULL);
    sqlite3_bind_text(get, 1, name, -1, SQLITE_TRANSIENT);
    if (*err == 0)
        *err = step(ledger, get, &id);
    if (*err == 0)
        vec_push(&ledger->outcomes, (struct outcome_row){mem_strdup(name), id});
    return id;
}

/* The statement about one test, which is ?1 and ?3 of it, ready for its other values. */
static sqlite3_stmt *prepared_for(struct ledger *ledger, enum statement which, struct history_name name)
{
    sqlite3_stmt *statement = prepared(ledger, which);
    sqlite3_bind_text(statement, 1, name.id, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, name.recipe, -1, SQLITE_STATIC);
    return statement;
}

/* The values of a test, all but its name, which is for who knows whether it is there. */
static void bind_test(sqlite3_stmt *put, const struct history_test *test, int64_t time_ns, int64_t run)
{
    sqlite3_bind_text(put, 2, test->group, -1, SQLITE_STATIC);
    sqlite3_bind_text(put, 3, test->outcome, -1, SQLITE_STATIC);
    sqlite3_bind_int(put, 4, test->red);
    sqlite3_bind_int(put, 5, test->fragile);
    sqlite3_bind_int(put, 6, test->runnable);
    sqlite3_bind_int64(put, 7, test->red_runs);
    sqlite3_bind_int64(put, 8, test->duration_ns);
    sqlite3_bind_int64(put, 9, time_ns);
    sqlite3_bind_int64(put, 10, run);
    sqlite3_bind_int64(put, 11, test->cpu_ns);
    sqlite3_bind_int64(put, 12, test->flaky);
    int64_t own_ns = test->duration_ns - test->setup_ns;
    sqlite3_bind_int64(put, 14, own_ns > 0 || test->duration_ns == 0 ? own_ns : 1);
}

/* Looks the test up, then changes its row by its number: less work than an upsert that returns it. */
static int put_test(struct ledger *ledger, const struct history_test *test, int64_t time_ns, int64_t *row)
{
    *row = 0;
    int err = step(ledger, prepared_for(ledger, FIND_TEST, test->name), row);
    if (err < 0)
        return err;
    sqlite3_stmt *put = prepared(ledger, *row > 0 ? CHANGE_TEST : ADD_TEST);
    bind_test(put, test, time_ns, ledger->run);
    if (*row > 0) {
        sqlite3_bind_int64(put, 1, *row);
        return step(ledger, put, NULL);
    }
    sqlite3_bind_text(put, 1, test->name.id, -1, SQLITE_STATIC);
    sqlite3_bind_text(put, 13, test->name.recipe, -1, SQLITE_STATIC);
    err = step(ledger, put, NULL);
    *row = sqlite3_last_insert_rowid(ledger->db);
    return err;
}

int ledger_put(struct ledger *ledger, const struct history_test *test, int64_t time_ns, int64_t at_ms)
{
    int64_t row;
    int err = put_test(ledger, test, time_ns, &row);
    if (err < 0 || ledger->run == 0)
        return err;
    int64_t outcome = outcome_id(ledger, test->outcome, &err);
    if (err < 0)
        return err;
    sqlite3_stmt *result = prepared(ledger, PUT_RESULT);
    sqlite3_bind_int64(result, 1, ledger->run);
    sqlite3_bind_int64(result, 2, row);
    sqlite3_bind_int64(result, 3, outcome);
    sqlite3_bind_int64(result, 4, at_ms);
    sqlite3_bind_int64(result, 5, test->duration_ns / 1000);
    sqlite3_bind_int64(result, 6, test->cpu_ns / 1000);
    return step(ledger, result, NULL);
}

int ledger_retire(struct ledger *ledger, struct history_name name)
{
    return step(ledger, prepared_for(ledger, RETIRE, name), NULL);
}

int ledger_set_red(struct ledger *ledger, struct history_name name, bool red)
{
    sqlite3_stmt *statement = prepared_for(ledger, SET_RED, name);
    sqlite3_bind_int(statement, 2, red);
    return step(ledger, statement, NULL);
}

int ledger_set_flaky(struct ledger *ledger, struct history_name name, unsigned passes)
{
    sqlite3_stmt *statement = prepared_for(ledger, SET_FLAKY, name);
    sqlite3_bind_int64(statement, 2, passes);
    return step(ledger, statement, NULL);
}

int ledger_begin_run(struct ledger *ledger, const struct history_run *run, int64_t time_ns)
{
    int err = 0;
    ledger->texts.room = TEXTS_MAX;
    if (!run->no_tree && (run->new_tree || ledger->tree == 0))
        err = step(ledger, prepared(ledger, ADD_TREE), &ledger->tree);
    if (err < 0)
        return err;
    sqlite3_stmt *statement = prepared(ledger, BEGIN_RUN);
    sqlite3_bind_text(statement, 1, run->kind, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, time_ns);
    sqlite3_bind_text(statement, 3, run->because, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 4, run->changed, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 5, run->no_tree ? 0 : ledger->tree);
    return step(ledger, statement, &ledger->run);
}

int ledger_set_tree(struct ledger *ledger, const struct history_tree *tree)
{
    sqlite3_stmt *statement = prepared(ledger, SET_TREE);
    sqlite3_bind_int64(statement, 1, ledger->tree);
    sqlite3_bind_text(statement, 2, tree->commit, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, tree->fingerprint, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 4, tree->dirty, -1, SQLITE_STATIC);
    return step(ledger, statement, NULL);
}

int ledger_end_run(struct ledger *ledger, const char *verdict, bool steady, int64_t time_ns,
                   const struct keep *keep)
{
    sqlite3_stmt *statement = prepared(ledger, END_RUN), *tally = prepared(ledger, TALLY);
    sqlite3_bind_int64(statement, 1, ledger->run);
    sqlite3_bind_text(statement, 2, verdict, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, time_ns);
    sqlite3_bind_int(statement, 4, steady);
    sqlite3_bind_int64(tally, 1, ledger->run);
    ledger->run = 0;
    int err = step(ledger, statement, NULL);
    if (err == 0)
        err = step(ledger, tally, NULL);
    return err < 0 ? err : prune_runs(ledger->db, keep, time_ns);
}

int64_t ledger_version(struct ledger *ledger)
{
    int64_t version = 0;
    step(ledger, prepared(ledger, VERSION), &version);
    return version;
}

int ledger_begin(struct ledger *ledger)
{
    ledger->run_before = ledger->run;
    ledger->tree_before = ledger->tree;
    return run_statement(ledger, BEGIN);
}

int ledger_end(struct ledger *ledger, int err, struct error *why)
{
    if (err == 0)
        err = run_statement(ledger, COMMIT);
    if (err == 0)
        return 0;
    error_set(why, err, "%s", sqlite3_errmsg(ledger->db));
    if (sqlite3_get_autocommit(ledger->db) == 0)
        run_statement(ledger, ROLLBACK);
    forget_outcomes(ledger); /* those added were rolled back */
    ledger->run = ledger->run_before;
    ledger->tree = ledger->tree_before;
    return err;
}

int ledger_open(struct ledger *ledger, const char *path, struct error *error)
{
    return schema_open(&ledger->db, path, error);
}

void ledger_wait(struct ledger *ledger, int wait_ms)
{
    sqlite3_busy_timeout(ledger->db, wait_ms);
}

/* What gives a statement's row to whom it is for: 1, there may be more; 0, no more is wanted; or -errno. */
struct row_reader {
    int (*read)(sqlite3_stmt *statement, const struct row_reader *reader);
    bool (*test)(void *owner, const struct history_test *test);
    bool (*past)(void *owner, const struct history_past *past);
    void *owner;
};

static int read_rows(struct ledger *ledger, sqlite3_stmt *statement, const struct row_reader *reader,
                     struct error *why)
{
    int err = statement != NULL ? 1 : schema_errno(sqlite3_errcode(ledger->db));
    while (err > 0) {
        int code = sqlite3_step(statement);
        err = code == SQLITE_ROW    ? reader->read(statement, reader)
              : code == SQLITE_DONE ? 0
                                    : schema_errno(code);
    }
    if (err < 0)
        error_set(why, err, "%s", sqlite3_errmsg(ledger->db));
    sqlite3_reset(statement);
    return err;
}

static int read_test(sqlite3_stmt *statement, const struct row_reader *reader)
{
    struct history_test test = {
        .name = {(const char *)sqlite3_column_text(statement, 11),
                 (const char *)sqlite3_column_text(statement, 0)},
        .group = (const char *)sqlite3_column_text(statement, 1),
        .outcome = (const char *)sqlite3_column_text(statement, 2),
        .red = sqlite3_column_int(statement, 3) != 0,
        .fragile = sqlite3_column_int(statement, 4) != 0,
        .runnable = sqlite3_column_int(statement, 5) != 0,
        .red_runs = (unsigned)sqlite3_column_int64(statement, 6),
        .duration_ns = sqlite3_column_int64(statement, 7),
        .usual_ns = sqlite3_column_int64(statement, 8),
        .cpu_ns = sqlite3_column_int64(statement, 9),
        .flaky = (unsigned)sqlite3_column_int64(statement, 10),
        .time_ns = sqlite3_column_int64(statement, 12),
    };
    if (test.name.recipe == NULL || test.name.id == NULL || test.group == NULL || test.outcome == NULL)
        return -EBADMSG;
    return reader->test(reader->owner, &test);
}

int ledger_each(struct ledger *ledger, bool (*each)(void *owner, const struct history_test *test),
                void *owner, struct error *why)
{
    const struct row_reader reader = {.read = read_test, .test = each, .owner = owner};
    return read_rows(ledger, prepared(ledger, EACH), &reader, why);
}

static int read_past(sqlite3_stmt *statement, const struct row_reader *reader)
{
    struct history_past past = {
        .outcome = (const char *)sqlite3_column_text(statement, 0),
        .run = (const char *)sqlite3_column_text(statement, 1),
        .time_ns = sqlite3_column_int64(statement, 2),
        .duration_ns = sqlite3_column_int64(statement, 3),
        .run_id = sqlite3_column_int64(statement, 4),
        .commit = (const char *)sqlite3_column_text(statement, 5),
        .dirty = (const char *)sqlite3_column_text(statement, 6),
        .changed = (const char *)sqlite3_column_text(statement, 7),
        .tree = sqlite3_column_int64(statement, 8),
    };
    if (past.outcome == NULL || past.run == NULL || past.commit == NULL || past.dirty == NULL ||
        past.changed == NULL)
        return -EBADMSG;
    return reader->past(reader->owner, &past);
}

int ledger_results(struct ledger *ledger, struct history_name name, unsigned most,
                   bool (*each)(void *owner, const struct history_past *past), void *owner, struct error *why)
{
    const struct row_reader reader = {.read = read_past, .past = each, .owner = owner};
    sqlite3_stmt *statement = prepared_for(ledger, RESULTS, name);
    sqlite3_bind_int64(statement, 2, most);
    return read_rows(ledger, statement, &reader, why);
}

int ledger_texts(struct ledger *ledger, struct history_name name,
                 bool (*each)(void *owner, const struct history_text *text), void *owner, struct error *why)
{
    int64_t row = 0;
    int err = step(ledger, prepared_for(ledger, FIND_TEST, name), &row);
    if (err == 0 && row > 0)
        err = texts_each(ledger->db, row, 0, each, owner);
    return err < 0 ? error_set(why, err, "%s", sqlite3_errmsg(ledger->db)) : 0;
}
