/* The project's tree as git sees it: where it begins, what is ignored, which
 * lines differ from HEAD. The only includer of libgit2 beside config_entries.c. Works
 * without git too, with rules of its own. */
#ifndef ALOOF_PROJECT_REPO_H
#define ALOOF_PROJECT_REPO_H

#include "core/error.h"
#include "core/vec.h"

#include <stdbool.h>

struct repo; /* heap; one per project */

/* Finds the project around `cwd` (absolute): the root is the nearest directory, going up but not past the git
 * work tree's top, that holds .aloof.conf, .testr.conf, .stestr.conf, pytest.ini, pyproject.toml, setup.cfg,
 * tox.ini or setup.py; else the work tree's top; else cwd. Without git it does not go up past a directory of
 * another owner. Never asks the network. A bare, damaged or foreign-owned repository is used as if there were
 * no git, and *notice (freed by the caller; NULL none) says so. */
int repo_open(struct repo **repo, const char *cwd, char **notice, struct error *error);
void repo_free(struct repo *repo);

const char *repo_root(const struct repo *repo);    /* absolute, real path, no trailing slash. Borrowed */
const char *repo_git_dir(const struct repo *repo); /* of this worktree; NULL without git. Borrowed */

/* What all worktrees share (info/exclude, refs); mostly the git dir itself. NULL without git. Borrowed. */
const char *repo_common_dir(const struct repo *repo);

/* Where the history is kept: <git dir>/aloof, else <root>/.aloof. Borrowed. */
const char *repo_state_dir(const struct repo *repo);

/* The branch's name ("main", "(detached)"), NULL without git. The caller frees. */
char *repo_branch(struct repo *repo);

/* Whether the path (relative to the root) is to be left alone: by git's rules (.gitignore at every level,
 * exclude, core.excludesFile; what is tracked is not ignored whatever they say); without git: hidden
 * directories, node_modules, virtualenvs (pyvenv.cfg inside); with and without: .git and __pycache__. What
 * lies in an ignored directory is ignored. The ignore files are read again when repo_refresh was called. */
bool repo_ignored(struct repo *repo, const char *path, bool is_dir);

/* Whether a file of that name (no directory) can change what repo_ignored says. */
bool repo_is_rules(const char *name);

/* Forgets cached rules, index and HEAD: an ignore file or HEAD changed. */
void repo_refresh(struct repo *repo);

/* Whether line (from 1) of the file (relative to the root) differs from HEAD in the working tree; a file that
 * git does not know counts as changed everywhere, an ignored one nowhere; false without git. Diffs are cached
 * until repo_refresh_file. */
bool repo_line_changed(struct repo *repo, const char *path, unsigned line);
void repo_refresh_file(struct repo *repo, const char *path);

/* How the work tree stands to HEAD. */
struct repo_state {
    size_t added, modified; /* files that differ: added or untracked; changed or deleted */
    struct strings dirty;   /* of these files those below the root, relative to it; the first 200 */
    char *commit;           /* HEAD in hex, NULL before the first commit */
    char *fingerprint;      /* the same for the same HEAD with the same differences; NULL: not known, as
                               more than 1,000 files differ, or one cannot be read */
};
#define REPO_DIRTY_MAX 200

/* Finds out; the state is zeroed before, and released by the caller whatever comes. -ENOENT without git,
 * -EIO. Slow on large trees; may be called from another thread (it opens the repository anew). */
int repo_state(const struct repo *repo, struct repo_state *state);
void repo_state_release(struct repo_state *state);

/* The version of libgit2. The caller frees. */
char *repo_library(void);

#endif
