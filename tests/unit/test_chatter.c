#include "session/chatter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct buf heard;

static void on_line(void *owner, const char *origin, const char *text)
{
    (void)owner;
    buf_printf(&heard, "[%s] %s\n", origin, text);
}

static void say(struct chatter *chatter, const char *route, const char *name, const char *text)
{
    chatter_take(chatter, bytes_of(route), bytes_of(name), bytes_of(text), false);
}

static void check(const char *want)
{
    assert_string_equal(buf_str(&heard), want);
    buf_clear(&heard);
}

static void lines_of_several_origins_stay_apart(void **state)
{
    (void)state;
    struct chatter chatter = {.line = on_line};
    chatter_begin(&chatter);
    say(&chatter, "0", "stdout", "one ");
    say(&chatter, "1", "stdout", "other\r\n\n");
    say(&chatter, "0", "stderr", "warning\nand");
    say(&chatter, "0", "stdout", "line\ntwo");
    check("[box 1 stdout] other\n[box 0 stderr] warning\n[box 0 stdout] one line\n");
    say(&chatter, "0/farm", "stdout", "far\n");
    say(&chatter, "farm/3", "stdout", "off\n");
    say(&chatter, NULL, "stdout", "none\n");
    chatter_take(&chatter, bytes_of("3"), bytes_of("stderr"), bytes_of("loaded\n"), true);
    check("[box 0/farm stdout] far\n[farm/3 stdout] off\n[stdout] none\n[3 stderr] loaded\n");
    chatter_end(&chatter);
    check("[box 0 stdout] two\n[box 0 stderr] and\n");
    chatter_end(&chatter);
    check("");
    chatter_release(&chatter);
}

static void what_is_too_much_is_counted(void **state)
{
    (void)state;
    struct chatter chatter = {.line = on_line};
    char *wide = mem_zero(100001);
    memset(wide, 'x', 100000);
    chatter_begin(&chatter);
    say(&chatter, NULL, "stdout", wide);
    say(&chatter, NULL, "stdout", wide);
    say(&chatter, NULL, "stdout", "\n");
    assert_int_equal(heard.len, CHATTER_LINE_MAX + strlen("[stdout] \n"));
    for (int i = 0; i < CHATTER_LINES; i++)
        say(&chatter, NULL, "stdout", "a\n");
    buf_clear(&heard);
    say(&chatter, NULL, "stdout", "b\nc");
    chatter_end(&chatter);
    check("[] 3 more lines that belong to no test (--subunit FILE has all)\n");
    chatter_begin(&chatter);
    say(&chatter, NULL, "stdout", "again\n");
    check("[stdout] again\n");
    for (int i = 0; i < 2 * CHATTER_SOURCES; i++) {
        char route[16];
        snprintf(route, sizeof route, "r%d", i);
        say(&chatter, route, "stdout", "x");
    }
    assert_int_equal(chatter.sources.len, CHATTER_SOURCES);
    chatter_release(&chatter);
    buf_release(&heard);
    free(wide);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_several_origins_stay_apart),
        cmocka_unit_test(what_is_too_much_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
