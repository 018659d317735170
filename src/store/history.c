#include "store/history.h"

#include "core/vec.h"
#include "store/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define BATCH_RESULTS 500
#define BATCH_NS INT64_C(200000000)
#define QUEUE_MAX 100000   /* while somebody else holds the lock */
#define CLOSE_BUSY_MS 2000 /* it is the last chance */

enum statement {
    BEGIN,
    COMMIT,
    ROLLBACK,
    EACH,
    PUT_TEST,
    PUT_RESULT,
    ADD_OUTCOME,
    GET_OUTCOME,
    RETIRE,
    SET_RED,
    BEGIN_RUN,
    END_RUN,
    OLDEST_KEPT,
    PRUNE_RESULTS,
    PRUNE_TESTS,
    PRUNE_RUNS,
    STATEMENT_COUNT
};

static const char *const statement_sql[STATEMENT_COUNT] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [EACH] = "SELECT name, test_group, outcome, red, fragile, runnable, red_runs, duration_ns, usual_ns"
             " FROM tests WHERE NOT gone ORDER BY id",
    [PUT_TEST] =
        "INSERT INTO tests (name, test_group, outcome, red, fragile, runnable, red_runs, duration_ns,"
        " usual_ns, time_ns, run, gone) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10, 0)"
        " ON CONFLICT (name) DO UPDATE SET"
        " test_group = CASE excluded.test_group WHEN '' THEN test_group ELSE excluded.test_group END,"
        " outcome = excluded.outcome, red = excluded.red, fragile = excluded.fragile,"
        " runnable = excluded.runnable, red_runs = excluded.red_runs, duration_ns = excluded.duration_ns,"
        " usual_ns = CASE WHEN excluded.duration_ns = 0 THEN usual_ns"
        " WHEN usual_ns = 0 THEN excluded.duration_ns"
        " ELSE (usual_ns * 7 + excluded.duration_ns * 3) / 10 END,"
        " time_ns = excluded.time_ns, run = excluded.run, gone = 0 RETURNING id",
    [PUT_RESULT] =
        "INSERT OR REPLACE INTO results (run, test, outcome, at_ms, duration_us) VALUES (?, ?, ?, ?, ?)",
    [ADD_OUTCOME] = "INSERT OR IGNORE INTO outcomes (name) VALUES (?)",
    [GET_OUTCOME] = "SELECT id FROM outcomes WHERE name = ?",
    [RETIRE] = "UPDATE tests SET gone = 1, red = 0, red_runs = 0 WHERE name = ?",
    [SET_RED] =
        "UPDATE tests SET red = ?2, red_runs = CASE WHEN ?2 THEN max(red_runs, 1) ELSE 0 END WHERE name = ?1",
    [BEGIN_RUN] = "INSERT INTO runs (kind, started_ns) VALUES (?, ?) RETURNING id",
    [END_RUN] = "UPDATE runs SET verdict = ?2, ended_ns = ?3 WHERE id = ?1",
    [OLDEST_KEPT] = "SELECT id FROM runs ORDER BY id DESC LIMIT 1 OFFSET ?",
    [PRUNE_RESULTS] = "DELETE FROM results WHERE run < ?",
    [PRUNE_TESTS] = "DELETE FROM tests WHERE gone AND run < ?",
    [PRUNE_RUNS] = "DELETE FROM runs WHERE id < ?",
};

enum entry_kind { ENTRY_RESULT, ENTRY_RETIRE, ENTRY_RED, ENTRY_BEGIN, ENTRY_END };

/* Something to be written; texts are offsets into the queue's. `text` is a test's id, a run's kind or its
 * verdict. */
struct entry {
    enum entry_kind kind;
    size_t text, group, outcome;
    bool red, fragile, runnable;
    unsigned red_runs;
    int64_t duration_ns, time_ns, at_ms;
};

struct outcome_row {
    char *name;
    int64_t id;
};

