/* One child process in a session of its own, what it prints, and the end of it. */
#ifndef ALOOF_RUNNER_PROCESS_H
#define ALOOF_RUNNER_PROCESS_H

#include "core/bytes.h"
#include "core/vec.h"
#include "runner/family.h"

#include <stdbool.h>

/* Gets what the child printed, piece by piece; errors: it came on standard error. */
typedef void process_taker(void *owner, bool errors, struct bytes octets);

struct process {
    struct family family; /* its child is the process */
    int fds[2];           /* its standard output and error as we read them; -1 closed */
    int feed_fd; /* its standard input, which we write to and never wait for; 0 or less: it has none */
};

/* To be called once, before the first start: the end of a child is then noticed by process_wait. */
void process_prepare(void);

/* Starts argv (searched in PATH), its standard input empty. merge: standard error goes the way of standard
 * output. 0, or a negative errno when it cannot be started. */
int process_start(struct process *process, const struct strings *argv, bool merge);

/* The same; its standard input is ours to write. */
int process_start_fed(struct process *process, const struct strings *argv, bool merge);

/* Writes what its standard input takes now of the text, and drops that from it. */
void process_feed(struct process *process, struct buf *text);

/* Ends its standard input. */
void process_feed_end(struct process *process);

/* Waits until the process printed, ended, or `other_fd` can be read; hands over what was printed. At most
 * timeout_ms, -1 for ever. Whether other_fd can be read; a process that ended is said by its family. */
bool process_wait(struct process *process, int other_fd, int timeout_ms, process_taker *take, void *owner);

/* Hands over what is in its pipes yet: after its end, when its family is gone. What a process that could not
 * be killed would write is not waited for. */
void process_drain(struct process *process, process_taker *take, void *owner);

/* Closes its pipes unread and forgets it, so that another can be started. */
void process_forget(struct process *process);

/* The first 200 octets of the command line of a process as valid UTF-8, "?" when it has none. The caller
 * frees. */
char *process_command(pid_t pid);

#endif
