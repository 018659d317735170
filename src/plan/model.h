/* What is known about the tests: newest outcome, red or not, times, and what
 * arrived with a failure. Events go in, counts and tests come out. Pure. */
#ifndef ALOOF_PLAN_MODEL_H
#define ALOOF_PLAN_MODEL_H

#include "core/clip.h"
#include "core/event.h"
#include "core/map.h"
#include "core/vec.h"

enum outcome {
    OUTCOME_UNKNOWN,
    OUTCOME_PASSED,
    OUTCOME_SKIPPED,
    OUTCOME_XFAILED,
    OUTCOME_XPASSED, /* not strict: no failure, as in pytest */
    OUTCOME_FLAKY,   /* failed, and passed when it was run again in the same run: not red, and no pass */
    OUTCOME_FAILED,  /* from here on: red */
    OUTCOME_ERROR,   /* setup or teardown failed */
    OUTCOME_COLLECTION,
    OUTCOME_CRASHED,
    OUTCOME_TIMEOUT,
    OUTCOME_NOT_RUN, /* asked for and never reported */
};
#define OUTCOME_COUNT (OUTCOME_NOT_RUN + 1)

/* Whether a test with this newest outcome is a failure. */
bool outcome_is_red(enum outcome outcome);

/* The heading of a failure ("FAIL", "CRASH", …) and the plural noun of a count ("failed", "crashed", …). */
const char *outcome_label(enum outcome outcome);
const char *outcome_counted(enum outcome outcome);

/* What came with a test: all of it is kept for failing tests, the `reason` for skipped and
 * xfailed ones, nothing (NULL) for others. */
struct attachment {
    char *name; /* traceback, report, stdout, stderr, log, reason, … */
    char *mime; /* NULL: unknown */
    struct clip data;
};
#define RESULT_ATTACHMENTS_MAX 32
struct result {
    VEC(struct attachment) attachments;
    unsigned refused; /* pieces that came for more attachments than the maximum */
};

/* Appends the attachment's kept text; false when there is none. result may be NULL. */
bool result_add_text(const struct result *result, const char *name, struct buf *to);

/* The same, NUL-terminated, or NULL when there is none. The caller frees. */
char *result_text(const struct result *result, const char *name);

/* Adds a piece to the attachment of that name, which it makes; clip_limit: octets kept of a new one. */
void result_add(struct result *result, const struct event *event, size_t clip_limit);

/* Drops all attachments but the one of that name. Returns whether there is one. */
bool result_keep_only(struct result *result, const char *name);

/* result may be NULL. */
void result_free(struct result *result);

enum test_state {
    TEST_IDLE,   /* no part of the run that goes on or went last */
    TEST_LISTED, /* in the run's listing; not asked for (yet) */
    TEST_ASKED,  /* to be run in this run */
    TEST_RUNNING,
    TEST_DONE, /* has its outcome of this run */
};

struct test {
    char *id;
    const char *group;     /* what shares set-up, a file path for pytest; "" when unknown. The model's */
    enum outcome outcome;  /* newest; survives runs that do not cover the test */
    enum outcome previous; /* the newest before this run gave its own */
    enum test_state state;
    unsigned team;     /* which of the session's teams runs it, from 0; the session says so */
    bool red;          /* in the red set: sticky, see loop.h for what clears it */
    bool runnable;     /* false: a collection failure and the like, never asked for by id */
    bool unknown;      /* loaded from elsewhere and none of this project's: shown, never asked for */
    bool deselected;   /* by the user's own filter, in the newest listing */
    bool fragile;      /* crashed or hung before: gets a box of its own */
    bool leaked;       /* its box left processes behind, newest run */
    bool alone;        /* this run asks for this part of a test without the others; or, of that test, only for
                          such parts of it */
    bool again;        /* it has an outcome of this run, and runs once more for another */
    unsigned retries;  /* how often it was run again in this run */
    bool gone;         /* retired: not in the newest listing that covers its group */
    unsigned run;      /* serial of the run that gave the outcome, 0 = from history */
    unsigned tree;     /* that the outcome is of, counted by the model; 0 not known: see flaky.h */
    unsigned flaky;    /* how often it must pass until it is no longer flaky; 0: it is not */
    unsigned red_runs; /* runs in a row that it has been red */
    int64_t duration_ns; /* of its newest execution, 0 unknown */
    int64_t setup_ns;    /* of that: to set up what it shares with others */
    int64_t cpu_ns;      /* that it spent on a processor, its children included; 0 unknown */
    int64_t usual_ns; /* decayed mean without such set-up, from history and of this session, 0 unknown. Set it
                         before a run begins */
    int64_t recalled_ns;    /* UTC; when the outcome came that is from history; 0: it is not */
    int64_t started_ns;     /* UTC; of the newest execution, by its first event; 0 unknown */
    int64_t heard_ns;       /* UTC by our own clock; when that event came */
    uint64_t clock;         /* whose time started_ns is: see model_apply; 0 our own */
    struct result *result;  /* of the newest outcome; NULL from history */
    struct result *partial; /* of the execution that goes on */
};

