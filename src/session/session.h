/* The session: wires watch, plan, pool, model and history together. Commands
 * in, change notices out; both front ends sit on it and nothing else. */
#ifndef ALOOF_SESSION_H
#define ALOOF_SESSION_H

#include "core/options.h"
#include "core/recipe.h"
#include "plan/loop.h"
#include "plan/model.h"
#include "plan/progress.h"
#include "plan/rounds.h"
#include "project/repo.h"
#include "session/past.h"
#include "trace/trace.h"

#include <uv.h>

/* A failure as the screen shows it. Order is the order of first appearance and does not change under the
 * cursor; but what keeps others from running (a build, a listing, a file that cannot be collected) comes
 * first.
 */
struct failure {
    size_t test; /* index into the model */
    struct trace trace;
    bool fixed;       /* passed on rerun: fades until the next run begins */
    bool outside;     /* of the filter: it stays red and does not run */
    unsigned version; /* a new one with every change of what is told of it, its test's outcome included */
};

/* What a line of the log is about. */
enum session_remark {
    REMARK_IGNORED, /* something that was touched starts no run */
    REMARK_KILLED,  /* a test or a box came to a bad end */
    REMARK_RECIPES, /* the project could be run otherwise */
};

struct session_events {
    /* Something changed; read what you show. At most once per turn of the loop. */
    void (*changed)(void *owner);
    /* A failure's newest story is complete (index into session_failures), or it was fixed. At once. */
    void (*failed)(void *owner, size_t failure);
    /* A test ended, whatever its outcome. */
    void (*result)(void *owner, size_t test);
    /* A line that a process printed and that is of no test, and where it is from: "box 1 stderr"; "" the
     * count of what was not told. Not cleaned. */
    void (*said)(void *owner, const char *origin, const char *text);
    /* A line for the person. */
    void (*notice)(void *owner, const char *text);
    /* A line for aloof's log, which nobody needs at once. May be NULL. */
    void (*remark)(void *owner, enum session_remark what, const char *text);
    /* A run begins / ended. broken: NULL, or why the runner could not do it (lines). exit_code as pytest's.
     */
    void (*run_begins)(void *owner);
    void (*run_ended)(void *owner, int exit_code, const char *broken);
    /* session_close is through; the only place where it may be freed. */
    void (*closed)(void *owner);
};

struct session_slot {
    const char *test_id; /* NULL idle, else the test that the stage is about */
    int64_t running_ns; /* how long it has run; while its box is being cleaned up, how long that has lasted */
    int64_t usual_ns;   /* it usually takes, 0 not known */
    enum stage stage;
};

/* What the header and the bar say. Strings borrowed until the loop turns. */
struct session_status {
    const char *project, *branch, *runner; /* runner: "pytest 7.2.1", NULL not known yet */
    bool git;
    size_t added, modified;
    size_t dirs, polled;
    unsigned boxes;
    enum loop_state state;
    enum run_kind run;
    enum verdict verdict;
    bool paused;
    bool all_in;           /* a run is on, and all its tests have their outcomes: the runner is winding up */
    bool stopped;          /* the last run was cut short: by x, or by maxfail */
    bool starting;         /* a run is on, and the runner is not there yet */
    bool collecting;       /* a run is on and its listing is not complete */
    bool killing;          /* the runner did not stop in time, and is being killed */
    const char *because;   /* why the run was started */
    size_t risky;          /* tests of this run that failed before when that changed: they go first, … */
    size_t affected;       /* … then those that it can affect, where it can others not */
    int64_t run_ns;        /* of the run that goes on or went last */
    int64_t left_ns;       /* estimate, -1: not known */
    int64_t verdict_at_ns; /* UTC, of the last verdict; 0 none */
    size_t reran;          /* tests of the last run */
    const char *broken;    /* why the runner could not run, NULL none */
    const char *nothing;   /* why there was nothing to run, NULL there was */
    size_t selfwritten;    /* files ignored because tests write them */
    unsigned filters;      /* how often the filter was set or cleared */
    const char *filter;    /* only tests that match it run; NULL none */
    size_t step;           /* the red test that a person has stepped to, into the model; MAP_NONE none */
    size_t step_at, steps; /* which one that is of how many, counted from 1 */
};

struct session; /* heap */

struct stream_format;

/* Results of elsewhere. */
struct session_input {
    int fd;                             /* the session closes it */
    const char *name;                   /* "ci.xml", "standard input"; borrowed for the session's life */
    const struct stream_format *format; /* NULL: to be found out */
};

