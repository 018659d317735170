#include "command/command.h"
#include "command/recall.h"
#include "command/table.h"

#include <stdlib.h>

static const char help[] = "Usage: aloof slowest [OPTION...]\n\n"
                           "The tests that take longest: what they usually take, the processor time of their "
                           "newest run, and how much "
                           "of\nit they waited (for the network, a disk, a sleep).\n"
                           "Exit codes: 0, 4 usage error or nothing is remembered.\n\n"
                           "  -n, --limit N   so many at most (else 10)\n"
                           "      --all       all of them\n"
                           "      --cpu       by processor time\n"
                           "      --waiting   by time waited\n" RECALL_HELP;

struct slow {
    char *id, *recipe;
    int64_t usual_ns, duration_ns, cpu_ns;
};

struct slowest {
    VEC(struct slow) tests;
    size_t limit;
    int by; /* the option's letter */
};

/* What the test waited of its newest time. */
static int64_t waited(const struct slow *slow)
{
    return slow->cpu_ns > 0 && slow->duration_ns > slow->cpu_ns ? slow->duration_ns - slow->cpu_ns : 0;
}

static bool take_test(void *owner, const struct archive_test *test)
{
    struct slowest *slowest = owner;
    const struct history_test *known = &test->known;
    if (known->usual_ns > 0)
        vec_push(&slowest->tests, (struct slow){mem_strdup(known->name.id), mem_strdup(known->name.recipe),
                                                known->usual_ns, known->duration_ns, known->cpu_ns});
    return true;
}

static int by_size(int64_t one, int64_t other)
{
    return (one < other) - (one > other);
}

static int by_usual(const void *one, const void *other)
{
    return by_size(((const struct slow *)one)->usual_ns, ((const struct slow *)other)->usual_ns);
}

static int by_cpu(const void *one, const void *other)
{
    return by_size(((const struct slow *)one)->cpu_ns, ((const struct slow *)other)->cpu_ns);
}

static int by_waiting(const void *one, const void *other)
{
    return by_size(waited(one), waited(other));
}

static void add_row(struct table *table, const struct slow *slow)
{
    struct buf text = {0};
    recall_seconds(&text, slow->usual_ns);
    table_take(table, STYLE_BOLD, &text);
    if (slow->cpu_ns > 0)
        recall_seconds(&text, slow->cpu_ns);
    table_take(table, STYLE_PLAIN, &text);
    if (slow->cpu_ns > 0 && slow->duration_ns > 0)
        buf_printf(&text, "%lld%%", (long long)(waited(slow) * 100 / slow->duration_ns));
    table_take(table, STYLE_PLAIN, &text);
    table_add(table, STYLE_PLAIN, slow->id);
}

static json_t *json_of(const struct slow *slow)
{
    json_t *object = recall_json_name(&(struct history_name){slow->recipe, slow->id});
    json_object_set_new(object, "usual_seconds", recall_json_seconds(slow->usual_ns));
    json_object_set_new(object, "seconds", recall_json_seconds(slow->duration_ns));
    json_object_set_new(object, "cpu_seconds", recall_json_seconds(slow->cpu_ns));
    json_object_set_new(object, "waiting",
                        slow->cpu_ns > 0 && slow->duration_ns > 0
                            ? json_real((double)waited(slow) / (double)slow->duration_ns)
                            : json_null());
    return object;
}

static void write_text(struct recall *recall, const struct slowest *slowest)
{
    static const char *const heads[] = {"usually", "processor", "waiting", "test"};
    struct table table = {.columns = 4, .right = 1 | 1 << 1 | 1 << 2};
    table_heads(&table, heads);
    for (size_t i = 0; i < slowest->tests.len && i < slowest->limit; i++)
        add_row(&table, &slowest->tests.items[i]);
    table_write(&table, &recall->paper, &recall->text);
}

static json_t *json_answer(const struct slowest *slowest)
{
    json_t *tests = json_array();
    for (size_t i = 0; i < slowest->tests.len && i < slowest->limit; i++)
        json_array_append_new(tests, json_of(&slowest->tests.items[i]));
    return json_pack("{s:o}", "slowest", tests);
}

static int answer(struct recall *recall, void *owner, int count, char *words[], struct error *error)
{
    (void)count, (void)words;
    struct slowest *slowest = owner;
    int bad = archive_tests(recall->archive, take_test, slowest, error);
    if (slowest->tests.len > 0)
        qsort(slowest->tests.items, slowest->tests.len, sizeof *slowest->tests.items,
              slowest->by == 'c'   ? by_cpu
              : slowest->by == 'w' ? by_waiting
                                   : by_usual);
    if (recall->json)
        recall->answer = json_answer(slowest);
    else
        write_text(recall, slowest);
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
        slowest->by = option;
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
    int code = recall_main(argc, argv, &command, &slowest);
    struct slow *slow;
    vec_each (slow, &slowest.tests) {
        free(slow->id);
        free(slow->recipe);
    }
    vec_release(&slowest.tests);
    return code;
}
