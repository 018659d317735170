#include "ui/log.h"
#include "ui/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#define ROWS 12 /* ten of them for the text */

static void fill(struct story *log, int from, int to)
{
    for (int i = from; i <= to; i++) {
        char *text = mem_printf("line %d%s", i, i % 7 == 0 ? " SEVEN" : "");
        log_add(log, 0, STYLE_PLAIN, text);
        free(text);
    }
}

static enum command command_of(int input)
{
    struct keymap keys = {0};
    assert_int_equal(keymap_init(&keys, NULL, 0, NULL), 0);
    enum command command = keymap_command(&keys, input);
    keymap_release(&keys);
    return command;
}

static char *drawn(struct page *page, const struct story *log, int rows, bool ascii)
{
    struct screen screen;
    struct buf text = {0};
    screen_init(&screen, rows, 60, ascii);
    page_draw(&screen, page, log);
    screen_dump(&screen, false, &text);
    screen_release(&screen);
    return buf_take(&text);
}

static void assert_shows(struct page *page, const struct story *log, const char *what, bool shows)
{
    char *text = drawn(page, log, ROWS, true);
    if ((strstr(text, what) != NULL) != shows)
        fail_msg("%s: %s\n%s", shows ? "not there" : "there", what, text);
    free(text);
}

static void press(struct page *page, const struct story *log, int input)
{
    assert_true(page_input(page, log, ROWS, input, command_of(input)));
}

static void type(struct page *page, const struct story *log, const char *text)
{
    for (; *text != '\0'; text++)
        press(page, log, *text);
}

static void the_log_opens_at_its_end_and_stays_there(void **state)
{
    (void)state;
    struct story log = {0};
    struct page page = {0};
    fill(&log, 1, 30);
    page_show_log(&page);
    assert_shows(&page, &log, "line 30", true);
    assert_shows(&page, &log, "21-30 of 30", true);
    assert_shows(&page, &log, "line 20\n", false);
    fill(&log, 31, 33);
    assert_shows(&page, &log, "24-33 of 33", true);
    press(&page, &log, 'k');
    fill(&log, 34, 40);
    assert_shows(&page, &log, "23-32 of 40", true);
    press(&page, &log, 'G');
    assert_shows(&page, &log, "31-40 of 40", true);
    press(&page, &log, 'g');
    assert_shows(&page, &log, "1-10 of 40", true);
    press(&page, &log, ' ');
    assert_shows(&page, &log, "10-19 of 40", true);
    press(&page, &log, INPUT_ESCAPE);
    assert_int_equal(page.kind, PAGE_NONE);
    story_release(&log);
}

static void searching_goes_round(void **state)
{
    (void)state;
    struct story log = {0};
    struct page page = {0};
    fill(&log, 1, 30);
    page_show_log(&page);
    press(&page, &log, 'g');
    press(&page, &log, 'n');
    assert_shows(&page, &log, "nothing was searched for yet", true);
    type(&page, &log, "/sevenX");
    press(&page, &log, INPUT_BACKSPACE);
    assert_shows(&page, &log, "/seven", true);
    press(&page, &log, INPUT_ENTER);
    assert_int_equal(page.pager.found, 7);
    static const size_t next[] = {14, 21, 28, 7, 14};
    for (size_t i = 0; i < sizeof next / sizeof *next; i++) {
        press(&page, &log, 'n');
        assert_int_equal(page.pager.found, next[i]);
        assert_in_range(page.pager.found - 1, page.pager.top, page.pager.top + ROWS - 3);
    }
    press(&page, &log, 'N');
    press(&page, &log, 'N');
    assert_int_equal(page.pager.found, 28);
    type(&page, &log, "/eight");
    press(&page, &log, '\r');
    assert_shows(&page, &log, "not found", true);
    type(&page, &log, "/q");
    press(&page, &log, INPUT_ESCAPE);
    assert_int_equal(page.kind, PAGE_LOG);
    press(&page, &log, 'q');
    assert_int_equal(page.kind, PAGE_NONE);
    story_release(&log);
}

static void commands_of_the_session_are_handed_on(void **state)
{
    (void)state;
    struct story log = {0};
    struct page page = {0};
    page_show_log(&page);
    assert_shows(&page, &log, "0-0 of 0", true);
    assert_false(page_input(&page, &log, ROWS, 'r', COMMAND_RERUN_RED));
    assert_false(page_input(&page, &log, ROWS, 'p', COMMAND_PAUSE));
    assert_true(page_input(&page, &log, ROWS, 'W', COMMAND_WATCH_AGAIN));
    assert_int_equal(page.kind, PAGE_LOG);
    type(&page, &log, "/r");
    assert_string_equal(buf_str(&page.typed), "r");
    page_close(&page);
    story_release(&log);
}

static void typing_is_utf8_and_bounded(void **state)
{
    (void)state;
    struct story log = {0};
    struct page page = {0};
    page_show_log(&page);
    press(&page, &log, '/');
    press(&page, &log, 0x20AC);
    press(&page, &log, 'x');
    press(&page, &log, INPUT_BACKSPACE);
    assert_string_equal(buf_str(&page.typed), "€");
    press(&page, &log, INPUT_BACKSPACE);
    press(&page, &log, INPUT_BACKSPACE);
    assert_string_equal(buf_str(&page.typed), "");
    for (int i = 0; i < 1000; i++)
        press(&page, &log, 'a');
    assert_in_range(page.typed.len, 100, 300);
    page_close(&page);
}

static void the_log_keeps_its_newest_lines(void **state)
{
    (void)state;
    struct story log = {0};
    fill(&log, 1, 3 * LOG_LINES);
    assert_in_range(log.lines.len, LOG_LINES, 2 * LOG_LINES);
    const struct story_line *last = &log.lines.items[log.lines.len - 1];
    char *newest = mem_printf("line %d", 3 * LOG_LINES);
    assert_non_null(strstr(last->spans.items[1].text, newest));
    free(newest);
    size_t before = log.lines.len;
    log_add(&log, 0, STYLE_RED, "two\nlines\n");
    assert_int_equal(log.lines.len, before + 2);
    story_release(&log);
}

static void every_size_can_be_drawn(void **state)
{
    (void)state;
    struct story log = {0};
    struct page page = {0};
    fill(&log, 1, 5);
    page_show_log(&page);
    for (int rows = 1; rows < 9; rows++)
        for (int ascii = 0; ascii < 2; ascii++) {
            char *text = drawn(&page, &log, rows, ascii);
            assert_non_null(strstr(text, "line 5"));
            free(text);
        }
    page_close(&page);
    story_release(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_opens_at_its_end_and_stays_there),
        cmocka_unit_test(searching_goes_round),
        cmocka_unit_test(commands_of_the_session_are_handed_on),
        cmocka_unit_test(typing_is_utf8_and_bounded),
        cmocka_unit_test(the_log_keeps_its_newest_lines),
        cmocka_unit_test(every_size_can_be_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
