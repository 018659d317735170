#include "trace/clean.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define FFFD "\xEF\xBF\xBD"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void check(struct bytes text, bool sgr, const char *want)
{
    struct buf got = {0};
    clean_text(&got, text, sgr);
    assert_string_equal(buf_str(&got), want);
    buf_release(&got);
}

static void text_is_made_safe(void **state)
{
    static const struct {
        const char *text, *plain, *coloured;
    } rows[] = {
        {"plain text\nof two lines\n", "plain text\nof two lines\n", NULL},
        {"a\tb\n\tc\n12345678\td", "a       b\n        c\n12345678        d", NULL},
        {"日\tb", "日      b", NULL},
        {"bell\a back\b nul null\x7F", "bell back nul null", NULL},
        {"dos\r\nline", "dos\nline", NULL},
        {"\033[31mred\033[0m", "red", "\033[31mred\033[0m"},
        {"\033[1;38;5;196mred", "red", "\033[1;38;5;196mred\033[0m"},
        {"\033[38:2::1:2:3mred\033[m", "red", "\033[38;2;1;2;3mred\033[0m"},
        {"\033[31ma\033[31mb\033[1mc\033[md", "abcd", "\033[31mab\033[0;1;31mc\033[0md"},
        {"\033[5;8mseen\033[41;31mtoo\033[99999;;999999999999m", "seentoo", NULL},
        {"\033[38;5mhalf\033[38;5;300mno\033[?25mx\033[>4;2mx\033[1;31;1;31;1;31;1;31;1;31;1;31;1;31;1;31;1;"
         "31;"
         "1;31;1;31;1;31;1;31mx",
         "halfnoxxx", NULL},
        {"\033[2J\033[H\033[?1049hgone\033[6n", "gone", NULL},
        {"\033]0;title\alook\033]8;;http://x\033\\here", "lookhere", NULL},
        {"\033P1$r\033\\dcs\033_apc\033\\", "dcs", NULL},
        {"\033]0;never ended\nnext", "\nnext", NULL},
        {"\033[31\nbroken", "\nbroken", NULL},
        {"\033(Bcharset\033=\0337", "charset", NULL},
        {"\xC2\x9B"
         "2Jc1\xC2\x85",
         "c1", NULL},
        {"end\033", "end", NULL},
        {"end\033[", "end", NULL},
        {"bad \xFF\xC3(\xED\xA0\x80", "bad " FFFD FFFD "(" FFFD FFFD FFFD, NULL},
        {"\xF0\x9F\x99", FFFD FFFD FFFD, NULL},
        {"a\xE2\x80\xAE"
         "b",
         "ab", NULL},
        {"\xE2\x80\x8F\xD8\x9C\xE2\x81\xA7אב\xE2\x80\x8E", "אב", NULL},
        {"e\xCC\x81 日本 🙂", "e\xCC\x81 日本 🙂", NULL},
        {"", "", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        check(bytes_of(rows[i].text), false, rows[i].plain);
        check(bytes_of(rows[i].text), true, rows[i].coloured != NULL ? rows[i].coloured : rows[i].plain);
    }
    check((struct bytes){"a\0b", 3}, false, "ab");
    check((struct bytes){0}, false, "");
}

static void whatever_goes_in_comes_out_clean(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 2000; round++) {
        char text[64];
        for (size_t i = 0; i < sizeof text; i++) {
            seed = seed * 1664525U + 1013904223U;
            text[i] = (seed >> 24) % 3 != 0 ? "\033[]0m;\a\\\t\n\r\xC2\x9B\xE6\x97\xA5P"[(seed >> 16) % 17]
                                            : (char)(seed >> 8);
        }
        struct buf got = {0}, again = {0};
        clean_text(&got, (struct bytes){text, sizeof text}, false);
        assert_true(bytes_utf8(buf_bytes(&got)));
        for (size_t i = 0; i < got.len; i++)
            assert_true(got.data[i] == '\n' || (unsigned char)got.data[i] >= ' ');
        clean_text(&again, buf_bytes(&got), false);
        assert_string_equal(buf_str(&got), buf_str(&again));
        buf_release(&got);
        buf_release(&again);
    }
}

