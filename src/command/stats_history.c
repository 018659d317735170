/* aloof stats of the history. */
#include "command/command.h"
#include "command/recall.h"
#include "command/table.h"

#include <errno.h>
#include <sys/stat.h>

struct figures {
    size_t runs, tests, red;
    size_t outcomes[OUTCOME_COUNT]; /* the newest of each test */
    size_t results;                 /* in all runs */
    size_t whole;                   /* runs of all tests that ended by themselves, and … */
    int64_t whole_ns;               /* … what they took together */
    int64_t oldest_ns, newest_ns;   /* when the runs began, UTC; 0 none */
    long long size_bytes;
};

static bool take_run(void *owner, const struct archive_run *run)
{
    struct figures *figures = owner;
    figures->runs++;
    figures->results += recall_tests(run);
    figures->oldest_ns = run->started_ns;
    if (figures->newest_ns == 0)
        figures->newest_ns = run->started_ns;
    if (strcmp(run->kind, "all") == 0 && run->verdict != NULL &&
        (strcmp(run->verdict, "passed") == 0 || strcmp(run->verdict, "failed") == 0)) {
        figures->whole++;
        figures->whole_ns += run->ended_ns - run->started_ns;
    }
    return true;
}

static bool take_test(void *owner, const struct archive_test *test)
{
    struct figures *figures = owner;
    figures->tests++;
    figures->red += test->known.red;
    figures->outcomes[test->outcome]++;
    return true;
}

/* With what was written last, which SQLite keeps beside it. */
static long long size_of(const char *dir)
{
    static const char *const names[] = {"history.db", "history.db-wal"};
    long long size = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct stat file;
        char *path = mem_printf("%s/%s", dir, names[i]);
        size += stat(path, &file) == 0 ? (long long)file.st_size : 0;
        free(path);
    }
    return size;
}

static int64_t mean_ns(const struct figures *figures)
{
    return figures->whole > 0 ? figures->whole_ns / (int64_t)figures->whole : 0;
}

static void add_row(struct table *table, const char *what, struct buf *figure)
{
    table_add(table, STYLE_DIM, what);
    table_take(table, STYLE_PLAIN, figure);
}

static void add_outcomes(struct buf *to, const struct figures *figures)
{
    buf_printf(to, "%zu", figures->tests);
    const char *between = ": ";
    for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++)
        if (figures->outcomes[outcome] > 0) {
            buf_printf(to, "%s%zu %s", between, figures->outcomes[outcome],
                       outcome_counted((enum outcome)outcome));
            between = ", ";
        }
}

static void write_text(struct recall *recall, const struct figures *figures)
{
    struct table table = {.columns = 2};
    struct buf text = {0};
    add_outcomes(&text, figures);
    add_row(&table, "tests", &text);
    buf_printf(&text, "%zu", figures->red);
    add_row(&table, "red", &text);
    buf_printf(&text, "%zu", figures->runs);
    if (figures->runs > 0) {
        buf_puts(&text, ", the oldest ");
        recall_time(recall, &text, figures->oldest_ns);
        buf_puts(&text, ", the newest ");
        recall_time(recall, &text, figures->newest_ns);
    }
    add_row(&table, "runs", &text);
    buf_printf(&text, "%zu", figures->results);
    add_row(&table, "results", &text);
    if (figures->whole > 0) {
        recall_seconds(&text, mean_ns(figures));
        buf_printf(&text, ", the mean of %zu", figures->whole);
        add_row(&table, "a full run takes", &text);
    }
    buf_printf(&text, "%lld kB", (figures->size_bytes + 1023) / 1024);
    add_row(&table, "size on disk", &text);
    table_write(&table, &recall->paper, &recall->text);
}

static json_t *json_of(const struct figures *figures)
{
    json_t *outcomes = json_object();
    for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++)
        if (figures->outcomes[outcome] > 0)
            json_object_set_new(outcomes, outcome_name((enum outcome)outcome),
                                json_integer((json_int_t)figures->outcomes[outcome]));
    return json_pack("{s:I, s:o, s:I, s:I, s:I, s:o, s:o, s:I, s:o, s:I}", "tests",
                     (json_int_t)figures->tests, "outcomes", outcomes, "red", (json_int_t)figures->red,
                     "runs", (json_int_t)figures->runs, "results", (json_int_t)figures->results, "oldest",
                     recall_json_time(figures->oldest_ns), "newest", recall_json_time(figures->newest_ns),
                     "full_runs", (json_int_t)figures->whole, "full_run_seconds",
                     recall_json_seconds(mean_ns(figures)), "size_bytes", (json_int_t)figures->size_bytes);
}

static int answer(struct recall *recall, void *owner, int count, char *words[], struct error *error)
{
    (void)owner, (void)count, (void)words;
    struct figures figures = {.size_bytes = size_of(repo_state_dir(recall->where.repo))};
    int bad = archive_runs(recall->archive, INT64_MAX, SIZE_MAX, take_run, &figures, error);
    if (bad == 0)
        bad = archive_tests(recall->archive, take_test, &figures, error);
    if (recall->json)
        recall->answer = json_of(&figures);
    else
        write_text(recall, &figures);
    return bad;
}

int command_stats_history(bool json)
{
    static const struct recall_command command = {.body = answer};
    return recall_ask(&command, NULL, json, 0, NULL);
}
