/* What the last runs made of a test, told: outcomes as marks, then when, what, how
 * long. Pure. */
#ifndef ALOOF_PAST_H
#define ALOOF_PAST_H

#include "plan/model.h"

#define PAST_RESULTS 20 /* as many as are told with a test, at most, */
#define PAST_LIFE 500   /* and of its life */

struct past_result {
    enum outcome outcome;
    const char *run;     /* what the run was of: "all tests"; static */
    int64_t time_ns;     /* UTC */
    int64_t duration_ns; /* 0 unknown */
    int64_t run_id;      /* 0 unknown */
    int64_t tree;        /* the same for runs of the same sources; 0 unknown */
    char *commit;        /* HEAD in hex, … */
    char *dirty;         /* … the files that differed from it, and … */
    char *changed;       /* … those whose change began the run, a line each; NULL or "" unknown */
};

/* Zeroed: nothing is known. */
struct past {
    VEC(struct past_result) results; /* the newest last */
};

void past_release(struct past *past);

/* What the run of that kind ("all", "red") was of: "all tests". Static. */
const char *past_run(const char *kind);

/* The sign of an outcome. Static. */
const char *past_mark(enum outcome outcome, bool ascii);

/* The first result since which the test has been red up to the newest, or was when it last was; MAP_NONE when
 * it never was. */
size_t past_first_bad(const struct past *past);

/* The last result before that one in which it passed; MAP_NONE: there is none. */
size_t past_last_good(const struct past *past, size_t first_bad);

/* Of sources on which it passed and failed: how many of the results there are red, and how many there are. */
struct past_share {
    size_t red, of;
};
struct past_share past_flakiness(const struct past *past);

/* Appends a bar for each duration, the longest of them the highest; "" where nothing is known. */
void past_sparkline(const struct past *past, bool ascii, struct buf *to);

/* The same, of the results from `from` up to (exclusive) `end`; all together say which is the highest. */
void past_bars(const struct past *past, size_t from, size_t end, bool ascii, struct buf *to);

/* The shortest and the longest time that is known, 0 none; returns of how many it is. */
size_t past_range(const struct past *past, int64_t *shortest_ns, int64_t *longest_ns);

/* For texts that are told: the colour of an outcome as SGR (static); appends a time, "0.040 s"; the line that
 * says how it is flaky, behind an indent. */
const char *past_colour(enum outcome outcome);
void past_seconds(int64_t ns, struct buf *to);
void past_tell_flaky(const struct past *past, const char *indent, struct buf *to);

/* The same about the first bad result, if its run is known: that, its commit and what had changed. */
void past_tell_first_bad(const struct past *past, const char *indent, struct buf *to);

/* Appends the past and the times of the test as lines, colours as SGR; nothing where no run is known. now_ns:
 * UTC, what is of another (local) day gets its date. ascii: no characters outside of it. */
void past_tell(const struct past *past, const struct test *test, int64_t now_ns, bool ascii, struct buf *to);

#endif
