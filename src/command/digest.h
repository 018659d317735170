/* What a page tells of the history: gathered from the archive, of everything the most telling part only,
 * however many tests there are. */
#ifndef ALOOF_COMMAND_DIGEST_H
#define ALOOF_COMMAND_DIGEST_H

#include "core/vec.h"
#include "project/repo.h"
#include "store/archive.h"

#define DIGEST_RUNS 60
#define DIGEST_RED 100
#define DIGEST_TURNS 50 /* newly failing; and as many that are fixed */
#define DIGEST_FLAKY 20
#define DIGEST_SLOWEST 20
#define DIGEST_LIVES 100
#define DIGEST_POINTS 50 /* of a life */

struct digest_run {
    int64_t id, started_ns, ended_ns; /* id 0: there is none */
    char *kind, *verdict, *because;   /* verdict NULL: it goes on, or was killed */
    char *commit, *dirty, *changed;
    size_t counts[OUTCOME_COUNT], tests, failed;
};

struct digest_test {
    int64_t row;
    char *id;
    enum outcome outcome;
    bool red;
    unsigned red_runs;
    int64_t usual_ns, duration_ns, cpu_ns;
    bool told; /* has a life */
};

struct digest_point {
    enum outcome outcome;
    int64_t duration_ns;
};

/* What the newest runs made of a test. */
struct digest_life {
    size_t test;
    VEC(struct digest_point) points; /* the oldest first */
};

/* What is known of why a test is red: what differs between the run in which it passed last and the first one
 * in which it failed. */
enum digest_cause {
    CAUSE_UNKNOWN,
    CAUSE_NOTHING,     /* the sources were the same */
    CAUSE_UNCOMMITTED, /* files */
    CAUSE_COMMITS,     /* one or more of them */
};

struct digest_red {
    size_t test;
    struct digest_run bad, good; /* the first bad run of those that are remembered; the last good one */
    enum digest_cause cause;
    size_t commits;  /* 0: not known how many */
    char *id, *told; /* of the commit, or the newest of them: short, and its subject; NULL not known */
    char *files;     /* that differed from it, a line each */
};

struct digest_turn {
    size_t test;
    enum outcome before, now;
};

struct digest_flaky {
    size_t test, passed, failed;
    int64_t time_ns;
};

struct digest {
    char *project, *branch; /* branch NULL: none */
    int64_t now_ns;
    VEC(struct digest_run) runs;     /* the oldest first */
    VEC(struct digest_test) tests;   /* all */
    VEC(struct digest_red) red;      /* the longest red first */
    VEC(struct digest_turn) failing; /* newly, in the newest run */
    VEC(struct digest_turn) fixed;
    VEC(struct digest_flaky) flaky;
    VEC(size_t) slowest;
    VEC(struct digest_life) lives; /* the most interesting first */
    size_t red_count, failing_count, fixed_count, flaky_count;
    int64_t usual_ns; /* of all tests together */
};

/* Fills the digest, which is zeroed but for project, branch and now_ns (UTC), and owns those. repo: to tell
 * of commits; NULL none. 0, or a negative errno with a line; released by the caller whatever comes. */
int digest_gather(struct digest *digest, struct archive *archive, struct repo *repo, struct error *error);

/* The newest run; NULL: none. */
const struct digest_run *digest_newest(const struct digest *digest);

void digest_release(struct digest *digest);

/* Finds out since when the test is red, and why, for digest_gather. */
int digest_blame(struct digest_red *red, int64_t row, struct archive *archive, struct repo *repo,
                 struct error *error);

/* Reads the run of that id, where it is remembered. 0, or a negative errno with a line. */
int digest_run_read(struct digest_run *run, int64_t id, struct archive *archive, struct error *error);
void digest_run_release(struct digest_run *run);

#endif
