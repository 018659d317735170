#include "ui/keys.h"

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
        {'\r', COMMAND_EDIT},
        {'o', COMMAND_UNFOLD},
        {'r', COMMAND_RERUN_RED},
        {'a', COMMAND_RUN_ALL},
        {'s', COMMAND_RUN_ONE},
        {'x', COMMAND_STOP},
        {'p', COMMAND_PAUSE},
        {'i', COMMAND_WATCH_AGAIN},
        {'?', COMMAND_HELP},
        {'q', COMMAND_QUIT},
        {'\f', COMMAND_REDRAW},
        {'z', COMMAND_NONE},
        {INPUT_NONE, COMMAND_NONE},
        {INPUT_OTHER, COMMAND_NONE},
        {0x20AC, COMMAND_NONE},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_int_equal(keys_command(expected[i].input), expected[i].command);
}

static void no_input_is_bound_twice(void **state)
{
    (void)state;
    size_t count;
    const struct key *keys = keys_table(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < KEY_INPUTS; k++)
            if (keys[i].inputs[k] != INPUT_NONE)
                assert_int_equal(keys_command(keys[i].inputs[k]), keys[i].command);
}

static void every_key_has_a_name_and_a_help_line(void **state)
{
    (void)state;
    size_t count;
    const struct key *keys = keys_table(&count);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        assert_true(strlen(keys[i].name) > 0);
        assert_true(strlen(keys[i].help) > 0);
        assert_true((keys[i].hint == NULL) == (keys[i].hint_name == NULL));
        assert_int_not_equal(keys[i].command, COMMAND_NONE);
        assert_int_not_equal(keys[i].inputs[0], INPUT_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_do_what_the_help_says),
        cmocka_unit_test(no_input_is_bound_twice),
        cmocka_unit_test(every_key_has_a_name_and_a_help_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