struct model {
    VEC(struct test) tests; /* never shrinks; indices are stable for the life of the model */
    struct map by_id;
    struct strings groups; /* each once; tests point at them */
    struct map by_group;
    VEC(size_t)
    listing;                      /* the run's listing: position -> index into tests; those of each team are
                                     in its runner's order */
    unsigned run;                 /* serial of the run that goes on or went last, 0 = none yet */
    int64_t heard_ns;             /* UTC by our own clock; of its first event, 0 none yet */
    uint64_t generation;          /* counts changes; a view is stale when it differs */
    uint64_t damage;              /* damaged places in this run's streams */
    size_t asked, done;           /* of this run */
    int64_t left_ns;              /* usual times of what is asked and not done, where known */
    size_t left_known;            /* of how many that is */
    size_t counts[OUTCOME_COUNT]; /* outcomes of this run (tests in TEST_DONE) */
    size_t leaks;                 /* tests marked leaked in this run */
    unsigned tree, trees;         /* the one that this run is of, 0 not known; how many there were */
    VEC(size_t) suspects;         /* tests that turned on one tree; one may be in it twice */
    size_t red;                   /* tests in the red set */
    bool loaded;                  /* this run's results are read, not made: their times are not ours */
    size_t clip_limit;            /* octets kept per attachment; set by model_init */
};

/* clip_limit: octets kept per attachment (1 MiB by default). */
void model_init(struct model *model, size_t clip_limit);
void model_release(struct model *model);

/* The test's index, or MAP_NONE / made when it is not known. A group that is absent or empty
 * leaves a known test's group as it is. */
size_t model_find(const struct model *model, struct bytes id);
size_t model_add(struct model *model, struct bytes id, struct bytes group);

/* What history knows, at start: makes the test, with its newest outcome; red when the outcome is
 * (model_set_red says otherwise). The caller fills in times and marks; the pointer is good until the next
 * test is made. */
struct test *model_recall(struct model *model, const char *id, const char *group, enum outcome outcome);

/* Begins run `serial` (> every earlier one): empties listing and counts, states go to idle. */
void model_begin(struct model *model, unsigned serial);

/* Marks a test of the listing as asked for in this run. One that runs or is done already stays so. */
void model_ask(struct model *model, size_t test);

/* Takes that back. One that runs or is done stays so. */
void model_unask(struct model *model, size_t test);

/* A test that has failed in this run is run again, and so is what of it failed by itself. Passing then makes
 * it flaky; failing gives it the newer failure; anything else changes nothing. Until then its outcome stands.
 */
void model_again(struct model *model, size_t test);

/* Takes in one event of the run: listing, start, attachment, outcome. now_ns: UTC, for events without a
 * timestamp. Returns the test it was about when this ended it (its outcome is new), else MAP_NONE.
 * A failure without a listing (collection) makes its test. A second final status of one test in one run
 * counts only if it is worse (duplicate ids). Attachments that come after a failure's final status are added
 * to it. A leak marks its test, which does not make it red; an interrupted test keeps its older outcome.
 * How long it took is what the protocol says, else what two timestamps of one route say, unless that is more
 * than can be; other clocks are not compared with each other: then it is the time between the arrivals.
 * Passing (xfail and xpass too) takes a test out of the red set, failing puts it in, skipping does neither,
 * nor does passing in part (see `alone`) while other parts are red.
 */
size_t model_apply(struct model *model, const struct event *event, int64_t now_ns);

/* Takes the test out of the red set, or puts it in; keeps model->red right. */
void model_set_red(struct model *model, size_t test, bool red);

/* Ends the run: tests still running go back (their newest outcome stands), partial results are dropped. Who
 * is in which state can be read until the next run begins. */
void model_end(struct model *model);

/* Looks up an outcome's stable name ("failed") and back; OUTCOME_UNKNOWN for anything else. For history. */
const char *outcome_name(enum outcome outcome);
enum outcome outcome_parse(const char *name);

#endif
