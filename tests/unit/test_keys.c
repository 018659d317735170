#include "ui/keys.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void keys_do_what_the_help_says(void **state)
{
    (void)state;
    static const struct {
        int input;
        enum command command;
    } expected[] = {
        {'j', COMMAND_NEXT},
        {INPUT_DOWN, COMMAND_NEXT},
        {'k', COMMAND_PREVIOUS},
        {INPUT_UP, COMMAND_PREVIOUS},
        {'n', COMMAND_NEXT_FAILURE},
        {'J', COMMAND_NEXT_FAILURE},
        {'N', COMMAND_PREVIOUS_FAILURE},
        {'K', COMMAND_PREVIOUS_FAILURE},
        {'g', COMMAND_FIRST},
        {INPUT_HOME, COMMAND_FIRST},
        {'G', COMMAND_LAST},
        {INPUT_END, COMMAND_LAST},
        {INPUT_PAGE_DOWN, COMMAND_PAGE_DOWN},
        {INPUT_PAGE_UP, COMMAND_PAGE_UP},
        {INPUT_ENTER, COMMAND_EDIT},
        {'o', COMMAND_UNFOLD},
        {'r', COMMAND_RERUN_RED},
        {'a', COMMAND_RUN_ALL},
        {'s', COMMAND_RUN_ONE},
        {'x', COMMAND_STOP},
        {'p', COMMAND_PAUSE},
        {'f', COMMAND_FILTER},
        {'i', COMMAND_STEP},
        {'1', COMMAND_JUMP},
        {'5', COMMAND_JUMP},
        {'9', COMMAND_JUMP},
        {'0', COMMAND_NONE},
        {'y', COMMAND_COPY},
        {'W', COMMAND_WATCH_AGAIN},
        {' ', COMMAND_PAGE_DOWN},
        {'?', COMMAND_HELP},
        {'q', COMMAND_QUIT},
        {'\f', COMMAND_REDRAW},
        {'z', COMMAND_NONE},
        {INPUT_NONE, COMMAND_NONE},
        {INPUT_OTHER, COMMAND_NONE},
        {0x20AC, COMMAND_NONE},
    };
    struct keymap keymap = {0};
    assert_int_equal(keymap_init(&keymap, NULL, 0, NULL), 0);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_int_equal(keymap_command(&keymap, expected[i].input), expected[i].command);
    keymap_release(&keymap);
}

static void no_input_is_built_in_twice(void **state)
{
    (void)state;
    size_t count;
    const struct key *keys = keys_table(&count);
    struct keymap keymap = {0};
    assert_int_equal(keymap_init(&keymap, NULL, 0, NULL), 0);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < KEY_INPUTS; k++)
            if (keys[i].inputs[k] != INPUT_NONE)
                assert_int_equal(keymap_command(&keymap, keys[i].inputs[k]), keys[i].command);
    keymap_release(&keymap);
}

static void every_command_has_a_name_a_help_line_and_a_key(void **state)
{
    (void)state;
    size_t count;
    const struct key *keys = keys_table(&count);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        bool fixed = keys[i].command == COMMAND_SUSPEND || keys[i].command == COMMAND_JUMP;
        assert_true((keys[i].name == NULL) == fixed);
        assert_true(strlen(keys[i].help) > 0);
        assert_int_not_equal(keys[i].command, COMMAND_NONE);
        assert_int_not_equal(keys[i].inputs[0], INPUT_NONE);
    }
}

/* Every key that can be bound, and how help writes it. */
static const struct {
    const char *name;
    int input;
    const char *shown;
} NAMES[] = {
    {"r", 'r', "r"},
    {"R", 'R', "R"},
    {"?", '?', "?"},
    {"/", '/', "/"},
    {"\"", '"', "\""},
    {" ", ' ', "Space"},
    {"\xC3\xA9", 0xE9, "\xC3\xA9"},
    {"space", ' ', "Space"},
    {"ENTER", INPUT_ENTER, "Enter"},
    {"tab", INPUT_TAB, "Tab"},
    {"esc", INPUT_ESCAPE, "Esc"},
    {"backspace", INPUT_BACKSPACE, "Backspace"},
    {"delete", INPUT_DELETE, "Delete"},
    {"up", INPUT_UP, "Up"},
    {"down", INPUT_DOWN, "Down"},
    {"left", INPUT_LEFT, "Left"},
    {"right", INPUT_RIGHT, "Right"},
    {"home", INPUT_HOME, "Home"},
    {"end", INPUT_END, "End"},
    {"pgup", INPUT_PAGE_UP, "PgUp"},
    {"PgDn", INPUT_PAGE_DOWN, "PgDn"},
    {"ctrl-r", CONTROL('R'), "Ctrl-R"},
    {"Ctrl-R", CONTROL('R'), "Ctrl-R"},
    {"ctrl-m", INPUT_ENTER, "Enter"},
    {"ctrl-i", INPUT_TAB, "Tab"},
    {"ctrl-h", INPUT_BACKSPACE, "Backspace"},
    {"f1", INPUT_F1, "F1"},
    {"F12", INPUT_F12, "F12"},
};

