#include "command/command.h"
#include "command/recall.h"
#include "command/table.h"

static const char help[] =
    "Usage: aloof failing [OPTION...]\n\n"
    "The red set: the tests whose newest outcome is a failure.\n"
    "Exit codes: 0 there are none, 1 there are some, 4 usage error or nothing is remembered.\n\n"
    "      --list      their ids only, a line each\n" RECALL_HELP;

struct failing {
    struct recall *recall;
    bool list;
    size_t count;
    struct table table;
};

static json_t *json_of(const struct archive_test *test)
{
    json_t *object = recall_json_name(&test->known.name);
    json_object_set_new(object, "outcome", json_string(test->known.outcome));
    json_object_set_new(object, "since", recall_json_time(test->time_ns));
    json_object_set_new(object, "run", json_integer(test->run));
    json_object_set_new(object, "runs_in_a_row", json_integer(test->known.red_runs));
    json_object_set_new(object, "flaky", json_boolean(test->known.flaky > 0));
    return object;
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
        json_array_append_new(json_object_get(failing->recall->answer, "failing"), json_of(test));
    else if (failing->list)
        buf_printf(&failing->recall->text, "%s\n", test->known.name.id);
    else
        add_row(failing, test);
    return true;
}

static int answer(struct recall *recall, void *owner, int count, char *words[], struct error *error)
{
    (void)count, (void)words;
    struct failing *failing = owner;
    failing->recall = recall;
    failing->table.columns = 3;
    if (recall->json)
        recall->answer = json_pack("{s:[]}", "failing");
    int bad = archive_red_tests(recall->archive, take_test, failing, error);
    if (!recall->json && !failing->list && failing->count == 0)
        buf_puts(&recall->text, "nothing is red\n");
    table_write(&failing->table, &recall->paper, &recall->text);
    return bad != 0 ? bad : failing->count > 0 ? COMMAND_BAD : 0;
}

static int take(void *owner, int option, const char *value, struct error *error)
{
    (void)option, (void)value, (void)error;
    ((struct failing *)owner)->list = true;
    return 0;
}

int command_failing(int argc, char *argv[])
{
    static const struct option options[] = {{"list", no_argument, NULL, 'l'}, RECALL_OPTIONS, {0}};
    static const struct recall_command command = {"h", options, 0, help, take, answer};
    struct failing failing = {0};
    return recall_main(argc, argv, &command, &failing);
}
