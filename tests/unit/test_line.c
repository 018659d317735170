#include "ui/line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

/* A line of one or two spans; not to be released. */
struct made {
    struct story_line line;
    struct span spans[2];
};

static const struct story_line *make(struct made *made, const char *text, const char *more)
{
    /* Spans own their texts elsewhere; here they are only read. */
    char *first = (char *)(uintptr_t)text, *second = (char *)(uintptr_t)more;
    *made = (struct made){.line.frame = -1, .spans = {{STYLE_PLAIN, first}, {STYLE_RED, second}}};
    made->line.spans.items = made->spans;
    made->line.spans.len = more != NULL ? 2 : 1;
    return &made->line;
}

static void assert_cells(const struct screen *screen)
{
    for (int row = 0; row < screen->rows; row++)
        for (int col = 0; col < screen->cols; col++) {
            const struct cell *cell = screen_cell(screen, row, col);
            assert_true(cell->width != 2 || (col + 1 < screen->cols && cell[1].width == 0));
            assert_true(cell->width != 0 || (col > 0 && cell[-1].width == 2));
        }
}

/* What is drawn of the line from its row `first` on; the caller frees. */
static char *drawn(const struct story_line *line, const struct line_look *look, int rows, int cols,
                   size_t first)
{
    struct screen screen;
    struct buf text = {0};
    screen_init(&screen, rows, cols, false);
    line_draw(&screen, 0, rows, line, look, NULL, first);
    assert_cells(&screen);
    screen_dump(&screen, false, &text);
    screen_release(&screen);
    return buf_take(&text);
}

static void check(const struct story_line *line, const struct line_look *look, int cols, const char *expected)
{
    int rows = (int)line_rows(line, look, cols);
    char *text = drawn(line, look, rows, cols, 0);
    assert_string_equal(text, expected);
    free(text);
}

static void a_line_that_is_cut_says_where(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int left;
        const char *expected;
    } cases[] = {
        {"0123456789", 0, " 0123456789\n"},   {"0123456789a", 0, " 012345678…\n"},
        {"0123456789a", 5, " …6789a\n"},      {"0123456789abcdefg", 5, " …6789abcd…\n"},
        {"0123456789", 10, " …\n"},           {"", 5, "\n"},
        {"日本語日本語", 0, " 日本語日 …\n"}, {"日本語日本語", 3, " …語日本語\n"},
        {"日本語日本語", 2, " … 語日本語\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made;
        const struct line_look look = {.left = cases[i].left};
        check(make(&made, cases[i].text, NULL), &look, 11, cases[i].expected);
    }
}

static void a_line_that_is_wrapped_keeps_its_indentation(void **state)
{
    (void)state;
    struct made made;
    const struct line_look look = {.wrap = true};
    check(make(&made, "0123456789", NULL), &look, 11, " 0123456789\n");
    check(make(&made, "0123456789", "abcdefghijk"), &look, 11, " 0123456789\n ↳ abcdefgh\n ↳ ijk\n");
    check(make(&made, "  ", "23456789abcdefghijk"), &look, 11, "   23456789\n   ↳ abcdef\n   ↳ ghijk\n");
    make(&made, "key:  0123456789", NULL);
    made.line.hang = 3;
    check(&made.line, &look, 11, " key:  0123\n    ↳ 45678\n    ↳ 9\n");
    check(make(&made, "0123456789", NULL), &look, 6, " 0123…\n"); /* too narrow to wrap */
}

/* Joined with its further rows' marks taken away, the whole line is there, whatever the width. */
static void nothing_is_lost_by_wrapping(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "日本語日本語日本語日本語日本語日本語", "a日本語b日本語c日d本語日本e語",
        "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301"
        "e\u0301e\u0301e\u0301e\u0301"};
    const struct line_look look = {.wrap = true};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int cols = 9; cols < 40; cols++) {
            struct made made;
            struct buf joined = {0};
            const struct story_line *line = make(&made, texts[i], NULL);
            size_t rows = line_rows(line, &look, cols);
            for (size_t row = 0; row < rows; row++) {
                char *text = drawn(line, &look, 1, cols, row);
                const char *at = text + (row == 0 ? 1 : 1 + strlen("↳ "));
                buf_add(&joined, at, strcspn(at, "\n"));
                free(text);
            }
            assert_string_equal(buf_str(&joined), texts[i]);
            buf_release(&joined);
        }
}

