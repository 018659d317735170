/* One worker process: starts it (under the reaper), sends its source and
 * commands, reads its packets. See share/workers/README.md for the protocol. */
#ifndef ALOOF_RUN_WORKER_H
#define ALOOF_RUN_WORKER_H

#include "core/error.h"
#include "core/event.h"
#include "core/vec.h"

#include <jansson.h>
#include <uv.h>

struct worker_events {
    /* An event of a test, or output of a box (no test id). */
    void (*event)(void *owner, const struct event *event);
    /* A control message: the file name without "aloof.", its slot (-1 none) and JSON (an object). Valid
     * during the call. */
    void (*message)(void *owner, const char *verb, int slot, json_t *body);
    /* A place in the stream that could not be read; offset and length in octets (0 and 0: unknown). */
    void (*damage)(void *owner, const char *reason, uint64_t offset, uint64_t length);
    /* The process is gone and all handles are closed; called exactly once per start, always asynchronously.
     * The worker frees itself when this returns, and another may be started in it. exit_code: the process's,
     * or a negative errno when it could not be started. text: the last of what it wrote to stderr, or why it
     * could not be started. */
    void (*closed)(void *owner, int64_t exit_code, int signal, const char *text);
};

struct worker_options {
    const char *self;       /* path of the aloof binary, for the reaper */
    const char *python;     /* interpreter */
    const char *source;     /* directory of the worker's source: boot.py and aloof_worker/ */
    const char *cwd;        /* the project's root */
    const char *const *env; /* "NAME=value" added to our own environment, NULL-terminated; NULL none */
    const char *framework;  /* what the Python worker runs: "pytest" (also when NULL), "unittest", "django" */
    const char *recipe;     /* not NULL: the worker is our own, which gets this text as its source */
    const char *cache_dir;  /* where the worker may keep its compiled code; NULL nowhere */
};

/* Copies all texts; release frees such a copy. */
void worker_options_copy(struct worker_options *to, const struct worker_options *from);
void worker_options_release(struct worker_options *options);

struct worker; /* heap. SIGPIPE must be ignored by the program */

/* Starts it: `self --reaper FD python -c BOOT 3 FRAMEWORK [CACHE_DIR]`, or `self --reaper FD --scratch self
 * --runner 3`. A failed start (no such interpreter) also arrives through events->closed, with the reason as
 * text. options are read during the call; events are borrowed for the worker's life. */
struct worker *worker_start(uv_loop_t *loop, const struct worker_options *options,
                            const struct worker_events *events, void *owner);

/* Sends one command; slot -1: none. Takes the body's reference. Nothing happens when the worker is on its way
 * out. */
void worker_send(struct worker *worker, const char *verb, int slot, json_t *body);

/* Closes its stdin, which makes it kill everything and exit; after grace_ms the reaper is told to do it.
 * events->closed follows. Called again, the shorter grace counts. Events go on to arrive until then. */
void worker_stop(struct worker *worker, unsigned grace_ms);

#endif
