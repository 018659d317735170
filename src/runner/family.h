/* The processes below this one: whatever a child starts stays in the family, also
 * when it calls setsid or outlives its parent, and can be found and killed. */
#ifndef ALOOF_RUNNER_FAMILY_H
#define ALOOF_RUNNER_FAMILY_H

#include <stdbool.h>
#include <sys/types.h>

struct family {
    pid_t child; /* the one that it is about, with a process group of its own */
    bool ended;  /* the child is reaped; status is its own */
    int status;
    pid_t spared;      /* a child that, with what is below it, does not belong to the family; 0 none */
    bool spared_ended; /* it is reaped too */
};

/* From now on orphans below this process become its children (where the system can do that). */
void family_adopt(void);

/* Collects what has ended; with flags 0 waits for the first, WNOHANG: does not. Whether children are left. */
bool family_reap(struct family *family, int flags);

/* Kills and collects all of them, until none is left but those that may not be killed (another user's). */
void family_kill(struct family *family);

/* Fills in the pids of our children that are no zombies, at most `room`; how many there are. 0 where they
 * cannot be listed. */
size_t family_children(pid_t *children, size_t room);

#endif
