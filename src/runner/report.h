/* The file that a process writes its results to, where its recipe asks for one by
 * {report}: in a fresh directory for each process, read when it has ended. */
#ifndef ALOOF_RUNNER_REPORT_H
#define ALOOF_RUNNER_REPORT_H

#include "core/bytes.h"

#define REPORT_MAX (64U << 20) /* octets of it that are read */

struct report {
    char *directory;
    char *path; /* not made: the process does */
};

/* Makes an empty directory for it below `scratch` (of scratch.h; NULL: there is no place); what an earlier
 * process of that slot left there goes. 0, or a negative errno, and then only report_close is left to do. */
int report_open(struct report *report, const char *scratch, unsigned slot);

/* Hands over what is in the file, piece by piece, REPORT_MAX octets at most. NULL, or what is wrong with it:
 * a sentence. */
const char *report_read(const struct report *report, void (*take)(void *owner, struct bytes octets),
                        void *owner);

/* Removes the directory with all that is in it, and forgets it. */
void report_close(struct report *report);

#endif
