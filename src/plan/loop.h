/* The plan: decides what to run next. A pure state machine: one event in, one
 * action out; the session carries the action out and reports back. The rules:
 *
 *  - Start: a known red set runs first; it passes, or nothing is known -> full run.
 *  - A change while red: the red set plus the tests of changed and new test files. A change while
 *    green: a full run, the changed files' tests first.
 *  - All of those pass -> full run at once.
 *  - A change during a run cancels it and the plan starts over. Results already in are kept, but a full
 *    run counts as green only if no file changed since it began.
 *  - A test leaves the red set by passing, or by being retired: its file was collected in this run (or is
 *    gone) and does not list it any more. A deselected test stays red. A skipped one stays red through a
 *    red run; the full run that follows confirms it: then it leaves with a notice.
 *  - A file that cannot be collected is itself a red test named by the file. It leaves when a run
 *    covered the file and it was collected, or the file is gone. The other red tests of that file stay.
 *  - A filter (s, one test; later f) never makes the loop green. */
#ifndef ALOOF_PLAN_LOOP_H
#define ALOOF_PLAN_LOOP_H

#include "core/vec.h"
#include "plan/model.h"

enum loop_state {
    LOOP_IDLE,       /* nothing runs; waits for a change or a key */
    LOOP_RUNNING,
    LOOP_CANCELLING, /* asked for a cancel; the run has not ended yet */
};

enum run_kind {
    RUN_NONE,
    RUN_RED, /* the red set and what changed */
    RUN_ALL,
    RUN_ONE, /* the test the person asked for */
};

enum verdict {
    VERDICT_UNKNOWN,
    VERDICT_RED,
    VERDICT_GREEN,  /* the newest full run passed and nothing changed since */
    VERDICT_PARTLY, /* nothing red is known, but no full run has confirmed it */
};

enum loop_event_kind {
    LOOP_START,
    LOOP_CHANGED,   /* paths: files whose content changed, relative to the root */
    LOOP_ENDED,     /* the run ended by itself: ok says whether it was complete (no damage, no crash of the
                       worker, not cut short by maxfail); found: whether there were any tests */
    LOOP_CANCELLED, /* the run that was to be cancelled is gone */
    LOOP_RERUN_RED, /* keys: r a s x p */
    LOOP_RUN_ALL,
    LOOP_RUN_ONE,   /* test */
    LOOP_STOP,
    LOOP_PAUSE,     /* changes are remembered, and run on resume */
    LOOP_RESUME,
};

struct loop_event {
    enum loop_event_kind kind;
    const struct strings *paths;
    size_t test;
    bool ok;
};

enum loop_action_kind { LOOP_WAIT, LOOP_RUN, LOOP_CANCEL };

struct loop_action {
    enum loop_action_kind kind;
    enum run_kind run;       /* of LOOP_RUN */
    const char *because;     /* "start", "src/a.py changed", "key", "the red set passed"; borrowed until the next step */
};

struct loop {
    enum loop_state state;
    enum run_kind run;         /* what runs or ran last */
    enum verdict verdict;
    bool paused;
    bool changed_since_run;    /* a file changed after the run began */
    size_t one;                /* of RUN_ONE */
    enum run_kind next;        /* what to run once the cancel is through */
    struct strings changed;    /* changed files not yet covered by a finished run */
    char *because;
};

void loop_init(struct loop *loop);
void loop_release(struct loop *loop);

/* One step. The model must hold all results so far. The action is to be carried out before the next step. */
struct loop_action loop_step(struct loop *loop, struct model *model, const struct loop_event *event);

/* The files to collect for the run that loop_step asked for: the groups of the red set, the changed files, the
 * one test's group. false: everything (a full run). Paths are appended to `files`, each once. */
bool loop_files(const struct loop *loop, const struct model *model, struct strings *files);

/* After the listing of a run: which of its tests to run. Marks them with model_ask. A red run asks for the
 * listed red tests and all tests of changed files; a full run for all; never for deselected ones. */
void loop_select(const struct loop *loop, struct model *model);

/* At the end of a run that covered `files` (NULL: everything): takes out of the red set what is retired, and
 * what a full run confirmed as skipped. Each is appended to `notices` as a line ("tests/a.py::test_x is gone: left the red set"). */
void loop_retire(const struct loop *loop, struct model *model, const struct strings *files, struct strings *notices);

/* Files that the tests write themselves: a file that changed during two runs in a row, both times
 * while one and the same test was running, is taken to be written by that test and starts no more runs.
 * A change while nothing runs always counts, and forgets the suspicion. */
struct selfwrite_entry {
    char *path;
    struct strings suspects; /* ids of tests that were running when it changed */
    bool ignored;
};
struct selfwrite {
    VEC(struct selfwrite_entry) entries;
};
void selfwrite_release(struct selfwrite *self);

/* Judges one changed path. running: ids of tests whose execution covers the change; NULL: no run was on.
 * Returns true when the change is to be ignored; *newly is set when this call decided so (time for a notice),
 * and *culprit then borrows the id of the test. */
bool selfwrite_judge(struct selfwrite *self, const char *path, const struct strings *running, bool *newly,
                     const char **culprit);

/* Forgets all ignored paths (the key that undoes it). Returns how many were ignored. */
size_t selfwrite_forget(struct selfwrite *self);

#endif
