/* The memory of past runs: newest outcome per test, the red set, times. The
 * only includer of sqlite. WAL; several aloofs may share it; kill -9 loses at most
 * the event in flight; a corrupt file is set aside; an unwritable place means
 * that this session forgets, said once. */
#ifndef ALOOF_STORE_HISTORY_H
#define ALOOF_STORE_HISTORY_H

#include "core/bytes.h"
#include "core/error.h"

#include <stdint.h>

struct history; /* heap */

struct history_test {
    const char *id, *group, *outcome; /* outcome: the model's stable name */
    bool red, fragile, runnable;
    unsigned red_runs;
    int64_t duration_ns, usual_ns; /* usual: decayed mean, updated by history_result */
};

/* Opens or makes DIR/history.db (and DIR; outside .git a .gitignore with "*" in it). Always gives a history: where
 * the file cannot be used (read-only, full, newer schema) it works in memory, and *notice (the caller frees; NULL
 * none) says why. keep_runs: older runs are pruned at history_end_run. */
int history_open(struct history **history, const char *dir, unsigned keep_runs, char **notice);

/* All tests that are known, for the model at start; stops when `each` returns false. Borrowed during the call. */
int history_each(struct history *history, bool (*each)(void *owner, const struct history_test *test), void *owner);

/* One run. Results are written in transactions of at most 200 ms or 500 results each (history_tick flushes), so that
 * neither a kill -9 nor a slow disk costs much. Errors (disk full) turn into memory mode and a notice by
 * history_notice. time_ns: UTC. */
int64_t history_begin_run(struct history *history, const char *kind, int64_t time_ns);
void history_result(struct history *history, const struct history_test *test, int64_t time_ns);
void history_retire(struct history *history, const char *id);
void history_set_red(struct history *history, const char *id, bool red);
void history_end_run(struct history *history, const char *verdict, int64_t time_ns);
void history_flush(struct history *history);

/* A notice since the last call (the caller frees), or NULL. */
char *history_notice(struct history *history);

/* Flushes and closes. NULL does nothing. */
void history_close(struct history *history);

#endif
