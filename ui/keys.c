#include "ui/keys.h"

#include "core/nearest.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

static const struct key table[] = {
    {{'j', INPUT_DOWN}, "next", "move", COMMAND_NEXT, "next failure or frame"},
    {{'k', INPUT_UP}, "previous", NULL, COMMAND_PREVIOUS, "previous failure or frame"},
    {{'n', 'J'}, "next-failure", NULL, COMMAND_NEXT_FAILURE, "next failure, or place of what is searched"},
    {{'N', 'K'}, "previous-failure", NULL, COMMAND_PREVIOUS_FAILURE, "previous failure, or place"},
    {{'g', INPUT_HOME}, "first", NULL, COMMAND_FIRST, "first failure"},
    {{'G', INPUT_END}, "last", NULL, COMMAND_LAST, "last failure"},
    {{'1', '9'}, NULL, NULL, COMMAND_JUMP, "the failure of that number"},
    {{' ', INPUT_PAGE_DOWN}, "page-down", NULL, COMMAND_PAGE_DOWN, "one page down"},
    {{'b', INPUT_PAGE_UP}, "page-up", NULL, COMMAND_PAGE_UP, "one page up"},
    {{INPUT_ENTER}, "edit", "edit", COMMAND_EDIT, "open the frame in your editor"},
    {{'o'}, "unfold", "frames", COMMAND_UNFOLD, "show or fold foreign frames"},
    {{'O'}, "unfold-all", NULL, COMMAND_UNFOLD_ALL, "show or fold foreign frames of all failures"},
    {{'w'}, "wrap", NULL, COMMAND_WRAP, "wrap long lines, or cut them"},
    {{'<', INPUT_LEFT}, "left", NULL, COMMAND_LEFT, "scroll cut lines back"},
    {{'>', INPUT_RIGHT}, "right", NULL, COMMAND_RIGHT, "scroll cut lines sideways"},
    {{'v'}, "story", "whole", COMMAND_STORY, "all of this test: frames, output, report, history"},
    {{'h'}, "history", NULL, COMMAND_HISTORY, "its history: outcomes, times, since when it is red"},
    {{'d'}, "debug", NULL, COMMAND_DEBUG, "run this test under its debugger; leaving it comes back"},
    {{'y'}, "copy", NULL, COMMAND_COPY, "copy the test's id to the clipboard"},
    {{'l'}, "log", NULL, COMMAND_LOG, "the log: why each run started, what was ignored or killed"},
    {{'t'}, "tests", "tests", COMMAND_TESTS, "all tests, with their outcomes and times"},
    {{'/'}, "search", NULL, COMMAND_SEARCH, "search the text that shows, filter the tests; Esc ends it"},
    {{'S'}, "sort", NULL, COMMAND_SORT, "the slowest tests; in a list of tests, another order"},
    {{'r'}, "rerun-red", "red", COMMAND_RERUN_RED, "run the failing tests"},
    {{'a'}, "run-all", "all", COMMAND_RUN_ALL, "run all tests"},
    {{'s'}, "run-one", "this", COMMAND_RUN_ONE, "run only the selected test"},
    {{'f'}, "filter", "filter", COMMAND_FILTER, "run only tests with some words in their ids"},
    {{'i'}, "step", NULL, COMMAND_STEP, "step through the failures: one at a time, until it passes"},
    {{'x'}, "stop", "stop", COMMAND_STOP, "stop the run"},
    {{'p'}, "pause", "pause", COMMAND_PAUSE, "pause: changes wait until it is pressed again"},
    {{'W'}, "watch-again", NULL, COMMAND_WATCH_AGAIN, "watch files again that tests write"},
    {{CONTROL('L')}, "redraw", NULL, COMMAND_REDRAW, "draw the screen anew"},
    {{CONTROL('Z')}, NULL, NULL, COMMAND_SUSPEND, "suspend; fg comes back"},
    {{'?'}, "help", "help", COMMAND_HELP, "these keys"},
    {{'q', CONTROL('C')}, "quit", "quit", COMMAND_QUIT, "quit"},
};

#define TABLE_LENGTH (sizeof table / sizeof *table)
#define NONE "none"
#define RANGE_MIN 2 /* so many steps from the first key to the last are worth a dash */

const struct key *keys_table(size_t *count)
{
    *count = TABLE_LENGTH;
    return table;
}

/* The command's name in the configuration. */
static const char *name_of(enum command command)
{
    for (size_t i = 0; i < TABLE_LENGTH; i++)
        if (table[i].command == command && table[i].name != NULL)
            return table[i].name;
    return NONE;
}

static int read_command(const struct binding *binding, const char *name, enum command *command,
                        struct error *error)
{
    const char *names[TABLE_LENGTH];
    size_t count = 0;
    for (size_t i = 0; i < TABLE_LENGTH; i++) {
        if (table[i].name == NULL)
            continue;
        *command = table[i].command;
        if (strcasecmp(table[i].name, name) == 0)
            return 0;
        names[count++] = table[i].name;
    }
    const char *nearest = nearest_of(name, names, count);
    return error_set(error, -EINVAL, "%s: %s = %s: no command is named %s; %s%s%s", binding->where,
                     binding->name, binding->value, *name != '\0' ? name : "(nothing)",
                     nearest != NULL ? "did you mean " : "aloof(1) lists them under ",
                     nearest != NULL ? nearest : "KEYS", nearest != NULL ? "?" : "");
}