static void any_row_of_a_long_line_can_be_drawn_alone(void **state)
{
    (void)state;
    struct made made;
    size_t len = 1024 * 1024;
    char *text = mem_zero(len + 1);
    for (size_t i = 0; i < len; i++)
        text[i] = (char)('a' + i % 26);
    const struct line_look look = {.wrap = true};
    const struct story_line *line = make(&made, text, NULL);
    size_t rows = line_rows(line, &look, 80);
    assert_int_equal(rows, 1 + (len - 79 + 76) / 77);
    char *all = drawn(line, &look, 3, 80, rows / 2), *one = drawn(line, &look, 1, 80, rows / 2 + 2);
    assert_string_equal(strstr(all, one), one);
    assert_non_null(strstr(all, "↳ "));
    free(all);
    free(one);
    char *last = drawn(line, &look, 2, 80, rows - 1);
    assert_non_null(memchr(last, 'a' + (len - 1) % 26, strcspn(last, "\n")));
    free(last);
    free(text);
}

static void the_needle_stands_out_wherever_it_is(void **state)
{
    (void)state;
    struct made made;
    struct needle needle = {0};
    struct screen screen;
    struct buf text = {0};
    const struct line_look look = {.wrap = true};
    needle_set(&needle, "本語");
    screen_init(&screen, 3, 11, false);
    line_draw(&screen, 0, 3, make(&made, "a日本", "語 日本語日 日本\033[31m語"), &look, &needle, 0);
    screen_dump(&screen, true, &text);
    assert_string_equal(buf_str(&text), " a日本語\n....####\n"
                                        " ↳ 日本語日\n.d.rr####rr\n"
                                        " ↳  日本語\n.d.rrr####\n");
    buf_release(&text);
    screen_release(&screen);
    needle_release(&needle);
}

static void small_letters_find_capitals_and_not_the_other_way(void **state)
{
    (void)state;
    static const struct {
        const char *needle, *text;
        int at; /* -1: not found */
    } cases[] = {
        {"error", "an ERROR, an Error", 3},
        {"Error", "an ERROR, an Error", 13},
        {"é", "CAFÉ", 3},
        {"É", "café", -1},
        {"straße", "Straße", 0},
        {"x", "", -1},
        {"aab", "aaab", 1},
        {"b",
         "\xff\xfe"
         "b",
         2},
        {"", "abc", -1},
        {"\u65e5\u672c", "x日本", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct needle needle = {0};
        struct bytes found = {0};
        struct bytes text = bytes_of(cases[i].text);
        needle_set(&needle, cases[i].needle);
        assert_int_equal(needle_find(&needle, text, &found), cases[i].at >= 0);
        if (cases[i].at >= 0)
            assert_int_equal(found.data - text.data, cases[i].at);
        needle_release(&needle);
    }
}

static void going_to_the_needle_scrolls_sideways(void **state)
{
    (void)state;
    struct made made;
    struct needle needle = {0};
    struct line_look look = {0};
    char *text = mem_printf("%100shere%100s", "", "end");
    const struct story_line *line = make(&made, text, NULL);
    needle_set(&needle, "here");
    assert_int_equal(line_show(line, &look, &needle, 41), 0);
    assert_in_range(look.left, 104 - 40 + 1, 99);
    needle_set(&needle, " ");
    line_show(line, &look, &needle, 41);
    assert_int_equal(look.left, 0);
    look.wrap = true;
    needle_set(&needle, "end");
    size_t row = line_show(line, &look, &needle, 41);
    char *shows = drawn(line, &look, 1, 41, row);
    assert_non_null(strstr(shows, "end"));
    free(shows);
    needle_release(&needle);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_that_is_cut_says_where),
        cmocka_unit_test(a_line_that_is_wrapped_keeps_its_indentation),
        cmocka_unit_test(nothing_is_lost_by_wrapping),
        cmocka_unit_test(any_row_of_a_long_line_can_be_drawn_alone),
        cmocka_unit_test(the_needle_stands_out_wherever_it_is),
        cmocka_unit_test(small_letters_find_capitals_and_not_the_other_way),
        cmocka_unit_test(going_to_the_needle_scrolls_sideways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
