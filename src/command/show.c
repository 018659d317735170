#include "command/command.h"
#include "command/recall.h"
#include "command/table.h"
#include "command/traces.h"

#include <stdlib.h>

#define PATHS_TOLD 3

struct show {
    struct recall *recall;
    bool all, no_traces;
    struct traces traces;
    struct error *error;
    int bad; /* 0; or what came in the way, with a line */
    int64_t run;
    size_t failed;
    struct table table;
    json_t *tests;
};

static void add_paths(struct buf *to, const char *lines)
{
    size_t count = recall_lines(lines), told = 0;
    for (; told < count && told < PATHS_TOLD; told++) {
        size_t len = strcspn(lines, "\n");
        buf_printf(to, "%s%.*s", told > 0 ? ", " : "", (int)len, lines);
        lines += len + (lines[len] == '\n');
    }
    if (told < count)
        buf_printf(to, " and %zu more", count - told);
}

static void add_counts(const struct recall *recall, struct buf *to, const struct archive_run *run)
{
    size_t tests = recall_tests(run);
    buf_printf(to, "%zu test%s", tests, tests == 1 ? "" : "s");
    const char *between = ": ";
    for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
        char text[64];
        if (run->counts[outcome] == 0)
            continue;
        snprintf(text, sizeof text, "%zu %s", run->counts[outcome], outcome_counted((enum outcome)outcome));
        buf_puts(to, between);
        paper_put(&recall->paper, to, outcome_is_red((enum outcome)outcome) ? STYLE_RED : STYLE_PLAIN, text);
        between = ", ";
    }
    buf_putc(to, '\n');
}

static void add_tree(struct buf *to, const struct archive_run *run)
{
    if (*run->commit != '\0')
        buf_printf(to, "of commit %.9s", run->commit);
    if (*run->dirty != '\0') {
        buf_printf(to, "%swith changes in ", *run->commit != '\0' ? " " : "");
        add_paths(to, run->dirty);
    }
    if (*run->commit != '\0' || *run->dirty != '\0')
        buf_putc(to, '\n');
}

static bool take_run(void *owner, const struct archive_run *run)
{
    struct show *show = owner;
    struct recall *recall = show->recall;
    struct buf *to = &recall->text;
    show->run = run->id;
    show->failed = recall_failed(run);
    if (run->verdict != NULL && strcmp(run->verdict, "passed") != 0 && show->failed == 0)
        show->failed = 1;
    if (recall->json) {
        recall->answer = json_pack("{s:o, s:o}", "run", recall_json_run(run), "tests", show->tests);
        return false;
    }
    buf_printf(to, "run %lld of %s, ", (long long)run->id, recall_kind(run->kind));
    recall_time(recall, to, run->started_ns);
    if (run->ended_ns > 0) {
        buf_puts(to, ", ");
        recall_seconds(to, run->ended_ns - run->started_ns);
    }
    buf_puts(to, ": ");
    paper_put(&recall->paper, to, show->failed > 0 ? STYLE_RED : STYLE_GREEN,
              run->verdict != NULL ? run->verdict : "not ended");
    buf_printf(to, "%s%s\n", *run->because != '\0' ? ", because: " : "", run->because);
    add_tree(to, run);
    add_counts(recall, to, run);
    buf_putc(to, '\n');
    return false;
}

static void add_json(struct show *show, const struct archive_result *result)
{
    json_t *test = recall_json_name(&result->name), *texts;
    json_object_set_new(test, "outcome", json_string(outcome_name(result->outcome)));
    json_object_set_new(test, "seconds", recall_json_seconds(result->duration_ns));
    json_object_set_new(test, "cpu_seconds", recall_json_seconds(result->cpu_ns));
    json_array_append_new(show->tests, test);
    if (show->no_traces || !outcome_is_red(result->outcome))
        return;
    show->bad = traces_json(&show->traces, result->test, show->run, &texts, show->error);
    if (json_object_size(texts) > 0)
        json_object_set(test, "texts", texts);
    json_decref(texts);
}

/* Whether there is anything to tell of the failure but its name. */
static bool add_trace(struct show *show, const struct archive_result *result)
{
    struct test test = {.id = (char *)result->name.id,
                        .group = "",
                        .outcome = result->outcome,
                        .red = true,
                        .duration_ns = result->duration_ns};
    bool written = false;
    show->bad = traces_write(&show->traces, result->test, show->run, &test, &written, show->error);
    return written;
}

static bool take_result(void *owner, const struct archive_result *result)
{
    struct show *show = owner;
    struct buf text = {0};
    bool red = outcome_is_red(result->outcome), passed = result->outcome == OUTCOME_PASSED;
    if (show->recall->json) {
        add_json(show, result);
        return show->bad == 0;
    }
    if (red && !show->no_traces && add_trace(show, result))
        return true;
    table_add(&show->table,
              red      ? STYLE_RED
              : passed ? STYLE_GREEN
                       : STYLE_YELLOW,
              outcome_label(result->outcome));
    table_add(&show->table, STYLE_PLAIN, result->name.id);
    if (result->duration_ns > 0)
        recall_seconds(&text, result->duration_ns);
    table_take(&show->table, STYLE_DIM, &text);
    return true;
}

/* As pytest: 1 when the run had failures. */
static int answer(struct recall *recall, void *owner, int count, char *words[], struct error *error)
{
    struct show *show = owner;
    show->recall = recall;
    show->error = error;
    traces_open(&show->traces, recall);
    show->table = (struct table){.columns = 3, .right = 1 << 2};
    show->tests = recall->json ? json_array() : NULL;
    int bad = recall_run(recall, count > 0 ? words[0] : NULL, take_run, show, error);
    if (bad == 0)
        bad = (show->all ? archive_run_results : archive_run_failures)(recall->archive, show->run,
                                                                       take_result, show, error);
    table_write(&show->table, &recall->paper, &recall->text);
    traces_close(&show->traces);
    bad = bad != 0 ? bad : show->bad;
    return bad != 0 ? bad : show->failed > 0 ? COMMAND_BAD : 0;
}

static int take(void *owner, int option, const char *value, struct error *error)
{
    (void)value, (void)error;
    struct show *show = owner;
    *(option == TRACES_NONE ? &show->no_traces : &show->all) = true;
    return 0;
}

#define HELP(usage, what)                                                                                    \
    "Usage: aloof " usage "\n\n" what "\n"                                                                   \
    "Exit codes: 0 it passed, 1 it did not, 4 usage error or nothing is remembered.\n\n"                     \
    "      --all       all tests, not only those that failed\n" TRACES_HELP RECALL_HELP

static const struct option options[] = {{"all", no_argument, NULL, 'a'}, TRACES_OPTION, RECALL_OPTIONS, {0}};

int command_show(int argc, char *argv[])
{
    static const char help[] =
        HELP("show [OPTION...] RUN",
             "A run, and what failed in it. RUN: a number, last, last~1 (see aloof runs).");
    static const struct recall_command command = {"h", options, 1, help, take, answer};
    struct show show = {0};
    return recall_main(argc, argv, &command, &show);
}

int command_last(int argc, char *argv[])
{
    static const char help[] = HELP("last [OPTION...]", "The newest run, and what failed in it.");
    static const struct recall_command command = {"h", options, 0, help, take, answer};
    struct show show = {0};
    return recall_main(argc, argv, &command, &show);
}
