/* What one process reports about the tests that it was asked for, and what its
 * end says about those that it did not report. No system calls: octets and an
 * exit status in, events out. */
#ifndef ALOOF_RUNNER_JOB_H
#define ALOOF_RUNNER_JOB_H

#include "core/clip.h"
#include "runner/asked.h"
#include "stream/held.h"
#include "stream/stream.h"

#include <stdbool.h>

/* How many parts a file has reported. */
struct tally {
    size_t parts, failed, skipped;
    bool lacking; /* it has ended without a word about a part that was asked for */
};

struct job {
    const struct recipe *recipe;
    struct asked asked;                 /* what it was asked for */
    struct strings broken;              /* files of theirs that do not even build */
    bool *reported;                     /* of each: its outcome is told */
    struct tally *tallies;              /* of each file */
    size_t running;                     /* index; count: none */
    size_t last;                        /* index of the file that was told of last */
    bool tells_starts;                  /* the stream says itself when a test begins */
    const struct stream_format *format; /* NULL: by exit status */
    void *reader;
    struct held held; /* the way of all events */
    bool all; /* it was asked for all there is, also for what none of its tests is of; set behind job_init */
    struct buf group, name; /* scratch: the tag of what it reports unasked; its name */
    bool spoken;            /* the stream said anything at all */
    bool any_failed;        /* anything at all */
    bool crashed;           /* a test of it, as the stream says */
    int signal;             /* that ended it; 0: none, or it runs */
    int exit_code;          /* -1: none, or it runs */
    struct buf noise;       /* what is not of the format, and not forwarded yet */
    struct clip stray;      /* output that came when no test ran */
    struct buf damage;      /* lines: what cannot be true */
};

/* tests are borrowed, count >= 1; event is called with owner from all of the functions below. */
void job_init(struct job *job, const struct recipe *recipe, const struct recipe_test *tests, size_t count,
              void (*event)(void *owner, const struct event *event), void *owner);

/* The same process is asked for other tests, when all before are reported. */
void job_again(struct job *job, const struct recipe_test *tests, size_t count);

/* Whether all tests are reported. What a failure waits for is then told. */
bool job_is_done(struct job *job);

/* The process runs. */
void job_begin(struct job *job);

/* It printed something; errors: on standard error, which is output of the test that runs. So is standard
 * output, where the recipe has a report. */
void job_feed(struct job *job, bool errors, struct bytes octets);

/* So much more is in the report that it wrote. */
void job_report(struct job *job, struct bytes octets);

/* Something is wrong with what it wrote: a sentence. It fails for it. */
void job_complain(struct job *job, const char *text);

enum job_ending {
    JOB_WHOLE,   /* all of its tests are reported */
    JOB_DIED,    /* under one of them, which is known: the rest is the pool's to deal again */
    JOB_UNSURE,  /* several files, and nobody knows what is with those that are not reported: they are to be
                    asked for again, fewer at once */
    JOB_LACKING, /* of some files a part was asked for that is not in them by that name: nothing is told of
                    these, and they are to be asked for again as a whole; all others are reported */
};

/* It ended: what is not reported is judged, but for a process that was killed by a signal, or whose stream
 * says that a test has crashed: its unreported tests are the pool's to judge. Of several files those are
 * judged that reported parts, when nothing is wrong with the process. exit_code: -1 when signal is not 0. */
enum job_ending job_end(struct job *job, int exit_code, int signal);

void job_release(struct job *job);

#endif
