#include "store/history.h"

#include "store/ledger.h"
#include "store/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define BATCH_RESULTS 500
#define BATCH_NS INT64_C(200000000)
#define RETRY_NS INT64_C(1000000000)
#define QUEUE_MAX 100000   /* while somebody else holds the lock */
#define CLOSE_BUSY_MS 2000 /* it is the last chance */

enum entry_kind { ENTRY_RESULT, ENTRY_RETIRE, ENTRY_RED, ENTRY_FLAKY, ENTRY_BEGIN, ENTRY_END };

/* Something to be written; texts are offsets into the queue's. `text` is a test's id (`recipe` says whose), a
 * run's kind or its verdict. */
struct entry {
    enum entry_kind kind;
    size_t text, recipe, group, outcome;
    struct history_test test; /* but for its texts */
    int64_t time_ns, at_ms;
};

struct history {
    struct ledger ledger;
    char *dir;
    char *path;  /* of the file; NULL: in memory */
    ino_t inode; /* the file that was opened */
    unsigned keep_runs;
    bool frozen;
    int64_t run_started_ns; /* of what is put in next */
    int64_t now_ns;         /* by what was put in last */
    int64_t due_ns;         /* when the queue is to be written */
    VEC(struct entry) queue;
    struct buf texts; /* NUL-terminated, one after the other */
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

/* Gives up the file: what can be read of it is taken along, the rest of the session is not kept. */
static void go_to_memory(struct history *history, const char *why)
{
    notify(history, mem_printf("the history is not kept: %s", why));
    ledger_close(&history->ledger);
    int err = ledger_open(&history->ledger, SCHEMA_MEMORY, NULL);
    if (err < 0)
        abort(); /* only out of memory */
    if (history->path != NULL)
        schema_copy(history->ledger.db, history->path);
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
    int err = ledger_open(&history->ledger, history->path, error);
    history->inode = inode_of(history->path);
    return err;
}

/* Sets the corrupt file aside, unless somebody else has done so, and begins a new one. */
static int begin_anew(struct history *history, struct error *error)
{
    ledger_close(&history->ledger);
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

/* The same, for an error while the file was in use. */
static void recover_from(struct history *history, int err, const struct error *why)
{
    struct error line;
    error_set(&line, err, "%s: %s", history->path != NULL ? history->path : SCHEMA_MEMORY, why->text);
    recover(history, err, line.text);
}

static int write_entry(struct history *history, const struct entry *entry)
{
    const char *texts = history->texts.data, *text = texts + entry->text;
    const struct history_name name = {texts + entry->recipe, text};
    struct ledger *ledger = &history->ledger;
    struct history_test test = entry->test;
    switch (entry->kind) {
    case ENTRY_BEGIN:
        return ledger_begin_run(ledger, text, entry->time_ns);
    case ENTRY_END:
        return ledger_end_run(ledger, text, entry->time_ns, history->keep_runs);
    case ENTRY_RETIRE:
        return ledger_retire(ledger, name);
    case ENTRY_RED:
        return ledger_set_red(ledger, name, test.red);
    case ENTRY_FLAKY:
        return ledger_set_flaky(ledger, name, test.flaky);
    case ENTRY_RESULT:
        break;
    }
    test.name = name;
    test.group = texts + entry->group;
    test.outcome = texts + entry->outcome;
    return ledger_put(ledger, &test, entry->time_ns, entry->at_ms);
}

static int write_queue(struct history *history, struct error *why)
{
    int err = ledger_begin(&history->ledger);
    const struct entry *entry;
    vec_each (entry, &history->queue)
        if (err == 0)
            err = write_entry(history, entry);
    return ledger_end(&history->ledger, err, why);
}

void history_flush(struct history *history)
{
    if (history->queue.len == 0)
        return;
    struct error why;
    int err = write_queue(history, &why);
    if (err == -EBUSY && history->queue.len < QUEUE_MAX) {
        history->due_ns = history->now_ns + RETRY_NS;
        return;
    }
    if (err < 0) {
        recover_from(history, err, &why);
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
    if (history->frozen) {
        buf_clear(&history->texts);
        return;
    }
    entry.time_ns = history->now_ns;
    if (history->queue.len == 0)
        history->due_ns = entry.time_ns + BATCH_NS;
    vec_push(&history->queue, entry);
    if (history->queue.len % BATCH_RESULTS == 0 || entry.time_ns >= history->due_ns)
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

void history_freeze(struct history *history)
{
    history_flush(history);
    history->frozen = true;
}

int history_each(struct history *history, bool (*each)(void *owner, const struct history_test *test),
                 void *owner)
{
    history_flush(history);
    struct error why;
    int err = ledger_each(&history->ledger, each, owner, &why);
    if (err == 0 || err == -EBUSY)
        return err;
    recover_from(history, err, &why);
    return 0;
}

int history_results(struct history *history, struct history_name name, unsigned most,
                    bool (*each)(void *owner, const struct history_past *past), void *owner)
{
    history_flush(history);
    struct error why;
    int err = ledger_results(&history->ledger, name, most, each, owner, &why);
    if (err == 0 || err == -EBUSY)
        return err;
    recover_from(history, err, &why);
    return 0;
}

void history_begin_run(struct history *history, const char *kind, int64_t time_ns)
{
    history->run_started_ns = history->now_ns = time_ns;
    enqueue(history, (struct entry){.kind = ENTRY_BEGIN, .text = keep_text(history, kind)});
    history_flush(history);
}

void history_result(struct history *history, const struct history_test *test, int64_t time_ns)
{
    int64_t at_ms = (time_ns - history->run_started_ns) / 1000000;
    struct entry entry = {
        .kind = ENTRY_RESULT,
        .text = keep_text(history, test->name.id),
        .recipe = keep_text(history, test->name.recipe),
        .group = keep_text(history, test->group),
        .outcome = keep_text(history, test->outcome),
        .test = *test,
        .at_ms = at_ms > 0 ? at_ms : 0,
    };
    history->now_ns = time_ns;
    enqueue(history, entry);
}

static struct entry entry_about(struct history *history, enum entry_kind kind, struct history_name name)
{
    return (struct entry){
        .kind = kind, .text = keep_text(history, name.id), .recipe = keep_text(history, name.recipe)};
}

void history_retire(struct history *history, struct history_name name)
{
    enqueue(history, entry_about(history, ENTRY_RETIRE, name));
}

void history_set_red(struct history *history, struct history_name name, bool red)
{
    struct entry entry = entry_about(history, ENTRY_RED, name);
    entry.test.red = red;
    enqueue(history, entry);
}

void history_set_flaky(struct history *history, struct history_name name, unsigned passes)
{
    struct entry entry = entry_about(history, ENTRY_FLAKY, name);
    entry.test.flaky = passes;
    enqueue(history, entry);
}

void history_end_run(struct history *history, const char *verdict, int64_t time_ns)
{
    history->now_ns = time_ns;
    enqueue(history, (struct entry){.kind = ENTRY_END, .text = keep_text(history, verdict)});
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
    ledger_wait(&history->ledger, CLOSE_BUSY_MS);
    history_flush(history);
    ledger_close(&history->ledger);
    vec_release(&history->queue);
    buf_release(&history->texts);
    free(history->notice);
    free(history->path);
    free(history->dir);
    free(history);
}
