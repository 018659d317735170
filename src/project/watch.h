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

struct watch_events {
    /* One settled set, never empty; valid during the call. */
    void (*changed)(void *owner, const struct watch_changes *changes);
    /* One line for the person: watch limit reached, root gone, root back. */
    void (*notice)(void *owner, const char *text);
    /* The watch is closed; the only place where it may be freed. Called once, after watch_close. */
    void (*closed)(void *owner);
};

struct watch_options {
    unsigned settle_ms; /* quiet time that ends a burst (default 8); grows by itself for large bursts */
    unsigned poll_ms;   /* for directories without a native watch (default 1000) */
    size_t watch_limit; /* directories watched natively at most; 0: what the system gives. For tests */
};

struct watch; /* heap */

/* Starts: walks the tree, remembers content (hash of each file up to 8 MiB, else size and mtime). repo and events are borrowed. */
int watch_start(struct watch **watch, uv_loop_t *loop, struct repo *repo, const struct watch_options *options,
                const struct watch_events *events, void *owner, struct error *error);

size_t watch_dirs(const struct watch *watch);   /* directories watched natively */
size_t watch_polled(const struct watch *watch); /* directories polled */

/* Asynchronous: closes all handles, then calls events->closed and frees itself. No other event follows this call. */
void watch_close(struct watch *watch);

#endif
