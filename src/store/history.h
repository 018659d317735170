/* The memory of past runs: newest outcome per test, the red set, times. The
 * only includer of sqlite. WAL; several aloofs may share it; kill -9 loses at most
 * the event in flight; a corrupt file is set aside; an unwritable place means
 * that this session forgets, said once. */
#ifndef ALOOF_STORE_HISTORY_H
#define ALOOF_STORE_HISTORY_H

#include "core/bytes.h"
#include "core/error.h"
#include "core/keep.h"

#include <stdint.h>

struct history; /* heap */

/* What a test is known by: recipes may well have tests of the same id. */
struct history_name {
    const char *recipe, *id;
};

/* Something that came with a failure: its name (traceback, stderr, …). */
struct history_text {
    const char *name;
    struct bytes text;
};

struct history_test {
    struct history_name name;
    const char *group, *outcome; /* outcome: the model's stable name */
    bool red, fragile, runnable;
    unsigned red_runs, flaky;      /* flaky: see the model */
    int64_t duration_ns, usual_ns; /* usual: decayed mean, updated by history_result */
    int64_t setup_ns;              /* of the duration: no part of what is usual; history_each tells none */
    int64_t cpu_ns;
    int64_t time_ns; /* UTC, of that outcome; history_result takes it as an argument */
    const struct history_text
        *texts; /* kept, compressed and bounded, while it is red; history_each tells none */
    size_t text_count;
};

/* An outcome of a test in one of the runs that are kept. */
struct history_past {
    const char *outcome, *run; /* run: its kind */
    int64_t run_id, time_ns, duration_ns;
    const char *commit, *dirty, *changed; /* as history_tree and history_run have them; "" not known */
    int64_t tree;                         /* the same for runs of the same sources; 0 not known */
};

/* Opens or makes DIR/history.db (and DIR; outside .git a .gitignore with "*" in it). Always gives a history:
 * where the file cannot be used (read-only, full, newer schema) it works in memory, and *notice (the caller
 * frees; NULL none) says why. keep: what of older runs stays at history_end_run, see prune.h; copied. */
int history_open(struct history **history, const char *dir, const struct keep *keep, char **notice);

/* Right after the opening: nothing is written, results and the rest are dropped. What is there can be read.
 */
void history_freeze(struct history *history);

/* All tests of all recipes that are known and not retired, for the model at start; stops when `each` returns
 * false. Borrowed during the call. 0, also when the file turned out to be unusable (history_notice says so),
 * or -EBUSY. `each` may not use the history. */
int history_each(struct history *history, bool (*each)(void *owner, const struct history_test *test),
                 void *owner);

/* The test's newest results, `most` of them at most, the oldest of these first. Otherwise as history_each. */
int history_results(struct history *history, struct history_name name, unsigned most,
                    bool (*each)(void *owner, const struct history_past *past), void *owner);

/* What came with the test's newest failure, if it is red. Otherwise as history_each. */
int history_texts(struct history *history, struct history_name name,
                  bool (*each)(void *owner, const struct history_text *text), void *owner);

/* What a run is about. */
struct history_run {
    const char *kind;    /* a word: "all", "red", … */
    const char *because; /* why it began */
    const char *changed; /* files that changed, relative to the root, a line each; "" none */
    bool new_tree;       /* the sources are not those of the run before it */
    bool no_tree;        /* it is of some other tree, which nobody knows */
};

/* Begins a run. time_ns: UTC. */
void history_begin_run(struct history *history, const struct history_run *run, int64_t time_ns);

/* The sources that runs were of since the newest new tree began, once that is known: HEAD in hex, a
 * fingerprint that is the same for the same sources, files that differ from HEAD (a line each); "" not known.
 */
struct history_tree {
    const char *commit, *fingerprint, *dirty;
};
void history_set_tree(struct history *history, const struct history_tree *tree);

/* One result: the test's newest outcome, and one of this run. Its usual_ns is not read: history keeps its
 * own, the mean of all durations (but for set-up) with weight 0.3 for each newest. Results are held in memory
 * for at most 500 of them or 200 ms between results, then written in one transaction, so that neither a kill
 * -9 nor a slow disk costs much; call history_flush where nothing comes for a while. Errors of the file turn
 * into memory mode, and a line from history_notice. */
void history_result(struct history *history, const struct history_test *test, int64_t time_ns);

/* Takes the test out: history_each no longer gives it, until there is a new result of it. */
void history_retire(struct history *history, struct history_name name);

/* Puts the test, if it is known, into the red set or takes it out. */
void history_set_red(struct history *history, struct history_name name, bool red);

/* Has the test, if it is known, be flaky until it has passed so often. */
void history_set_flaky(struct history *history, struct history_name name, unsigned passes);

/* Something that was learned and is no run's: of a kind (a word), about a subject and, where there is one, an
 * object of that. */
struct history_fact {
    const char *recipe, *kind, *subject, *object; /* object: NULL none */
    int64_t value;
};

/* Keeps the fact; it replaces one of the same words. */
void history_learn(struct history *history, const struct history_fact *fact);

/* Drops the fact of these words; without an object, all of that kind about the subject. */
void history_unlearn(struct history *history, const struct history_fact *of);

/* All facts of all recipes, in no order; as history_each. */
int history_facts(struct history *history, bool (*each)(void *owner, const struct history_fact *fact),
                  void *owner);

/* Ends the run and removes the oldest as prune.h says. verdict: a word ("passed", "failed",
 * "cancelled", …). steady: the sources did not change meanwhile. */
void history_end_run(struct history *history, const char *verdict, bool steady, int64_t time_ns);

/* Writes what is held in memory; while somebody else is writing, it stays there until later. */
void history_flush(struct history *history);

/* The same, but waits for others, as long as they get on: the last chance before closing. history_notice
 * tells, if what was left is lost because one of them holds the file for a minute and writes nothing. */
void history_settle(struct history *history);

/* A notice since the last call (the caller frees), or NULL. */
char *history_notice(struct history *history);

/* Settles and closes. NULL does nothing. */
void history_close(struct history *history);

#endif
