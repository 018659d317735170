/* Failures that are remembered, told as --once tells those of its run: their frames, folded. */
#ifndef ALOOF_COMMAND_TRACES_H
#define ALOOF_COMMAND_TRACES_H

#include "command/recall.h"
#include "plan/model.h"
#include "trace/places.h"

struct traces {
    struct recall *recall;
    struct places *places;
    const char *editor; /* the command in location lines */
    char *here;         /* where the person stands */
};

/* A row for a command's getopt_long, its value, and the help. */
#define TRACES_NONE 'T'
#define TRACES_OPTION                                                                                        \
    {                                                                                                        \
        "no-traces", no_argument, NULL, TRACES_NONE                                                          \
    }
#define TRACES_HELP "      --no-traces  without what is remembered of the failures\n"

/* At the end the text that was written loses the empty line behind its last failure. */
void traces_open(struct traces *traces, struct recall *recall);
void traces_close(struct traces *traces);

/* Appends the failure of the test with that row, of which the caller fills in what is known (id, outcome, …):
 * *written says whether anything is remembered of it. run: only if its newest outcome is of that one. 0, or a
 * negative errno with a line. */
int traces_write(struct traces *traces, int64_t row, int64_t run, struct test *test, bool *written,
                 struct error *error);

/* What is remembered of it as JSON: an object, empty where there is nothing. */
int traces_json(struct traces *traces, int64_t row, int64_t run, json_t **object, struct error *error);

#endif
