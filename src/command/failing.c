#include "command/command.h"
#include "command/recall.h"
#include "command/table.h"
#include "command/traces.h"

static const char help[] =
    "Usage: aloof failing [OPTION...]\n\n"
    "The red set: the tests whose newest outcome is a failure.\n"
    "Exit codes: 0 there are none, 1 there are some, 4 usage error or nothing is remembered.\n\n"
    "      --list      their ids only, a line each\n" TRACES_HELP RECALL_HELP;

struct failing {
    struct recall *recall;
    bool list, no_traces;
    struct traces traces;
    struct error *error;
    int bad; /* 0; or what came in the way, with a line */
    size_t count;
    struct table table;
};

static json_t *json_of(struct failing *failing, const struct archive_test *test)
{
    json_t *texts = NULL;
    json_t *object = recall_json_name(&test->known.name);
    json_object_set_new(object, "outcome", json_string(test->known.outcome));
    json_object_set_new(object, "since", recall_json_time(test->time_ns));
    json_object_set_new(object, "run", json_integer(test->run));
    json_object_set_new(object, "runs_in_a_row", json_integer(test->known.red_runs));
    json_object_set_new(object, "flaky", json_boolean(test->known.flaky > 0));
    if (!failing->no_traces)
        failing->bad = traces_json(&failing->traces, test->row, 0, &texts, failing->error);
    if (texts != NULL && json_object_size(texts) > 0)
        json_object_set(object, "texts", texts);
    json_decref(texts);
    return object;
}

/* Whether there is anything to tell of the failure but its name. */
static bool add_trace(struct failing *failing, const struct archive_test *red)
{
    struct test test = {.id = (char *)red->known.name.id,
                        .group = "",
                        .outcome = red->outcome,
                        .red = true,
                        .red_runs = red->known.red_runs,
                        .flaky = red->known.flaky,
                        .duration_ns = red->known.duration_ns,
                        .recalled_ns = red->time_ns};
    bool written = false;
    failing->bad = traces_write(&failing->traces, red->row, 0, &test, &written, failing->error);
    return written;
}

static void add_row(struct failing *failing, const struct archive_test *test)
{
    struct buf text = {0};
    unsigned runs = test->known.red_runs;
    table_add(&failing->table, STYLE_RED, outcome_label(test->outcome));
    table_add(&failing->table, STYLE_PLAIN, test->known.name.id);
    buf_printf(&text, "%u run%s, newest ", runs, runs == 1 ? "" : "s");
    recall_time(failing->recall, &text, test->time_ns);
    buf_puts(&text, test->known.flaky > 0 ? ", flaky" : "");
    table_take(&failing->table, STYLE_DIM, &text);
}

static bool take_test(void *owner, const struct archive_test *test)
{
    struct failing *failing = owner;
    failing->count++;
    if (failing->recall->json)
        json_array_append_new(json_object_get(failing->recall->answer, "failing"), json_of(failing, test));
    else if (failing->list)
        buf_printf(&failing->recall->text, "%s\n", test->known.name.id);
    else if (failing->no_traces || !add_trace(failing, test))
        add_row(failing, test);
    return failing->bad == 0;
}

static int answer(struct recall *recall, void *owner, int count, char *words[], struct error *error)
{
    (void)count, (void)words;
    struct failing *failing = owner;
    failing->recall = recall;
    failing->error = error;
    failing->table.columns = 3;
    traces_open(&failing->traces, recall);
    if (recall->json)
        recall->answer = json_pack("{s:[]}", "failing");
    int bad = archive_red_tests(recall->archive, take_test, failing, error);
    if (!recall->json && !failing->list && failing->count == 0)
        buf_puts(&recall->text, "nothing is red\n");
    table_write(&failing->table, &recall->paper, &recall->text);
    traces_close(&failing->traces);
    bad = bad != 0 ? bad : failing->bad;
    return bad != 0 ? bad : failing->count > 0 ? COMMAND_BAD : 0;
}

static int take(void *owner, int option, const char *value, struct error *error)
{
    (void)value, (void)error;
    struct failing *failing = owner;
    *(option == TRACES_NONE ? &failing->no_traces : &failing->list) = true;
    return 0;
}

int command_failing(int argc, char *argv[])
{
    static const struct option options[] = {
        {"list", no_argument, NULL, 'l'}, TRACES_OPTION, RECALL_OPTIONS, {0}};
    static const struct recall_command command = {"h", options, 0, help, take, answer};
    struct failing failing = {0};
    return recall_main(argc, argv, &command, &failing);
}
