#include "trace/syntax.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Keywords as <…>, strings as "…" in «…», comments in {…}. */
static void check(const char *path, const char *line, const char *want)
{
    static const char *const open[] = {"", "<", "«", "{"}, *const shut[] = {"", ">", "»", "}"};
    struct buf got = {0};
    struct bytes run;
    enum syntax_kind kind;
    for (size_t at = 0; syntax_next(syntax_of(path), bytes_of(line), &at, &run, &kind);)
        buf_printf(&got, "%s%.*s%s", open[kind], (int)run.len, run.data, shut[kind]);
    assert_string_equal(buf_str(&got), want);
    buf_release(&got);
}

static void words_strings_and_comments_are_told_apart(void **state)
{
    static const struct {
        const char *path, *line, *want;
    } rows[] = {
        {"a.py", "return x + 1", "<return> x + 1"},
        {"a.py", "assert f'{x}' == rb\"\\\"y\" # no", "<assert> «f'{x}'» == «rb\"\\\"y\"» {# no}"},
        {"a.py", "returned = x.not_in#c", "returned = x.not_in{#c}"},
        {"a.py", "\"\"\"doc \"\"\" if", "«\"\"»«\"doc \"»«\"\"» <if>"},
        {"a.py", "x = 'never ended # in", "x = «'never ended # in»"},
        {"a.py", "x = 'odd\\", "x = «'odd\\»"},
        {"a.py", "naïf = notify(None)", "naïf = notify(<None>)"},
        {"a.py", "", ""},
        {"/p/a.b/c.c", "if (a == '\\'') /* why */ return; // x",
         "<if> (a == «'\\''») {/* why */} <return>; {// x}"},
        {"a.h", "int x; /* goes on", "<int> x; {/* goes on}"},
        {"a.cpp", "auto p = new T{u8\"x\"};", "<auto> p = <new> T{«u8\"x\"»};"},
        {"a.go", "if got := f(`a\\`); got != 'x' {", "<if> got := f(«`a\\`»); got != «'x'» {"},
        {"a.rs", "fn f<'a>(x: &'a str) -> char { 'x' }", "<fn> f<'a>(x: &'a str) -> char { «'x'» }"},
        {"a.rs", "let c = '\\n';", "<let> c = «'\\n'»;"},
        {"a.ts", "const x = `a ${b}` // t", "<const> x = «`a ${b}`» {// t}"},
        {"a.jsx", "expect(a.default).toBe(null)", "expect(a.default).toBe(<null>)"},
        {"A.java", "throw new E(\"x\");", "<throw> <new> E(«\"x\"»);"},
        {"a.rb", "puts \"#{x}\" unless y # z", "puts «\"#{x}\"» <unless> y {# z}"},
        {"a.rb", "super.class#x", "<super>.class#x"},
        {"a.sh", "test $# = 0 || echo 'a\\' \"b\\\"\" # c", "test $# = 0 || echo «'a\\'» «\"b\\\"\"» {# c}"},
        {"a.sh", "echo $if ${#x}", "echo $if ${#x}"},
        {"t/a.t", "is($#x, @my, 'y'); # z", "is($#x, @my, «'y'»); {# z}"},
        {"a.pm", "my $x = 1;", "<my> $x = 1;"},
        {"a.txt", "if 'x' # y", "if 'x' # y"},
        {"Makefile", "if 'x' # y", "if 'x' # y"},
        {"x.py/noext", "if 'x' # y", "if 'x' # y"},
        {"a.", "if", "if"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(rows[i].path, rows[i].line, rows[i].want);
}

static void whatever_comes_is_given_back_whole(void **state)
{
    static const char *const paths[] = {"a.py", "a.c",    "a.cc", "a.go", "a.rs",
                                        "a.ts", "a.java", "a.rb", "a.sh", "a.pl"};
    static const char letters[] = "'\"`\\#/* \t$@.ifr0\xC3(";
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 5000; round++) {
        char text[24];
        struct buf got = {0};
        struct bytes run;
        enum syntax_kind kind;
        for (size_t i = 0; i < sizeof text; i++) {
            seed = seed * 1664525U + 1013904223U;
            text[i] = letters[(seed >> 16) % (sizeof letters - 1)];
        }
        const struct syntax *syntax = syntax_of(paths[round % 10]);
        assert_non_null(syntax);
        for (size_t at = 0; syntax_next(syntax, (struct bytes){text, sizeof text}, &at, &run, &kind);)
            buf_add(&got, run.data, run.len);
        assert_int_equal(got.len, sizeof text);
        assert_memory_equal(got.data, text, sizeof text);
        buf_release(&got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_strings_and_comments_are_told_apart),
        cmocka_unit_test(whatever_comes_is_given_back_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
