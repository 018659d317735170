/* All options and configuration keys in one table: the command line's parser,
 * the configuration's, --help, the manual's check and the completions come from it. */
#ifndef ALOOF_CORE_OPTIONS_H
#define ALOOF_CORE_OPTIONS_H

#include "core/bytes.h"
#include "core/error.h"
#include "core/keep.h"
#include "core/vec.h"

#include <stdbool.h>
#include <stddef.h>

enum option_type {
    OPTION_FLAG,    /* bool */
    OPTION_TEXT,    /* char * */
    OPTION_COUNT,   /* unsigned, minimum in `min` */
    OPTION_BOXES,   /* unsigned, 0 = auto; "auto" or >= 1 */
    OPTION_SECONDS, /* unsigned ms, from seconds with a fraction, 0 = none */
    OPTION_CHOICE,  /* int, index into `choices` ("a|b|c") */
    OPTION_LIST,    /* struct strings, may be given many times */
    OPTION_NAMES,   /* struct names: with commas between, or given many times */
    OPTION_BINDING, /* of a key of the screen, see struct binding; the end of its configuration key is free */
    OPTION_KEEP,    /* struct keep */
    OPTION_ACTION,  /* not a setting: --help, --version, -c */
};

/* What the configuration says of one key of the screen, which makes something of it (ui/keys.h). Owns its
 * texts. */
struct binding {
    char *name;  /* "key.KEY" or "bind.COMMAND", lower case */
    char *value; /* the command, or the key */
    char *where; /* "path:line" or "command line", for messages */
    bool typed;  /* on the command line */
};

/* Names in their order, each once. Those that another place gives (a file, the command line) replace them. */
struct names {
    struct strings list;
    char *place; /* that they are from */
};

struct settings {
    bool once, plain, boxed, exitfirst, warm, mouse;
    bool motion;           /* what goes on shows its time */
    struct names recipes;  /* empty: what the project looks like, see recipe_find */
    char *python;          /* NULL: the project's own, see python_find */
    unsigned boxes;        /* 0: as many as there are processors */
    int box;               /* enum box_mode */
    unsigned maxfail;      /* 0: none */
    unsigned repeat;       /* rounds */
    unsigned retries;      /* of a test that fails, in the same run */
    unsigned timeout_ms;   /* per test, 0 none */
    unsigned grace_ms;     /* from stack dump to kill */
    unsigned output_limit; /* octets kept per attachment of a test */
    char *environment;     /* whose outcomes these are, NULL none */
    char *keyword, *marker;
    struct strings include, exclude; /* patterns for ids */
    char *load_list, *exclude_list;  /* files of ids, "-" standard input, NULL none */
    char *shard;                     /* as typed, NULL: all of them */
    char *order;                     /* as typed, NULL: by what was learned */
    bool serial, failing, partial, until_failure;
    char *subunit, *junit; /* files to write, "-" standard output, NULL none */
    char *locations;       /* file to keep up to date, NULL none */
    char *editor_command;
    int editor_window;            /* 0 here, 1 a pane of tmux */
    bool wrap;                    /* long lines, at first */
    bool title;                   /* the verdict in the terminal's title */
    int notify;                   /* enum notify_how */
    char *notify_command;         /* NULL: the one built in */
    char *files_command;          /* NULL: none */
    int color;                    /* enum color_mode */
    struct keep history_keep;     /* what of the past stays */
    int loop_scope;               /* 0 all, 1 what changes can affect */
    unsigned settle_ms;           /* quiet time that ends a burst of changes */
    struct strings paths;         /* positional, as typed */
    struct strings runner_args;   /* behind --, and runner.args */
    VEC(struct binding) bindings; /* of keys, in the order in which they were read: files, then -c */
};

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

enum notify_how { NOTIFY_NONE, NOTIFY_BELL, NOTIFY_TERMINAL, NOTIFY_COMMAND };

struct option {
    const char *name; /* long option without --, NULL: only a configuration key */
    char letter;      /* short option, 0 none */
    const char *key;  /* configuration key ("box.timeout"), NULL: only an option */
    enum option_type type;
    const char *argument; /* its name in the help, NULL: takes none */
    const char *choices;
    unsigned min;
    size_t offset; /* of the setting in struct settings */
    const char *help;
};

/* The table and its length. */
const struct option *options_table(size_t *count);

/* The option of a configuration key (case of section and key names does not count, as in git), NULL unknown.
 * A key without a section may also be written in a section [run]: `run.python` is `python`. */
const struct option *options_by_key(const char *key);

/* Sets one setting from text. where: "path:line" or "command line", for the message. 0 or -EINVAL with a
 * line. */
int options_set(struct settings *settings, const struct option *option, const char *value, const char *where,
                struct error *error);

/* What the command line asks for beside settings. */
enum arguments_action {
    ARGUMENTS_RUN,
    ARGUMENTS_HELP,
    ARGUMENTS_VERSION,
    ARGUMENTS_OPTIONS, /* hidden: the table, tab-separated, for the manual's check and the completions */
};

/* Reads the command line (argv[0] is skipped; argv must outlive `configs`) into settings; -c arguments are
 * appended to configs, not applied. Called twice: once to learn -c and the action, and again over what the
 * configuration set, as the command line wins. -EINVAL with a line naming the option. */
int arguments_parse(struct settings *settings, int argc, const char *const argv[],
                    enum arguments_action *action, struct strings *configs, struct error *error);

/* --help's text, and the tab-separated table. */
void arguments_help(struct buf *to);
void arguments_table(struct buf *to);

/* Appends the default as it would be set; nothing where there is none. */
void options_default(const struct option *option, struct buf *to);

/* Whether what was typed on the command line can be had together. loads: `aloof load`. 0, or -EINVAL with a
 * line. */
int options_check(const struct settings *typed, bool loads, struct error *error);

/* Defaults. */
void settings_init(struct settings *settings);
void settings_release(struct settings *settings);

#endif
