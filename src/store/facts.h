/* The facts of a history: what was learned that is no run's, each a number known by four words. Who uses it
 * has opened the database, and begins and ends transactions. */
#ifndef ALOOF_STORE_FACTS_H
#define ALOOF_STORE_FACTS_H

#include "store/history.h"

struct sqlite3;
struct sqlite3_stmt;

struct facts {
    struct sqlite3_stmt *put, *drop; /* compiled when first used */
};

/* See the functions of history.h. 0, or a negative errno as of schema.h. */
int facts_put(struct facts *facts, struct sqlite3 *db, const struct history_fact *fact);
int facts_drop(struct facts *facts, struct sqlite3 *db, const struct history_fact *of);
int facts_each(struct sqlite3 *db, bool (*each)(void *owner, const struct history_fact *fact), void *owner);

/* Before the database is closed. */
void facts_close(struct facts *facts);

#endif
