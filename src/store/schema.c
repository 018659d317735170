#include "store/schema.h"

#include "core/bytes.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS 10000 /* somebody may be at what a kill has left, or at the last close */
#define CHECK_MAX (8 << 20)
#define COPY_MAX (64 << 20)

/* Each step takes the schema from version i to i + 1. Steps are only ever added. */
static const char *const migrations[] = {
    "CREATE TABLE runs ("
    " id INTEGER PRIMARY KEY, kind TEXT NOT NULL, started_ns INTEGER NOT NULL,"
    " ended_ns INTEGER, verdict TEXT);"
    "CREATE TABLE tests ("
    " id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, test_group TEXT NOT NULL, outcome TEXT NOT NULL,"
    " red INTEGER NOT NULL, fragile INTEGER NOT NULL, runnable INTEGER NOT NULL, red_runs INTEGER NOT NULL,"
    " duration_ns INTEGER NOT NULL, usual_ns INTEGER NOT NULL, time_ns INTEGER NOT NULL,"
    " run INTEGER NOT NULL, gone INTEGER NOT NULL);"
    "CREATE TABLE outcomes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE results ("
    " run INTEGER NOT NULL, test INTEGER NOT NULL, outcome INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
    " duration_us INTEGER NOT NULL, PRIMARY KEY (run, test)) WITHOUT ROWID;",
    "ALTER TABLE tests ADD COLUMN cpu_ns INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE tests ADD COLUMN flaky INTEGER NOT NULL DEFAULT 0;",
    "CREATE TABLE tests_of_recipes ("
    " id INTEGER PRIMARY KEY, recipe TEXT NOT NULL, name TEXT NOT NULL, test_group TEXT NOT NULL,"
    " outcome TEXT NOT NULL, red INTEGER NOT NULL, fragile INTEGER NOT NULL, runnable INTEGER NOT NULL,"
    " red_runs INTEGER NOT NULL, duration_ns INTEGER NOT NULL, usual_ns INTEGER NOT NULL,"
    " time_ns INTEGER NOT NULL, run INTEGER NOT NULL, gone INTEGER NOT NULL, cpu_ns INTEGER NOT NULL,"
    " flaky INTEGER NOT NULL, UNIQUE (name, recipe));"
    "INSERT INTO tests_of_recipes SELECT id, 'pytest', name, test_group, outcome, red, fragile, runnable,"
    " red_runs, duration_ns, usual_ns, time_ns, run, gone, cpu_ns, flaky FROM tests;"
    "DROP TABLE tests; ALTER TABLE tests_of_recipes RENAME TO tests;",
    "CREATE TABLE trees ("
    " id INTEGER PRIMARY KEY, commit_id TEXT NOT NULL, fingerprint TEXT NOT NULL, dirty TEXT NOT NULL);"
    "ALTER TABLE runs ADD COLUMN tree INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE runs ADD COLUMN because TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE runs ADD COLUMN changed TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE results ADD COLUMN cpu_us INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE tallies (run INTEGER NOT NULL, outcome INTEGER NOT NULL, tests INTEGER NOT NULL,"
    " PRIMARY KEY (run, outcome)) WITHOUT ROWID;"
    "INSERT INTO tallies SELECT run, outcome, count(*) FROM results GROUP BY run, outcome;",
    "CREATE TABLE facts ("
    " recipe TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, object TEXT NOT NULL,"
    " value INTEGER NOT NULL, PRIMARY KEY (recipe, kind, subject, object)) WITHOUT ROWID;",
    "CREATE TABLE texts ("
    " test INTEGER NOT NULL, name TEXT NOT NULL, octets INTEGER NOT NULL, data BLOB NOT NULL,"
    " UNIQUE (test, name));"
    "CREATE TRIGGER texts_of_passed AFTER UPDATE OF outcome, red ON tests"
    " WHEN old.red AND (NOT new.red OR (new.time_ns <> old.time_ns AND new.outcome <> 'skipped'))"
    " BEGIN DELETE FROM texts WHERE test = old.id; END;"
    "CREATE TRIGGER texts_of_forgotten AFTER DELETE ON tests"
    " BEGIN DELETE FROM texts WHERE test = old.id; END;",
};
#define VERSION ((int)(sizeof migrations / sizeof *migrations))

