#include "command/command.h"
#include "command/recall.h"
#include "command/table.h"

static const char help[] =
    "Usage: aloof flaky [OPTION...]\n\n"
    "The tests that passed and failed on the same sources, those that failed in the greatest share of runs "
    "first.\nExit codes: 0 there are none, 1 there are some, 4 usage error or nothing is remembered.\n\n"
    "      --list      their ids only, a line each\n" RECALL_HELP;

struct listing {
    struct recall *recall;
    bool list;
    size_t count;
    struct table table;
};

static double rate(const struct archive_flaky *flaky)
{
    return (double)flaky->failed / (double)(flaky->passed + flaky->failed);
}

static json_t *json_of(const struct archive_flaky *flaky)
{
    json_t *object = recall_json_name(&flaky->name);
    json_object_set_new(object, "failed", json_integer((json_int_t)flaky->failed));
    json_object_set_new(object, "passed", json_integer((json_int_t)flaky->passed));
    json_object_set_new(object, "rate", json_real(rate(flaky)));
    json_object_set_new(object, "trees", json_integer((json_int_t)flaky->trees));
    json_object_set_new(object, "run", json_integer(flaky->run));
    json_object_set_new(object, "newest", recall_json_time(flaky->time_ns));
    return object;
}

static void add_row(struct listing *listing, const struct archive_flaky *flaky)
{
    static const char *const heads[] = {"fails", "", "newest", "test"};
    struct buf text = {0};
    if (listing->count == 1)
        table_heads(&listing->table, heads);
    buf_printf(&text, "%.0f%%", 100 * rate(flaky));
    table_take(&listing->table, STYLE_RED, &text);
    buf_printf(&text, "%zu of %zu runs", flaky->failed, flaky->failed + flaky->passed);
    table_take(&listing->table, STYLE_PLAIN, &text);
    recall_time(listing->recall, &text, flaky->time_ns);
    table_take(&listing->table, STYLE_DIM, &text);
    table_add(&listing->table, STYLE_PLAIN, flaky->name.id);
}

static bool take_flaky(void *owner, const struct archive_flaky *flaky)
{
    struct listing *listing = owner;
    listing->count++;
    if (listing->recall->json)
        json_array_append_new(json_object_get(listing->recall->answer, "flaky"), json_of(flaky));
    else if (listing->list)
        buf_printf(&listing->recall->text, "%s\n", flaky->name.id);
    else
        add_row(listing, flaky);
    return true;
}

static int answer(struct recall *recall, void *owner, int count, char *words[], struct error *error)
{
    (void)count, (void)words;
    struct listing *listing = owner;
    listing->recall = recall;
    listing->table = (struct table){.columns = 4, .right = 1 | 1 << 1};
    if (recall->json)
        recall->answer = json_pack("{s:[]}", "flaky");
    int bad = archive_flaky(recall->archive, take_flaky, listing, error);
    if (listing->count == 0 && !recall->json && !listing->list)
        buf_puts(&recall->text, "no test is known to be flaky\n");
    table_write(&listing->table, &recall->paper, &recall->text);
    return bad != 0 ? bad : listing->count > 0 ? COMMAND_BAD : 0;
}

static int take(void *owner, int option, const char *value, struct error *error)
{
    (void)option, (void)value, (void)error;
    ((struct listing *)owner)->list = true;
    return 0;
}

int command_flaky(int argc, char *argv[])
{
    static const struct option options[] = {{"list", no_argument, NULL, 'l'}, RECALL_OPTIONS, {0}};
    static const struct recall_command command = {"h", options, 0, help, take, answer};
    struct listing listing = {0};
    return recall_main(argc, argv, &command, &listing);
}
