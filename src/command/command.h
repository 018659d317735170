/* What aloof does beside running tests: `aloof convert` and its like. */
#ifndef ALOOF_COMMAND_COMMAND_H
#define ALOOF_COMMAND_COMMAND_H

#include "core/bytes.h"

/* How commands exit that do not run tests themselves: 0, or … */
enum command_exit {
    COMMAND_BAD = 1,   /* tests failed, or something that was read could not be true */
    COMMAND_USAGE = 4, /* bad arguments, a file that cannot be read */
};

/* One of the commands. */
struct command_entry {
    const char *name;                   /* the first argument */
    const char *help;                   /* one line */
    int (*run)(int argc, char *argv[]); /* argv[0] is the command's name. Returns the exit code.
                                           NULL: it is the loop's, see load.h */
};

/* The command of that name; NULL: there is none, so it is a path. */
const struct command_entry *command_find(const char *name);

/* Appends a line each, for --help. */
void command_list(struct buf *to);

/* aloof convert: test streams from one format to another. */
int command_convert(int argc, char *argv[]);

/* aloof stats: how many tests came to what. aloof ls: their ids. */
int command_stats(int argc, char *argv[]);
int command_stats_history(bool json); /* of the history */
int command_ls(int argc, char *argv[]);

/* aloof emit: one event. aloof mux: several commands at once, as one stream. */
int command_emit(int argc, char *argv[]);
int command_mux(int argc, char *argv[]);

/* aloof last, show, runs, failing, list, slowest: what is remembered of past runs. */
int command_last(int argc, char *argv[]);
int command_show(int argc, char *argv[]);
int command_runs(int argc, char *argv[]);
int command_failing(int argc, char *argv[]);
int command_list_tests(int argc, char *argv[]);
int command_slowest(int argc, char *argv[]);
int command_flaky(int argc, char *argv[]);
int command_diff(int argc, char *argv[]);

/* aloof report: all of that as a page. */
int command_report(int argc, char *argv[]);

/* aloof history: the life of a test. */
int command_history(int argc, char *argv[]);

/* aloof forget, prune: takes tests or runs out of what is remembered; those that are too old. */
int command_forget(int argc, char *argv[]);
int command_prune(int argc, char *argv[]);

/* aloof init: a commented configuration file; and aloof doctor: what was found, and what is wrong with it. */
int command_init(int argc, char *argv[]);
int command_doctor(int argc, char *argv[]);

/* aloof bisect: which tests, or which commit, make a test fail. */
int command_bisect(int argc, char *argv[]);

/* aloof profile: what a test spends its time on. */
int command_profile(int argc, char *argv[]);

#endif
