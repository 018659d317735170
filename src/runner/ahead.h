/* The process that runs all tests, begun while they are still listed: what it prints is kept until a box asks
 * for them all, and goes to that one. */
#ifndef ALOOF_RUNNER_AHEAD_H
#define ALOOF_RUNNER_AHEAD_H

#include "core/recipe_argv.h"
#include "runner/process.h"

struct ahead {
    bool on;               /* it was begun, and nobody has taken it over */
    struct buf printed[2]; /* standard output and error, while it was nobody's */
};

/* Whether the recipe has a command for all tests that can be begun so early. */
bool ahead_can(const struct recipe *recipe);

/* Begins it, as that process; nothing happens when it cannot be started. */
void ahead_begin(struct ahead *ahead, struct process *process, const struct recipe *recipe,
                 const struct recipe_extra *extra);

/* Waits until `commands_fd` can be read, or something else happened; then whether it can. */
bool ahead_wait(struct ahead *ahead, struct process *process, int commands_fd);

/* It is somebody's now: hands over what it has printed so far. */
void ahead_take(struct ahead *ahead, process_taker *take, void *owner);

/* Nobody wants it: kills it. Nothing happens when there is none. */
void ahead_drop(struct ahead *ahead, struct process *process);

#endif
