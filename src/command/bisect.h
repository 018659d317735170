/* What the two searches of `aloof bisect` share: for the tests, and for the commit, that make a test fail. */
#ifndef ALOOF_COMMAND_BISECT_H
#define ALOOF_COMMAND_BISECT_H

#include "command/probe.h"

#include <jansson.h>

/* Exit codes: pytest's as far as they mean the same. */
enum bisect_exit {
    BISECT_EXIT_FOUND = 0,
    BISECT_EXIT_ALONE = 1, /* it fails without company; or at the good commit, too */
    BISECT_EXIT_INTERRUPTED = 2,
    BISECT_EXIT_BROKEN = 3, /* the runner could not do its work */
    BISECT_EXIT_USAGE = 4,
    BISECT_EXIT_NONE = 5,  /* there is no such test */
    BISECT_EXIT_NEVER = 6, /* it does not fail */
    BISECT_EXIT_FLAKY = 7,
    BISECT_EXIT_OPEN = 8, /* what is left cannot be run */
};

struct bisect_request {
    struct project project;
    const char *test;       /* as typed; borrowed */
    const char *commits;    /* GOOD..BAD, NULL: among the tests; borrowed */
    unsigned checks;        /* how often what is found is to give the same answer */
    bool json;              /* the result on standard output is an object, the way there on standard error */
    struct strings options; /* of aloof's own, as typed */
};

/* What a run said of the test. */
struct bisect_answer {
    enum probe_end end;
    bool ran, failed, skipped; /* of PROBE_RAN. ran: it has an outcome */
    double seconds;
};

/* Runs the tests, of which the test is one, and looks what became of it. */
struct bisect_answer bisect_probe(struct probe *probe, const struct strings *ids, const char *test);

/* "fails", "passes", "is skipped", "did not run". */
const char *bisect_word(const struct bisect_answer *answer);

/* Where the way there is told: a part of a line, at once. */
void bisect_say(const struct bisect_request *request, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints the result: the text, or the object (taken) with --json. */
void bisect_print(const struct bisect_request *request, const char *text, json_t *take_object);

/* A run could not be used: says why, and what the exit code is. */
int bisect_broken(const struct probe *probe, enum probe_end end, const char *test, struct error *error);

/* A list as JSON. */
json_t *bisect_strings(const struct strings *list);

/* The searches. They return the exit code. */
int bisect_tests(struct bisect_request *request, struct error *error);
int bisect_commits(struct bisect_request *request, struct error *error);

#endif
