#include "ui/keys.h"

#define CONTROL(letter) ((letter)&0x1F)

static const struct key table[] = {
    {{'j', INPUT_DOWN}, "j, Down", "j/k", "move", COMMAND_NEXT, "next failure or frame"},
    {{'k', INPUT_UP}, "k, Up", NULL, NULL, COMMAND_PREVIOUS, "previous failure or frame"},
    {{'n', 'J'}, "n, J", NULL, NULL, COMMAND_NEXT_FAILURE, "next failure"},
    {{'N', 'K'}, "N, K", NULL, NULL, COMMAND_PREVIOUS_FAILURE, "previous failure"},
    {{'g', INPUT_HOME}, "g, Home", NULL, NULL, COMMAND_FIRST, "first failure"},
    {{'G', INPUT_END}, "G, End", NULL, NULL, COMMAND_LAST, "last failure"},
    {{' ', INPUT_PAGE_DOWN}, "Space, PgDn", NULL, NULL, COMMAND_PAGE_DOWN, "one page down"},
    {{'b', INPUT_PAGE_UP}, "b, PgUp", NULL, NULL, COMMAND_PAGE_UP, "one page up"},
    {{INPUT_ENTER, '\r', '\n'}, "Enter", "Enter", "edit", COMMAND_EDIT, "open the frame in your editor"},
    {{'o'}, "o", "o", "frames", COMMAND_UNFOLD, "show or fold foreign frames"},
    {{'v'}, "v", "v", "whole", COMMAND_STORY, "all of this test: every frame, its output, the report"},
    {{'d'}, "d", NULL, NULL, COMMAND_DEBUG, "run this test under its debugger; leaving it comes back"},
    {{'l'}, "l", NULL, NULL, COMMAND_LOG, "the log: why each run started, what was ignored or killed"},
    {{'t'}, "t", "t", "tests", COMMAND_TESTS, "all tests, with their outcomes and times"},
    {{'/'}, "/", NULL, NULL, COMMAND_SEARCH, "search a text or the log (n, N: again), filter the tests"},
    {{'>'}, ">", NULL, NULL, COMMAND_SORT, "the tests in another order"},
    {{'r'}, "r", "r", "red", COMMAND_RERUN_RED, "run the failing tests"},
    {{'a'}, "a", "a", "all", COMMAND_RUN_ALL, "run all tests"},
    {{'s'}, "s", "s", "this", COMMAND_RUN_ONE, "run only the selected test"},
    {{'x'}, "x", "x", "stop", COMMAND_STOP, "stop the run"},
    {{'p'}, "p", "p", "pause", COMMAND_PAUSE, "pause: changes wait until p again"},
    {{'i'}, "i", NULL, NULL, COMMAND_WATCH_AGAIN, "watch files again that tests write"},
    {{CONTROL('L')}, "Ctrl-L", NULL, NULL, COMMAND_REDRAW, "draw the screen anew"},
    {{CONTROL('Z')}, "Ctrl-Z", NULL, NULL, COMMAND_SUSPEND, "suspend; fg comes back"},
    {{'?'}, "?", "?", "help", COMMAND_HELP, "these keys"},
    {{'q'}, "q, Ctrl-C", "q", "quit", COMMAND_QUIT, "quit"},
};

const struct key *keys_table(size_t *count)
{
    *count = sizeof table / sizeof *table;
    return table;
}

enum command keys_command(int input)
{
    if (input == INPUT_NONE)
        return COMMAND_NONE;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (size_t k = 0; k < KEY_INPUTS; k++)
            if (table[i].inputs[k] == input)
                return table[i].command;
    return COMMAND_NONE;
}
