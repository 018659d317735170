#include "trace/diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void lines_of_diffs_are_known(void **state)
{
    static const struct {
        const char *line;
        enum style style, report;
    } rows[] = {
        /* pytest: an explanation, and the same in its report */
        {"  - 42", STYLE_REMOVED, STYLE_PLAIN},
        {"  + 41", STYLE_ADDED, STYLE_PLAIN},
        {"  ?  ^", STYLE_DIM, STYLE_PLAIN},
        {"  +  where 41 = f()", STYLE_PLAIN, STYLE_PLAIN},
        {"  +    and   42 = g()", STYLE_PLAIN, STYLE_PLAIN},
        {"E         - [('items', 42)]", STYLE_REMOVED, STYLE_REMOVED},
        {"E         ?             ^", STYLE_DIM, STYLE_DIM},
        {"E         + [('items', 41)]", STYLE_ADDED, STYLE_ADDED},
        {"E        +  where 41 = f()", STYLE_PLAIN, STYLE_PLAIN},
        {"E         - ", STYLE_REMOVED, STYLE_REMOVED},
        {"E         +", STYLE_ADDED, STYLE_ADDED},
        {"E       AssertionError: assert '41' == '42'", STYLE_PLAIN, STYLE_PLAIN},
        {"E         Omitting 2 identical items, use -vv to show", STYLE_PLAIN, STYLE_PLAIN},
        {"E         At index 1 diff: 2 != 3", STYLE_PLAIN, STYLE_PLAIN},
        {"E", STYLE_PLAIN, STYLE_PLAIN},
        {">       assert f() == 42", STYLE_PLAIN, STYLE_PLAIN},
        /* coloured by pytest itself, in a way of its own */
        {"\033[1m\033[31mE         \033[0m\033[92m+ 41\033[39;49;00m\033[90m\033[39;49;00m", STYLE_ADDED,
         STYLE_ADDED},
        {"\033[1m\033[31mE         - 42\033[0m", STYLE_REMOVED, STYLE_REMOVED},
        /* unittest and ndiff */
        {"- [1, 2, 3]", STYLE_REMOVED, STYLE_PLAIN},
        {"?        ^", STYLE_DIM, STYLE_PLAIN},
        {"+ [1, 2, 4]", STYLE_ADDED, STYLE_PLAIN},
        {"  the same", STYLE_PLAIN, STYLE_PLAIN},
        {"First differing element 2:", STYLE_PLAIN, STYLE_PLAIN},
        {"-", STYLE_REMOVED, STYLE_PLAIN},
        /* no diffs */
        {"-1", STYLE_PLAIN, STYLE_PLAIN},
        {"--verbose is not known", STYLE_PLAIN, STYLE_PLAIN},
        {"", STYLE_PLAIN, STYLE_PLAIN},
        {"   ", STYLE_PLAIN, STYLE_PLAIN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (diff_style(bytes_of(rows[i].line)) != rows[i].style ||
            diff_report_style(bytes_of(rows[i].line)) != rows[i].report)
            fail_msg("%s is drawn as %d, in a report as %d", rows[i].line, diff_style(bytes_of(rows[i].line)),
                     diff_report_style(bytes_of(rows[i].line)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_diffs_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
