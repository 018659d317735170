/* The history's database file: opening it, checking it, and bringing it to the
 * schema of this program. Who has it open then reads and writes its tables:
 *   runs      one row a run; ended_ns and verdict are NULL while it goes on (or when it was killed)
 *   trees     what runs were of: HEAD, a fingerprint of the sources, the files that differed from HEAD (a
 *             line each), all "" until known; runs.tree 0: it changed while the run went on, or nobody knows
 *   tallies   how many tests came to which outcome, of each run that has ended
 *   tests     one row a test: its newest outcome, whether it is red, its times
 *   outcomes  the names of outcomes, once each
 *   results   one small row for each outcome of a test in a run; at_ms counts from the run's start
 *   texts     what came with the newest failure of a test, packed; gone when it passes or is forgotten
 *   facts     one row for each thing that was learned and is no run's */
#ifndef ALOOF_STORE_SCHEMA_H
#define ALOOF_STORE_SCHEMA_H

#include "core/error.h"

struct sqlite3;

#define SCHEMA_MEMORY ":memory:"

/* Opens or makes the file, which then is in WAL mode and has the newest schema. 0, or with *db NULL and a
 * line that names the file: -EBADMSG corrupt or no database, -ENOTSUP made by a newer program, -EROFS not
 * writable, -EIO anything else. */
int schema_open(struct sqlite3 **db, const char *path, struct error *error);

/* Opens the file, which exists, for reading only; one of an older schema is brought to the newest. Otherwise
 * as schema_open. */
int schema_read(struct sqlite3 **db, const char *path, struct error *error);

/* Copies what can be read of the file into the open database `to`, which may be in memory. A file of another
 * schema, a huge one or one that cannot be read is left alone: -ENOTSUP, -EFBIG, -EIO. */
int schema_copy(struct sqlite3 *to, const char *path);

/* Renames the file and its write-ahead log to PATH.corrupt-TIME (of its last change) and gives the new name,
 * which the caller frees; NULL when it cannot be renamed. */
char *schema_set_aside(const char *path);

/* The negative errno for a result code of SQLite, as above; -EBUSY for a lock that somebody else holds. */
int schema_errno(int code);

/* What can be said of a file without changing it. */
struct schema_facts {
    long long size_bytes;
    int tests, runs;
};

/* Looks at the file and checks all of it. 0; -ENOENT without a line: there is none; else with a line, as
 * schema_open. */
int schema_look(const char *path, struct schema_facts *facts, struct error *error);

/* The version of SQLite. */
const char *schema_library(void);

#endif
