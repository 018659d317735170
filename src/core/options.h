/* All options and configuration keys in one table: the command line's parser,
 * the configuration's, --help, the manual's check and the completions come from it. */
#ifndef ALOOF_CORE_OPTIONS_H
#define ALOOF_CORE_OPTIONS_H

#include "core/error.h"
#include "core/vec.h"

#include <stdbool.h>
#include <stddef.h>

enum option_type {
    OPTION_FLAG,     /* bool */
    OPTION_TEXT,     /* char * */
    OPTION_COUNT,    /* unsigned, minimum in `min` */
    OPTION_BOXES,    /* unsigned, 0 = auto; "auto" or >= 1 */
    OPTION_SECONDS,  /* unsigned ms, from seconds with a fraction, 0 = none */
    OPTION_CHOICE,   /* int, index into `choices` ("a|b|c") */
    OPTION_LIST,     /* struct strings, may be given many times */
    OPTION_ACTION,   /* not a setting: --help, --version, -c */
};

struct settings {
    bool once, boxed, plain;
    char *python;
    unsigned boxes;
    int box; /* enum box_mode */
    unsigned maxfail; /* 0: none */
    bool exitfirst;
    unsigned timeout_ms, grace_ms;
    unsigned output_limit; /* octets */
    char *keyword, *marker;
    char *subunit, *junit;
    char *editor_command;
    int color; /* 0 auto, 1 always, 2 never */
    unsigned history_keep; /* runs */
    unsigned settle_ms;
    bool warm;
    struct strings paths;       /* positional, as typed */
    struct strings runner_args; /* behind -- */
};

struct option {
    const char *name;     /* long option without --, NULL: only a configuration key */
    char letter;          /* short option, 0 none */
    const char *key;      /* configuration key ("box.timeout"), NULL: only an option */
    enum option_type type;
    const char *argument; /* its name in the help, NULL: takes none */
    const char *choices;
    unsigned min;
    size_t offset;        /* of the setting in struct settings */
    const char *help;
};

/* The table and its length. */
const struct option *options_table(size_t *count);

/* The option of a configuration key (case of section and key names does not count, as in git), NULL unknown. */
const struct option *options_by_key(const char *key);

/* Sets one setting from text. where: "path:line" or "command line", for the message. 0 or -EINVAL with a line. */
int options_set(struct settings *settings, const struct option *option, const char *value, const char *where,
                struct error *error);

/* Defaults. */
void settings_init(struct settings *settings);
void settings_release(struct settings *settings);

#endif
