/* The configuration files of other tools: INI as Python's configparser reads it, and one
 * table of a TOML file. */
#ifndef ALOOF_PROJECT_INI_H
#define ALOOF_PROJECT_INI_H

#include "core/bytes.h"
#include "core/error.h"
#include "core/vec.h"

#include <stdbool.h>

struct ini_entry {
    char *section, *key; /* the key in lower case */
    struct buf value;    /* as it stands, its lines joined by newlines */
    unsigned line;       /* where the key stands, from 1 */
};

/* Zeroed before, released by the caller whatever comes. */
struct ini {
    char *path;
    VEC(struct ini_entry) entries;
    bool plain; /* a % in a value means itself */
};

/* Reads the file: sections, `key = value` and `key: value`, indented lines that continue a value, comments
 * from # or ; at the start of a line. -ENOENT without a line: there is none; -EINVAL with a line. */
int ini_read(struct ini *ini, const char *path, struct error *error);

/* Reads one table ("tool.stestr") of a TOML file, whose values are strings of one line, numbers, true and
 * false; it is the section. Likewise; a file without the table gives no entries. */
int ini_read_toml(struct ini *ini, const char *path, const char *table, struct error *error);

/* The entry of that name; NULL when there is none. */
const struct ini_entry *ini_find(const struct ini *ini, const char *section, const char *key);

/* Its value with what it refers to put in: %(other)s of the same section, %% for %. Where values refer to
 * values without end, the rest stands as it is written. The caller frees. */
char *ini_value(const struct ini *ini, const struct ini_entry *entry);

void ini_release(struct ini *ini);

#endif
