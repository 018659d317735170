#include "trace/ink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define P(n) (INK_PALETTE | (n))
#define RGB(n) (INK_RGB | (n))

static void parameters_make_inks(void **state)
{
    static const struct ink on = {P(1), P(2), INK_BOLD | INK_DIM | INK_ITALIC | INK_UNDERLINE | INK_REVERSE};
    const struct {
        const char *parameters;
        struct ink before, after;
    } rows[] = {
        {"", on, {0}},
        {"0", on, {0}},
        {";1", on, {0, 0, INK_BOLD}},
        {"1;0", on, {0}},
        {"1;2;3;4;7", {0}, {0, 0, on.attributes}},
        {"5;6;8;9", {0}, {0}},
        {"5;6;8;9;25;28;29", on, on},
        {"21", {0}, {0, 0, INK_UNDERLINE}},
        {"22", on, {P(1), P(2), INK_ITALIC | INK_UNDERLINE | INK_REVERSE}},
        {"23;24;27", on, {P(1), P(2), INK_BOLD | INK_DIM}},
        {"4:3", {0}, {0, 0, INK_UNDERLINE}},
        {"4:0", on, {P(1), P(2), INK_BOLD | INK_DIM | INK_ITALIC | INK_REVERSE}},
        {"30", {0}, {.front = P(0)}},
        {"37;40", {0}, {P(7), P(0), 0}},
        {"47", {0}, {.back = P(7)}},
        {"39", on, {0, P(2), on.attributes}},
        {"49", on, {P(1), 0, on.attributes}},
        {"90;107", {0}, {P(8), P(15), 0}},
        {"97;100", {0}, {P(15), P(8), 0}},
        {"38;5;196", {0}, {.front = P(196)}},
        {"48;5;0;1", {0}, {.back = P(0), .attributes = INK_BOLD}},
        {"38:5:196;1", {0}, {.front = P(196), .attributes = INK_BOLD}},
        {"38;2;1;2;3;48;2;255;254;253", {0}, {RGB(0x010203), RGB(0xFFFEFD), 0}},
        {"38:2:1:2:3;4", {0}, {.front = RGB(0x010203), .attributes = INK_UNDERLINE}},
        {"38:2::1:2:3;4", {0}, {.front = RGB(0x010203), .attributes = INK_UNDERLINE}},
        {"48:2:7:1:2:3", {0}, {.back = RGB(0x010203)}},
        {"38;5", on, on},
        {"38;5;256;1", {0}, {0, 0, INK_BOLD}},
        {"38;2;256;0;0;1", {0}, {0, 0, INK_BOLD}},
        {"38;2;1;2", {0}, {0}},
        {"38;9;1;31", {0}, {0}},
        {"38:5", on, on},
        {"58;2;1;2;3;31", {0}, {.front = P(1)}},
        {"58:5:1;31", {0}, {.front = P(1)}},
        {"50;53;59;73;108;999", on, on},
        {"31:7", on, on},
        {"99999999999999999999999999999999999;31", {0}, {.front = P(1)}},
        {"4294967327", {0}, {0}},
        {"<1", on, on},
        {"31 ", on, on},
        {";;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;31", on, {0}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ink ink = rows[i].before;
        ink_apply(&ink, bytes_of(rows[i].parameters));
        if (!ink_same(&ink, &rows[i].after))
            fail_msg("%s gave %x %x %x", rows[i].parameters, (unsigned)ink.front, (unsigned)ink.back,
                     (unsigned)ink.attributes);
    }
}

static void what_is_written_switches_from_one_ink_to_the_other(void **state)
{
    const struct {
        struct ink from, to;
        const char *want;
    } rows[] = {
        {{0}, {0}, ""},
        {{.front = P(1)}, {.front = P(1)}, ""},
        {{0}, {.front = P(1)}, "\033[31m"},
        {{.front = P(1)}, {0}, "\033[0m"},
        {{.front = P(1)}, {0, 0, INK_BOLD}, "\033[0;1m"},
        {{0}, {P(9), P(8), INK_DIM | INK_REVERSE}, "\033[2;7;91;100m"},
        {{0}, {P(16), RGB(0x0102FF), INK_ITALIC | INK_UNDERLINE}, "\033[3;4;38;5;16;48;2;1;2;255m"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf got = {0};
        struct ink ink = rows[i].from;
        ink_write(&got, &rows[i].from, &rows[i].to);
        assert_string_equal(buf_str(&got), rows[i].want);
        if (got.len > 0)
            ink_apply(&ink, (struct bytes){got.data + 2, got.len - 3});
        assert_true(ink_same(&ink, &rows[i].to));
        buf_release(&got);
    }
}

static void an_ink_lies_over_another(void **state)
{
    (void)state;
    const struct ink base = {P(1), P(2), INK_BOLD}, top = {.back = P(3), .attributes = INK_DIM};
    const struct ink want = {P(1), P(3), INK_BOLD | INK_DIM};
    struct ink got = ink_over(&base, &top);
    assert_true(ink_same(&got, &want));
}

static void text_does_not_vanish_in_its_background(void **state)
{
    const struct {
        struct ink ink;
        bool kept;
    } rows[] = {
        {{P(1), P(1), INK_BOLD}, false},
        {{P(0), RGB(0), 0}, false},
        {{P(16), RGB(0x030303), 0}, false},
        {{RGB(0xFF0000), P(9), 0}, false},
        {{P(1), P(2), 0}, true},
        {{.front = P(0)}, true},
        {{.back = P(0)}, true},
        {{0}, true},
        {{RGB(0x808080), RGB(0xA0A0A0), 0}, true},
        {{P(231), P(15), 0}, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct ink plain = {.attributes = rows[i].ink.attributes};
        struct ink seen = ink_visible(&rows[i].ink);
        assert_true(ink_same(&seen, rows[i].kept ? &rows[i].ink : &plain));
    }
}

static void palette_colors_are_xterms(void **state)
{
    (void)state;
    assert_int_equal(ink_rgb(P(16)), 0x000000);
    assert_int_equal(ink_rgb(P(196)), 0xFF0000);
    assert_int_equal(ink_rgb(P(67)), 0x5F87AF);
    assert_int_equal(ink_rgb(P(231)), 0xFFFFFF);
    assert_int_equal(ink_rgb(P(232)), 0x080808);
    assert_int_equal(ink_rgb(P(255)), 0xEEEEEE);
    assert_int_equal(ink_rgb(P(15)), 0xFFFFFF);
    assert_int_equal(ink_rgb(RGB(0x123456)), 0x123456);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_make_inks),
        cmocka_unit_test(what_is_written_switches_from_one_ink_to_the_other),
        cmocka_unit_test(an_ink_lies_over_another),
        cmocka_unit_test(text_does_not_vanish_in_its_background),
        cmocka_unit_test(palette_colors_are_xterms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
