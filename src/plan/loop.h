/* The plan: decides what to run next. A pure state machine: one event in, one
 * action out; the session carries the action out and reports back. The rules:
 *
 *  - Start: a known red set runs first; it passes, or nothing is known -> full run.
 *  - A change while red: the red set plus the tests of changed and new test files. A change while
 *    green: a full run, the changed files' tests first.
 *  - All of those pass -> full run at once.
 *  - A change during a run cancels it and the plan starts over, with the union of what changed since a run
 *    was last carried through. Results already in are kept, but a full run counts as green only if no file
 *    changed since it began.
 *  - A test leaves the red set by passing, or by being retired: its file was collected in this run (or is
 *    gone) and does not list it any more. A deselected test stays red. A skipped one stays red through a
 *    red run; the full run that follows confirms it: then it leaves with a notice.
 *  - A file that cannot be collected is itself a red test named by the file. It leaves when a run
 *    covered the file and it was collected, or the file is gone. The other red tests of that file stay.
 *  - What narrows the loop down (s, one test; f, a filter; i, steps) never makes it green.
 *  - f: while a filter is set, every run covers only tests that match it; red ones that do not stay red. A
 *    filter that no known test matches is not set. Set or cleared, it runs at once what the plan then asks
 *    for; cleared, the changes that only filtered runs have covered count as not covered.
 *  - i: while a person steps through the red tests, a change reruns the one they are at. When that passes,
 * the next is rerun, to see that it is still red; when none is left, the plan goes on. On leaving, what
 * changed or was cancelled meanwhile is made up for. a, and a filter, leave too.
 *  - A run that ended badly (broken conftest, worker died, cut short by maxfail) starts nothing: the next
 *    change does, and what that run owed is still owed. So nothing here goes in circles by itself.
 *  - Results that are loaded from elsewhere are the newest run, and nothing runs after them by itself: what
 * they made red runs with the next change. Of that, tests that are unknown here are never asked for, and do
 * not keep a full run from following; it retires them. A change while they are read waits for their end.
 *  - A list of tests is run as it is: these, and nothing after them. What of it cannot be collected stands
 * for all tests of its file.
 *  - Where the person wants no more (affects), the changes since the newest full run have only those tests
 * run that they can affect, instead of a full run, once there was one; see reach.h. That is green as far as
 * it goes, and says so.
 *  - Keys: r runs the red set, and nothing when nothing is red (a change is what it is pressed for); a runs
 *    all; s runs one test and then waits; each of them first cancels what runs. x cancels and waits for
 *    the next change. A change overtakes a pending r, s or x, never a pending a, which covers it. */
#ifndef ALOOF_PLAN_LOOP_H
#define ALOOF_PLAN_LOOP_H

#include "core/vec.h"
#include "plan/affects.h"
#include "plan/model.h"
#include "plan/selection.h"
#include "plan/selfwrite.h"
#include "plan/steps.h"

enum loop_state {
    LOOP_IDLE, /* nothing runs; waits for a change or a key */
    LOOP_RUNNING,
    LOOP_CANCELLING, /* asked for a cancel; the run has not ended yet */
};

enum run_kind {
    RUN_NONE,
    RUN_RED, /* the red set and what changed */
    RUN_ALL,
    RUN_ONE,      /* the test the person asked for */
    RUN_LOADED,   /* none: results of elsewhere are read */
    RUN_LIST,     /* tests by name, in the order of a list */
    RUN_AFFECTED, /* what changed since the newest full run can affect */
};

/* As of the last step. While a run goes on it is the verdict before it, less what a change or a result took
 * away. */
enum verdict {
    VERDICT_UNKNOWN,  /* no run has ended well: none yet, the newest was broken, or there are no tests */
    VERDICT_RED,      /* the red set is not empty */
    VERDICT_GREEN,    /* the newest full run was complete and passed, and nothing changed since it began */
    VERDICT_PARTLY,   /* nothing red is known, but no full run has confirmed it */
    VERDICT_AFFECTED, /* green as far as the changes since the newest full run can reach */
};

enum loop_event_kind {
    LOOP_START,
    LOOP_LOAD,      /* instead of it: pattern tells where the results are from */
    LOOP_CHANGED,   /* paths: files whose content changed, relative to the root */
    LOOP_ENDED,     /* the run ended by itself: ok says whether it was complete (no damage, no crash of the
                       worker, not cut short by maxfail). A run that found no tests is complete */
    LOOP_CANCELLED, /* the run that was to be cancelled is gone */
    LOOP_RERUN_RED, /* keys: r a s x p */
    LOOP_RUN_ALL,
    LOOP_RUN_ONE,  /* test */
    LOOP_RUN_LIST, /* paths: ids of tests, and no others; without any, all are listed and none runs */
    LOOP_STOP,
    LOOP_PAUSE, /* changes are remembered, and run on resume; a run that is on goes on */
    LOOP_RESUME,
    LOOP_FILTER, /* pattern: words, see filter_matches; none clears it */
    LOOP_STEP,   /* order: the red tests as the screen has them, and test: the one to begin at */
    LOOP_STEP_NEXT,
    LOOP_STEP_PREVIOUS,
    LOOP_STEP_OUT,
};

