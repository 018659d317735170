/* A second work tree of the repository, in a temporary directory, in which other
 * commits can be looked at while the person's own tree, index, branches and HEAD
 * stay as they are. To git it is a worktree like others (git worktree list). */
#ifndef ALOOF_PROJECT_REPO_WORKTREE_H
#define ALOOF_PROJECT_REPO_WORKTREE_H

#include "project/repo.h"

struct repo_worktree; /* heap */

/* Makes one below `base` (absolute: TMPDIR, /tmp) with nothing in it yet. -errno with a line. */
int repo_worktree_make(struct repo_worktree **worktree, struct repo *repo, const char *base,
                       struct error *error);

/* Where the project's root is in it. It is there once a commit is that has it. Borrowed. */
const char *repo_worktree_root(const struct repo_worktree *worktree);

/* Has it hold the commit, and no files that are neither the commit's nor ignored. The paths that differ from
 * the commit before, relative to the root, are appended to `changed`. -EIO with a line. */
int repo_worktree_checkout(struct repo_worktree *worktree, const char *commit, struct strings *changed,
                           struct error *error);

/* Removes it, with all that is in it, and frees. NULL does nothing. */
void repo_worktree_remove(struct repo_worktree *worktree);

/* Removes those whose maker was killed. How many there were. */
unsigned repo_worktrees_prune(struct repo *repo);

#endif
