#include "ui/log.h"
#include "ui/page.h"
#include "ui/typing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#define ROWS 12 /* ten of them for the text */
#define COLS 60

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
    struct keymap keys = {0};
    assert_int_equal(keymap_init(&keys, NULL, 0, NULL), 0);
    screen_init(&screen, rows, COLS, ascii);
    page_draw(&screen, page, log, &keys);
    keymap_release(&keys);
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
    assert_true(page_input(page, log, ROWS, COLS, input, command_of(input)));
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
    page_release(&page);
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
        assert_in_range(page.pager.found - 1, page.pager.top.line, page.pager.top.line + ROWS - 3);
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
    press(&page, &log, INPUT_ESCAPE); /* ends the search */
    assert_null(page.pager.reading.needle.text);
    assert_int_equal(page.kind, PAGE_LOG);
    press(&page, &log, 'q');
    assert_int_equal(page.kind, PAGE_NONE);
    page_release(&page);
    story_release(&log);
}

static void commands_of_the_session_are_handed_on(void **state)
{
    (void)state;
    struct story log = {0};
    struct page page = {0};
    page_show_log(&page);
    assert_shows(&page, &log, " of ", false);
    assert_false(page_input(&page, &log, ROWS, COLS, 'r', COMMAND_RERUN_RED));
    assert_false(page_input(&page, &log, ROWS, COLS, 'p', COMMAND_PAUSE));
    assert_true(page_input(&page, &log, ROWS, COLS, 'W', COMMAND_WATCH_AGAIN));
    assert_int_equal(page.kind, PAGE_LOG);
    type(&page, &log, "/r");
    assert_string_equal(buf_str(&page.pager.reading.typed), "r");
    page_release(&page);
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
    assert_string_equal(buf_str(&page.pager.reading.typed), "€");
    press(&page, &log, INPUT_BACKSPACE);
    press(&page, &log, INPUT_BACKSPACE);
    assert_string_equal(buf_str(&page.pager.reading.typed), "");
    for (int i = 0; i < 1000; i++)
        press(&page, &log, 'a');
    assert_in_range(page.pager.reading.typed.len, 100, 300);
    page_release(&page);
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
    page_release(&page);
    story_release(&log);
}

static void wrapped_lines_are_walked_over_by_rows(void **state)
{
    (void)state;
    struct story log = {0};
    struct page page = {0};
    for (int i = 0; i < 9; i++) {
        char *text = mem_printf("%0*d end %d", 200, i, i);
        log_add(&log, 0, STYLE_PLAIN, text);
        free(text);
    }
    page_show_log(&page);
    press(&page, &log, 'g');
    press(&page, &log, 'w');
    assert_shows(&page, &log, "1-2 of 9", true); /* of five rows each */
    press(&page, &log, 'j');
    assert_int_equal(page.pager.top.line, 0);
    assert_int_equal(page.pager.top.row, 1);
    assert_shows(&page, &log, "1-3 of 9", true);
    for (int i = 0; i < 4; i++)
        press(&page, &log, 'j');
    assert_int_equal(page.pager.top.line, 1);
    press(&page, &log, ' ');
    assert_int_equal(page.pager.top.line, 2);
    assert_int_equal(page.pager.top.row, 4);
    press(&page, &log, 'b');
    press(&page, &log, 'k');
    assert_int_equal(page.pager.top.line, 0);
    assert_int_equal(page.pager.top.row, 4);
    press(&page, &log, 'G');
    assert_shows(&page, &log, "8-9 of 9", true);
    assert_shows(&page, &log, "end 8", true);
    type(&page, &log, "/end 3");
    press(&page, &log, INPUT_ENTER);
    assert_shows(&page, &log, "end 3", true);
    press(&page, &log, 'w');
    assert_shows(&page, &log, "end 3", false);
    press(&page, &log, 'n');
    assert_shows(&page, &log, "end 3", true); /* scrolled sideways */
    page_close(&page);
    assert_false(page.wrap);
    page_show_log(&page);
    press(&page, &log, 'w');
    page_close(&page);
    page_show_log(&page);
    assert_true(page.pager.reading.look.wrap);
    page_release(&page);
    story_release(&log);
}

