/* Where a command stands: the project, what comes with the program, the recipes of both. */
#ifndef ALOOF_COMMAND_WHERE_H
#define ALOOF_COMMAND_WHERE_H

#include "core/error.h"
#include "core/keep.h"
#include "project/recipe.h"
#include "project/repo.h"

struct where {
    char *self, *share, *recipes, *cwd;
    struct repo *repo;
    char *notice;        /* why git is left out; NULL */
    char *config, *user; /* the project's file, and the person's (NULL none); they need not exist */
    char *python;        /* without a word of the configuration */
};

/* Finds all of it. Zeroed before, released by the caller whatever comes. -errno with a line: the current
 * directory cannot be used. */
int where_find(struct where *where, struct error *error);

/* For recipe_find and its like. Borrowed. */
struct recipe_places where_recipes(const struct where *where);

/* Whether there is a format of that name, for the same. */
bool where_knows(const char *format);

/* What history.keep says: in the project's file, else in the person's, else by itself. 0, or a negative errno
 * with a line. */
int where_keep(const struct where *where, struct keep *keep, struct error *error);

void where_release(struct where *where);

#endif
