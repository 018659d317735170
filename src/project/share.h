/* What comes with the program: the directory with workers and recipes. */
#ifndef ALOOF_PROJECT_SHARE_H
#define ALOOF_PROJECT_SHARE_H

/* The program's own path, absolute. argv0: what it was called by. The caller frees. */
char *share_self(const char *argv0);

/* The directory beside the build tree that the program at `self` was made in, or where `make install` put it.
 * Absolute; it need not exist. The caller frees. */
char *share_find(const char *self);

#endif