int schema_errno(int code)
{
    switch (code & 0xFF) {
    case SQLITE_OK:
        return 0;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return -EBADMSG;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return -EBUSY;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return -EROFS;
    default:
        return -EIO;
    }
}

static int exec(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* The first column of the first row, as a number. */
static int ask_number(sqlite3 *db, const char *sql, int *number)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW)
        *number = sqlite3_column_int(statement, 0);
    int end = sqlite3_finalize(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE ? end : code;
}

/* Somebody else may migrate at the same time, so the version is asked for again under the lock. */
static int migrate_one(sqlite3 *db, int *version)
{
    int code = exec(db, "BEGIN IMMEDIATE");
    if (code != SQLITE_OK)
        return code;
    code = ask_number(db, "PRAGMA user_version", version);
    if (code == SQLITE_OK && *version < VERSION) {
        char *sql = mem_printf("%s PRAGMA user_version = %d;", migrations[*version], *version + 1);
        code = exec(db, sql);
        free(sql);
        ++*version;
    }
    if (code == SQLITE_OK)
        code = exec(db, "COMMIT");
    if (code != SQLITE_OK)
        exec(db, "ROLLBACK");
    return code;
}

/* quick_check answers with a row "ok", or with what is wrong. */
static int check_pages(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &statement, NULL);
    bool fine = false;
    if (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW)
        fine = strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
    sqlite3_finalize(statement);
    if (code == SQLITE_ROW)
        return fine ? SQLITE_OK : SQLITE_CORRUPT;
    return code;
}

/* The last one to close the file removes its log: a log means a kill (or that somebody else is at work). A
 * large file is not worth the wait; what is wrong with it shows when it is read. */
static bool wants_check(const char *path)
{
    char *log = mem_printf("%s-wal", path);
    struct stat file, wal;
    bool wants =
        stat(log, &wal) == 0 && wal.st_size > 0 && stat(path, &file) == 0 && file.st_size <= CHECK_MAX;
    free(log);
    return wants;
}

/* All of it happens in the thread of the loop, and nobody asks how much memory it takes: no locks for either.
 * Refused, and of no account, once SQLite was used. */
