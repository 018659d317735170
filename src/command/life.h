/* The life of a test: what it came to in the runs that are remembered, and what had changed when it became
 * red. */
#ifndef ALOOF_COMMAND_LIFE_H
#define ALOOF_COMMAND_LIFE_H

#include "project/repo_commits.h"
#include "session/past.h"
#include "store/archive.h"

#define LIFE_COMMITS 10 /* that are told, at most */

/* What is wanted of a run. */
struct life_run {
    int64_t id;
    char *kind, *commit, *dirty, *changed;
};

/* The runs that are remembered, the newest first; for many lives. Zeroed: none. */
struct life_runs {
    VEC(struct life_run) runs;
};

/* Reads them. 0, or a negative errno with a line. */
int life_runs_read(struct life_runs *runs, struct archive *archive, struct error *error);
void life_runs_release(struct life_runs *runs);

/* Zeroed before it is read, released whatever came of that. */
struct life {
    struct past past;            /* without dirty and changed */
    VEC(int64_t) cpu_ns;         /* of its results; 0 unknown */
    size_t red;                  /* of them */
    size_t first_bad, last_good; /* since when it is red, or was last; what it was before. MAP_NONE: none */
    struct strings changed;      /* files that changed between these two, as far as somebody watched, */
    struct strings dirty;        /* … that were not committed in the first bad run, and … */
    VEC(struct repo_story) commits; /* … the newest commits between, the newest first, … */
    size_t commit_count;            /* … of so many */
};

/* Reads the life of the test of that row. 0, or a negative errno with a line. */
int life_read(struct life *life, struct archive *archive, const struct life_runs *runs, struct repo *repo,
              int64_t test, struct error *error);
void life_release(struct life *life);

#endif
