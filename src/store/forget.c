#include "store/forget.h"

#include "core/vec.h"
#include "plan/model.h"
#include "store/schema.h"

#include <errno.h>
#include <sqlite3.h>

#define BUSY_MS 10000

struct forget {
    sqlite3 *db;
    char *path;
};

static int failed(const struct forget *forget, struct error *error)
{
    int err = schema_errno(sqlite3_errcode(forget->db));
    return error_set(error, err, "%s: %s", forget->path, sqlite3_errmsg(forget->db));
}

/* The statement with the numbers for its ?1 and ?2; NULL when it cannot be compiled. */
static sqlite3_stmt *prepare(struct forget *forget, const char *sql, int64_t one, int64_t two)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(forget->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return NULL;
    sqlite3_bind_int64(statement, 1, one);
    if (sqlite3_bind_parameter_count(statement) > 1)
        sqlite3_bind_int64(statement, 2, two);
    return statement;
}

/* Whether there was a row, the first column of which goes to *number (NULL: not wanted); or -1. */
static int ask(sqlite3_stmt *statement, int64_t *number)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW && number != NULL)
        *number = sqlite3_column_int64(statement, 0);
    int end = sqlite3_finalize(statement);
    return statement == NULL || end != SQLITE_OK ? -1 : code == SQLITE_ROW;
}

/* Runs statements, each about `id`, one after the other. */
static int change(struct forget *forget, const char *const sql[], size_t count, int64_t id,
                  struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (ask(prepare(forget, sql[i], id, 0), NULL) < 0)
            return failed(forget, error);
    return 0;
}

