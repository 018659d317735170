/* What came with the newest failure of a test (traceback, output), kept until it passes or is forgotten: the
 * database drops it by itself, see schema.c. Who uses it has opened the database. */
#ifndef ALOOF_STORE_TEXTS_H
#define ALOOF_STORE_TEXTS_H

#include "store/history.h"

struct sqlite3;
struct sqlite3_stmt;

#define TEXTS_MAX (16 << 20) /* octets, packed, of all tests */

struct texts {
    struct sqlite3_stmt *put; /* compiled when first used */
    size_t room;              /* what may still be put in during this run */
};

/* Keeps a packed text of that many octets; of a test that is not known, or past the maximum, nothing. 0, or a
 * negative errno as of schema.h. */
int texts_put(struct texts *texts, struct sqlite3 *db, struct history_name name, const char *text,
              struct bytes packed, size_t octets);

/* The texts of the test with that row. run: only if its newest outcome is of that one; 0: of any. */
int texts_each(struct sqlite3 *db, int64_t test, int64_t run,
               bool (*each)(void *owner, const struct history_text *text), void *owner);

/* Removes those of the oldest failures, if all together are past the maximum. */
int texts_prune(struct sqlite3 *db);

/* Before the database is closed. */
void texts_close(struct texts *texts);

#endif
