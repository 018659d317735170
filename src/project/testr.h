/* Projects that are run by testr or stestr, as they stand: recipes made of .testr.conf, and of
 * .stestr.conf, [tool.stestr] in pyproject.toml or [stestr] in tox.ini. */
#ifndef ALOOF_PROJECT_TESTR_H
#define ALOOF_PROJECT_TESTR_H

#include "core/recipe.h"

/* The names of these recipes, NULL behind the last. */
extern const char *const testr_names[];

/* Sets the keys of the recipe of that name by the files in root. python: the project's interpreter, as
 * python_find gives it. *where (the caller frees; NULL none) is the file. -ENOENT without a line: the name is
 * none of these, or there is no such file; -EINVAL with a line: what is wrong with it, by path:line. */
int testr_recipe(struct recipe *recipe, const char *name, const char *root, const char *python,
                 recipe_knows *knows, char **where, struct error *error);

#endif
