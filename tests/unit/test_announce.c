#include "ui/announce.h"
#include "ui/sequence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

/* A moment of the loop, and what is said about it. */
struct moment {
    const char *project;
    enum loop_state state;
    enum verdict verdict;
    size_t red;
    const char *broken;
    int exit_code;
    bool all_in;
};

static struct snapshot snapshot_of(const struct moment *moment, struct model *model)
{
    *model = (struct model){.red = moment->red};
    return (struct snapshot){
        .status =
            {
                .project = moment->project,
                .state = moment->state,
                .verdict = moment->verdict,
                .broken = moment->broken,
                .all_in = moment->all_in,
            },
        .model = model,
        .tests = 851,
        .exit_code = moment->exit_code,
    };
}

static void title_says_how_it_stands(void **state)
{
    (void)state;
    static const struct {
        struct moment moment;
        const char *title, *ascii;
    } table[] = {
        {{"jinja", LOOP_IDLE, VERDICT_RED, 2, NULL, 1, false}, "✗ 2 jinja", "x 2 jinja"},
        {{"jinja", LOOP_RUNNING, VERDICT_UNKNOWN, 1, NULL, 0, false}, "✗ 1 jinja", "x 1 jinja"},
        {{"jinja", LOOP_IDLE, VERDICT_GREEN, 0, NULL, 0, false}, "✓ jinja", "ok jinja"},
        {{"jinja", LOOP_RUNNING, VERDICT_UNKNOWN, 0, NULL, 0, false}, "… jinja", "... jinja"},
        {{"jinja", LOOP_RUNNING, VERDICT_PARTLY, 0, NULL, 0, false}, "… jinja", "... jinja"},
        {{"jinja", LOOP_IDLE, VERDICT_PARTLY, 0, NULL, 0, false}, "jinja", "jinja"},
        {{"jinja", LOOP_IDLE, VERDICT_UNKNOWN, 2, "no module", 4, false}, "! jinja", "! jinja"},
        {{"jinja", LOOP_IDLE, VERDICT_UNKNOWN, 0, "no tests", 5, false}, "jinja", "jinja"},
        {{"jinja", LOOP_IDLE, VERDICT_AFFECTED, 0, NULL, 0, false}, "✓ jinja", "ok jinja"},
        {{"a\033]2;b\a\nc", LOOP_IDLE, VERDICT_GREEN, 0, NULL, 0, false}, "✓ a", "ok a"},
        {{"ümlaut", LOOP_IDLE, VERDICT_GREEN, 0, NULL, 0, false}, "✓ ümlaut", "ok ?mlaut"},
        {{"\xC2\x9B\xFF\x01x", LOOP_IDLE, VERDICT_GREEN, 0, NULL, 0, false}, "✓ \xEF\xBF\xBDx", "ok ?x"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct model model;
        struct snapshot snapshot = snapshot_of(&table[i].moment, &model);
        struct buf title = {0}, ascii = {0};
        announce_title(&title, &snapshot, false);
        announce_title(&ascii, &snapshot, true);
        assert_string_equal(buf_str(&title), table[i].title);
        assert_string_equal(buf_str(&ascii), table[i].ascii);
        buf_release(&title);
        buf_release(&ascii);
    }
}

static void only_what_is_settled_has_a_colour(void **state)
{
    (void)state;
    static const struct {
        struct moment moment;
        enum announce_colour colour;
    } table[] = {
        {{"p", LOOP_RUNNING, VERDICT_RED, 2, NULL, 0, false}, ANNOUNCE_UNKNOWN},
        {{"p", LOOP_RUNNING, VERDICT_RED, 2, NULL, 0, true}, ANNOUNCE_RED},
        {{"p", LOOP_IDLE, VERDICT_RED, 2, NULL, 1, false}, ANNOUNCE_RED},
        {{"p", LOOP_IDLE, VERDICT_UNKNOWN, 0, "no module", 4, false}, ANNOUNCE_RED},
        {{"p", LOOP_IDLE, VERDICT_UNKNOWN, 0, "no tests", 5, false}, ANNOUNCE_UNKNOWN},
        {{"p", LOOP_IDLE, VERDICT_PARTLY, 0, NULL, 0, false}, ANNOUNCE_UNKNOWN},
        {{"p", LOOP_IDLE, VERDICT_GREEN, 0, NULL, 0, false}, ANNOUNCE_GREEN},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct model model;
        struct snapshot snapshot = snapshot_of(&table[i].moment, &model);
        assert_int_equal(announce_colour(&snapshot), table[i].colour);
    }
}

static void a_change_is_from_red_to_green_or_back(void **state)
{
    (void)state;
    static const struct {
        enum announce_colour now;
        bool change;
    } table[] = {
        {ANNOUNCE_UNKNOWN, false}, {ANNOUNCE_RED, false},     {ANNOUNCE_RED, false},
        {ANNOUNCE_UNKNOWN, false}, {ANNOUNCE_GREEN, true},    {ANNOUNCE_UNKNOWN, false},
        {ANNOUNCE_GREEN, false},   {ANNOUNCE_UNKNOWN, false}, {ANNOUNCE_RED, true},
    };
    enum announce_colour last = ANNOUNCE_UNKNOWN;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(announce_change(&last, table[i].now), table[i].change);
}

static void words_say_what_changed(void **state)
{
    (void)state;
    static const struct {
        struct moment moment;
        const char *title, *body;
    } table[] = {
        {{"jinja", LOOP_IDLE, VERDICT_RED, 2, NULL, 1, false}, "jinja is red", "2 of 851 tests fail"},
        {{"jinja", LOOP_IDLE, VERDICT_RED, 1, NULL, 1, false}, "jinja is red", "1 of 851 tests fails"},
        {{"jinja", LOOP_IDLE, VERDICT_GREEN, 0, NULL, 0, false}, "jinja is green", "851 tests"},
        {{"jinja", LOOP_IDLE, VERDICT_AFFECTED, 0, NULL, 0, false},
         "jinja is green",
         "all tests that the changes can affect"},
        {{"jinja", LOOP_IDLE, VERDICT_UNKNOWN, 0, "no\033[2J module\nmore", 4, false},
         "jinja is broken",
         "no module"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct model model;
        struct snapshot snapshot = snapshot_of(&table[i].moment, &model);
        struct buf title = {0}, body = {0};
        announce_words(&title, &body, &snapshot, false);
        assert_string_equal(buf_str(&title), table[i].title);
        assert_string_equal(buf_str(&body), table[i].body);
        buf_release(&title);
        buf_release(&body);
    }
}

static void each_terminal_gets_what_it_takes(void **state)
{
    (void)state;
    static const struct {
        struct sequence_env env;
        struct sequence_kind kind;
    } table[] = {
        {{.term = "dumb"}, {false, SEQUENCE_DIRECT, SEQUENCE_BELL, false}},
        {{.term = "linux"}, {false, SEQUENCE_DIRECT, SEQUENCE_BELL, false}},
        {{.term = "vt220", .vte = "7000"}, {false, SEQUENCE_DIRECT, SEQUENCE_BELL, false}},
        {{.term = "stv52"}, {false, SEQUENCE_DIRECT, SEQUENCE_BELL, false}},
        {{0}, {false, SEQUENCE_DIRECT, SEQUENCE_BELL, false}},
        {{.term = "vt420", .tsl = "\033[1$}"}, {false, SEQUENCE_DIRECT, SEQUENCE_BELL, false}},
        {{.term = "new", .tsl = "\033]0;"}, {true, SEQUENCE_DIRECT, SEQUENCE_OSC9, true}},
        {{.term = "new", .xt = true}, {true, SEQUENCE_DIRECT, SEQUENCE_OSC9, true}},
        {{.term = "xterm"}, {true, SEQUENCE_DIRECT, SEQUENCE_OSC9, true}},
        {{.term = "xterm-kitty"}, {true, SEQUENCE_DIRECT, SEQUENCE_OSC9, true}},
        {{.term = "st-256color"}, {true, SEQUENCE_DIRECT, SEQUENCE_OSC9, true}},
        {{.term = "foot"}, {true, SEQUENCE_DIRECT, SEQUENCE_OSC777, true}},
        {{.term = "rxvt-unicode-256color"}, {true, SEQUENCE_DIRECT, SEQUENCE_OSC777, true}},
        {{.term = "xterm-ghostty"}, {true, SEQUENCE_DIRECT, SEQUENCE_OSC777, true}},
        {{.term = "xterm-256color", .vte = "7000"}, {true, SEQUENCE_DIRECT, SEQUENCE_OSC777, true}},
        {{.term = "xterm-256color", .program = "WezTerm"}, {true, SEQUENCE_DIRECT, SEQUENCE_OSC777, true}},
        {{.term = "screen-256color", .tmux = "/tmp/t,1,0"}, {true, SEQUENCE_TMUX, SEQUENCE_OSC9, true}},
        {{.term = "screen", .sty = "1.pts", .vte = "7000"}, {true, SEQUENCE_SCREEN, SEQUENCE_OSC777, true}},
        {{.term = "screen", .sty = "1.pts", .tmux = "/tmp/t,1,0"},
         {true, SEQUENCE_TMUX, SEQUENCE_OSC9, true}},
        {{.term = "screen", .sty = "", .tmux = ""}, {true, SEQUENCE_DIRECT, SEQUENCE_OSC9, true}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct sequence_kind kind = sequence_kind(&table[i].env);
        assert_int_equal(kind.title, table[i].kind.title);
        assert_int_equal(kind.through, table[i].kind.through);
        assert_int_equal(kind.clipboard, table[i].kind.clipboard);
        assert_int_equal(kind.notify, table[i].kind.notify);
    }
}

static void sequences_are_those_of_the_terminals(void **state)
{
    (void)state;
    static const struct {
        struct sequence_kind kind;
        const char *octets;
    } table[] = {
        {{true, SEQUENCE_DIRECT, SEQUENCE_BELL, true}, "\a"},
        {{true, SEQUENCE_TMUX, SEQUENCE_BELL, true}, "\a"},
        {{true, SEQUENCE_DIRECT, SEQUENCE_OSC9, true}, "\033]9;a;b: c;d\a"},
        {{true, SEQUENCE_DIRECT, SEQUENCE_OSC777, true}, "\033]777;notify;a,b;c;d\033\\"},
        {{true, SEQUENCE_TMUX, SEQUENCE_OSC9, true}, "\033Ptmux;\033\033]9;a;b: c;d\a\033\\"},
        {{true, SEQUENCE_TMUX, SEQUENCE_OSC777, true},
         "\033Ptmux;\033\033]777;notify;a,b;c;d\033\033\\\033\\"},
        {{true, SEQUENCE_SCREEN, SEQUENCE_BELL, true}, "\a"},
        {{true, SEQUENCE_SCREEN, SEQUENCE_OSC9, true}, "\033P\033]9;a;b: c;d\a\033\\"},
        {{true, SEQUENCE_SCREEN, SEQUENCE_OSC777, true}, "\033P\033]777;notify;a,b;c;d\a\033\\"},
    };
    struct buf out = {0};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        buf_clear(&out);
        sequence_notify(&out, table[i].kind, "a;b", "c;d");
        assert_string_equal(buf_str(&out), table[i].octets);
    }
    buf_clear(&out);
    sequence_title(&out, "✗ 2 jinja");
    assert_string_equal(buf_str(&out), "\033]2;✗ 2 jinja\a");
    buf_release(&out);
}

static void a_copy_is_base64_and_harmless(void **state)
{
    (void)state;
    static const struct {
        enum sequence_through through;
        const char *text, *octets;
    } table[] = {
        {SEQUENCE_DIRECT, "f", "\033]52;c;Zg==\a"},
        {SEQUENCE_DIRECT, "fo", "\033]52;c;Zm8=\a"},
        {SEQUENCE_DIRECT, "foo", "\033]52;c;Zm9v\a"},
        {SEQUENCE_DIRECT, "t.py::é[\"~\"]", "\033]52;c;dC5weTo6w6lbIn4iXQ==\a"},
        {SEQUENCE_TMUX, "fo", "\033]52;c;Zm8=\a\033Ptmux;\033\033]52;c;Zm8=\a\033\\"},
        {SEQUENCE_SCREEN, "fo", "\033P\033]52;c;Zm8=\a\033\\"},
        {SEQUENCE_DIRECT, "a\nrm -r x", NULL},
        {SEQUENCE_DIRECT, "a\177", NULL},
        {SEQUENCE_DIRECT, "", NULL},
    };
    struct buf out = {0};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct sequence_kind kind = {true, table[i].through, SEQUENCE_OSC9, true};
        buf_clear(&out);
        assert_int_equal(sequence_copy(&out, kind, table[i].text), table[i].octets != NULL);
        assert_string_equal(buf_str(&out), table[i].octets != NULL ? table[i].octets : "");
    }
    assert_false(sequence_copy(&out, (struct sequence_kind){.title = true}, "foo"));
    buf_release(&out);
}

static void a_long_copy_goes_through_screen_in_pieces_and_has_an_end(void **state)
{
    (void)state;
    struct sequence_kind kind = {true, SEQUENCE_SCREEN, SEQUENCE_OSC9, true};
    char text[SEQUENCE_COPY_MAX + 2];
    struct buf out = {0};
    memset(text, 'x', sizeof text);
    text[SEQUENCE_COPY_MAX + 1] = '\0';
    assert_false(sequence_copy(&out, kind, text));
    text[SEQUENCE_COPY_MAX] = '\0';
    assert_true(sequence_copy(&out, kind, text));
    size_t pieces = 0, longest = 0;
    for (const char *p = buf_str(&out); *p != '\0'; pieces++) {
        const char *end = strstr(p, "\033\\");
        assert_true(end != NULL && strncmp(p, "\033P", 2) == 0);
        longest = (size_t)(end + 2 - p) > longest ? (size_t)(end + 2 - p) : longest;
        p = end + 2;
    }
    assert_true(pieces > 1);
    assert_true(longest < 768);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(title_says_how_it_stands),
        cmocka_unit_test(only_what_is_settled_has_a_colour),
        cmocka_unit_test(a_change_is_from_red_to_green_or_back),
        cmocka_unit_test(words_say_what_changed),
        cmocka_unit_test(each_terminal_gets_what_it_takes),
        cmocka_unit_test(sequences_are_those_of_the_terminals),
        cmocka_unit_test(a_copy_is_base64_and_harmless),
        cmocka_unit_test(a_long_copy_goes_through_screen_in_pieces_and_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
