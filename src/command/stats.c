#include "command/command.h"
#include "command/input.h"
#include "stream/tally.h"

#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

struct counting {
    struct tally tally;
    bool json, history;
};

static void on_event(void *owner, const struct event *event)
{
    tally_event(&((struct counting *)owner)->tally, event);
}

static const struct event_sink sink = {.event = on_event};

static void help(void)
{
    printf(
        "Usage: aloof stats [OPTION...] [FILE...]\n\n"
        "Counts the tests in files or standard input, of any format that aloof convert reads; where standard "
        "input\nis a terminal and there is no file, the tests and runs that are remembered.\n"
        "Exit codes: 0 none failed, 1 some did or something could not be true, 4 usage "
        "error; of the history 0, 4.\n\n"
        "  --history           of the history, whatever standard input is\n"
        "  --json              as JSON\n" INPUT_HELP);
}

static int take(void *owner, int option, const char *value, struct error *error)
{
    (void)value, (void)error;
    struct counting *counting = owner;
    if (option == 'j')
        counting->json = true;
    else
        counting->history = true;
    return 0;
}

static unsigned long long of_status(const struct tally *tally, enum event_status status)
{
    return (unsigned long long)tally->counts[status];
}

/* In the words of subunit-stats, which scripts read. */
static void print(const struct tally *tally)
{
    unsigned long long total = tally_total(tally), failed = tally_failed(tally);
    unsigned long long skipped = of_status(tally, EVENT_SKIP);
    printf(
        "Total tests:   %5llu\nPassed tests:  %5llu\nFailed tests:  %5llu\nSkipped tests: %5llu\nSeen tags: ",
        total, total - failed - skipped, failed, skipped);
    for (size_t i = 0; i < tally->tags.len; i++)
        printf("%s%s", i > 0 ? ", " : "", tally->tags.items[i]);
    printf("\n");
}

static void print_json(const struct tally *tally)
{
    unsigned long long total = tally_total(tally), failed = tally_failed(tally);
    unsigned long long skipped = of_status(tally, EVENT_SKIP);
    json_t *tags = json_array();
    for (size_t i = 0; i < tally->tags.len; i++)
        json_array_append_new(tags, json_string(tally->tags.items[i]));
    json_t *object = json_pack("{s:I, s:I, s:I, s:I, s:o}", "tests", (json_int_t)total, "passed",
                               (json_int_t)(total - failed - skipped), "failed", (json_int_t)failed,
                               "skipped", (json_int_t)skipped, "tags", tags);
    json_dumpf(object, stdout, JSON_INDENT(2));
    printf("\n");
    json_decref(object);
}

static int count(struct input *input, struct counting *counting, int paths, char *argv[], struct error *error)
{
    int bad = input_read(input, paths, argv, error);
    tally_end(&counting->tally);
    if (bad != 0)
        return COMMAND_USAGE;
    if (counting->json)
        print_json(&counting->tally);
    else
        print(&counting->tally);
    return input->damages > 0 || tally_failed(&counting->tally) > 0 ? COMMAND_BAD : 0;
}

int command_stats(int argc, char *argv[])
{
    static const struct option options[] = {INPUT_OPTIONS,
                                            {"history", no_argument, NULL, 'H'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct counting counting = {0};
    const struct input_syntax syntax = {"h", options, take, help};
    struct input input = {.sink = &sink, .owner = &counting};
    struct error error = {0};
    int code = input_options(&input, argc, argv, &syntax, &error);
    bool nothing = optind == argc && isatty(STDIN_FILENO);
    if (code < 0)
        code = counting.history || nothing ? command_stats_history(counting.json)
                                           : count(&input, &counting, argc - optind, argv + optind, &error);
    if (error.text[0] != '\0')
        fprintf(stderr, "aloof: %s\n", error.text);
    tally_release(&counting.tally);
    input_release(&input);
    return code;
}
