/* Which Python runs the project's tests. */
#ifndef ALOOF_PROJECT_PYTHON_H
#define ALOOF_PROJECT_PYTHON_H

#include <stdbool.h>

/* The interpreter's path or name: `configured` where given (relative to the root when it has a slash), else
 * the active virtualenv's (virtual_env: $VIRTUAL_ENV, NULL or "" none), else .venv's or venv's under the
 * root, else "python3" to be found in $PATH. The caller frees. */
char *python_find(const char *configured, const char *virtual_env, const char *root);

/* Whether the interpreter, which is started in root if it must be asked, can import the module; true also
 * when it cannot be started: somebody else will say so better. */
bool python_has(const char *python, const char *module, const char *root);

#endif
