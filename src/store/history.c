#include "store/history.h"

#include "store/ledger.h"
#include "store/pack.h"
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
#define BUSY_MS 250      /* the loop stands still meanwhile */
#define QUEUE_MAX 100000 /* while somebody else holds the lock */
#define PATIENT_BUSY_MS 5000
#define PATIENT_ROUNDS 12 /* of these without that anybody wrote anything */

enum entry_kind {
    ENTRY_RESULT,
    ENTRY_TEXT, /* of the result before it */
    ENTRY_RETIRE,
    ENTRY_RED,
    ENTRY_FLAKY,
    ENTRY_LEARN,
    ENTRY_UNLEARN,
    ENTRY_BEGIN,
    ENTRY_TREE,
    ENTRY_END
};

/* Something to be written; texts are offsets into the queue's. */
struct entry {
    enum entry_kind kind;
    size_t texts[4];          /* a test's id, recipe, group, outcome; else as history.h has them */
    struct history_test test; /* but for its texts */
    bool new_tree, no_tree, steady;
    int64_t time_ns, at_ms;
    int64_t value; /* of a fact; octets of a text, … */
    size_t packed; /* … and, packed, at texts[3] */
};

struct history {
    struct ledger ledger;
    char *dir;
    char *path;  /* of the file; NULL: in memory */
    ino_t inode; /* the file that was opened */
    struct keep keep;
    bool frozen;
    int64_t run_started_ns; /* of what is put in next */
    int64_t now_ns;         /* by what was put in last */
    int64_t due_ns;         /* when the queue is to be written, … */
    size_t batch;           /* … or at which length */
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

static int write_run(struct ledger *ledger, const struct entry *entry, const char *const texts[],
                     const struct keep *keep)
{
    const struct history_run run = {texts[0], texts[1], texts[2], entry->new_tree, entry->no_tree};
    const struct history_tree tree = {texts[0], texts[1], texts[2]};
    if (entry->kind == ENTRY_BEGIN)
        return ledger_begin_run(ledger, &run, entry->time_ns);
    if (entry->kind == ENTRY_TREE)
        return ledger_set_tree(ledger, &tree);
    return ledger_end_run(ledger, texts[0], entry->steady, entry->time_ns, keep);
}

static int write_entry(struct history *history, const struct entry *entry)
{
    const char *texts[4];
    for (size_t i = 0; i < 4; i++)
        texts[i] = history->texts.data + entry->texts[i];
    struct ledger *ledger = &history->ledger;
    struct history_test test = entry->test;
    test.name = (struct history_name){.id = texts[0], .recipe = texts[1]};
    test.group = texts[2];
    test.outcome = texts[3];
    const struct history_fact fact = {texts[0], texts[1], texts[2], texts[3], entry->value};
    switch (entry->kind) {
    case ENTRY_LEARN:
        return facts_put(&ledger->facts, ledger->db, &fact);
    case ENTRY_UNLEARN:
        return facts_drop(&ledger->facts, ledger->db, &fact);
    case ENTRY_RETIRE:
        return ledger_retire(ledger, test.name);
    case ENTRY_RED:
        return ledger_set_red(ledger, test.name, test.red);
    case ENTRY_FLAKY:
        return ledger_set_flaky(ledger, test.name, test.flaky);
    case ENTRY_TEXT:
        return texts_put(&ledger->texts, ledger->db, test.name, texts[2],
                         (struct bytes){texts[3], entry->packed}, (size_t)entry->value);
    case ENTRY_RESULT:
        return ledger_put(ledger, &test, entry->time_ns, entry->at_ms);
    default:
        return write_run(ledger, entry, texts, &history->keep);
    }
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

/* Waits its turn for as long as others get on with theirs. */
static int write_patiently(struct history *history, struct error *why)
{
    int err = -EBUSY;
    int64_t seen = ledger_version(&history->ledger);
    ledger_wait(&history->ledger, PATIENT_BUSY_MS);
    for (int idle = 0; err == -EBUSY && idle < PATIENT_ROUNDS; idle++) {
        err = write_queue(history, why);
        int64_t version = ledger_version(&history->ledger);
        if (version != seen)
            idle = 0;
        seen = version;
    }
    return err;
}

static void settle(struct history *history, bool patient)
{
    if (history->queue.len == 0)
        return;
    struct error why;
    ledger_wait(&history->ledger, BUSY_MS);
    int err = write_queue(history, &why);
    if (err == -EBUSY && !patient && history->queue.len < QUEUE_MAX) {
        history->due_ns = history->now_ns + RETRY_NS;
        history->batch = QUEUE_MAX;
        return;
    }
    if (err == -EBUSY)
        err = write_patiently(history, &why);
    if (err < 0) {
        recover_from(history, err, &why);
        write_queue(history, &why);
    }
    history->batch = BATCH_RESULTS;
    history->queue.len = 0;
    buf_clear(&history->texts);
}

void history_flush(struct history *history)
{
    settle(history, false);
}

void history_settle(struct history *history)
{
    settle(history, true);
}

static void keep_texts(struct history *history, struct entry *entry, const char *const texts[4])
{
    for (size_t i = 0; i < 4; i++) {
        const char *text = texts[i] != NULL ? texts[i] : "";
        entry->texts[i] = history->texts.len;
        buf_add(&history->texts, text, strlen(text) + 1);
    }
}

/* texts: kept from now on; NULL is "". packed: octets in the place of the last one; absent: none. */
static void push(struct history *history, struct entry entry, const char *const texts[4], struct bytes packed)
{
    if (history->frozen)
        return;
    keep_texts(history, &entry, texts);
    if (packed.data != NULL) {
        entry.packed = packed.len;
        entry.texts[3] = history->texts.len;
        buf_add(&history->texts, packed.data, packed.len);
    }
    entry.time_ns = history->now_ns;
    if (history->queue.len == 0)
        history->due_ns = entry.time_ns + BATCH_NS;
    vec_push(&history->queue, entry);
    if (history->queue.len >= history->batch || entry.time_ns >= history->due_ns)
        history_flush(history);
}

static void enqueue(struct history *history, struct entry entry, const char *const texts[4])
{
    push(history, entry, texts, (struct bytes){0});
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

int history_open(struct history **history, const char *dir, const struct keep *keep, char **notice)
{
    struct history *made = *history = mem_zero(sizeof *made);
    struct error error;
    made->keep = *keep;
    made->batch = BATCH_RESULTS;
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

int history_texts(struct history *history, struct history_name name,
                  bool (*each)(void *owner, const struct history_text *text), void *owner)
{
    history_flush(history);
    struct error why;
    int err = ledger_texts(&history->ledger, name, each, owner, &why);
    if (err == 0 || err == -EBUSY)
        return err;
    recover_from(history, err, &why);
    return 0;
}

int history_facts(struct history *history, bool (*each)(void *owner, const struct history_fact *fact),
                  void *owner)
{
    history_flush(history);
    int err = facts_each(history->ledger.db, each, owner);
    if (err == 0 || err == -EBUSY)
        return err;
    struct error why;
    error_set(&why, err, "the facts cannot be read");
    recover_from(history, err, &why);
    return 0;
}

void history_begin_run(struct history *history, const struct history_run *run, int64_t time_ns)
{
    history->run_started_ns = history->now_ns = time_ns;
    enqueue(history, (struct entry){.kind = ENTRY_BEGIN, .new_tree = run->new_tree, .no_tree = run->no_tree},
            (const char *const[4]){run->kind, run->because, run->changed});
    history_flush(history);
}

void history_set_tree(struct history *history, const struct history_tree *tree)
{
    enqueue(history, (struct entry){.kind = ENTRY_TREE},
            (const char *const[4]){tree->commit, tree->fingerprint, tree->dirty});
}

static void enqueue_text(struct history *history, struct history_name name, const struct history_text *text)
{
    struct buf packed = {0};
    struct entry entry = {.kind = ENTRY_TEXT};
    entry.value = (int64_t)pack_text(text->text, &packed);
    push(history, entry, (const char *const[4]){name.id, name.recipe, text->name}, buf_bytes(&packed));
    buf_release(&packed);
}

void history_result(struct history *history, const struct history_test *test, int64_t time_ns)
{
    int64_t at_ms = (time_ns - history->run_started_ns) / 1000000;
    history->now_ns = time_ns;
    enqueue(history, (struct entry){.kind = ENTRY_RESULT, .test = *test, .at_ms = at_ms > 0 ? at_ms : 0},
            (const char *const[4]){test->name.id, test->name.recipe, test->group, test->outcome});
    for (size_t i = 0; i < test->text_count && test->red && !history->frozen; i++)
        enqueue_text(history, test->name, &test->texts[i]);
}

static void enqueue_about(struct history *history, struct entry entry, struct history_name name)
{
    enqueue(history, entry, (const char *const[4]){name.id, name.recipe});
}

void history_retire(struct history *history, struct history_name name)
{
    enqueue_about(history, (struct entry){.kind = ENTRY_RETIRE}, name);
}

void history_set_red(struct history *history, struct history_name name, bool red)
{
    enqueue_about(history, (struct entry){.kind = ENTRY_RED, .test.red = red}, name);
}

void history_set_flaky(struct history *history, struct history_name name, unsigned passes)
{
    enqueue_about(history, (struct entry){.kind = ENTRY_FLAKY, .test.flaky = passes}, name);
}

static void enqueue_fact(struct history *history, enum entry_kind kind, const struct history_fact *fact)
{
    enqueue(history, (struct entry){.kind = kind, .value = fact->value},
            (const char *const[4]){fact->recipe, fact->kind, fact->subject, fact->object});
}

void history_learn(struct history *history, const struct history_fact *fact)
{
    enqueue_fact(history, ENTRY_LEARN, fact);
}

void history_unlearn(struct history *history, const struct history_fact *of)
{
    enqueue_fact(history, ENTRY_UNLEARN, of);
}

void history_end_run(struct history *history, const char *verdict, bool steady, int64_t time_ns)
{
    history->now_ns = time_ns;
    enqueue(history, (struct entry){.kind = ENTRY_END, .steady = steady}, (const char *const[4]){verdict});
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
    history_settle(history);
    ledger_close(&history->ledger);
    vec_release(&history->queue);
    buf_release(&history->texts);
    free(history->notice);
    free(history->path);
    free(history->dir);
    free(history);
}