struct history {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    char *dir;
    char *path;  /* of the file; NULL: in memory */
    ino_t inode; /* the file that was opened */
    unsigned keep_runs;
    int64_t run;            /* of what is written next; 0: none goes on, or it is not kept */
    int64_t run_started_ns; /* of what is put in next */
    int64_t now_ns;         /* by what was put in last */
    VEC(struct entry) queue;
    struct buf texts;                 /* NUL-terminated, one after the other */
    VEC(struct outcome_row) outcomes; /* known to be in the database */
    char *notice;
};

static void notify(struct history *history, char *line)
{
    if (history->notice == NULL) {
        history->notice = line;
        return;
    }
    char *both = mem_printf("%s; %s", history->notice, line);
    free(history->notice);
    free(line);
    history->notice = both;
}

static const char *where(const struct history *history)
{
    return history->path != NULL ? history->path : SCHEMA_MEMORY;
}

static void forget_outcomes(struct history *history)
{
    struct outcome_row *row;
    vec_each (row, &history->outcomes)
        free(row->name);
    history->outcomes.len = 0;
}

static void close_database(struct history *history)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        sqlite3_finalize(history->statements[i]);
        history->statements[i] = NULL;
    }
    forget_outcomes(history);
    sqlite3_close(history->db);
    history->db = NULL;
}

