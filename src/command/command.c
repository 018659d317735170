#include "command/command.h"

#include <stddef.h>
#include <string.h>

static const struct command_entry commands[] = {
    {"init", "write .aloof.conf, with what was found here", command_init},
    {"doctor", "what was found here, and what is wrong with it", command_doctor},
    {"last", "the newest run, and what failed in it", command_last},
    {"failing", "the tests whose newest outcome is a failure", command_failing},
    {"list", "the tests that are remembered", command_list_tests},
    {"slowest", "the tests that take longest", command_slowest},
    {"flaky", "the tests that passed and failed on the same sources", command_flaky},
    {"runs", "the runs that are remembered", command_runs},
    {"show", "one of them, and what failed in it", command_show},
    {"diff", "what a run made of the tests that an earlier one did not", command_diff},
    {"history", "the life of a test: since when it is red, and what had changed", command_history},
    {"report", "all of that as a page for a browser", command_report},
    {"forget", "take tests or runs out of what is remembered", command_forget},
    {"prune", "remove the runs that are too old to be remembered", command_prune},
    {"load", "test results from elsewhere as the newest run, into the loop", NULL},
    {"bisect", "which tests before it, or which commit, make a test fail", command_bisect},
    {"profile", "where a test spends its time", command_profile},
    {"convert", "test results from one format to another", command_convert},
    {"emit", "one event of a test, from a script", command_emit},
    {"ls", "the tests in a stream of results", command_ls},
    {"mux", "several commands at once, their tests and output as one stream", command_mux},
    {"stats", "how many of them passed, failed, were skipped", command_stats},
};

const struct command_entry *command_find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

void command_list(struct buf *to)
{
    buf_puts(to, "\nCommands, as the first argument (aloof COMMAND --help tells more):\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        buf_printf(to, "  %-26s %s\n", commands[i].name, commands[i].help);
}
