#include "trace/editor.h"

#include "core/words.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void each_editor_is_told_a_line_its_own_way(void **state)
{
    static const struct {
        const char *command, *file;
        unsigned line, column;
        const char *want; /* words in angle brackets */
        bool terminal;
    } rows[] = {
        {"vi", "a.py", 3, 5, "<vi><+3><a.py>", true},
        {"vim", "a.py", 3, 0, "<vim><+3><a.py>", true},
        {"vim", "a.py", 3, 5, "<vim><+call cursor(3,5)><a.py>", true},
        {"vim", "a.py", 0, 0, "<vim><a.py>", true},
        {"/usr/bin/vim.basic -p", "a.py", 3, 5, "</usr/bin/vim.basic><-p><+call cursor(3,5)><a.py>", true},
        {"/opt/nvim.appimage", "a.py", 3, 5, "</opt/nvim.appimage><+call cursor(3,5)><a.py>", true},
        {"vim -g", "a.py", 3, 0, "<vim><-g><+3><a.py>", false},
        {"gvim", "a.py", 3, 0, "<gvim><+3><a.py>", false},
        {"emacs", "a.py", 3, 5, "<emacs><+3:5><a.py>", true},
        {"emacs-29.1 -nw", "a.py", 3, 0, "<emacs-29.1><-nw><+3><a.py>", true},
        {"emacs --display=:1", "a.py", 3, 0, "<emacs><--display=:1><+3><a.py>", false},
        {"emacsclient -t", "a.py", 3, 5, "<emacsclient><-t><+3:5><a.py>", true},
        {"emacsclient -n", "a.py", 3, 0, "<emacsclient><-n><+3><a.py>", false},
        {"nano", "a.py", 3, 5, "<nano><+3,5><a.py>", true},
        {"micro", "a.py", 3, 5, "<micro><+3:5><a.py>", true},
        {"kak", "a.py", 3, 0, "<kak><+3><a.py>", true},
        {"hx", "a.py", 3, 5, "<hx><a.py:3:5>", true},
        {"helix", "a.py", 3, 0, "<helix><a.py:3>", true},
        {"code --wait", "a.py", 3, 5, "<code><--wait><-g><a.py:3:5>", false},
        {"code -g", "a.py", 3, 0, "<code><-g><a.py:3>", false},
        {"codium", "a b.py", 3, 0, "<codium><-g><a b.py:3>", false},
        {"subl -w", "a.py", 3, 5, "<subl><-w><a.py:3:5>", false},
        {"zed", "a.py", 3, 5, "<zed><a.py:3:5>", false},
        {"idea", "a.py", 3, 5, "<idea><--line><3><--column><5><a.py>", false},
        {"pycharm.sh", "a.py", 3, 0, "<pycharm.sh><--line><3><a.py>", false},
        {"ed", "a.py", 3, 5, "<ed><+3><a.py>", true},
        {"'/opt/my editors/vim' -u 'x y'", "-a.py", 3, 0, "</opt/my editors/vim><-u><x y><+3><./-a.py>",
         true},
        {"code -g {file}:{line}:{column}", "a 'b.py", 3, 0, "<code><-g><a 'b.py:3:1>", false},
        {"edit {line} {file} {other}", "$(x); y", 0, 0, "<edit><1><$(x); y><{other}>", true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct editor editor = {.editor = rows[i].command};
        struct strings argv = {0};
        struct buf got = {0};
        bool terminal;
        assert_int_equal(
            editor_argv(&editor, rows[i].file, rows[i].line, rows[i].column, &argv, &terminal, NULL), 0);
        for (size_t j = 0; j < argv.len; j++)
            buf_printf(&got, "<%s>", argv.items[j]);
        assert_string_equal(buf_str(&got), rows[i].want);
        assert_int_equal(terminal, rows[i].terminal);
        strings_release(&argv);
        buf_release(&got);
    }
}

static void editors_open_where_the_person_works(void **state)
{
    static const struct {
        const char *command, *nvim;
        bool tmux;
        const char *file, *want;
        bool terminal;
    } rows[] = {
        {"nvim", "/run/n", false, "a.py",
         "<nvim><--server></run/n><--remote-expr><execute('drop ' . fnameescape('/p/a.py')) . cursor(3, 5)>",
         false},
        {"/usr/bin/vim.basic", "/run/n", true, "/q/it's.py",
         "<nvim><--server></run/n><--remote-expr><execute('drop ' . fnameescape('/q/it''s.py')) . cursor(3, "
         "5)>",
         false},
        {"nano", "/run/n", false, "a.py", "<nano><+3,5><a.py>", true},
        {"nvim -R {file}", "/run/n", false, "a.py", "<nvim><-R><a.py>", true},
        {"nano", NULL, true, "a.py", "<tmux><split-window><-c></p><nano><+3,5><a.py>", false},
        {"code", NULL, true, "a.py", "<code><-g><a.py:3:5>", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct editor editor = {
            .editor = rows[i].command, .nvim = rows[i].nvim, .tmux = rows[i].tmux, .cwd = "/p"};
        struct strings argv = {0};
        struct buf got = {0};
        bool terminal;
        assert_int_equal(editor_argv(&editor, rows[i].file, 3, 5, &argv, &terminal, NULL), 0);
        for (size_t j = 0; j < argv.len; j++)
            buf_printf(&got, "<%s>", argv.items[j]);
        assert_string_equal(buf_str(&got), rows[i].want);
        assert_int_equal(terminal, rows[i].terminal);
        strings_release(&argv);
        buf_release(&got);
    }
}

static void configuration_wins_over_visual_over_editor(void **state)
{
    static const struct {
        const char *config, *visual, *editor, *location;
    } rows[] = {
        {"zed", "code", "nano", "zed a.py:7"},   {NULL, "code", "nano", "code -g a.py:7"},
        {NULL, NULL, "nano", "nano +7 a.py"},    {NULL, NULL, NULL, "vi +7 a.py"},
        {"", " ", "nano", "nano +7 a.py"},       {"x {file}", NULL, NULL, "x a.py"},
        {"vim 'open", NULL, NULL, "vi +7 a.py"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct editor editor = {.config = rows[i].config,
                                .visual = rows[i].visual,
                                .editor = rows[i].editor,
                                .nvim = "/run/nvim"};
        char *location = editor_location(&editor, "a.py", 7);
        assert_string_equal(location, rows[i].location);
        free(location);
    }
    char *quoted = editor_location(&(struct editor){.editor = "vim"}, "it's a file.py", 3);
    assert_string_equal(quoted, "vim +3 'it'\\''s a file.py'");
    free(quoted);
}

static void a_command_that_cannot_be_split_is_an_error(void **state)
{
    (void)state;
    static const char *const commands[] = {"vim 'a", "vim \"a", "vim \\"};
    for (size_t i = 0; i < COUNT(commands); i++) {
        struct editor editor = {.config = commands[i]};
        struct strings argv = {0};
        struct error error = {0};
        bool terminal;
        assert_int_equal(editor_argv(&editor, "a.py", 1, 1, &argv, &terminal, &error), -EINVAL);
        assert_non_null(strstr(error.text, commands[i]));
        assert_int_equal(argv.len, 0);
        strings_release(&argv);
    }
}

static void words_are_split_as_a_shell_does_and_quoted_back(void **state)
{
    static const struct {
        const char *command, *words;
    } rows[] = {
        {"", ""},
        {"  a\tb\n c ", "<a><b><c>"},
        {"'a b'c\"d e\"", "<a bcd e>"},
        {"'' \"\"", "<><>"},
        {"a\\ b \\'", "<a b><'>"},
        {"\"\\$x \\\" \\n\" '\\n'", "<$x \" \\n><\\n>"},
        {"~ $HOME *", "<~><$HOME><*>"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct strings words = {0}, again = {0};
        struct buf got = {0};
        assert_int_equal(words_split(rows[i].command, &words, NULL), 0);
        for (size_t j = 0; j < words.len; j++)
            buf_printf(&got, "<%s>", words.items[j]);
        assert_string_equal(buf_str(&got), rows[i].words);
        char *joined = words_join(&words);
        assert_int_equal(words_split(joined, &again, NULL), 0);
        assert_int_equal(again.len, words.len);
        for (size_t j = 0; j < words.len; j++)
            assert_string_equal(words.items[j], again.items[j]);
        free(joined);
        strings_release(&words);
        strings_release(&again);
        buf_release(&got);
    }
}

static void holes_are_filled_within_their_words(void **state)
{
    (void)state;
    static const struct words_hole holes[] = {{"{title}", "a {body}; b"}, {"{body}", ""}};
    struct strings words = {0};
    assert_int_equal(words_split("say '{title}!' {body} {bodyx}{title", &words, NULL), 0);
    words_fill(&words, holes, 2);
    assert_int_equal(words.len, 4);
    assert_string_equal(words.items[0], "say");
    assert_string_equal(words.items[1], "a {body}; b!");
    assert_string_equal(words.items[2], "");
    assert_string_equal(words.items[3], "{bodyx}{title");
    strings_release(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_editor_is_told_a_line_its_own_way),
        cmocka_unit_test(editors_open_where_the_person_works),
        cmocka_unit_test(configuration_wins_over_visual_over_editor),
        cmocka_unit_test(a_command_that_cannot_be_split_is_an_error),
        cmocka_unit_test(words_are_split_as_a_shell_does_and_quoted_back),
        cmocka_unit_test(holes_are_filled_within_their_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