struct loop_event {
    enum loop_event_kind kind;
    const struct strings *paths;
    size_t test;
    bool ok;
    const char *pattern;
    const size_t *order;
    size_t order_count;
};

enum loop_action_kind { LOOP_WAIT, LOOP_RUN, LOOP_CANCEL };

struct loop_action {
    enum loop_action_kind kind;
    enum run_kind run;   /* of LOOP_RUN */
    const char *because; /* "start", "src/a.py changed", "key", "the red set passed"; NULL of LOOP_WAIT.
                            Borrowed until the next step */
};

struct loop {
    enum loop_state state;
    enum run_kind run; /* what runs or ran last */
    enum verdict verdict;
    bool paused;
    bool changed_since_run; /* a file changed after the newest red or full run began */
    bool full_broken;       /* the newest full run that ended did so badly */
    size_t one;             /* of RUN_ONE */
    struct strings list;    /* of RUN_LIST, … */
    struct map places;      /* … and by id the place in it */
    enum run_kind next;     /* what to run once the cancel is through; RUN_RED: as the plan then asks */
    struct strings changed; /* changed files not yet covered by a finished run, … */
    struct strings since;   /* … and those that no full run has covered yet */
    VEC(const struct affects *)
    affects; /* of each team; borrowed, set by the session before the first step where the person wants no
                more run than what changes can affect. Empty: everything */
    struct strings scope; /* what the person restricted aloof to: paths from the root, test ids; set by the
                             session before the first step, empty: everything; … */
    struct selection selection; /* … and, likewise, by what their ids look like */
    char *because;
    unsigned filters;     /* how often the filter was set or cleared */
    char *filter;         /* only tests that match it run; NULL: no filter */
    struct strings owed;  /* changed files that only filtered runs have covered */
    bool surveyed;        /* a full run has listed everything: no test is unknown but in changed files */
    struct steps steps;   /* the red tests that the person steps through */
    bool steps_cut_a_run; /* the steps began by cancelling one, which is to be made up for */
};

void loop_init(struct loop *loop);
void loop_release(struct loop *loop);

/* One step. The model must hold all results so far; at LOOP_ENDED loop_retire comes first. The action is to
 * be carried out before the next step. */
struct loop_action loop_step(struct loop *loop, struct model *model, const struct loop_event *event);

/* Whether the run that loop_step asked for is any business of the team: a full run is every team's; another
 * one when it has tests that are to run, or when a changed file is not known to hold tests of others only. */
bool loop_involves(const struct loop *loop, const struct model *model, unsigned team);

/* The files that the team collects for that run: the groups of the red set, the changed files,
 * the one test's group, those of a list, what a filter leaves of a full run. false: everything (a full run,
 * or a group is unknown). Paths are appended to `files`, each once. */
bool loop_files(const struct loop *loop, const struct model *model, unsigned team, struct strings *files);

/* After the team's listing: which of its tests to run. Marks them with model_ask. A red run asks for the
 * listed red tests and all tests of changed files; for a part of something that cannot be asked for itself (a
 * TAP point) it asks for what that is a part of, or for its group. A full run asks for all; none ever asks
 * for deselected ones, nor for those that a filter leaves out. picks: the team can run parts of a test
 * without the others. Then of what is asked for only because parts of it failed, and did not change, only
 * these parts are: both are marked `alone`. */
void loop_select(const struct loop *loop, struct model *model, unsigned team, bool picks);

/* At the end of a run that the team carried through and that covered `files` (NULL: everything): takes out of
 * the red set what of its tests is retired, and what a full run confirmed as skipped. Each is appended to
 * `notices` as a line ("tests/a.py::test_x is gone: left the red set"). A part of another test is covered
 * when that one ran to its end, and not for the sake of others. */
void loop_retire(const struct loop *loop, struct model *model, unsigned team, const struct strings *files,
                 struct strings *notices);

/* Whether the place that a person named (a path from the root, a test's id) is or holds the test, which goes
 * by that id there. */
bool loop_place_holds(const char *place, const char *id, const struct test *test);

/* Whether the test is inside of the scope. One outside of it is neither run nor retired. */
bool loop_in_scope(const struct loop *loop, const struct test *test);

/* Whether the plan is about the test: inside of the scope, and the filter matches. What cannot be collected
 * is always: nobody knows which tests it holds. */
bool loop_concerns(const struct loop *loop, const struct test *test);

/* Whether a failure to collect `failed` may be why nothing was heard of the group: it is the same file, a
 * directory above it, or (pytest's conftest.py and __init__.py) it is imported for all files beside and below
 * it. */
bool loop_shadows(const struct test *failed, const char *group);

/* How many red tests the plan is about. */
size_t loop_red(const struct loop *loop, const struct model *model);

#endif
