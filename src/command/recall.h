/* What commands that ask the history share (aloof last, runs, slowest, …): their common options, the project,
 * its history, and how an answer is written: as text, through a pager where it is long, or as JSON. */
#ifndef ALOOF_COMMAND_RECALL_H
#define ALOOF_COMMAND_RECALL_H

#include "command/where.h"
#include "report/paper.h"
#include "store/archive.h"

#include <getopt.h>
#include <jansson.h>

struct recall {
    struct where where;
    struct archive *archive;
    struct paper paper;
    bool json;       /* the answer is wanted as JSON */
    json_t *answer;  /* the body's, and ours from then on; NULL: none */
    struct buf text; /* the answer otherwise */
    int64_t now_ns;  /* UTC */
};

/* Rows for a command's getopt_long that recall_main knows, and their help. */
#define RECALL_OPTIONS                                                                                       \
    {"json", no_argument, NULL, 'j'},                                                                        \
    {                                                                                                        \
        "help", no_argument, NULL, 'h'                                                                       \
    }
#define RECALL_HELP                                                                                          \
    "  --json          as JSON\n"                                                                            \
    "  -h, --help      this\n"

struct recall_command {
    const char *letters;          /* for getopt_long, "h" among them */
    const struct option *options; /* likewise, RECALL_OPTIONS among them */
    int words;                    /* arguments at most */
    const char *help;
    /* Takes in an option of its own. 0, or -EINVAL with a line. NULL where there are none. */
    int (*take)(void *owner, int option, const char *value, struct error *error);
    /* Answers. The exit code, or a negative errno with a line. */
    int (*body)(struct recall *recall, void *owner, int count, char *words[], struct error *error);
};

/* Runs the command from its arguments on, to its exit code: what the body says, or COMMAND_USAGE with a line
 * on standard error; so also where nothing is remembered yet. */
int recall_main(int argc, char *argv[], const struct recall_command *command, void *owner);

/* The same, when the options have been read otherwise; only the command's body is used. */
int recall_ask(const struct recall_command *command, void *owner, bool json, int count, char *words[]);

/* Finds the run: a number, "last" or NULL, "last~1" for the one before it. Its reader gets it, once. 0, or
 * -ENOENT with a line. */
int recall_run(struct recall *recall, const char *word, archive_run_reader *each, void *owner,
               struct error *error);

/* Finds the test: an id, also with its recipe and ": " before it, or a part of the id of one test only. Its
 * reader gets it, once. 0, or -ENOENT with a line, which names the tests that it may be. */
int recall_test(struct recall *recall, const char *word, archive_test_reader *each, void *owner,
                struct error *error);

/* A count of things for --limit and its like: 1 or more. 0, or -EINVAL with a line. */
int recall_count(const char *option, const char *value, size_t *count, struct error *error);

/* Appends a time: "14:03:22", of another (local) day "2026-11-20 14:03". Likewise as JSON: RFC 3339. */
void recall_time(const struct recall *recall, struct buf *to, int64_t ns);
json_t *recall_json_time(int64_t ns);

/* Appends "0.012 s", "1.23 s", "12 s"; as JSON: seconds, null where unknown (0). */
void recall_seconds(struct buf *to, int64_t ns);
json_t *recall_json_seconds(int64_t ns);

/* A JSON string of text that need not be UTF-8. */
json_t *recall_json_text(const char *text);

/* The paths of a list with a line for each, as JSON; and how many. */
json_t *recall_json_lines(const char *lines);
size_t recall_lines(const char *lines);

/* A run, and a test's name, as JSON objects. */
json_t *recall_json_run(const struct archive_run *run);
json_t *recall_json_name(const struct history_name *name);

/* "FAIL", in red, and its like, padded; and what a run was of: "all tests". */
void recall_label(const struct recall *recall, struct buf *to, enum outcome outcome);
const char *recall_kind(const char *kind);

/* Whether a run of these counts failed; how many tests it had; how many failed. */
size_t recall_tests(const struct archive_run *run);
size_t recall_failed(const struct archive_run *run);

#endif
