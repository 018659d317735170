#include "command/command.h"
#include "command/recall.h"
#include "command/table.h"

static const char help[] = "Usage: aloof runs [OPTION...]\n\n"
                           "The runs that are remembered, the newest first. Exit codes: 0, 4 usage error or "
                           "nothing is remembered.\n\n"
                           "  -n, --limit N   so many at most (else 20)\n"
                           "      --all       all of them\n" RECALL_HELP;

struct runs {
    struct recall *recall;
    struct table table;
    size_t limit;
};

static void add_number(struct runs *runs, enum style style, size_t number)
{
    struct buf text = {0};
    if (number > 0)
        buf_printf(&text, "%zu", number);
    table_take(&runs->table, style, &text);
}

static bool add_row(void *owner, const struct archive_run *run)
{
    struct runs *runs = owner;
    struct buf text = {0};
    bool failed = recall_failed(run) > 0 || (run->verdict != NULL && strcmp(run->verdict, "passed") != 0);
    buf_printf(&text, "%lld", (long long)run->id);
    table_take(&runs->table, STYLE_PLAIN, &text);
    recall_time(runs->recall, &text, run->started_ns);
    table_take(&runs->table, STYLE_PLAIN, &text);
    table_add(&runs->table, STYLE_PLAIN, recall_kind(run->kind));
    add_number(runs, STYLE_PLAIN, recall_tests(run));
    add_number(runs, STYLE_RED, recall_failed(run));
    add_number(runs, STYLE_YELLOW, run->counts[OUTCOME_SKIPPED]);
    if (run->ended_ns > 0)
        recall_seconds(&text, run->ended_ns - run->started_ns);
    table_take(&runs->table, STYLE_PLAIN, &text);
    table_add(&runs->table, failed ? STYLE_RED : STYLE_GREEN,
              run->verdict != NULL ? run->verdict : "not ended");
    buf_printf(&text, "%.9s", run->commit);
    table_take(&runs->table, STYLE_PLAIN, &text);
    table_add(&runs->table, STYLE_DIM, run->because);
    return true;
}

static bool add_json(void *owner, const struct archive_run *run)
{
    struct runs *runs = owner;
    json_array_append_new(json_object_get(runs->recall->answer, "runs"), recall_json_run(run));
    return true;
}

static int answer(struct recall *recall, void *owner, int count, char *words[], struct error *error)
{
    (void)count, (void)words;
    static const char *const heads[] = {"run",     "when", "of",      "tests",  "failed",
                                        "skipped", "took", "verdict", "commit", "because"};
    struct runs *runs = owner;
    runs->recall = recall;
    if (recall->json) {
        recall->answer = json_pack("{s:[]}", "runs");
        return archive_runs(recall->archive, INT64_MAX, runs->limit, add_json, runs, error);
    }
    runs->table = (struct table){.columns = sizeof heads / sizeof *heads,
                                 .right = 1 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6};
    table_heads(&runs->table, heads);
    int bad = archive_runs(recall->archive, INT64_MAX, runs->limit, add_row, runs, error);
    table_write(&runs->table, &recall->paper, &recall->text);
    return bad;
}

static int take(void *owner, int option, const char *value, struct error *error)
{
    struct runs *runs = owner;
    if (option == 'n')
        return recall_count("--limit", value, &runs->limit, error);
    runs->limit = SIZE_MAX;
    return 0;
}

int command_runs(int argc, char *argv[])
{
    static const struct option options[] = {
        {"limit", required_argument, NULL, 'n'}, {"all", no_argument, NULL, 'a'}, RECALL_OPTIONS, {0}};
    static const struct recall_command command = {"hn:", options, 0, help, take, answer};
    struct runs runs = {.limit = 20};
    return recall_main(argc, argv, &command, &runs);
}
