/* A file in git-config syntax as its entries, each with the place where it stands;
 * read by libgit2. */
#ifndef ALOOF_PROJECT_CONFIG_ENTRIES_H
#define ALOOF_PROJECT_CONFIG_ENTRIES_H

#include "core/error.h"

/* Gets one entry: name as libgit2 has it ("section.sub.key", lower case but for the subsection), value
 * ("true" of a key without one), where: "path:line". What is not 0 ends the reading. */
typedef int config_taker(void *owner, const char *name, const char *value, const char *where,
                         struct error *error);

/* Hands over the entries in order; includes are followed. 0, what the taker returned, -ENOENT without a line
 * when there is no such file, or -EINVAL with a line: it cannot be read, or its syntax. */
int config_entries(const char *path, config_taker *take, void *owner, struct error *error);

#endif
