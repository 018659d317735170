/* The keys: one table that dispatch, help, the hint row and the manual read. */
#ifndef ALOOF_UI_KEYS_H
#define ALOOF_UI_KEYS_H

#include <stdbool.h>
#include <stddef.h>

/* What a key press is called inside: a Unicode character, or one of these, which lie beyond Unicode. */
enum input {
    INPUT_NONE = 0,
    INPUT_ESCAPE = 0x1B,
    INPUT_UP = 0x110000,
    INPUT_DOWN,
    INPUT_HOME,
    INPUT_END,
    INPUT_PAGE_UP,
    INPUT_PAGE_DOWN,
    INPUT_ENTER,
    INPUT_BACKSPACE,
    INPUT_MOUSE, /* no key; what it was is told beside it */
    INPUT_PASTE, /* text was pasted, which is no key either */
    INPUT_OTHER, /* a key that aloof has no name for */
};

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
    COMMAND_RERUN_RED,
    COMMAND_RUN_ALL,
    COMMAND_RUN_ONE,
    COMMAND_STOP,
    COMMAND_PAUSE,
    COMMAND_WATCH_AGAIN,
    COMMAND_DEBUG,
    COMMAND_STORY,
    COMMAND_LOG,
    COMMAND_TESTS,
    COMMAND_SEARCH,
    COMMAND_SORT,
    COMMAND_HELP,
    COMMAND_REDRAW,
    COMMAND_SUSPEND, /* never dispatched: the terminal turns this key into a signal */
    COMMAND_QUIT,
};

#define KEY_INPUTS 3

struct key {
    int inputs[KEY_INPUTS]; /* INPUT_NONE: unused */
    const char *name;       /* as help and the manual write it */
    const char *hint_name;  /* as the hint row writes it; NULL: not in that row */
    const char *hint;
    enum command command;
    const char *help;
};

/* The table in the order of the help, and its length. */
const struct key *keys_table(size_t *count);

/* What an input asks for; COMMAND_NONE when nothing is bound to it. */
enum command keys_command(int input);

#endif