struct session_options {
    const struct settings *settings; /* borrowed for the session's life */
    const struct recipe *recipes;    /* how tests are run; borrowed likewise */
    size_t recipe_count; /* >= 1; ids of the tests of those behind the first begin with its name */
    struct repo *repo;   /* the project; owned by the session from the call on */
    const char *cwd;     /* absolute real path of where the person stands */
    const char *self;    /* path of this binary, for the reaper */
    const char *worker;  /* directory of the worker's source */
    const struct session_input *load; /* what is read as the first run, NULL nothing; borrowed for the call */
    bool watch;                       /* the loop; false: --once */
    bool idle;                        /* without watch: runs nothing at first, its owner asks for the runs */
    bool forgetful;                   /* the history is read and never written */
    bool profile;                     /* tests of Python come with an attachment "profile" */
};

/* Opens history and model of the project, and starts the worker; nothing is run yet. 0, or a negative errno
 * with a line (then nothing is left to close). */
int session_open(struct session **session, uv_loop_t *loop, const struct session_options *options,
                 const struct session_events *events, void *owner, struct error *error);

/* Who writes runs down for other programs; see report/reports.h. All may be NULL. */
struct session_reporter {
    void (*run_begins)(void *owner, int64_t now_ns);
    void (*event)(void *owner, const struct event *event);
    void (*turn)(void *owner); /* before the loop waits, when there were events: time to flush */
    void (*run_ended)(void *owner, const struct model *model);
    void (*closing)(void *owner); /* the last call; the session can still be read */
};

/* Tells the reporter of every run from now on. Borrowed for the session's life. */
void session_report_to(struct session *session, const struct session_reporter *reporter, void *owner);

/* Starts the watch and the first run (--once: a full run of what was asked for; or what there is to load). */
int session_start(struct session *session, struct error *error);

/* Formats a line for the person. */
void session_notice(struct session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Commands (the keys r a s x p, and W: watch self-written files again). */
void session_rerun_red(struct session *session);
void session_run_all(struct session *session);
void session_run_one(struct session *session, size_t test);

/* Runs exactly these tests, in this order; without any, all are listed and none runs. one_box: all of a
 * recipe in one box, so in one process where it runs many in one; and nothing runs beside it. Else in as many
 * boxes as may be: the order is that in which they begin, but for those of one group, which stay together. An
 * id that is not listed does not run, and a file that could not be collected stands for its tests. The ids
 * are copied. It can be called from run_ended, for what is to run next; nothing else follows by itself. */
void session_run_list(struct session *session, const struct strings *ids, bool one_box);

/* In run_ended, of --once: whether another round follows, which is so asked for. */
bool session_next_round(struct session *session);
/* How the rounds went, the one that goes on not counted. */
const struct rounds *session_rounds(const struct session *session);

void session_stop_run(struct session *session);
void session_pause(struct session *session, bool paused);
void session_watch_again(struct session *session);

/* Has only tests run that match the pattern (words, see filter_matches), until it is cleared by one without
 * words. What the plan then asks for runs at once; when no test matches, a notice says so and nothing
 * changes.
 */
void session_filter(struct session *session, const char *pattern);

/* Steps through the red tests, from `test` on or, if that is not red, the first: a change reruns only the one
 * that is stepped to, until it passes. With nothing red, a notice says so. */
void session_steps_begin(struct session *session, size_t test);

/* Skips to the next (1) or previous (-1) red test. */
void session_steps_move(struct session *session, int step);

/* Leaves the steps; what changed meanwhile is run. */
void session_steps_end(struct session *session);

/* What the history has of the test's last runs, `most` at most; of a history that cannot be read
 * nothing. The caller releases it. */
void session_history(struct session *session, size_t test, unsigned most, struct past *past);

/* Appends the command that runs the test under its framework's debugger, in the root directory. */
void session_debug_command(const struct session *session, size_t test, struct strings *argv);

/* Appends the command that runs the test under its framework's profiler, in the root directory, and prints
 * what that found; it may write into the file `report`. NULL: there is none, as Python's own worker needs
 * none; else the format of what it prints, see trace/profile.h. Borrowed. */
const char *session_profile_command(const struct session *session, size_t test, const char *report,
                                    struct strings *argv);

const struct model *session_model(const struct session *session);
const struct failure *session_failures(const struct session *session, size_t *count);
void session_status(const struct session *session, struct session_status *status);
struct session_slot session_slot(const struct session *session, unsigned slot);
/* Appends the names of its recipes, in the order of the tests' teams. */
void session_recipes(const struct session *session, struct strings *names);
const char *session_root(const struct session *session);
/* Where the person stands, below the root: "", "tests/"; see place_from. Borrowed. */
const char *session_here(const struct session *session);

void session_close(struct session *session);

#endif
