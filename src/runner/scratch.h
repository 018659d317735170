/* A directory of our own outside the project, for what tools can only write into
 * files. Its name is chosen before it is made, so that the reaper, who lives
 * longest, can remove it whoever made it and however that one ended. */
#ifndef ALOOF_RUNNER_SCRATCH_H
#define ALOOF_RUNNER_SCRATCH_H

/* In the environment of a command that `--reaper FD --scratch` runs: the directory that it may make, and that
 * is gone after it. */
#define SCRATCH_ENV "ALOOF_SCRATCH"

/* A path in TMPDIR, or /tmp, that nobody can guess; nothing is made. The caller frees. */
char *scratch_name(void);

/* Makes the directory, for this user only; one that is there already must be ours. 0 or a negative errno. */
int scratch_make(const char *path);

/* Removes it with all that is in it, if it is there; symbolic links are not followed. */
void scratch_remove(const char *path);

#endif