static void keys_have_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        struct buf shown = {0};
        assert_int_equal(input_parse(NAMES[i].name), NAMES[i].input);
        input_name(NAMES[i].input, &shown);
        assert_string_equal(buf_str(&shown), NAMES[i].shown);
        assert_int_equal(input_parse(buf_str(&shown)), NAMES[i].input);
        buf_release(&shown);
    }
    static const char *const wrong[] = {"",      "rr",     "f0",      "f13",  "f01", "f1x",
                                        "ctrl-", "ctrl-1", "ctrl-rr", "spac", "\t",  "\x80"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(input_parse(wrong[i]), INPUT_NONE);
}

#define BINDINGS_MAX 4

/* The configuration says these, each on the line of its number; typed: with -c. */
struct said {
    const char *name, *value;
    bool typed;
};

static int make(struct keymap *keymap, struct binding *bindings, const struct said *said, struct error *error)
{
    static const char *const lines[BINDINGS_MAX] = {"c:1", "c:2", "c:3", "c:4"};
    size_t count = 0;
    for (; count < BINDINGS_MAX && said[count].name != NULL; count++)
        bindings[count] = (struct binding){
            .name = (char *)(uintptr_t)said[count].name,
            .value = (char *)(uintptr_t)said[count].value,
            .where = (char *)(uintptr_t)(said[count].typed ? "command line" : lines[count]),
            .typed = said[count].typed,
        };
    return keymap_init(keymap, bindings, count, error);
}

static const struct {
    struct said said[BINDINGS_MAX];
    int input;
    enum command command; /* that it gives now */
    enum command of;      /* whose keys are */
    const char *keys;     /* these */
} GOOD[] = {
    {{{"key.r", "rerun-red", false}}, 'r', COMMAND_RERUN_RED, COMMAND_RERUN_RED, "r"},
    {{{"key.z", "rerun-red", false}}, 'z', COMMAND_RERUN_RED, COMMAND_RERUN_RED, "z, r"},
    {{{"key.a", "rerun-red", false}}, 'a', COMMAND_RERUN_RED, COMMAND_RUN_ALL, "none"},
    {{{"bind.rerun-red", "R", false}}, 'R', COMMAND_RERUN_RED, COMMAND_RERUN_RED, "R, r"},
    {{{"bind.rerun-red", "ctrl-r", false}}, CONTROL('R'), COMMAND_RERUN_RED, COMMAND_RERUN_RED, "Ctrl-R, r"},
    {{{"bind.run-all", "space", false}}, ' ', COMMAND_RUN_ALL, COMMAND_PAGE_DOWN, "PgDn"},
    {{{"bind.run-all", "f5", false}, {"bind.run-all", "A", false}},
     'A',
     COMMAND_RUN_ALL,
     COMMAND_RUN_ALL,
     "F5, A, a"},
    {{{"key.5", "run-all", false}}, '5', COMMAND_RUN_ALL, COMMAND_JUMP, "1-4, 6-9"},
    {{{"key.8", "none", false}}, '8', COMMAND_NONE, COMMAND_JUMP, "1-7, 9"},
    {{{"key.r", "none", false}}, 'r', COMMAND_NONE, COMMAND_RERUN_RED, "none"},
    {{{"bind.next", "none", false}}, INPUT_DOWN, COMMAND_NONE, COMMAND_NEXT, "none"},
    {{{"bind.next", "none", false}, {"bind.next", "right", false}},
     INPUT_RIGHT,
     COMMAND_NEXT,
     COMMAND_NEXT,
     "Right"},
    {{{"bind.next", "right", false}, {"bind.next", "none", false}}, 'j', COMMAND_NONE, COMMAND_NEXT, "Right"},
    {{{"bind.quit", "none", false}}, 'q', COMMAND_NONE, COMMAND_QUIT, "Ctrl-C"},
    {{{"key.q", "run-all", false}}, CONTROL('C'), COMMAND_QUIT, COMMAND_QUIT, "Ctrl-C"},
    {{{"key.z", "run-all", false}, {"bind.run-all", "z", false}},
     'z',
     COMMAND_RUN_ALL,
     COMMAND_RUN_ALL,
     "z, a"},
    {{{"key.z", "run-all", false}, {"key.z", "stop", true}}, 'z', COMMAND_STOP, COMMAND_RUN_ALL, "a"},
    {{{"key.z", "run-all", false}, {"bind.run-all", "none", true}},
     'z',
     COMMAND_NONE,
     COMMAND_RUN_ALL,
     "none"},
    {{{"bind.run-all", "?", false}, {"bind.help", "f1", false}}, '?', COMMAND_RUN_ALL, COMMAND_HELP, "F1"},
};

