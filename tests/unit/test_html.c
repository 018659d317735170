#include "report/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void expect(struct buf *got, const char *wanted)
{
    assert_string_equal(buf_str(got), wanted);
    buf_release(got);
}

static void test_text_is_harmless(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"", ""},
        {"plain ä 🙂", "plain ä 🙂"},
        {"<b> & </b>", "&lt;b&gt; &amp; &lt;/b&gt;"},
        {"\"it's\"", "&quot;it&#39;s&quot;"},
        {"&amp;", "&amp;amp;"},
        {"a\033[1mb\n\t\177", "a␛[1mb␊␉␡"},
        {"\xff\xc3(\xed\xa0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xc2\x85 \xef\xbf\xbe \xe2\x80\xa8", "\xEF\xBF\xBD \xEF\xBF\xBD \xEF\xBF\xBD"},
        {"a\xe2\x80\xae"
         "b\xe2\x81\xa6",
         "a\xEF\xBF\xBD"
         "b\xEF\xBF\xBD"},
        {"\xe2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf got = {0};
        html_text(&got, rows[i][0]);
        expect(&got, rows[i][1]);
    }
}

static void test_long_text_loses_its_middle(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t most;
        const char *wanted;
    } rows[] = {
        {"abcdef", 6, "abcdef"}, {"abcdef", 5, "ab…ef"},         {"abcdef", 4, "ab…f"},
        {"abcdef", 2, "a…"},     {"<<<>>>", 4, "&lt;&lt;…&gt;"}, {"äöüß", 3, "ä…ß"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf got = {0};
        html_clipped(&got, rows[i].text, rows[i].most);
        expect(&got, rows[i].wanted);
    }
}

static void test_counts_have_commas(void **state)
{
    (void)state;
    struct buf got = {0};
    for (size_t number = 7; number < 10000000; number = number * 100 + 5) {
        html_count(&got, number);
        buf_putc(&got, ' ');
    }
    html_count(&got, 1000000);
    expect(&got, "7 705 70,505 7,050,505 1,000,000");
}

static void test_attributes_cannot_be_left(void **state)
{
    (void)state;
    struct buf got = {0};
    html_attribute(&got, "title", "\"><script>");
    expect(&got, " title=\"&quot;&gt;&lt;script&gt;\"");
}

static void test_columns_stand_at_the_right_and_all_can_be_seen(void **state)
{
    (void)state;
    const struct html_column columns[] = {{{100, 0, 0}, "<1>"}, {{49, 0, 1}, NULL}, {{0, 0, 0}, NULL}};
    struct buf got = {0};
    html_columns(&got, columns, 3, 4, "a \"label\"");
    expect(&got, "<svg class=\"columns\" viewBox=\"0 0 40 100\" preserveAspectRatio=\"none\" role=\"img\""
                 " aria-label=\"a &quot;label&quot;\">"
                 "<g><title>&lt;1&gt;</title><path class=\"at\" d=\"M10 0h10v100h-10z\"/>"
                 "<path class=\"m0\" d=\"M11 0.0h8v100.0h-8z\"/></g>"
                 "<g><path class=\"at\" d=\"M20 0h10v100h-10z\"/>"
                 "<path class=\"m0\" d=\"M21 51.0h8v49.0h-8z\"/>"
                 "<path class=\"m2\" d=\"M21 48.0h8v3.0h-8z\"/></g>"
                 "<g><path class=\"at\" d=\"M30 0h10v100h-10z\"/></g></svg>");
}

static void test_columns_of_nothing(void **state)
{
    (void)state;
    struct buf got = {0};
    html_columns(&got, NULL, 0, 2, "none");
    expect(&got, "<svg class=\"columns\" viewBox=\"0 0 20 100\" preserveAspectRatio=\"none\" role=\"img\""
                 " aria-label=\"none\"></svg>");
}

static void test_a_bar_has_its_dark_part(void **state)
{
    (void)state;
    static const struct {
        double part, dark;
        const char *wanted;
    } rows[] = {
        {0.5, 0.2,
         "<path class=\"m0\" d=\"M0 0h100v10h-100z\"/><path class=\"m1\" d=\"M100 0h400v10h-400z\"/>"},
        {1, 1, "<path class=\"m0\" d=\"M0 0h1000v10h-1000z\"/>"},
        {7, 0, "<path class=\"m1\" d=\"M0 0h1000v10h-1000z\"/>"},
        {-1, 2, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf got = {0}, wanted = {0};
        html_bar(&got, rows[i].part, rows[i].dark, "b");
        buf_printf(&wanted,
                   "<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" role=\"img\""
                   " aria-label=\"b\"><title>b</title>%s</svg>",
                   rows[i].wanted);
        expect(&got, buf_str(&wanted));
        buf_release(&wanted);
    }
}

static void test_a_sparkline_shows_failures_below_its_line(void **state)
{
    (void)state;
    const struct html_point points[] = {
        {HTML_WON, 1}, {HTML_LOST, 9}, {HTML_NEITHER, 0}, {HTML_WON, 2}, {HTML_WON, 0}};
    struct buf got = {0};
    html_sparkline(&got, points, 5, 6, "s");
    expect(&got, "<svg class=\"spark\" viewBox=\"0 0 18 25\" preserveAspectRatio=\"none\" role=\"img\""
                 " aria-label=\"s\"><title>s</title><path class=\"line\" d=\"M0 18.5h18\"/>"
                 "<path class=\"s m0\" d=\"M4.5 18v-9M13.5 18v-18M16.5 18v-2\"/>"
                 "<path class=\"s m2\" d=\"M7.5 18v7\"/><path class=\"s m1\" d=\"M10.5 18v-1\"/></svg>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_harmless),
        cmocka_unit_test(test_long_text_loses_its_middle),
        cmocka_unit_test(test_counts_have_commas),
        cmocka_unit_test(test_attributes_cannot_be_left),
        cmocka_unit_test(test_columns_stand_at_the_right_and_all_can_be_seen),
        cmocka_unit_test(test_columns_of_nothing),
        cmocka_unit_test(test_a_bar_has_its_dark_part),
        cmocka_unit_test(test_a_sparkline_shows_failures_below_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
