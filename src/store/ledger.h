/* The history's database at work: its statements, transactions, and the run that is being written. Who uses
 * it decides when, and what to do about errors; all are negative errnos as of schema.h. */
#ifndef ALOOF_STORE_LEDGER_H
#define ALOOF_STORE_LEDGER_H

#include "core/vec.h"
#include "store/facts.h"
#include "store/history.h"
#include "store/texts.h"

struct sqlite3;
struct sqlite3_stmt;

#define LEDGER_STATEMENTS 20

struct outcome_row {
    char *name;
    int64_t id;
};

struct ledger {
    struct sqlite3 *db;
    struct sqlite3_stmt *statements[LEDGER_STATEMENTS]; /* compiled when first used */
    struct facts facts;
    struct texts texts;
    VEC(struct outcome_row) outcomes; /* known to be in the database */
    int64_t run;                      /* that results belong to; 0: none */
    int64_t run_before;               /* the transaction began */
    int64_t tree, tree_before;        /* likewise, that runs are of */
};

/* Opens as schema_open does; the ledger is zeroed, or was closed. */
int ledger_open(struct ledger *ledger, const char *path, struct error *error);

/* How long to wait for a lock that somebody else holds. */
void ledger_wait(struct ledger *ledger, int wait_ms);

/* A number that changes whenever somebody else has written. */
int64_t ledger_version(struct ledger *ledger);

/* A transaction: what is written is between the two. err: what came of it; when negative, or when it cannot
 * be committed, nothing is kept and `why` tells the reason. */
int ledger_begin(struct ledger *ledger);
int ledger_end(struct ledger *ledger, int err, struct error *why);

/* See the functions of history.h; at_ms: milliseconds since the run's start. */
int ledger_begin_run(struct ledger *ledger, const struct history_run *run, int64_t time_ns);
int ledger_set_tree(struct ledger *ledger, const struct history_tree *tree);
int ledger_put(struct ledger *ledger, const struct history_test *test, int64_t time_ns, int64_t at_ms);
int ledger_retire(struct ledger *ledger, struct history_name name);
int ledger_set_red(struct ledger *ledger, struct history_name name, bool red);
int ledger_set_flaky(struct ledger *ledger, struct history_name name, unsigned passes);
int ledger_end_run(struct ledger *ledger, const char *verdict, bool steady, int64_t time_ns,
                   const struct keep *keep);
int ledger_each(struct ledger *ledger, bool (*each)(void *owner, const struct history_test *test),
                void *owner, struct error *why);

int ledger_results(struct ledger *ledger, struct history_name name, unsigned most,
                   bool (*each)(void *owner, const struct history_past *past), void *owner,
                   struct error *why);

int ledger_texts(struct ledger *ledger, struct history_name name,
                 bool (*each)(void *owner, const struct history_text *text), void *owner, struct error *why);

/* Closes and releases; the ledger can be opened again. */
void ledger_close(struct ledger *ledger);

#endif