static void the_configuration_binds_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        struct binding bindings[BINDINGS_MAX];
        struct keymap keymap = {0};
        struct error error = {{0}};
        struct buf names = {0};
        assert_int_equal(make(&keymap, bindings, GOOD[i].said, &error), 0);
        assert_string_equal(error.text, "");
        assert_int_equal(keymap_command(&keymap, GOOD[i].input), GOOD[i].command);
        keymap_names(&keymap, GOOD[i].of, &names);
        assert_string_equal(buf_str(&names), GOOD[i].keys);
        buf_release(&names);
        keymap_release(&keymap);
    }
}

static const struct {
    struct said said[BINDINGS_MAX];
    const char *expected;
} BAD[] = {
    {{{"key.r", "rerun-rde", false}},
     "c:1: key.r = rerun-rde: no command is named rerun-rde; did you mean rerun-red?"},
    {{{"bind.rerunred", "R", false}},
     "c:1: bind.rerunred = R: no command is named rerunred; did you mean rerun-red?"},
    {{{"key.r", "brew some coffee", false}},
     "c:1: key.r = brew some coffee: no command is named brew some coffee; aloof(1) lists them under KEYS"},
    {{{"key.r", "", false}}, "c:1: key.r = : no command is named (nothing); aloof(1) lists them under KEYS"},
    {{{"key.r", "suspend", false}},
     "c:1: key.r = suspend: no command is named suspend; aloof(1) lists them under KEYS"},
    {{{"bind.jump", "x", false}},
     "c:1: bind.jump = x: no command is named jump; aloof(1) lists them under KEYS"},
    {{{"key.spce", "help", false}}, "c:1: key.spce = help: no key is named spce; did you mean Space?"},
    {{{"bind.help", "entre", false}}, "c:1: bind.help = entre: no key is named entre; did you mean Enter?"},
    {{{"bind.help", "hyper-meta-x", true}},
     "command line: bind.help = hyper-meta-x: no key is named hyper-meta-x; aloof(1) lists them under KEYS"},
    {{{"bind.help", "ctrl-c", false}},
     "c:1: bind.help = ctrl-c: ctrl-c cannot be bound, the terminal acts on it itself"},
    {{{"key.z", "run-all", false}, {"key.y", "stop", false}, {"key.z", "stop", false}},
     "c:3: key.z = stop: the key z is already bound, to run-all by c:1"},
    {{{"bind.stop", "Z", false}, {"bind.help", "Z", false}},
     "c:2: bind.help = Z: the key Z is already bound, to stop by c:1"},
    {{{"key.z", "none", false}, {"bind.help", "z", false}},
     "c:2: bind.help = z: the key z is already bound, to none by c:1"},
    {{{"key.z", "run-all", true}, {"key.z", "stop", true}},
     "command line: key.z = stop: the key z is already bound, to run-all by command line"},
};

static void bad_bindings_are_named_by_file_and_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct binding bindings[BINDINGS_MAX];
        struct keymap keymap = {0};
        struct error error = {{0}};
        assert_int_equal(make(&keymap, bindings, BAD[i].said, &error), -EINVAL);
        assert_string_equal(error.text, BAD[i].expected);
        keymap_release(&keymap);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_do_what_the_help_says),
        cmocka_unit_test(no_input_is_built_in_twice),
        cmocka_unit_test(every_command_has_a_name_a_help_line_and_a_key),
        cmocka_unit_test(keys_have_names),
        cmocka_unit_test(the_configuration_binds_keys),
        cmocka_unit_test(bad_bindings_are_named_by_file_and_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
