/* Which recipe the project's tests are run by: the files of share/recipes, and the
 * sections [recipe "name"] of the project's own configuration (aloof-recipes(5)). */
#ifndef ALOOF_PROJECT_RECIPE_H
#define ALOOF_PROJECT_RECIPE_H

#include "core/recipe.h"

struct recipe_places {
    const char *shipped;    /* directory of NAME.conf files */
    const char *config;     /* the project's configuration file */
    const char *root;       /* of the project */
    const char *python;     /* its interpreter, see python_find, … */
    const char *configured; /* … and who was named as such; NULL nobody */
};

/* Fills in the recipe (zeroed before, released by the caller whatever comes) of that name. name NULL: what
 * the project looks like: the first of its own recipes that fits (one without `detect` does), testr's or
 * stestr's when there is their configuration (project/testr.h), Django's or pytest's when there are marks of
 * them, the first of the shipped ones by name, else pytest's. An own section of a shipped name changes that
 * recipe. -EINVAL with a line: no such recipe, or what is wrong with it by
 * path:line. */
int recipe_find(struct recipe *recipe, const struct recipe_places *places, const char *name,
                recipe_knows *knows, struct error *error);

/* The names of all that fit the project, in the order in which recipe_find looks; one that cannot be read
 * counts when it is the project's own. */
void recipe_fitting(const struct recipe_places *places, recipe_knows *knows, struct strings *names);

/* The first of the recipe's marks that the project has; NULL: none, or it has no marks. Borrowed. */
const char *recipe_mark(const struct recipe *recipe, const char *root);

/* The names of the shipped recipes, sorted. */
void recipe_shipped(const char *directory, struct strings *names);

#endif
