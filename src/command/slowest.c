#include "command/command.h"
#include "command/recall.h"
#include "command/table.h"

static const char help[] = "Usage: aloof slowest [OPTION...]\n\n"
                           "The tests that take longest: what they usually take, the processor time of their "
                           "newest run, and how much "
                           "of\nit they waited (for the network, a disk, a sleep).\n"
                           "Exit codes: 0, 4 usage error or nothing is remembered.\n\n"
                           "  -n, --limit N   so many at most (else 10)\n"
                           "      --all       all of them\n"
                           "      --cpu       by processor time\n"
                           "      --waiting   by time waited\n" RECALL_HELP;

struct slowest {
    size_t limit;
    enum archive_time by;
    struct table table;
    json_t *tests; /* NULL: as text */
};

/* What the test waited of its newest time. */
static int64_t waited(const struct history_test *test)
{
    return test->cpu_ns > 0 && test->duration_ns > test->cpu_ns ? test->duration_ns - test->cpu_ns : 0;
}

static void add_row(struct table *table, const struct history_test *test)
{
    struct buf text = {0};
    recall_seconds(&text, test->usual_ns);
    table_take(table, STYLE_BOLD, &text);
    if (test->cpu_ns > 0)
        recall_seconds(&text, test->cpu_ns);
    table_take(table, STYLE_PLAIN, &text);
    if (test->cpu_ns > 0 && test->duration_ns > 0)
        buf_printf(&text, "%lld%%", (long long)(waited(test) * 100 / test->duration_ns));
    table_take(table, STYLE_PLAIN, &text);
    table_add(table, STYLE_PLAIN, test->name.id);
}

static json_t *json_of(const struct history_test *test)
{
    json_t *object = recall_json_name(&test->name);
    json_object_set_new(object, "usual_seconds", recall_json_seconds(test->usual_ns));
    json_object_set_new(object, "seconds", recall_json_seconds(test->duration_ns));
    json_object_set_new(object, "cpu_seconds", recall_json_seconds(test->cpu_ns));
    json_object_set_new(object, "waiting",
                        test->cpu_ns > 0 && test->duration_ns > 0
                            ? json_real((double)waited(test) / (double)test->duration_ns)
                            : json_null());
    return object;
}

static bool take_test(void *owner, const struct archive_test *test)
{
    struct slowest *slowest = owner;
    if (slowest->tests != NULL)
        json_array_append_new(slowest->tests, json_of(&test->known));
    else
        add_row(&slowest->table, &test->known);
    return true;
}

static int answer(struct recall *recall, void *owner, int count, char *words[], struct error *error)
{
    (void)count, (void)words;
    static const char *const heads[] = {"usually", "processor", "waiting", "test"};
    struct slowest *slowest = owner;
    slowest->table = (struct table){.columns = 4, .right = 1 | 1 << 1 | 1 << 2};
    slowest->tests = recall->json ? json_array() : NULL;
    if (!recall->json)
        table_heads(&slowest->table, heads);
    int bad = archive_slowest(recall->archive, slowest->by, slowest->limit, take_test, slowest, error);
    if (recall->json)
        recall->answer = json_pack("{s:o}", "slowest", slowest->tests);
    table_write(&slowest->table, &recall->paper, &recall->text);
    return bad;
}

static int take(void *owner, int option, const char *value, struct error *error)
{
    struct slowest *slowest = owner;
    if (option == 'n')
        return recall_count("--limit", value, &slowest->limit, error);
    if (option == 'a')
        slowest->limit = SIZE_MAX;
    else
        slowest->by = option == 'c' ? ARCHIVE_CPU : ARCHIVE_WAITING;
    return 0;
}

int command_slowest(int argc, char *argv[])
{
    static const struct option options[] = {{"limit", required_argument, NULL, 'n'},
                                            {"all", no_argument, NULL, 'a'},
                                            {"cpu", no_argument, NULL, 'c'},
                                            {"waiting", no_argument, NULL, 'w'},
                                            RECALL_OPTIONS,
                                            {0}};
    static const struct recall_command command = {"hn:", options, 0, help, take, answer};
    struct slowest slowest = {.limit = 10};
    return recall_main(argc, argv, &command, &slowest);
}
