/* What leaves the history with time: the oldest runs, and tests that are gone with them. The newest outcome
 * of a test that exists stays, and so does the red set. */
#ifndef ALOOF_STORE_PRUNE_H
#define ALOOF_STORE_PRUNE_H

#include "core/error.h"
#include "core/keep.h"

#include <stddef.h>
#include <stdint.h>

struct sqlite3;

/* Inside of a transaction: removes the oldest runs until what is left is within the limits; the newest run
 * stays whatever they say. now_ns: UTC. 0, or a negative errno as of schema.h. The file keeps its size, the
 * room is used again. */
int prune_runs(struct sqlite3 *db, const struct keep *keep, int64_t now_ns);

struct pruned {
    size_t runs;                         /* removed */
    long long before_bytes, after_bytes; /* of the file */
};

/* Does so in DIR/history.db, beside whoever else uses it, and gives what is free in the file back to the
 * disk. 0; -ENOENT, without a line: there is none; or a negative errno with a line. */
int prune_file(const char *dir, const struct keep *keep, int64_t now_ns, struct pruned *pruned,
               struct error *error);

#endif