static void floods_of_marks_are_cut(void **state)
{
    (void)state;
    struct buf text = {0}, got = {0};
    buf_putc(&text, 'e');
    for (int i = 0; i < 1000; i++)
        buf_puts(&text, "\xCC\x81");
    buf_puts(&text, "x\xCC\x81");
    clean_text(&got, buf_bytes(&text), false);
    assert_int_equal(got.len, 1 + 16 * 2 + 1 + 2);
    buf_release(&text);
    buf_release(&got);
}

static void colors_lie_over_their_ground(void **state)
{
    static const struct ink red = {.front = INK_PALETTE | 1};
    static const struct {
        const char *text, *want;
        struct ink ink;
    } rows[] = {
        {"plain", "\033[31mplain\033[0m", {0}},
        {"\033[32mgreen\033[0m red", "\033[31m\033[0;32mgreen\033[0;31m red\033[0m", {0}},
        {"\033[41mred on red", "\033[31m\033[0mred on red", {0}},
        {"\033[1mbold", "\033[31m\033[0;1;31mbold\033[0m", {0}},
        {"green \033[mred", "\033[32mgreen \033[0;31mred\033[0m", {.front = INK_PALETTE | 2}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf got = {0};
        clean_inked(&got, bytes_of(rows[i].text), &red, &rows[i].ink);
        assert_string_equal(buf_str(&got), rows[i].want);
        buf_release(&got);
    }
}

static void colors_are_followed_over_lines(void **state)
{
    static const struct ink green = {.front = INK_PALETTE | 2}, bold = {.attributes = INK_BOLD}, plain = {0};
    (void)state;
    struct ink ink = green;
    clean_follow(&ink, bytes_of("nothing new"));
    assert_true(ink_same(&ink, &green));
    clean_follow(&ink, bytes_of("\033]0;\033[31m\a \033[0;1m \033[2J \033[3"));
    assert_true(ink_same(&ink, &bold));
    clean_follow(&ink, bytes_of("\033[m"));
    assert_true(ink_same(&ink, &plain));
}

static void widths_are_columns(void **state)
{
    static const struct {
        const char *text;
        size_t width;
    } rows[] = {
        {"", 0},   {"abc", 3},  {"日本", 4}, {"e\xCC\x81", 1}, {"🙂", 2}, {"\033[1;31mab\033[0m", 2},
        {FFFD, 1}, {"█▌⋯●", 4},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(clean_width(bytes_of(rows[i].text)), rows[i].width);
}

static void cuts_fall_between_characters(void **state)
{
    static const struct {
        const char *text;
        size_t columns, len, width;
    } rows[] = {
        {"abc", 2, 2, 2},  {"abc", 9, 3, 3},        {"abc", 0, 0, 0},        {"日本", 3, 3, 2},
        {"日本", 1, 0, 0}, {"e\xCC\x81x", 1, 3, 1}, {"\033[31mab", 1, 6, 1}, {"", 4, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t width;
        assert_int_equal(clean_cut(bytes_of(rows[i].text), rows[i].columns, &width), rows[i].len);
        assert_int_equal(width, rows[i].width);
    }
}

static void a_text_is_fitted_to_its_columns(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
        bool pad;
        const char *want;
    } rows[] = {
        {"abcdef", 4, false, "abc…"},
        {"abc", 5, true, "abc  "},
        {"abc", 3, true, "abc"},
        {"日本語", 4, true, "日… "},
        {"abc", 0, true, ""},
        {"", 2, true, "  "},
        {"\033[1mabc", 2, true, "\033[1ma\033[0m…"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf got = {0};
        clean_fit(&got, bytes_of(rows[i].text), rows[i].columns, "…", rows[i].pad);
        assert_string_equal(buf_str(&got), rows[i].want);
        buf_release(&got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_made_safe),
        cmocka_unit_test(whatever_goes_in_comes_out_clean),
        cmocka_unit_test(floods_of_marks_are_cut),
        cmocka_unit_test(colors_lie_over_their_ground),
        cmocka_unit_test(colors_are_followed_over_lines),
        cmocka_unit_test(widths_are_columns),
        cmocka_unit_test(cuts_fall_between_characters),
        cmocka_unit_test(a_text_is_fitted_to_its_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
