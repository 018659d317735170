/* Which recipes could be used at once. */
#ifndef ALOOF_PROJECT_RECIPE_BESIDE_H
#define ALOOF_PROJECT_RECIPE_BESIDE_H

#include "project/recipe.h"

/* The value of the key `recipe` that adds to the chosen one what else fits the project: "pytest, jest". Of
 * those for Python's tests there is one at most, as each would run the same tests; what is only looked at
 * last is left out. NULL: nothing else fits. It may ask the interpreter. The caller frees. */
char *recipe_beside(const struct recipe_places *places, const char *chosen);

#endif
