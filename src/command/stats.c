#include "command/command.h"
#include "command/input.h"
#include "stream/tally.h"

#include <stdlib.h>

static void on_event(void *owner, const struct event *event)
{
    tally_event(owner, event);
}

static const struct event_sink sink = {.event = on_event};

static void help(void)
{
    printf("Usage: aloof stats [OPTION...] [FILE...]\n\n"
           "Counts the tests in files or standard input, of any format that aloof convert reads.\n"
           "Exit codes: 0 none failed, 1 some did or something could not be true, 4 usage "
           "error.\n\n" INPUT_HELP);
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

int command_stats(int argc, char *argv[])
{
    static const struct option options[] = {INPUT_OPTIONS, {"help", no_argument, NULL, 'h'}, {0}};
    struct tally tally = {0};
    const struct input_syntax syntax = {"h", options, NULL, help};
    struct input input = {.sink = &sink, .owner = &tally};
    struct error error = {0};
    int code = input_options(&input, argc, argv, &syntax, &error);
    if (code < 0) {
        int bad = input_read(&input, argc - optind, argv + optind, &error);
        tally_end(&tally);
        if (bad == 0)
            print(&tally);
        code = bad != 0 ? COMMAND_USAGE : input.damages > 0 || tally_failed(&tally) > 0 ? COMMAND_BAD : 0;
    }
    if (error.text[0] != '\0')
        fprintf(stderr, "aloof: %s\n", error.text);
    tally_release(&tally);
    input_release(&input);
    return code;
}
