/* Watches the project's tree and reports settled change sets: files whose
 * content really changed, that are not ignored. Native events on every
 * directory that is not ignored; polling only where watches run out. */
#ifndef ALOOF_PROJECT_WATCH_H
#define ALOOF_PROJECT_WATCH_H

#include "core/error.h"
#include "core/vec.h"
#include "project/repo.h"

#include <stdint.h>
#include <uv.h>

struct watch_change {
    char *path;       /* relative to the root */
    int64_t mtime_ns; /* UTC; 0: deleted */
    bool deleted;
};
struct watch_changes {
    struct watch_change *items;
    size_t len, cap;
};

/* Why something that was touched is no change. */
enum watch_reason {
    WATCH_COUNTS,   /* it is one */
    WATCH_RULES,    /* it is to be left alone: see repo_ignored */
    WATCH_DROPPING, /* editors make it for their own ends */
    WATCH_SAME,     /* its content is what it was */
};
#define WATCH_REASONS (WATCH_SAME + 1)
#define WATCH_OTHERS_MAX 1000

struct watch_events {
    /* One settled set, never empty; valid during the call. */
    void (*changed)(void *owner, const struct watch_changes *changes);
    /* One line for the person: watch limit reached, root gone, root back, a directory that cannot be read. */
    void (*notice)(void *owner, const char *text);
    /* What was touched and is no change: once per reason for all that comes until there is quiet for 100 ms,
     * or for 2 s. path: the first of it, relative to the root; others: how many more, where WATCH_OTHERS_MAX
     * stands for as many or more. Only what is noticed anyhow is told: an ignored directory itself, but
     * nothing that lies in it. May be NULL. */
    void (*ignored)(void *owner, enum watch_reason reason, const char *path, size_t others);
    /* HEAD, the index or ignore rules changed, and repo_refresh was called: the branch and the marks of
     * changed lines may differ now. Comes before `changed` of the same moment. May be NULL. */
    void (*repo_changed)(void *owner);
    /* The watch is closed; the only place where it may be freed. Called once, after watch_close. */
    void (*closed)(void *owner);
};

struct watch_options {
    unsigned settle_ms; /* quiet time that ends a burst (0: 8); 50 for bursts of more than 50 events */
    unsigned poll_ms;   /* for directories without a native watch (0: 1000) */
    size_t watch_limit; /* directories watched natively at most; 0: what the system gives. For tests */
};

struct watch; /* heap */

/* Starts: walks the tree and remembers every file's size, times and inode; their content (a hash of each file
 * up to 8 MiB, 256 MiB in all) is learnt in the background right after. repo (which is asked and refreshed on
 * the loop's thread) and events are borrowed until closed. No event comes before the loop runs. An error
 * means that the root cannot be read; there is nothing to close then.
 *
 * A set is reported when nothing happened for the quiet time; a file found missing or emptied gets one more
 * such time, for it may be half-way through being replaced; while git holds index.lock the set waits (at most
 * 3 s of quiet: then the lock is stale); and no burst lasts longer than 2 s. Names that editors use for their
 * own ends (x~, .x.swp, 4913, #x#, .#x, .x.tmp.123, …) do not count, nor do symbolic links to directories. A
 * link to a file counts by its content, and is noticed when the link itself is touched. Outside of the tree,
 * core.excludesFile is not watched. */
int watch_start(struct watch **watch, uv_loop_t *loop, struct repo *repo, const struct watch_options *options,
                const struct watch_events *events, void *owner, struct error *error);

size_t watch_dirs(const struct watch *watch);   /* directories watched natively */
size_t watch_polled(const struct watch *watch); /* directories polled */

/* Asynchronous: closes all handles, then calls events->closed and frees itself. No other event follows this
 * call. */
void watch_close(struct watch *watch);

#endif
