/* The keys: one table of commands that dispatch, configuration, help, the hint row and the manual read, and
 * the keymap that the configuration makes of it. */
#ifndef ALOOF_UI_KEYS_H
#define ALOOF_UI_KEYS_H

#include "core/error.h"
#include "core/options.h"
#include "ui/input.h"

enum command {
    COMMAND_NONE,
    COMMAND_NEXT,
    COMMAND_PREVIOUS,
    COMMAND_NEXT_FAILURE,
    COMMAND_PREVIOUS_FAILURE,
    COMMAND_FIRST,
    COMMAND_LAST,
    COMMAND_PAGE_DOWN,
    COMMAND_PAGE_UP,
    COMMAND_EDIT,
    COMMAND_UNFOLD,
    COMMAND_UNFOLD_ALL,
    COMMAND_WRAP,
    COMMAND_LEFT,
    COMMAND_RIGHT,
    COMMAND_RERUN_RED,
    COMMAND_RUN_ALL,
    COMMAND_RUN_ONE,
    COMMAND_STOP,
    COMMAND_PAUSE,
    COMMAND_FILTER,
    COMMAND_STEP,
    COMMAND_JUMP, /* all digits from its first input to its second; which of them, the input tells */
    COMMAND_COPY,
    COMMAND_WATCH_AGAIN,
    COMMAND_DEBUG,
    COMMAND_STORY,
    COMMAND_HISTORY,
    COMMAND_LOG,
    COMMAND_TESTS,
    COMMAND_SEARCH,
    COMMAND_SORT,
    COMMAND_HELP,
    COMMAND_REDRAW,
    COMMAND_SUSPEND, /* never dispatched: the terminal turns this key into a signal */
    COMMAND_QUIT,
    COMMAND_COUNT,
};

#define KEY_INPUTS 2

struct key {
    int inputs[KEY_INPUTS]; /* built in; INPUT_NONE: unused. Of COMMAND_JUMP: from and to */
    const char *name;       /* of the command, for the configuration; NULL: cannot be bound */
    const char *hint;       /* what the hint row calls it; NULL: not in that row */
    enum command command;
    const char *help;
};

/* The table in the order of the help, and its length. */
const struct key *keys_table(size_t *count);

/* One input, and what it does. */
struct keymap_entry {
    int input;
    enum command command;       /* COMMAND_NONE: nothing, by order */
    const struct binding *from; /* the configuration's word for it; NULL: built in */
};

/* What every key does. The configuration's keys come before those built in. */
struct keymap {
    VEC(struct keymap_entry) entries;
};

/* Makes the keymap (zeroed at first) from the built-in keys and what the configuration says: "key.KEY" =
 * command and "bind.COMMAND" = key add a key to a command, whatever was built in for that key; "key.KEY" =
 * none takes the key away, "bind.COMMAND" = none the command's built-in keys. What was typed (-c) goes before
 * the files; else, a key with two meanings is an error. -EINVAL with a line for that, and for what is not
 * known. Ctrl-C and Ctrl-Z stay as they are. bindings: borrowed for the keymap's life. */
int keymap_init(struct keymap *keymap, const struct binding *bindings, size_t count, struct error *error);

void keymap_release(struct keymap *keymap);

/* What an input asks for; COMMAND_NONE when nothing is bound to it. */
enum command keymap_command(const struct keymap *keymap, int input);

/* Adds the names of the command's keys, "j, Down", "1-9", or "none". */
void keymap_names(const struct keymap *keymap, enum command command, struct buf *to);

/* The command's first key; INPUT_NONE: it has none. */
int keymap_input(const struct keymap *keymap, enum command command);

/* Adds the name of the command's first key. False: it has none. */
bool keymap_first(const struct keymap *keymap, enum command command, struct buf *to);

#endif
