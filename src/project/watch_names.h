/* Names of files that editors make for their own ends. */
#ifndef ALOOF_PROJECT_WATCH_NAMES_H
#define ALOOF_PROJECT_WATCH_NAMES_H

#include <stdbool.h>

/* Whether a file of that name (no directory) is a backup, a swap file, a lock or the temporary of an atomic
 * save: nothing that a test could mean. */
bool watch_is_dropping(const char *name);

#endif