int forget_begin(struct forget **forget, const char *dir, struct error *error)
{
    struct forget *made = *forget = mem_zero(sizeof *made);
    made->path = mem_printf("%s/history.db", dir);
    int err = schema_open(&made->db, made->path, error);
    if (err == 0) {
        sqlite3_busy_timeout(made->db, BUSY_MS);
        if (sqlite3_exec(made->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
            err = failed(made, error);
    }
    if (err != 0) {
        forget_end(made, false, NULL);
        *forget = NULL;
    }
    return err;
}

int forget_end(struct forget *forget, bool keep, struct error *error)
{
    int err = 0;
    if (forget == NULL)
        return 0;
    if (keep && sqlite3_exec(forget->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        err = failed(forget, error);
    sqlite3_close(forget->db); /* rolls back what was not committed */
    free(forget->path);
    free(forget);
    return err;
}

int forget_test(struct forget *forget, struct history_name name, struct forgotten *done, struct error *error)
{
    /* From run to run by the key of the results: what other tests gave is not looked at. */
    static const char *const statements[] = {
        "UPDATE tallies SET tests = tests - 1 WHERE (run, outcome) IN (SELECT run, outcome FROM results"
        " WHERE test = ?1 AND run IN (SELECT id FROM runs))",
        "DELETE FROM tallies WHERE tests <= 0",
        "DELETE FROM tests WHERE id = ?1",
        "DELETE FROM results WHERE test = ?1 AND run IN (SELECT id FROM runs)",
    };
    *done = (struct forgotten){0};
    int64_t id = 0, red = 0;
    sqlite3_stmt *find = prepare(forget, "SELECT id FROM tests WHERE name = ?3 AND recipe = ?4", 0, 0);
    sqlite3_bind_text(find, 3, name.id, -1, SQLITE_STATIC);
    sqlite3_bind_text(find, 4, name.recipe, -1, SQLITE_STATIC);
    int found = ask(find, &id);
    if (found <= 0)
        return found == 0 ? 0 : failed(forget, error);
    if (ask(prepare(forget, "SELECT red FROM tests WHERE id = ?1", id, 0), &red) < 0)
        return failed(forget, error);
    int err = change(forget, statements, sizeof statements / sizeof *statements, id, error);
    if (err == 0)
        *done = (struct forgotten){(size_t)sqlite3_changes(forget->db), red != 0, 0, 1};
    return err;
}

/* A test whose newest outcome goes. */
struct orphan {
    int64_t id;
    bool red, gone;
};

/* What the runs that stay say of it. */
struct rest {
    int64_t run; /* the newest; 0 none */
    unsigned red_runs;
};

/* The newest run first, until it is known whether the test is red: what was skipped does not say. */
static int look_back(struct forget *forget, const struct orphan *orphan, int64_t without, struct rest *rest)
{
    sqlite3_stmt *statement = prepare(
        forget,
        "SELECT runs.id, outcomes.name FROM runs CROSS JOIN results ON results.run = runs.id"
        " AND results.test = ?1 JOIN outcomes ON outcomes.id = outcome WHERE runs.id <> ?2 ORDER BY 1 DESC",
        orphan->id, without);
    bool known = false;
    *rest = (struct rest){0};
    while (!known && sqlite3_step(statement) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(statement, 1);
        enum outcome outcome = outcome_parse(name != NULL ? name : "");
        if (rest->run == 0)
            rest->run = sqlite3_column_int64(statement, 0);
        rest->red_runs += outcome_is_red(outcome);
        known = !outcome_is_red(outcome) && outcome != OUTCOME_SKIPPED;
    }
    return statement != NULL && sqlite3_finalize(statement) == SQLITE_OK ? 0 : -EIO;
}

static int fall_back(struct forget *forget, const struct orphan *orphan, const struct rest *rest)
{
    sqlite3_stmt *statement =
        prepare(forget,
                "UPDATE tests SET red = ?3, red_runs = ?4, run = ?2,"
                " (outcome, time_ns, duration_ns, cpu_ns) = (SELECT outcomes.name,"
                "  started_ns + at_ms * 1000000, duration_us * 1000, cpu_us * 1000 FROM results"
                "  JOIN runs ON runs.id = results.run JOIN outcomes ON outcomes.id = results.outcome"
                "  WHERE results.run = ?2 AND results.test = ?1) WHERE id = ?1",
                orphan->id, rest->run);
    unsigned red_runs = orphan->gone ? 0 : rest->red_runs;
    sqlite3_bind_int(statement, 3, red_runs > 0);
    sqlite3_bind_int64(statement, 4, red_runs);
    return ask(statement, NULL);
}

static int settle(struct forget *forget, const struct orphan *orphan, int64_t run, struct forgotten *done)
{
    struct rest rest;
    if (look_back(forget, orphan, run, &rest) < 0)
        return -1;
    bool red = rest.red_runs > 0 && !orphan->gone;
    done->green += orphan->red && !red;
    done->red += red && !orphan->red;
    done->unknown += rest.run == 0 && !orphan->gone;
    if (rest.run != 0)
        return fall_back(forget, orphan, &rest);
    return ask(prepare(forget, "DELETE FROM tests WHERE id = ?1", orphan->id, 0), NULL);
}

static int settle_tests(struct forget *forget, int64_t run, struct forgotten *done, struct error *error)
{
    VEC(struct orphan) orphans = {0};
    sqlite3_stmt *list = prepare(forget, "SELECT id, red, gone FROM tests WHERE run = ?1", run, 0);
    while (sqlite3_step(list) == SQLITE_ROW)
        vec_push(&orphans, (struct orphan){sqlite3_column_int64(list, 0), sqlite3_column_int(list, 1) != 0,
                                           sqlite3_column_int(list, 2) != 0});
    int bad = list != NULL && sqlite3_finalize(list) == SQLITE_OK ? 0 : -1;
    for (size_t i = 0; i < orphans.len && bad >= 0; i++)
        bad = settle(forget, &orphans.items[i], run, done);
    vec_release(&orphans);
    return bad < 0 ? failed(forget, error) : 0;
}

int forget_run(struct forget *forget, int64_t run, struct forgotten *done, struct error *error)
{
    static const char *const statements[] = {
        "DELETE FROM tallies WHERE run = ?1",
        "DELETE FROM runs WHERE id = ?1",
        "DELETE FROM results WHERE run = ?1",
    };
    /* The number of the newest is given anew: two would share it. */
    static const char *const may_go_on =
        "SELECT 1 FROM runs WHERE id = ?1 AND verdict IS NULL AND id = (SELECT max(id) FROM runs)";
    *done = (struct forgotten){0};
    int goes_on = ask(prepare(forget, may_go_on, run, 0), NULL);
    if (goes_on > 0)
        return error_set(error, -EBUSY,
                         "run %lld has not ended, it may be going on; it can be forgotten when there is a "
                         "newer one",
                         (long long)run);
    int err = goes_on < 0 ? failed(forget, error) : settle_tests(forget, run, done, error);
    if (err == 0)
        err = change(forget, statements, sizeof statements / sizeof *statements, run, error);
    if (err == 0)
        done->results = (size_t)sqlite3_changes(forget->db);
    return err;
}
