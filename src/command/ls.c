#include "command/command.h"
#include "command/input.h"
#include "stream/tally.h"

#include <stdlib.h>

struct list {
    struct tally tally;
    bool exists, times, null;
};

static void on_event(void *owner, const struct event *event)
{
    tally_event(&((struct list *)owner)->tally, event);
}

static const struct event_sink sink = {.event = on_event};

static bool flush(void *owner)
{
    (void)owner;
    return fflush(stdout) == 0;
}

static void print(void *owner, struct bytes id, enum event_status status, int64_t duration_ns)
{
    const struct list *list = owner;
    if (status == EVENT_EXISTS && !list->exists)
        return;
    fwrite(id.data, 1, id.len, stdout);
    if (list->times)
        printf(" %.3f", (double)duration_ns / 1e9);
    putchar(list->null ? '\0' : '\n');
}

static void help(void)
{
    printf("Usage: aloof ls [OPTION...] [FILE...]\n\n"
           "Prints the ids of the tests in files or standard input, of any format that aloof convert reads.\n"
           "Exit codes: 0 none failed, 1 some did or something could not be true, 4 usage error.\n\n"
           "  --exists            also those that were only listed\n"
           "  --times             behind each the seconds that it took\n"
           "  -0, --null          a NUL behind each instead of a newline\n" INPUT_HELP);
}

static int take_option(void *owner, int option, const char *value, struct error *error)
{
    struct list *list = owner;
    (void)value, (void)error;
    list->exists = list->exists || option == 'e';
    list->times = list->times || option == 't';
    list->null = list->null || option == '0';
    return 0;
}

int command_ls(int argc, char *argv[])
{
    static const struct option options[] = {
        INPUT_OPTIONS,
        {"exists", no_argument, NULL, 'e'},
        {"times", no_argument, NULL, 't'},
        {"null", no_argument, NULL, '0'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct list list = {.tally = {.take = print, .owner = &list}};
    const struct input_syntax syntax = {"h0", options, take_option, help};
    struct input input = {.sink = &sink, .owner = &list, .pause = flush};
    struct error error = {0};
    int code = input_options(&input, argc, argv, &syntax, &error);
    if (code < 0) {
        int bad = input_read(&input, argc - optind, argv + optind, &error);
        tally_end(&list.tally);
        code = bad != 0                                             ? COMMAND_USAGE
               : input.damages > 0 || tally_failed(&list.tally) > 0 ? COMMAND_BAD
                                                                    : 0;
    }
    if (error.text[0] != '\0')
        fprintf(stderr, "aloof: %s\n", error.text);
    tally_release(&list.tally);
    input_release(&input);
    return code;
}
