/* Commits: those between two of them, and what a person wants to know of one. */
#ifndef ALOOF_PROJECT_REPO_COMMITS_H
#define ALOOF_PROJECT_REPO_COMMITS_H

#include "project/repo.h"

#define COMMIT_ID_MAX 65 /* its NUL included */

struct repo_commit {
    char id[COMMIT_ID_MAX];
    VEC(size_t) parents; /* those in the range, by their place in it */
};

/* What is behind the bad end and not behind the good one: parents before children, the bad end last. */
struct repo_span {
    char good[COMMIT_ID_MAX];
    VEC(struct repo_commit) commits; /* at least one */
};

/* Reads "GOOD..BAD", revisions as git knows them; one that is left out is HEAD. -EINVAL with a line: no such
 * range, GOOD is not behind BAD, or nothing is between them. -ENOENT without git. The caller releases it
 * either way. */
int repo_span_read(struct repo *repo, const char *text, struct repo_span *range, struct error *error);
void repo_span_release(struct repo_span *range);

/* A commit, told. */
struct repo_story {
    char *short_id, *date, *author, *subject; /* date: as the author's clock had it, "2026-11-21 19:36" */
    struct strings files; /* "M path" each, as `git show --name-status` has them; against the first parent */
};

/* Reads it; -EIO when it cannot be. The caller releases it either way. */
int repo_story_read(struct repo *repo, const char *id, struct repo_story *story);
void repo_story_release(struct repo_story *story);

#endif
