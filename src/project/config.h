/* The configuration: git-config syntax, read by libgit2. `~/.config/aloof/config`
 * ($XDG_CONFIG_HOME), then `.aloof.conf` at the root, then -c key=value. */
#ifndef ALOOF_PROJECT_CONFIG_H
#define ALOOF_PROJECT_CONFIG_H

#include "core/error.h"
#include "core/options.h"

/* ~/.config/aloof/config, or below $XDG_CONFIG_HOME (base). NULL: no home. The caller frees. */
char *config_user_path(const char *base, const char *home);

/* Reads one file into settings. A file that does not exist is no error. Unknown keys, bad values and syntax
 * errors: -EINVAL and one line with path:line, what was expected, and for an unknown key the nearest known
 * one. */
int config_read_file(struct settings *settings, const char *path, struct error *error);

/* "key=value" of -c. A key without "=" is a flag set to true. */
int config_read_argument(struct settings *settings, const char *argument, struct error *error);

#endif
