/* `aloof --runner FD`, a hidden subcommand: the worker for every framework that is
 * a command line and a recipe. It speaks the protocol of share/workers/README.md:
 * commands on standard input, behind the recipe; events and messages on FD. */
#ifndef ALOOF_RUNNER_RUNNER_H
#define ALOOF_RUNNER_RUNNER_H

/* Works until standard input ends, and kills what it started. Returns the exit code to leave with; what is
 * wrong with the recipe goes to standard error. */
int runner_main(int packet_fd);

#endif