static void hints_are_hit_where_they_are_drawn(void **state)
{
    (void)state;
    struct story log = {0};
    struct page page = {0};
    struct keymap keys = {0};
    const struct screen size = {.rows = ROWS, .cols = COLS, .ascii = true};
    assert_int_equal(keymap_init(&keys, NULL, 0, NULL), 0);
    fill(&log, 1, 30);
    page_show_log(&page);
    char *text = drawn(&page, &log, ROWS, true);
    const char *row = strstr(text, " j/k line");
    assert_non_null(row);
    assert_int_equal(page_hint_at(&size, &page, &keys, ROWS - 1, (int)(strstr(row, "/ search") - row)), '/');
    assert_int_equal(page_hint_at(&size, &page, &keys, ROWS - 1, (int)(strstr(row, "q back") - row)), 'q');
    assert_int_equal(page_hint_at(&size, &page, &keys, ROWS - 1, COLS - 1), INPUT_NONE);
    assert_int_equal(page_hint_at(&size, &page, &keys, ROWS - 2, 1), INPUT_NONE);
    press(&page, &log, '/');
    assert_int_equal(page_hint_at(&size, &page, &keys, ROWS - 1, 1), INPUT_NONE);
    free(text);
    page_release(&page);
    keymap_release(&keys);
    story_release(&log);
}

static void a_typed_line_loses_whole_characters_and_takes_pastes(void **state)
{
    (void)state;
    struct buf line = {0};
    for (const char *at = "ab\ncd\te\x1b"; *at != '\0'; at++)
        typing_paste(&line, *at);
    typing_paste(&line, 0x301);
    typing_paste(&line, 0x65E5);
    assert_string_equal(buf_str(&line), "abcd e\u0301\u65e5");
    typing_input(&line, INPUT_BACKSPACE);
    assert_string_equal(buf_str(&line), "abcd e\u0301");
    typing_input(&line, INPUT_BACKSPACE);
    assert_string_equal(buf_str(&line), "abcd ");
    for (int i = 0; i < 9; i++)
        typing_input(&line, INPUT_BACKSPACE);
    assert_string_equal(buf_str(&line), "");
    buf_release(&line);
}

static void the_help_scrolls_and_any_other_key_leaves_it(void **state)
{
    (void)state;
    struct story log = {0};
    struct page page = {0};
    struct keymap keys = {0};
    assert_int_equal(keymap_init(&keys, NULL, 0, NULL), 0);
    page_show_help(&page, &keys, COLS);
    press(&page, &log, 'j');
    assert_int_equal(page.pager.top.line, 1);
    press(&page, &log, 'G');
    assert_shows(&page, &log, "q, Ctrl-C", true);
    type(&page, &log, "/EDITOR");
    press(&page, &log, INPUT_ENTER);
    assert_shows(&page, &log, "not found: EDITOR", true);
    type(&page, &log, "/editor");
    press(&page, &log, INPUT_ENTER);
    assert_shows(&page, &log, "open the frame in your editor", true);
    press(&page, &log, INPUT_ESCAPE);
    assert_int_equal(page.kind, PAGE_HELP);
    press(&page, &log, 'r');
    assert_int_equal(page.kind, PAGE_NONE);
    page_release(&page);
    keymap_release(&keys);
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
        cmocka_unit_test(wrapped_lines_are_walked_over_by_rows),
        cmocka_unit_test(hints_are_hit_where_they_are_drawn),
        cmocka_unit_test(a_typed_line_loses_whole_characters_and_takes_pastes),
        cmocka_unit_test(the_help_scrolls_and_any_other_key_leaves_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
