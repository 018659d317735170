#include "ui/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define ROWS 24
#define COLS 80
#define LINE_OCTETS 50
#define LINES 2000000 /* 100 MB */

static void lines_come_as_they_are_in_any_order(void **state)
{
    (void)state;
    struct section section;
    struct story head = {0};
    struct buf made = {0};
    for (int i = 0; i < 300; i++)
        buf_printf(&made, "%.*s%d\n", i % 3, "\n\n", i);
    size_t len = made.len;
    section_init(&section, "Log", false, buf_take(&made), len);
    const struct long_text text = {.head = &head, .sections = &section, .section_count = 1};
    struct long_line room = {0};
    assert_int_equal(long_text_lines(&text), 2 + 600);
    assert_string_equal(long_text_line(&text, 0, &room)->spans.items[0].text, "");
    assert_string_equal(long_text_line(&text, 1, &room)->spans.items[0].text, "Log");
    char *lines[600];
    for (size_t i = 0; i < 600; i++)
        lines[i] = long_text_line(&text, 2 + i, &room)->spans.items[0].text;
    assert_string_equal(lines[599], "299");
    assert_string_equal(lines[597], "");
    assert_string_equal(lines[594], "297");
    for (size_t i = 600; i-- > 0;)
        assert_ptr_equal(long_text_line(&text, 2 + i, &room)->spans.items[0].text, lines[i]);
    for (size_t i = 0; i < 600; i++)
        assert_ptr_equal(long_text_line(&text, 2 + i * 7919 % 600, &room)->spans.items[0].text,
                         lines[i * 7919 % 600]);
    section_release(&section);
}

static void colors_are_known_at_every_line(void **state)
{
    (void)state;
    struct section section;
    struct story head = {0};
    struct buf made = {0};
    for (int i = 0; i < 500; i++)
        buf_printf(&made, i % 10 == 0 ? "\033[38;5;%dmon\n" : i % 10 == 7 ? "off\033[m\n" : "line\n", i / 10);
    size_t len = made.len;
    section_init(&section, "Log", false, buf_take(&made), len);
    const struct long_text text = {.head = &head, .sections = &section, .section_count = 1};
    struct long_line room = {0};
    for (size_t i = 0; i < 2000; i++) {
        size_t at = i < 500 ? i : i < 1000 ? 999 - i : i * 7919 % 500;
        const struct span *span = long_text_line(&text, 2 + at, &room)->spans.items;
        assert_true(span->printed);
        assert_int_equal(span->ink.front,
                         at % 10 >= 1 && at % 10 <= 7 ? INK_PALETTE | (at / 10) : INK_DEFAULT);
    }
    assert_false(long_text_line(&text, 1, &room)->spans.items->printed);
    section_release(&section);
}

static void diffs_of_a_report_are_colored(void **state)
{
    (void)state;
    for (int report = 0; report < 2; report++) {
        struct section section;
        struct story head = {0};
        struct long_line room = {0};
        static const char diff[] = "E   - x\nE   + y\n- z";
        section_init(&section, "x", report == 1, mem_dup(diff, sizeof diff - 1), sizeof diff - 1);
        const struct long_text text = {.head = &head, .sections = &section, .section_count = 1};
        const enum style want[] = {STYLE_REMOVED, STYLE_ADDED, STYLE_PLAIN};
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(long_text_line(&text, 2 + i, &room)->spans.items->style,
                             report == 1 ? want[i] : STYLE_PLAIN);
        section_release(&section);
    }
}

static void ends_and_nuls_are_no_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len, lines;
        const char *last;
    } cases[] = {{"", 0, 1, ""},      {"\n", 1, 1, ""},        {"\n\n", 2, 2, ""}, {"a\0b\n", 4, 1, "a\001b"},
                 {"a\nb", 3, 2, "b"}, {"a\r\nb\n\n", 6, 3, ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct section section;
        struct story head = {0};
        struct long_line room = {0};
        section_init(&section, "x", false, mem_dup(cases[i].text, cases[i].len), cases[i].len);
        const struct long_text text = {.head = &head, .sections = &section, .section_count = 1};
        assert_int_equal(section.lines, cases[i].lines);
        assert_string_equal(long_text_line(&text, 1 + cases[i].lines, &room)->spans.items[0].text,
                            cases[i].last);
        section_release(&section);
    }
}

