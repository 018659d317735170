/* What the system gives of inotify, and how much of it this person's processes use. */
#ifndef ALOOF_PROJECT_INOTIFY_H
#define ALOOF_PROJECT_INOTIFY_H

#include <stddef.h>

struct inotify_use {
    size_t watches, watches_max;
    size_t instances, instances_max;
};

/* 0, or -ENOENT where there is no such thing. What other people's processes use does not count for us, and is
 * not seen. */
int inotify_look(struct inotify_use *use);

#endif
