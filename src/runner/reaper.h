/* `aloof --reaper`, a hidden subcommand: runs one command and answers for its
 * whole family. It is a subreaper (prctl), so that what calls setsid or forks
 * twice still ends up as its child. When its parent is gone (end of file on the lifeline, the parent's death
 * signal, SIGTERM, SIGINT or SIGHUP) or the command has ended, everything below it is killed until nothing is
 * left. Where there is no subreaper (not Linux), the command's process group is what can be reached. */
#ifndef ALOOF_RUNNER_REAPER_H
#define ALOOF_RUNNER_REAPER_H

/* Runs argv (NULL-terminated) in a session of its own with descriptors as inherited, except that the lifeline
 * is closed in it. lifeline_fd: a blocking descriptor that reads end of file when aloof is gone. Returns the
 * exit code to leave with: the command's, 128 + signal, 127 when it could not be started (a line on stderr
 * says why). With "--scratch" before argv, the command finds in SCRATCH_ENV (scratch.h) the name of a
 * directory that it may make; it is removed when all of the family is dead. */
int reaper_main(int lifeline_fd, char *const argv[]);

#endif
