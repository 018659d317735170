#include "ui/looks.h"
#include "ui/palette.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define P(n) (INK_PALETTE | (n))
#define RGB(n) (INK_RGB | (n))
#define DIRECT 0x1000000
#define MANY 65536

static void the_nearest_color_is_found(void **state)
{
    static const struct {
        uint32_t color;
        int of8, of16, of256, direct;
    } rows[] = {
        {INK_DEFAULT, -1, -1, -1, -1},
        {P(3), 3, 3, 3, 3},
        {P(9), 1, 9, 9, 0xFF0000},
        {P(8), -1, 8, 8, 0x7F7F7F},
        {P(196), 1, 1, 196, 0xFF0000},
        {P(67), 6, 6, 67, 0x5F87AF},
        {P(244), -1, -1, 244, 0x808080},
        {P(16), 0, 0, 16, 8},
        {P(231), 7, 7, 231, 0xFFFFFF},
        {RGB(0x000000), 0, 0, 16, 8},
        {RGB(0x5F87AF), 6, 6, 67, 0x5F87AF},
        {RGB(0xFE0101), 1, 1, 196, 0xFE0101},
        {RGB(0x202020), -1, -1, 234, 0x202020},
        {RGB(0xFFFFFF), 7, 7, 231, 0xFFFFFF},
        {RGB(0xEFEFEF), 7, 7, 255, 0xEFEFEF},
        {RGB(0x00FF80), 6, 6, 48, 0x00FF80},
        {RGB(0xFF8000), 3, 3, 208, 0xFF8000},
    };
    (void)state;
    const struct {
        int colors;
        size_t at;
    } terminals[] = {{8, 0}, {16, 1}, {256, 2}, {DIRECT, 3}};
    for (size_t t = 0; t < COUNT(terminals); t++) {
        struct palette palette;
        palette_init(&palette, terminals[t].colors, MANY, true);
        for (size_t i = 0; i < COUNT(rows); i++) {
            const int want[] = {rows[i].of8, rows[i].of16, rows[i].of256, rows[i].direct};
            int got = palette_color(&palette, rows[i].color);
            if (got != want[terminals[t].at])
                fail_msg("%x of %d colours is %d", (unsigned)rows[i].color, terminals[t].colors, got);
        }
    }
}

static int pair_of(struct palette *palette, uint32_t front, uint32_t back, const struct palette_pair **made)
{
    const struct ink ink = {.front = front, .back = back};
    return palette_pair(palette, &ink, made);
}

static void a_pair_is_made_once(void **state)
{
    (void)state;
    struct palette palette;
    const struct palette_pair *made;
    palette_init(&palette, 256, MANY, true);
    assert_int_equal(pair_of(&palette, INK_DEFAULT, INK_DEFAULT, &made), 0);
    assert_null(made);
    assert_int_equal(pair_of(&palette, P(1), INK_DEFAULT, &made), 1);
    assert_int_equal(made->number, 1);
    assert_int_equal(made->front, 1);
    assert_int_equal(made->back, PALETTE_OWN);
    assert_int_equal(pair_of(&palette, INK_DEFAULT, P(1), &made), 2);
    assert_int_equal(made->front, PALETTE_OWN);
    assert_int_equal(made->back, 1);
    assert_int_equal(pair_of(&palette, P(1), INK_DEFAULT, &made), 1);
    assert_null(made);
}

static void text_stays_visible(void **state)
{
    (void)state;
    struct palette palette;
    const struct palette_pair *made;
    palette_init(&palette, 8, 64, true);
    assert_int_equal(pair_of(&palette, P(1), P(1), &made), 0);
    assert_int_equal(pair_of(&palette, P(1), P(9), &made), 0);
    assert_int_equal(pair_of(&palette, RGB(0xFF0000), RGB(0xA00000), &made), 0);
    palette_init(&palette, 8, 64, false);
    assert_int_equal(pair_of(&palette, INK_DEFAULT, INK_DEFAULT, &made), 0);
    assert_int_equal(pair_of(&palette, P(7), P(0), &made), 0);
    assert_int_equal(pair_of(&palette, P(0), INK_DEFAULT, &made), 0);
    assert_int_equal(pair_of(&palette, P(1), INK_DEFAULT, &made), 1);
    assert_int_equal(made->front, 1);
    assert_int_equal(made->back, 0);
}

static void without_more_pairs_the_nearest_is_taken(void **state)
{
    (void)state;
    struct palette palette;
    const struct palette_pair *made;
    const int sizes[] = {0, 1, 9, 64, 256, MANY};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        palette_init(&palette, 256, sizes[i], true);
        for (uint32_t n = 0; n < 8; n++)
            pair_of(&palette, P(n), INK_DEFAULT, &made);
        for (uint32_t n = 0; n < 5000; n++) {
            int number = pair_of(&palette, P(n % 256), P(n / 19 % 256), &made);
            assert_in_range(number, 0, sizes[i] > 0 ? sizes[i] - 1 : 0);
            assert_in_range(number, 0, PALETTE_PAIRS);
        }
        assert_int_equal(pair_of(&palette, P(124), P(226), &made), sizes[i] > 8 ? 2 : 0);
    }
}

/* WCAG 2.1, relative luminance. */
static double luminance(uint32_t rgb)
{
    static const double weights[] = {0.0722, 0.7152, 0.2126};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double part = (double)(rgb >> 8 * i & 255) / 255;
        sum += weights[i] * (part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static void styles_can_be_read_on_black_and_on_white(void **state)
{
    (void)state;
    for (int style = 0; style < STYLE_COUNT; style++) {
        struct ink ink = look_of((enum style)style, 256);
        assert_int_equal(ink.back, INK_DEFAULT);
        if (ink.front == INK_DEFAULT)
            continue;
        double light = luminance(ink_rgb(ink.front));
        assert_true((light + 0.05) / 0.05 >= 3);
        assert_true(1.05 / (light + 0.05) >= 3);
    }
}

static void without_colors_there_are_none(void **state)
{
    (void)state;
    for (int style = 0; style < STYLE_COUNT; style++) {
        struct ink none = look_of((enum style)style, 0), few = look_of((enum style)style, 8);
        assert_int_equal(none.front, INK_DEFAULT);
        assert_true(few.front == INK_DEFAULT || (few.front & INK_VALUE) < 8);
        assert_int_equal(look_of((enum style)style, DIRECT).front, look_of((enum style)style, 256).front);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_color_is_found),
        cmocka_unit_test(a_pair_is_made_once),
        cmocka_unit_test(text_stays_visible),
        cmocka_unit_test(without_more_pairs_the_nearest_is_taken),
        cmocka_unit_test(styles_can_be_read_on_black_and_on_white),
        cmocka_unit_test(without_colors_there_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