/* A page with a text of 100 MB: every 100000th line has the needle. */
static void open_page(struct page *page)
{
    struct story story = {0};
    struct buf text = {0};
    char line[LINE_OCTETS + 16];
    buf_reserve(&text, (size_t)LINES * LINE_OCTETS);
    for (int i = 0; i < LINES; i++) {
        snprintf(line, sizeof line, "line %-7d %-36s", i, i % 100000 == 99999 ? "Needle" : "hay");
        line[LINE_OCTETS - 1] = '\n';
        buf_add(&text, line, LINE_OCTETS);
    }
    const char *was = text.data;
    page_show_test(page, "long", &story);
    page_add(page, "Standard output", false, &text);
    assert_ptr_equal(page->sections.items[0].text, was);
}

/* Takes away, or gives back, the lines [from, to) of the page's text, but for some at either end that lie on
 * pages of memory with others. Who looks at what is taken away dies of it. */
static void forbid(const struct page *page, size_t from, size_t to, int protection)
{
    uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE), text = (uintptr_t)page->sections.items[0].text;
    uintptr_t start = (text + from * LINE_OCTETS + size - 1) / size * size;
    uintptr_t end = (text + to * LINE_OCTETS) / size * size;
    assert_int_equal(mprotect((char *)start, end - start, protection), 0);
}

static void press(struct page *page, int input, enum command command)
{
    static const struct story no_log;
    struct screen screen;
    struct keymap keys = {0};
    assert_int_equal(keymap_init(&keys, NULL, 0, NULL), 0);
    assert_true(page_input(page, &no_log, ROWS, COLS, input, command));
    screen_init(&screen, ROWS, COLS, false);
    page_draw(&screen, page, &no_log, &keys);
    screen_release(&screen);
    keymap_release(&keys);
}

static void command(struct page *page, enum command command, int times)
{
    for (int i = 0; i < times; i++)
        press(page, INPUT_NONE, command);
}

static void a_text_of_100_mb_is_looked_at_only_where_it_shows(void **state)
{
    (void)state;
    struct page page = {0};
    open_page(&page);
    const struct section *section = &page.sections.items[0];
    assert_in_range(section->starts.cap * sizeof *section->starts.items, 1, section->len / 100);
    assert_int_equal(section->lines, LINES);
    for (int wrap = 0; wrap < 2; wrap++) {
        forbid(&page, 2000, LINES - 2000, PROT_NONE);
        command(&page, COMMAND_FIRST, 1);
        command(&page, COMMAND_PAGE_DOWN, 20);
        command(&page, COMMAND_NEXT, 100);
        command(&page, COMMAND_LAST, 1);
        assert_true(page.pager.at_end);
        assert_int_equal(page.pager.top.line, 2 + LINES - pager_room(ROWS));
        command(&page, COMMAND_PAGE_UP, 20);
        command(&page, COMMAND_PREVIOUS, 100);
        command(&page, COMMAND_RIGHT, 2);
        forbid(&page, 2000, LINES - 2000, PROT_READ | PROT_WRITE);
        command(&page, COMMAND_WRAP, 1);
    }
    page_release(&page);
}

/* A search goes once over what lies between two places, in either direction, and over nothing else. */
static void a_search_in_100_mb_looks_at_what_lies_between(void **state)
{
    (void)state;
    struct page page = {0};
    open_page(&page);
    forbid(&page, 102000, LINES, PROT_NONE);
    command(&page, COMMAND_SEARCH, 1);
    for (const char *at = "needle"; *at != '\0'; at++)
        press(&page, *at, COMMAND_NONE);
    press(&page, INPUT_ENTER, COMMAND_EDIT);
    assert_int_equal(page.pager.found, 3 + 99999);
    forbid(&page, 102000, 202000, PROT_READ | PROT_WRITE);
    forbid(&page, 0, 98000, PROT_NONE);
    command(&page, COMMAND_NEXT_FAILURE, 1);
    assert_int_equal(page.pager.found, 3 + 199999);
    command(&page, COMMAND_PREVIOUS_FAILURE, 1);
    assert_int_equal(page.pager.found, 3 + 99999);
    forbid(&page, 0, LINES, PROT_READ | PROT_WRITE);
    command(&page, COMMAND_PREVIOUS_FAILURE, 1);
    assert_int_equal(page.pager.found, 3 + 1999999);
    command(&page, COMMAND_NEXT_FAILURE, 1);
    assert_int_equal(page.pager.found, 3 + 99999);
    page_release(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_as_they_are_in_any_order),
        cmocka_unit_test(colors_are_known_at_every_line),
        cmocka_unit_test(diffs_of_a_report_are_colored),
        cmocka_unit_test(ends_and_nuls_are_no_lines),
        cmocka_unit_test(a_text_of_100_mb_is_looked_at_only_where_it_shows),
        cmocka_unit_test(a_search_in_100_mb_looks_at_what_lies_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
