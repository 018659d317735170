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

/* The interpreter to take where `python`, as python_find has it, lacks the module: the one that the first
 * line of a script of the module's name in $PATH asks for (pipx, or another Python's own). `configured` as
 * there: who was named, or is a virtualenv's, is not replaced. NULL: there is no other. The caller frees. */
char *python_instead(const char *configured, const char *python, const char *module);

#endif