static void use_one_thread(void)
{
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int prepare_file(sqlite3 *db, bool check, struct error *error, const char *path)
{
    int version = 0;
    int code = ask_number(db, "PRAGMA user_version", &version);
    if (code == SQLITE_OK && version > VERSION)
        return error_set(error, -ENOTSUP, "%s: made by a newer aloof (schema %d, this one knows %d)", path,
                         version, VERSION);
    if (code == SQLITE_OK && sqlite3_db_readonly(db, "main") == 1)
        code = SQLITE_READONLY;
    if (code == SQLITE_OK)
        code = exec(db, "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8192; PRAGMA journal_mode = WAL");
    if (code == SQLITE_OK && check)
        code = check_pages(db);
    while (code == SQLITE_OK && version < VERSION)
        code = migrate_one(db, &version);
    if (code == SQLITE_OK)
        return 0;
    return error_set(error, schema_errno(code), "%s: %s", path, sqlite3_errstr(code));
}

int schema_open(struct sqlite3 **db, const char *path, struct error *error)
{
    use_one_thread();
    bool check = wants_check(path);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(path, db, flags, NULL), err;
    if (code != SQLITE_OK) {
        err = error_set(error, schema_errno(code), "%s: %s", path, sqlite3_errstr(code));
    } else {
        sqlite3_busy_timeout(*db, BUSY_MS);
        err = prepare_file(*db, check, error, path);
    }
    if (err < 0) {
        sqlite3_close(*db);
        *db = NULL;
    }
    return err;
}

/* A file: address of the path, with how to open it. */
static char *uri_of(const char *path, const char *how)
{
    struct buf uri = {0};
    buf_puts(&uri, "file:");
    for (const char *p = path; *p != '\0'; p++) {
        if (strchr("%?#", *p) != NULL)
            buf_printf(&uri, "%%%02X", (unsigned char)*p);
        else
            buf_putc(&uri, *p);
    }
    buf_puts(&uri, how);
    return buf_take(&uri);
}

static int copy_pages(sqlite3 *to, sqlite3 *from)
{
    int version = 0;
    if (ask_number(from, "PRAGMA user_version", &version) != SQLITE_OK)
        return -EIO;
    if (version != VERSION)
        return -ENOTSUP;
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (backup == NULL)
        return -EIO;
    sqlite3_backup_step(backup, -1);
    return schema_errno(sqlite3_backup_finish(backup));
}

static int copy_file(sqlite3 *to, const char *path, const char *how)
{
    char *uri = uri_of(path, how);
    sqlite3 *from = NULL;
    int code =
        sqlite3_open_v2(uri, &from, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    int err = code == SQLITE_OK ? copy_pages(to, from) : schema_errno(code);
    sqlite3_close(from);
    free(uri);
    return err;
}

int schema_copy(struct sqlite3 *to, const char *path)
{
    struct stat file;
    if (stat(path, &file) < 0)
        return -EIO;
    if (file.st_size > COPY_MAX)
        return -EFBIG;
    int err = copy_file(to, path, "");
    /* WAL needs a shared file beside the database, so in a directory that cannot be written to it is read as
     * one that nobody changes; what its log may hold is not seen. */
    return err == -EIO ? copy_file(to, path, "?immutable=1") : err;
}

char *schema_set_aside(const char *path)
{
    struct stat file;
    if (stat(path, &file) < 0)
        return NULL;
    char *aside = mem_printf("%s.corrupt-%lld", path, (long long)file.st_mtime);
    char *log = mem_printf("%s-wal", path), *log_aside = mem_printf("%s-wal", aside);
    char *shared = mem_printf("%s-shm", path);
    /* The log first: left behind, it would be played into the new file. */
    bool moved = (rename(log, log_aside) == 0 || errno == ENOENT) && rename(path, aside) == 0;
    if (moved)
        remove(shared);
    free(shared);
    free(log_aside);
    free(log);
    if (!moved) {
        free(aside);
        return NULL;
    }
    return aside;
}

/* As it is: without the lock, where the place cannot be written to. */
static int open_for_reading(sqlite3 **db, const char *path)
{
    char *uri = uri_of(path, access(path, W_OK) == 0 ? "" : "?immutable=1");
    int code = sqlite3_open_v2(uri, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    free(uri);
    return code;
}

static int look(sqlite3 *db, struct schema_facts *facts, int *version)
{
    int code = ask_number(db, "PRAGMA user_version", version);
    if (code == SQLITE_OK && *version <= VERSION)
        code = check_pages(db);
    if (code == SQLITE_OK && *version > 0 && *version <= VERSION)
        code = ask_number(db, "SELECT count(*) FROM tests WHERE NOT gone", &facts->tests);
    if (code == SQLITE_OK && *version > 0 && *version <= VERSION)
        code = ask_number(db, "SELECT count(*) FROM runs", &facts->runs);
    return code;
}

int schema_look(const char *path, struct schema_facts *facts, struct error *error)
{
    struct stat file;
    sqlite3 *db = NULL;
    int version = 0;
    if (stat(path, &file) < 0)
        return errno == ENOENT ? -ENOENT : error_set(error, -EIO, "%s: %s", path, strerror(errno));
    *facts = (struct schema_facts){.size_bytes = (long long)file.st_size};
    int code = open_for_reading(&db, path);
    if (code == SQLITE_OK)
        code = look(db, facts, &version);
    int err = schema_errno(code);
    if (code != SQLITE_OK)
        error_set(error, err, "%s: %s", path, db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(code));
    if (code == SQLITE_OK && version > VERSION)
        err = error_set(error, -ENOTSUP, "%s: made by a newer aloof (schema %d, this one knows %d)", path,
                        version, VERSION);
    sqlite3_close(db);
    return err;
}

int schema_read(struct sqlite3 **db, const char *path, struct error *error)
{
    int version = 0;
    use_one_thread();
    int code = open_for_reading(db, path);
    if (code == SQLITE_OK) {
        sqlite3_busy_timeout(*db, BUSY_MS);
        code = ask_number(*db, "PRAGMA user_version", &version);
    }
    if (code == SQLITE_OK && version == VERSION)
        return 0;
    int err =
        code == SQLITE_OK ? 0 : error_set(error, schema_errno(code), "%s: %s", path, sqlite3_errstr(code));
    sqlite3_close(*db);
    *db = NULL;
    return err < 0 ? err : schema_open(db, path, error);
}

const char *schema_library(void)
{
    return sqlite3_libversion();
}