static int read_input(const struct binding *binding, const char *name, int *input, struct error *error)
{
    *input = input_parse(name);
    if (input_is_terminals(*input))
        return error_set(error, -EINVAL, "%s: %s = %s: %s cannot be bound, the terminal acts on it itself",
                         binding->where, binding->name, binding->value, name);
    if (*input != INPUT_NONE)
        return 0;
    const char *nearest = input_nearest(name);
    return error_set(error, -EINVAL, "%s: %s = %s: no key is named %s; %s%s%s", binding->where, binding->name,
                     binding->value, *name != '\0' ? name : "(nothing)",
                     nearest != NULL ? "did you mean " : "aloof(1) lists them under ",
                     nearest != NULL ? nearest : "KEYS", nearest != NULL ? "?" : "");
}

static struct keymap_entry *find_input(const struct keymap *keymap, int input)
{
    struct keymap_entry *entry;
    vec_each (entry, &keymap->entries)
        if (entry->input == input)
            return entry;
    return NULL;
}

static int bind(struct keymap *keymap, struct keymap_entry wanted, struct error *error)
{
    struct keymap_entry *there = find_input(keymap, wanted.input);
    if (there == NULL) {
        vec_push(&keymap->entries, wanted);
    } else if (there->from->typed != wanted.from->typed) {
        *there = wanted;
    } else if (there->command != wanted.command) {
        struct buf name = {0};
        input_name(wanted.input, &name);
        error_set(error, -EINVAL, "%s: %s = %s: the key %s is already bound, to %s by %s", wanted.from->where,
                  wanted.from->name, wanted.from->value, buf_str(&name), name_of(there->command),
                  there->from->where);
        buf_release(&name);
        return -EINVAL;
    }
    return 0;
}

/* Takes from the command what goes before the binding: a command line's word counts more than a file's. */
static void unbind(struct keymap *keymap, enum command command, const struct binding *by)
{
    size_t kept = 0;
    struct keymap_entry *entry;
    vec_each (entry, &keymap->entries)
        if (entry->command != command || entry->from->typed == by->typed)
            keymap->entries.items[kept++] = *entry;
    keymap->entries.len = kept;
}

static int apply(struct keymap *keymap, const struct binding *binding, bool bare[COMMAND_COUNT],
                 struct error *error)
{
    const char *word = strchr(binding->name, '.') + 1;
    bool by_key = strncmp(binding->name, "key.", 4) == 0, none = strcasecmp(binding->value, NONE) == 0;
    struct keymap_entry entry = {.from = binding};
    int bad = 0;
    if (!by_key || !none)
        bad = read_command(binding, by_key ? binding->value : word, &entry.command, error);
    if (bad == 0 && (by_key || !none))
        bad = read_input(binding, by_key ? word : binding->value, &entry.input, error);
    if (bad != 0)
        return bad;
    if (by_key || !none)
        return bind(keymap, entry, error);
    bare[entry.command] = true;
    unbind(keymap, entry.command, binding);
    return 0;
}

static void add_built_in(struct keymap *keymap, const struct key *key, bool bare)
{
    const int *inputs = key->inputs;
    int between = key->command == COMMAND_JUMP ? inputs[1] - inputs[0] - 1 : 0;
    for (int i = 0; i < KEY_INPUTS + between; i++) {
        int input = i <= between ? inputs[0] + i : inputs[i - between];
        bool wanted = !bare || input_is_terminals(input);
        if (input != INPUT_NONE && wanted && find_input(keymap, input) == NULL)
            vec_push(&keymap->entries, (struct keymap_entry){input, key->command, NULL});
    }
}

int keymap_init(struct keymap *keymap, const struct binding *bindings, size_t count, struct error *error)
{
    bool bare[COMMAND_COUNT] = {false}; /* of its built-in keys */
    for (size_t i = 0; i < count; i++) {
        int bad = apply(keymap, &bindings[i], bare, error);
        if (bad != 0)
            return bad;
    }
    for (size_t i = 0; i < TABLE_LENGTH; i++)
        add_built_in(keymap, &table[i], bare[table[i].command]);
    return 0;
}

void keymap_release(struct keymap *keymap)
{
    vec_release(&keymap->entries);
}

enum command keymap_command(const struct keymap *keymap, int input)
{
    const struct keymap_entry *entry = find_input(keymap, input);
    return entry != NULL ? entry->command : COMMAND_NONE;
}

/* The last of the entries from `at` on that are one command's for keys next to each other: digits. */
static size_t range_end(const struct keymap *keymap, size_t at)
{
    const struct keymap_entry *entries = keymap->entries.items;
    while (at + 1 < keymap->entries.len && entries[at].command == COMMAND_JUMP &&
           entries[at + 1].command == COMMAND_JUMP && entries[at + 1].input == entries[at].input + 1)
        at++;
    return at;
}

void keymap_names(const struct keymap *keymap, enum command command, struct buf *to)
{
    size_t before = to->len;
    for (size_t i = 0; i < keymap->entries.len; i++) {
        if (keymap->entries.items[i].command != command)
            continue;
        size_t last = range_end(keymap, i);
        buf_puts(to, to->len > before ? ", " : "");
        input_name(keymap->entries.items[i].input, to);
        if (last < i + RANGE_MIN)
            continue;
        buf_putc(to, '-');
        input_name(keymap->entries.items[last].input, to);
        i = last;
    }
    if (to->len == before)
        buf_puts(to, NONE);
}

int keymap_input(const struct keymap *keymap, enum command command)
{
    const struct keymap_entry *entry;
    vec_each (entry, &keymap->entries)
        if (entry->command == command)
            return entry->input;
    return INPUT_NONE;
}

bool keymap_first(const struct keymap *keymap, enum command command, struct buf *to)
{
    int input = keymap_input(keymap, command);
    if (input != INPUT_NONE)
        input_name(input, to);
    return input != INPUT_NONE;
}
