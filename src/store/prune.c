#include "store/prune.h"

#include "store/schema.h"
#include "store/texts.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DAY_NS INT64_C(86400000000000)
#define MEGABYTE (INT64_C(1) << 20)

/* Runs the statement with the number for its ?1. The first column of its row, if there is one, goes to
 * *answer. */
static int ask(sqlite3 *db, const char *sql, int64_t number, int64_t *answer)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK && sqlite3_bind_parameter_count(statement) > 0)
        sqlite3_bind_int64(statement, 1, number);
    if (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW && answer != NULL)
        *answer = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE ? 0 : schema_errno(code);
}

static int remove_before(sqlite3 *db, int64_t oldest)
{
    static const char *const statements[] = {
        "DELETE FROM results WHERE run < ?1",
        "DELETE FROM tests WHERE gone AND run < ?1",
        "DELETE FROM tallies WHERE run < ?1",
        "DELETE FROM runs WHERE id < ?1",
        "DELETE FROM trees WHERE id < (SELECT min(tree) FROM runs WHERE tree > 0)",
    };
    int err = 0;
    for (size_t i = 0; i < sizeof statements / sizeof *statements && err == 0; i++)
        err = ask(db, statements[i], oldest, NULL);
    return err < 0 ? err : texts_prune(db);
}

/* Octets of the file that are in use. */
static int ask_size(sqlite3 *db, int64_t *size)
{
    int64_t pages = 0, unused = 0, each = 0;
    int err = ask(db, "PRAGMA page_count", 0, &pages);
    if (err == 0)
        err = ask(db, "PRAGMA freelist_count", 0, &unused);
    if (err == 0)
        err = ask(db, "PRAGMA page_size", 0, &each);
    *size = (pages - unused) * each;
    return err;
}

/* Run by run, as only then it is known how much it was. */
static int remove_until_it_fits(sqlite3 *db, int64_t newest, int64_t most)
{
    for (;;) {
        int64_t size = 0, next = newest;
        int err = ask_size(db, &size);
        if (err < 0 || size <= most)
            return err;
        err = ask(db, "SELECT id FROM runs ORDER BY id LIMIT 1 OFFSET 1", 0, &next);
        if (err < 0)
            return err;
        err = remove_before(db, next);
        if (err < 0 || next == newest)
            return err;
    }
}

int prune_runs(struct sqlite3 *db, const struct keep *keep, int64_t now_ns)
{
    int64_t newest = 0, by_number = 0, by_time = 0;
    int err = ask(db, "SELECT max(id) FROM runs", 0, &newest);
    if (err == 0 && keep->runs > 0)
        err = ask(db, "SELECT id FROM runs ORDER BY id DESC LIMIT 1 OFFSET ?1", (int64_t)keep->runs - 1,
                  &by_number);
    if (err == 0 && keep->days > 0)
        err = ask(db, "SELECT coalesce(max(id), 0) + 1 FROM runs WHERE started_ns < ?1",
                  now_ns - (int64_t)keep->days * DAY_NS, &by_time);
    int64_t oldest = by_number > by_time ? by_number : by_time;
    if (err == 0)
        err = remove_before(db, oldest < newest ? oldest : newest);
    if (err == 0 && keep->megabytes > 0)
        err = remove_until_it_fits(db, newest, (int64_t)keep->megabytes * MEGABYTE);
    return err;
}

static long long size_of(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 ? (long long)file.st_size : 0;
}

static int prune_open(sqlite3 *db, const struct keep *keep, int64_t now_ns, struct pruned *pruned)
{
    int64_t before = 0, after = 0;
    int err = ask(db, "BEGIN IMMEDIATE", 0, NULL);
    if (err < 0)
        return err;
    err = ask(db, "SELECT count(*) FROM runs", 0, &before);
    if (err == 0)
        err = prune_runs(db, keep, now_ns);
    if (err == 0)
        err = ask(db, "SELECT count(*) FROM runs", 0, &after);
    if (err == 0)
        err = ask(db, "COMMIT", 0, NULL);
    if (sqlite3_get_autocommit(db) == 0)
        ask(db, "ROLLBACK", 0, NULL);
    pruned->runs = (size_t)(before - after);
    return err;
}

int prune_file(const char *dir, const struct keep *keep, int64_t now_ns, struct pruned *pruned,
               struct error *error)
{
    char *path = mem_printf("%s/history.db", dir);
    sqlite3 *db = NULL;
    *pruned = (struct pruned){.before_bytes = size_of(path)};
    int err = pruned->before_bytes > 0 ? schema_open(&db, path, error) : -ENOENT;
    if (err == 0) {
        err = prune_open(db, keep, now_ns, pruned);
        if (err < 0)
            error_set(error, err, "%s: %s", path, sqlite3_errmsg(db));
    }
    /* Where somebody else uses it now, its room is given back another time. */
    if (err == 0 && ask(db, "VACUUM", 0, NULL) == 0)
        ask(db, "PRAGMA wal_checkpoint(TRUNCATE)", 0, NULL);
    sqlite3_close(db);
    pruned->after_bytes = size_of(path);
    free(path);
    return err;
}