/* The statement, ready for its values; NULL when it cannot be compiled: step then tells why. */
static sqlite3_stmt *prepared(struct history *history, enum statement which)
{
    sqlite3_stmt **statement = &history->statements[which];
    if (*statement == NULL)
        sqlite3_prepare_v3(history->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    return *statement;
}

/* Runs the statement to its end. The first column of its row, if it has one, goes to *number. 0 or -errno. */
static int step(struct history *history, sqlite3_stmt *statement, int64_t *number)
{
    if (statement == NULL)
        return schema_errno(sqlite3_errcode(history->db));
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

static int run_statement(struct history *history, enum statement which)
{
    return step(history, prepared(history, which), NULL);
}

/* Gives up the file: what can be read of it is taken along, the rest of the session is not kept. */
static void go_to_memory(struct history *history, const char *why)
{
    notify(history, mem_printf("the history is not kept: %s", why));
    close_database(history);
    int err = schema_open(&history->db, SCHEMA_MEMORY, NULL);
    if (err < 0)
        abort(); /* only out of memory */
    if (history->path != NULL)
        schema_copy(history->db, history->path);
    free(history->path);
    history->path = NULL;
}

/* Only one at a time opens, makes or sets aside the file: SQLite does not wait its turn where a file is
 * turned to WAL. Returns the lock, to be closed; -1 where there is none to be had. */
static int lock_directory(const struct history *history)
{
    int lock = open(history->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock >= 0)
        flock(lock, LOCK_EX);
    return lock;
}

static void unlock_directory(int lock)
{
    if (lock >= 0)
        close(lock);
}

static ino_t inode_of(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 ? file.st_ino : 0;
}

static int open_file(struct history *history, struct error *error)
{
    int err = schema_open(&history->db, history->path, error);
    history->inode = inode_of(history->path);
    return err;
}

/* Sets the corrupt file aside, unless somebody else has done so, and begins a new one. */
static int begin_anew(struct history *history, struct error *error)
{
    close_database(history);
    if (inode_of(history->path) != history->inode)
        return open_file(history, error);
    char *aside = schema_set_aside(history->path);
    if (aside == NULL)
        return error_set(error, -EBADMSG, "%s: corrupt, and cannot be renamed: %s", history->path,
                         strerror(errno));
    notify(history, mem_printf("%s was corrupt: set aside as %s, and a new one begun", history->path, aside));
    free(aside);
    return open_file(history, error);
}

/* Makes the history work again after an error of its file. The run that goes on is not kept as such: what it
 * began is not in the new database. */
static void recover(struct history *history, int err, const char *why)
{
    struct error error;
    history->run = 0;
    if (history->path == NULL)
        return;
    if (err == -EBADMSG) {
        int lock = lock_directory(history);
        err = begin_anew(history, &error);
        unlock_directory(lock);
        if (err == 0)
            return;
        why = error.text;
    }
    go_to_memory(history, why);
}

static int64_t outcome_id(struct history *history, const char *name, int *err)
{
    const struct outcome_row *row;
    vec_each (row, &history->outcomes)
        if (strcmp(row->name, name) == 0)
            return row->id;
    int64_t id = 0;
    sqlite3_stmt *add = prepared(history, ADD_OUTCOME), *get = prepared(history, GET_OUTCOME);
    sqlite3_bind_text(add, 1, name, -1, SQLITE_TRANSIENT);
    *err = step(history, add, NULL);
    sqlite3_bind_text(get, 1, name, -1, SQLITE_TRANSIENT);
    if (*err == 0)
        *err = step(history, get, &id);
    if (*err == 0)
        vec_push(&history->outcomes, (struct outcome_row){mem_strdup(name), id});
    return id;
}

static int write_result(struct history *history, const struct entry *entry)
{
    const char *texts = history->texts.data;
    sqlite3_stmt *put = prepared(history, PUT_TEST);
    sqlite3_bind_text(put, 1, texts + entry->text, -1, SQLITE_STATIC);
    sqlite3_bind_text(put, 2, texts + entry->group, -1, SQLITE_STATIC);
    sqlite3_bind_text(put, 3, texts + entry->outcome, -1, SQLITE_STATIC);
    sqlite3_bind_int(put, 4, entry->red);
    sqlite3_bind_int(put, 5, entry->fragile);
    sqlite3_bind_int(put, 6, entry->runnable);
    sqlite3_bind_int64(put, 7, entry->red_runs);
    sqlite3_bind_int64(put, 8, entry->duration_ns);
    sqlite3_bind_int64(put, 9, entry->time_ns);
    sqlite3_bind_int64(put, 10, history->run);
    int64_t test = 0;
    int err = step(history, put, &test);
    if (err < 0 || history->run == 0)
        return err;
    int64_t outcome = outcome_id(history, texts + entry->outcome, &err);
    if (err < 0)
        return err;
    sqlite3_stmt *result = prepared(history, PUT_RESULT);
    sqlite3_bind_int64(result, 1, history->run);
    sqlite3_bind_int64(result, 2, test);
    sqlite3_bind_int64(result, 3, outcome);
    sqlite3_bind_int64(result, 4, entry->at_ms);
    sqlite3_bind_int64(result, 5, entry->duration_ns / 1000);
    return step(history, result, NULL);
}

static int write_begin(struct history *history, const struct entry *entry)
{
    sqlite3_stmt *statement = prepared(history, BEGIN_RUN);
    sqlite3_bind_text(statement, 1, history->texts.data + entry->text, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, entry->time_ns);
    return step(history, statement, &history->run);
}

static int prune(struct history *history)
{
    int64_t oldest = 0; /* run to keep; none when there are fewer */
    sqlite3_stmt *statement = prepared(history, OLDEST_KEPT);
    sqlite3_bind_int64(statement, 1, (int64_t)history->keep_runs - 1);
    int err = step(history, statement, &oldest);
    static const enum statement prunes[] = {PRUNE_RESULTS, PRUNE_TESTS, PRUNE_RUNS};
    for (size_t i = 0; i < sizeof prunes / sizeof *prunes && err == 0; i++) {
        statement = prepared(history, prunes[i]);
        sqlite3_bind_int64(statement, 1, oldest);
        err = step(history, statement, NULL);
    }
    return err;
}

static int write_end(struct history *history, const struct entry *entry)
{
    sqlite3_stmt *statement = prepared(history, END_RUN);
    sqlite3_bind_int64(statement, 1, history->run);
    sqlite3_bind_text(statement, 2, history->texts.data + entry->text, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 3, entry->time_ns);
    history->run = 0;
    int err = step(history, statement, NULL);
    return err < 0 ? err : prune(history);
}

static int write_entry(struct history *history, const struct entry *entry)
{
    sqlite3_stmt *statement;
    switch (entry->kind) {
    case ENTRY_RESULT:
        return write_result(history, entry);
    case ENTRY_BEGIN:
        return write_begin(history, entry);
    case ENTRY_END:
        return write_end(history, entry);
    case ENTRY_RETIRE:
        statement = prepared(history, RETIRE);
        break;
    default:
        statement = prepared(history, SET_RED);
        sqlite3_bind_int(statement, 2, entry->red);
    }
    sqlite3_bind_text(statement, 1, history->texts.data + entry->text, -1, SQLITE_STATIC);
    return step(history, statement, NULL);
}

/* Ends a transaction. On an error, also of the commit, nothing of it is kept; why: room for the reason. */
static int end_transaction(struct history *history, int err, struct error *why)
{
    if (err == 0)
        err = run_statement(history, COMMIT);
    if (err == 0)
        return 0;
    error_set(why, err, "%s: %s", where(history), sqlite3_errmsg(history->db));
    if (sqlite3_get_autocommit(history->db) == 0)
        run_statement(history, ROLLBACK);
    forget_outcomes(history); /* those added were rolled back */
    return err;
}

static int write_queue(struct history *history, struct error *why)
{
    int64_t run = history->run;
    int err = run_statement(history, BEGIN);
    const struct entry *entry;
    vec_each (entry, &history->queue)
        if (err == 0)
            err = write_entry(history, entry);
    err = end_transaction(history, err, why);
    if (err < 0)
        history->run = run;
    return err;
}

void history_flush(struct history *history)
{
    if (history->queue.len == 0)
        return;
    struct error why;
    int err = write_queue(history, &why);
    if (err == -EBUSY && history->queue.len < QUEUE_MAX)
        return; /* goes with the next */
    if (err < 0) {
        recover(history, err, why.text);
        write_queue(history, &why);
    }
    history->queue.len = 0;
    buf_clear(&history->texts);
}

static size_t keep_text(struct history *history, const char *text)
{
    size_t at = history->texts.len;
    buf_add(&history->texts, text != NULL ? text : "", text != NULL ? strlen(text) + 1 : 1);
    return at;
}

static void enqueue(struct history *history, struct entry entry)
{
    vec_push(&history->queue, entry);
    const struct entry *first = &history->queue.items[0];
    /* Once over the batch's size, as when somebody else holds the lock, not every entry is a new try. */
    bool full = history->queue.len % BATCH_RESULTS == 0;
    bool old = entry.time_ns - first->time_ns >= BATCH_NS && history->queue.len < BATCH_RESULTS;
    if (full || old)
        history_flush(history);
}

/* Outside of a repository's own directory a .gitignore keeps the whole of it out of the repository. */
static void ignore_directory(const char *dir)
{
    char *slashed = mem_printf("%s/", dir);
    char *path = mem_printf("%s/.gitignore", dir);
    if (strstr(slashed, "/.git/") == NULL && strncmp(slashed, ".git/", 5) != 0 && access(path, F_OK) < 0) {
        FILE *file = fopen(path, "w");
        if (file != NULL) {
            fputs("*\n", file);
            fclose(file);
        }
    }
    free(path);
    free(slashed);
}

int history_open(struct history **history, const char *dir, unsigned keep_runs, char **notice)
{
    struct history *made = *history = mem_zero(sizeof *made);
    struct error error;
    made->keep_runs = keep_runs > 0 ? keep_runs : 1;
    made->dir = mem_strdup(dir);
    made->path = mem_printf("%s/history.db", dir);
    if (mkdir(dir, 0777) < 0 && errno != EEXIST) {
        error_set(&error, -errno, "%s: %s", dir, strerror(errno));
        go_to_memory(made, error.text);
    } else {
        ignore_directory(dir);
        int lock = lock_directory(made);
        int err = open_file(made, &error);
        unlock_directory(lock);
        if (err < 0)
            recover(made, err, error.text);
    }
    *notice = history_notice(made);
    return 0;
}

/* 1: there may be more; 0: this was the last; or -errno. */
static int each_row(sqlite3_stmt *statement, bool (*each)(void *owner, const struct history_test *test),
                    void *owner)
{
    int code = sqlite3_step(statement);
    if (code != SQLITE_ROW)
        return code == SQLITE_DONE ? 0 : schema_errno(code);
    struct history_test test = {
        .id = (const char *)sqlite3_column_text(statement, 0),
        .group = (const char *)sqlite3_column_text(statement, 1),
        .outcome = (const char *)sqlite3_column_text(statement, 2),
        .red = sqlite3_column_int(statement, 3) != 0,
        .fragile = sqlite3_column_int(statement, 4) != 0,
        .runnable = sqlite3_column_int(statement, 5) != 0,
        .red_runs = (unsigned)sqlite3_column_int64(statement, 6),
        .duration_ns = sqlite3_column_int64(statement, 7),
        .usual_ns = sqlite3_column_int64(statement, 8),
    };
    if (test.id == NULL || test.group == NULL || test.outcome == NULL)
        return -EBADMSG;
    return each(owner, &test);
}

int history_each(struct history *history, bool (*each)(void *owner, const struct history_test *test),
                 void *owner)
{
    history_flush(history);
    sqlite3_stmt *statement = prepared(history, EACH);
    int err = statement != NULL ? 1 : schema_errno(sqlite3_errcode(history->db));
    while (err > 0)
        err = each_row(statement, each, owner);
    struct error why;
    error_set(&why, err, "%s: %s", where(history), sqlite3_errmsg(history->db));
    sqlite3_reset(statement);
    if (err == 0 || err == -EBUSY)
        return err;
    recover(history, err, why.text);
    return 0;
}

void history_begin_run(struct history *history, const char *kind, int64_t time_ns)
{
    history->run_started_ns = history->now_ns = time_ns;
    enqueue(history,
            (struct entry){.kind = ENTRY_BEGIN, .text = keep_text(history, kind), .time_ns = time_ns});
    history_flush(history);
}

void history_result(struct history *history, const struct history_test *test, int64_t time_ns)
{
    int64_t at_ms = (time_ns - history->run_started_ns) / 1000000;
    history->now_ns = time_ns;
    enqueue(history, (struct entry){
                         .kind = ENTRY_RESULT,
                         .text = keep_text(history, test->id),
                         .group = keep_text(history, test->group),
                         .outcome = keep_text(history, test->outcome),
                         .red = test->red,
                         .fragile = test->fragile,
                         .runnable = test->runnable,
                         .red_runs = test->red_runs,
                         .duration_ns = test->duration_ns,
                         .time_ns = time_ns,
                         .at_ms = at_ms > 0 ? at_ms : 0,
                     });
}

void history_retire(struct history *history, const char *id)
{
    enqueue(history,
            (struct entry){.kind = ENTRY_RETIRE, .text = keep_text(history, id), .time_ns = history->now_ns});
}

void history_set_red(struct history *history, const char *id, bool red)
{
    enqueue(history,
            (struct entry){
                .kind = ENTRY_RED, .text = keep_text(history, id), .red = red, .time_ns = history->now_ns});
}

void history_end_run(struct history *history, const char *verdict, int64_t time_ns)
{
    history->now_ns = time_ns;
    enqueue(history,
            (struct entry){.kind = ENTRY_END, .text = keep_text(history, verdict), .time_ns = time_ns});
    history_flush(history);
}

char *history_notice(struct history *history)
{
    char *notice = history->notice;
    history->notice = NULL;
    return notice;
}

void history_close(struct history *history)
{
    if (history == NULL)
        return;
    sqlite3_busy_timeout(history->db, CLOSE_BUSY_MS);
    history_flush(history);
    close_database(history);
    vec_release(&history->outcomes);
    vec_release(&history->queue);
    buf_release(&history->texts);
    free(history->notice);
    free(history->path);
    free(history->dir);
    free(history);
}
