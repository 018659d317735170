/* Which Python runs the project's tests. */
#ifndef ALOOF_PROJECT_PYTHON_H
#define ALOOF_PROJECT_PYTHON_H

/* The interpreter's path or name: `configured` where given (relative to the root when it has a slash), else
 * the active virtualenv's (virtual_env: $VIRTUAL_ENV, NULL or "" none), else .venv's or venv's under the
 * root, else "python3" to be found in $PATH. The caller frees. */
char *python_find(const char *configured, const char *virtual_env, const char *root);

#endif
