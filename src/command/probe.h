/* A session that runs what it is asked for and waits for it, over and over with
 * the same warm worker; nothing of it goes into the history. */
#ifndef ALOOF_COMMAND_PROBE_H
#define ALOOF_COMMAND_PROBE_H

#include "command/project.h"
#include "session/session.h"

struct probe; /* heap */

/* How a run ended. */
enum probe_end {
    PROBE_RAN,
    PROBE_BROKEN,      /* the runner could not do its work; see probe_why */
    PROBE_INTERRUPTED, /* ^C, SIGTERM, SIGHUP */
};

/* Opens it. repo is the probe's from the call on; tests are run there by the recipes and settings of the
 * project, which is borrowed for the probe's life. profile: as session_open's. Errors likewise. */
int probe_open(struct probe **probe, struct project *project, struct repo *repo, bool profile,
               struct error *error);

/* Lists all tests and runs none. */
enum probe_end probe_list(struct probe *probe);

/* Runs these tests in this order, in one box of each recipe. */
enum probe_end probe_run(struct probe *probe, const struct strings *ids);

/* What is known after it; and what the runner said when it was broken ("" nothing), borrowed until the next
 * run. */
const struct model *probe_model(const struct probe *probe);
const char *probe_why(const struct probe *probe);
struct session *probe_session(struct probe *probe);

/* Why a test did not run: the last line of what another one said that failed in its place (a file that cannot
 * be collected, a build), or of what the runner said. The caller frees; NULL: nobody said anything. */
char *probe_reason(const struct probe *probe);

/* The test that a person means: by its id, also as seen from where they stand, or by a part of it that is in
 * the id of no other. MAP_NONE with a line: none, or several. */
size_t probe_find(const struct probe *probe, const char *typed, struct error *error);

/* Stops what runs, and frees. NULL does nothing. */
void probe_close(struct probe *probe);

#endif
