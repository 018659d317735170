#include "ui/log.h"

#include "core/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOON (12 * 3600)

static void assert_line(const struct story *log, size_t at, enum style style, const char *wanted)
{
    struct buf text = {0};
    const struct span *span;
    assert_true(at < log->lines.len);
    vec_each (span, &log->lines.items[at].spans)
        buf_puts(&text, span->text);
    assert_string_equal(buf_str(&text), wanted);
    assert_int_equal(log->lines.items[at].spans.items[1].style, style);
    buf_release(&text);
}

static void lines_have_their_time_and_go_on_below_it(void **state)
{
    (void)state;
    struct story log = {0};
    log_add(&log, NOON, STYLE_RED, "could not run:\nwhy");
    assert_int_equal(log.lines.len, 2);
    assert_line(&log, 0, STYLE_RED, "12:00:00  could not run:");
    assert_line(&log, 1, STYLE_RED, "          why");
    story_release(&log);
}

static void the_same_remark_again_is_counted(void **state)
{
    (void)state;
    struct story log = {0};
    log_remark(&log, NOON, REMARK_IGNORED, "ignored a.log");
    log_remark(&log, NOON + 1, REMARK_IGNORED, "ignored a.log");
    assert_line(&log, 0, STYLE_DIM, "12:00:01  ignored a.log, 2 times");
    log_remark(&log, NOON + 2, REMARK_IGNORED, "ignored a.log");
    assert_int_equal(log.lines.len, 1);
    assert_line(&log, 0, STYLE_DIM, "12:00:02  ignored a.log, 3 times");
    log_remark(&log, NOON + 3, REMARK_KILLED, "killed a test");
    log_remark(&log, NOON + 4, REMARK_IGNORED, "ignored a.log");
    assert_int_equal(log.lines.len, 3);
    assert_line(&log, 1, STYLE_YELLOW, "12:00:03  killed a test");
    assert_line(&log, 2, STYLE_DIM, "12:00:04  ignored a.log");
    story_release(&log);
}

static void the_oldest_lines_go(void **state)
{
    (void)state;
    struct story log = {0};
    for (int i = 0; i < 3 * LOG_LINES; i++) {
        char *text = mem_printf("ignored %d", i);
        log_remark(&log, NOON, REMARK_IGNORED, text);
        log_remark(&log, NOON, REMARK_IGNORED, text);
        free(text);
        assert_true(log.lines.len < 2 * LOG_LINES);
    }
    char *last = mem_printf("12:00:00  ignored %d, 2 times", 3 * LOG_LINES - 1);
    assert_true(log.lines.len >= LOG_LINES);
    assert_line(&log, log.lines.len - 1, STYLE_DIM, last);
    free(last);
    story_release(&log);
}

int main(void)
{
    setenv("TZ", "UTC0", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_have_their_time_and_go_on_below_it),
        cmocka_unit_test(the_same_remark_again_is_counted),
        cmocka_unit_test(the_oldest_lines_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
