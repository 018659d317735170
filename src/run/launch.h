/* How a worker's process comes to be on this machine: its pipes, its
 * environment, the reaper above it, the source that it runs. */
#ifndef ALOOF_RUN_LAUNCH_H
#define ALOOF_RUN_LAUNCH_H

#include "core/error.h"
#include "run/worker.h"

/* Our ends of its pipes; all are closed on exec. The caller closes them. */
struct launch {
    int commands_fd; /* written to: its stdin */
    int stderr_fd;   /* read from, as packets_fd */
    int packets_fd;
    int lifeline_fd; /* closing it ends the whole family */
    char *source;    /* what is to be written to commands_fd first; the caller frees */
    size_t source_len;
};

/* Spawns `self --reaper FD python -c BOOT 3 FRAMEWORK [CACHE_DIR]` in the loop of `loop`. process: its
 * handle, whose data the caller may have set. *spawned: whether the handle wants closing, whatever came of
 * it. 0, or a negative errno with a line, and then nothing in *launch is left open. */
int launch_worker(uv_loop_t *loop, const struct worker_options *options, uv_process_t *process,
                  uv_exit_cb exited, bool *spawned, struct launch *launch, struct error *error);

/* Closes and frees what is in it still; descriptors of -1 are left alone. */
void launch_release(struct launch *launch);

#endif
