/* What the files of repo share. Only they include this. */
#ifndef ALOOF_PROJECT_REPO_PARTS_H
#define ALOOF_PROJECT_REPO_PARTS_H

#include "core/map.h"
#include "project/repo.h"

#include <git2.h>

/* Which directories are ignored, asked once each. */
struct repo_rules {
    struct strings dirs; /* the keys of the map */
    struct map known;    /* 1: ignored */
};

struct repo_range {
    unsigned first, last; /* lines, from 1 */
};

struct repo_diff {
    char *path;
    bool current, whole; /* whole: every line counts as changed */
    VEC(struct repo_range) ranges;
};

struct repo_diffs {
    VEC(struct repo_diff *) items;
    struct map by_path;
};

struct repo {
    git_repository *git; /* NULL: without git */
    git_index *index;    /* NULL until somebody asks */
    char *root, *git_dir, *common_dir, *state_dir;
    char *prefix; /* of the root within the work tree: "" or "sub/dir/" */
    struct repo_rules rules;
    struct repo_diffs diffs;
};

/* The index, read when first needed; NULL when it cannot be. */
git_index *repo_index(struct repo *repo);

void repo_rules_clear(struct repo_rules *rules);
void repo_diffs_forget(struct repo_diffs *diffs); /* all are made anew when asked for */
void repo_diffs_release(struct repo_diffs *diffs);

#endif
