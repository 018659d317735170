#include "core/bytes.h"
#include "ui/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static const struct key_sequence own_keys[] = {{"\033[1;9u", INPUT_PAGE_UP}};

/* Writes the inputs of the octets as "input input …", a mouse event as "mouse:action@row,col"; at the end
 * nothing more comes. */
static void decode(const char *octets, size_t len, struct buf *to)
{
    struct decoder decoder = {.keys = own_keys, .key_count = 1};
    for (size_t i = 0; i <= len; i++) {
        int input = i < len ? decode_octet(&decoder, (unsigned char)octets[i]) : decode_end(&decoder);
        const struct mouse *mouse = &decoder.mouse;
        if (input == INPUT_MOUSE)
            buf_printf(to, "mouse:%d@%d,%d ", mouse->action, mouse->row, mouse->col);
        else if (input == INPUT_PASTED)
            buf_printf(to, "pasted:%x ", (unsigned)decoder.pasted);
        else if (input != INPUT_NONE)
            buf_printf(to, "%x ", (unsigned)input);
    }
    assert_false(decode_waits(&decoder));
}

static void check(const char *octets, const char *expected)
{
    struct buf got = {0};
    decode(octets, strlen(octets), &got);
    assert_string_equal(buf_str(&got), expected);
    buf_release(&got);
}

static void check_keys(const char *octets, const int *inputs)
{
    struct buf expected = {0};
    for (; *inputs != INPUT_NONE; inputs++)
        buf_printf(&expected, "%x ", (unsigned)*inputs);
    check(octets, buf_str(&expected));
    buf_release(&expected);
}

static void octets_become_keys(void **state)
{
    (void)state;
    static const struct {
        const char *octets;
        int inputs[5];
    } cases[] = {
        {"jk", {'j', 'k'}},
        {"\r\n", {INPUT_ENTER, INPUT_ENTER}},
        {"\033", {INPUT_ESCAPE}},
        {"\033[A\033OBj", {INPUT_UP, INPUT_DOWN, 'j'}},
        {"\033[5~\033[6~\033[1~\033[F", {INPUT_PAGE_UP, INPUT_PAGE_DOWN, INPUT_HOME, INPUT_END}},
        {"\033[1;9uq", {INPUT_PAGE_UP, 'q'}},
        {"\033[1;9", {INPUT_OTHER}},
        {"\033[1;5Aq", {INPUT_OTHER, 'q'}},
        {"\033[24;2~q", {INPUT_OTHER, 'q'}},
        {"\033[[Aq", {INPUT_OTHER, 'q'}},
        {"\033O5Aq", {INPUT_OTHER, 'q'}},
        {"\033qj", {INPUT_OTHER, 'j'}},
        {"\033éj", {INPUT_OTHER, 'j'}},
        {"\033\033[Aj", {INPUT_OTHER, 'j'}},
        {"\033]11;rgb:qqqq/aaaa\aj", {INPUT_OTHER, 'j'}},
        {"\033[1\033[Aj", {INPUT_UP, 'j'}},
        {"é€", {0xE9, 0x20AC}},
        {"\xff\x80j\xc3j", {INPUT_OTHER, INPUT_OTHER, 'j', 'j'}},
        {"\xed\xa0\x80j", {INPUT_OTHER, 'j'}},
        {"\x7f\b", {INPUT_BACKSPACE, INPUT_BACKSPACE}},
        {"\033[D\033OC\033[3~", {INPUT_LEFT, INPUT_RIGHT, INPUT_DELETE}},
        {"\033OP\033[15~\033[24~", {INPUT_F1, INPUT_F1 + 4, INPUT_F12}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_keys(cases[i].octets, cases[i].inputs);
}

static void clicks_and_the_wheel_are_told_with_their_place(void **state)
{
    (void)state;
    check("\033[<0;3;5M\033[<0;3;5mj", "mouse:0@4,2 6a ");
    check("\033[<64;1;1M\033[<65;1000;999M", "mouse:1@0,0 mouse:2@998,999 ");
    check("\033[<16;3;5M\033[<2;3;5M\033[<32;3;5M\033[<66;3;5M", "mouse:0@4,2 ");
    check("\033[<0;0;0Mj", "6a ");
    check("\033[M #%j\033[M`!!", "mouse:0@4,2 6a mouse:1@0,0 ");
}

static void a_paste_is_no_keys_however_long(void **state)
{
    (void)state;
    struct buf paste = {0}, expected = {0};
    buf_printf(&expected, "%x ", (unsigned)INPUT_PASTE);
    buf_puts(&paste, "\033[200~");
    for (int i = 0; i < 100000; i++) {
        buf_puts(&paste, "q\033[20\033[A\n");
        buf_puts(&expected, "pasted:71 pasted:41 pasted:a ");
    }
    buf_puts(&paste, "\xe2\x82\xac\xe2q\xff\033\033[201~j");
    buf_printf(&expected, "pasted:20ac pasted:71 %x ", (unsigned)'j');
    check(buf_str(&paste), buf_str(&expected));
    buf_release(&paste);
    buf_release(&expected);
}

static void a_paste_without_an_end_is_over_when_nothing_more_comes(void **state)
{
    (void)state;
    struct decoder decoder = {0};
    for (const char *at = "\033[200~qqq"; *at != '\0'; at++)
        assert_int_not_equal(decode_octet(&decoder, (unsigned char)*at), 'q');
    assert_true(decode_waits(&decoder));
    assert_int_equal(decode_end(&decoder), INPUT_NONE);
    assert_int_equal(decode_octet(&decoder, 'q'), 'q');
}

static void any_octets_leave_it_ready_for_the_next_key(void **state)
{
    (void)state;
    unsigned seed = 1;
    for (int round = 0; round < 20000; round++) {
        struct decoder decoder = {.keys = own_keys, .key_count = 1};
        for (int i = 0; i < 100; i++) {
            static const char likely[] = "\033\033[[O<;012~MAm]P\xc3\xe2\x82";
            seed = seed * 1103515245u + 12345u;
            unsigned pick = seed >> 16;
            bool any = pick % 4 == 0;
            decode_octet(&decoder, any ? (unsigned char)(pick >> 2)
                                       : (unsigned char)likely[(pick >> 2) % (sizeof likely - 1)]);
            assert_true(decoder.len < SEQUENCE_MAX);
        }
        decode_end(&decoder);
        assert_false(decode_waits(&decoder));
        assert_int_equal(decode_octet(&decoder, 'j'), 'j');
    }
}

static void two_clicks_on_a_row_in_time_are_a_double_click(void **state)
{
    (void)state;
    struct clicks clicks = {0};
    static const struct {
        int row;
        uint64_t time_ms;
        bool twice;
    } steps[] = {
        {3, 100, false},  {3, 500, true},  {3, 600, false},  {4, 700, false},
        {4, 1101, false}, {4, 1200, true}, {0, 1300, false},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        assert_int_equal(clicks_twice(&clicks, steps[i].row, steps[i].time_ms), steps[i].twice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(octets_become_keys),
        cmocka_unit_test(clicks_and_the_wheel_are_told_with_their_place),
        cmocka_unit_test(a_paste_is_no_keys_however_long),
        cmocka_unit_test(a_paste_without_an_end_is_over_when_nothing_more_comes),
        cmocka_unit_test(any_octets_leave_it_ready_for_the_next_key),
        cmocka_unit_test(two_clicks_on_a_row_in_time_are_a_double_click),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
