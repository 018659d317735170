#include "trace/places_table.h"

const struct place_pattern place_patterns[] = {
    /* Go: a panic's stack, "\t/p/sums.go:12 +0x1d" below "main.Add(0x1)"; t.Errorf's lines */
    {"^\\t(?<path>/[^:\\t]+\\.\\w+):(?<line>\\d+)(?: \\+0x[0-9a-f]+)?$",
     "^(?:created by )?(?<function>\\S.*?)(?:\\([^()]*\\))?(?: in goroutine \\d+)?$", PLACE_STACK},
    {"^goroutine \\d+ \\[running\\]:$", NULL, PLACE_DROPPED},
    {"^\\s+(?<path>[^\\s:]+\\.go):(?<line>\\d+): ", NULL, PLACE_LISTED},
    /* Rust: a backtrace, "  at ./src/lib.rs:5:9" below "3: sums::add"; a panic; the compiler */
    {"^\\s+at (?<path>\\S+\\.rs):(?<line>\\d+)(?::(?<column>\\d+))?$",
     "^\\s*\\d+: +(?:0x[0-9a-f]+ - )?(?<function>\\S.*)$", PLACE_STACK},
    {"^stack backtrace:$|^note: (?:Some details are omitted|run with `RUST_BACKTRACE)", NULL, PLACE_DROPPED},
    {"panicked at (?:'.*', )?(?<path>[^':]+\\.rs):(?<line>\\d+):(?<column>\\d+)", NULL, PLACE_LISTED},
    {"^\\s*--> (?<path>[^:]+):(?<line>\\d+):(?<column>\\d+)", NULL, PLACE_HEADED},
    /* JavaScript: "at add (file:///p/sums.js:1:2)", "at async /p/sums.js:1:2"; a printed error's own brace */
    {"^\\s*at (?:async )?(?:(?<function>[^()]+?(?: \\[as [^\\]]+\\])?) \\()?(?:file://)?"
     "(?<path>/.+?|node:[^()]+?|[A-Za-z]:[\\\\/"
     "][^()]+?|[\\w.][^():\\s]*?):(?<line>\\d+):(?<column>\\d+)\\)?(?: \\{)?$",
     NULL, PLACE_STACK},
    {"^\\s*at (?:.*<anonymous>(?::\\d+:\\d+)?\\)?|.* \\(index \\d+\\)|\\[eval\\].*)$", NULL, PLACE_DROPPED},
    {"^ +(?:(?<function>[\\w.<>$ ]+?) "
     "\\()?(?:file://)?(?<path>/[^():]+|node:[^()]+?):(?<line>\\d+):(?<column>\\d+)\\)?$",
     NULL, PLACE_STACK}, /* as node:test has it in TAP */
    {"^\\s*location: (['\"])(?<path>[^'\"]+):(?<line>\\d+):(?<column>\\d+)\\1$", NULL, PLACE_BARE},
    /* the JVM: "at org.example.Sums.add(Sums.java:12)" */
    {"^\\s*at "
     "(?:[\\w.]+/)?(?<function>[\\w.$<>]+)\\((?<path>[\\w$]+\\.(?:java|kt|scala|groovy)):(?<line>\\d+)\\)",
     NULL, PLACE_STACK},
    {"^\\s*at [\\w.$/<>]+\\((?:Native Method|Unknown Source)\\)|^\\s*\\.\\.\\. \\d+ more$", NULL,
     PLACE_DROPPED},
    /* Ruby: "from lib/sums.rb:3:in `add'", RSpec's "# ./spec/sums_spec.rb:5", Minitest's "[test/a.rb:6]:" */
    {"^\\s*(?:# |from )?(?<path>[^\\s:]+\\.rb):(?<line>\\d+):in [`'](?<function>.+)'$", NULL, PLACE_STACK},
    {"^(?<path>[^\\s:]+\\.rb):(?<line>\\d+):in [`'](?<function>.+?)': ", NULL, PLACE_LISTED},
    {"^\\s*# (?<path>[^\\s:]+\\.rb):(?<line>\\d+)$", NULL, PLACE_STACK},
    {"\\[(?<path>[^\\[\\]\\s:]+\\.rb):(?<line>\\d+)\\]:", NULL, PLACE_LISTED},
    {"^\\s*(?:from )?-e:\\d+:in ", NULL, PLACE_DROPPED},
    /* bats */
    {"from function [`'](?<function>[^`']+)' in (?:test )?file (?<path>[^,]+), line (?<line>\\d+)", NULL,
     PLACE_STACK},
    {"in test file (?<path>[^,]+), line (?<line>\\d+)", NULL, PLACE_STACK},
    /* Perl: "… at t/sums.t line 12." */
    {" at (?<path>[^\\s()]+) line (?<line>\\d+)\\.?$", NULL, PLACE_LISTED},
    /* sanitizers and gdb: "#0 0x55d in add /p/sums.c:10:5", "#0 add (n=1) at sums.c:10" */
    {"^\\s*#\\d+ +(?:0x[0-9a-f]+ )?(?:in )?(?:_start|__libc_start_\\w+) ", NULL, PLACE_DROPPED},
    {"^\\s*#\\d+ +(?:0x[0-9a-f]+ )?(?:in )?(?<function>.+?) (?:at "
     ")?(?<path>/?[^\\s:()]+\\.\\w+):(?<line>\\d+)"
     "(?::(?<column>\\d+))?(?: \\([^()]+\\+0x[0-9a-f]+\\))?(?: \\(BuildId: [0-9a-f]+\\))?$",
     NULL, PLACE_STACK},
    {"^\\s*#\\d+ .*\\([^()]+\\+0x[0-9a-f]+\\)(?: \\(BuildId: [0-9a-f]+\\))?$", NULL, PLACE_DROPPED},
    /* valgrind: "==7==    by 0x109184: add (sums.c:11)" */
    {"^==\\d+== +(?:at|by) 0x[0-9A-F]+: (?<function>.+) \\((?<path>[^\\s:()]+\\.\\w+):(?<line>\\d+)\\)$",
     NULL, PLACE_STACK},
    {"^==\\d+== +(?:at|by) 0x[0-9A-F]+: (?:.+ \\(in .+\\)|\\?\\?\\?)$", NULL, PLACE_DROPPED},
    /* assert(3) of glibc, musl and the BSDs: "sums: src/sums.c:10: add: Assertion `n > 0' failed.",
     * "Assertion failed: n > 0 (src/sums.c: add: 10)", "…, function add, file src/sums.c, line 10." */
    {"^[^:]+: (?<path>[^\\s:]+\\.\\w+):(?<line>\\d+): (?<function>.+): Assertion `", NULL, PLACE_LISTED},
    {"^Assertion failed: .* \\((?<path>[^\\s:()]+): (?<function>[^:]+): (?<line>\\d+)\\)$", NULL,
     PLACE_LISTED},
    {"^Assertion failed: .*, function (?<function>.+), file (?<path>[^,]+), line (?<line>\\d+)\\.$", NULL,
     PLACE_LISTED},
    /* Check: "sums.c:9:F:core:adds:0: Assertion" */
    {"^(?<path>[^\\s:][^:]*\\.\\w+):(?<line>\\d+):[FES]:[^:]*:(?<function>[^:]+):\\d+: ", NULL, PLACE_LISTED},
    /* Unity: "sums.c:9:test_adds:FAIL: Expected 3 Was 2" */
    {"^(?<path>[^\\s:][^:]*\\.\\w+):(?<line>\\d+):(?<function>[^:]+):FAIL\\b", NULL, PLACE_LISTED},
    /* cmocka: "[   LINE   ] --- sums.c:9: error: Failure!" */
    {"\\[   LINE   \\] --- (?<path>[^\\s:][^:]*\\.\\w+):(?<line>\\d+): ", NULL, PLACE_LISTED},
    /* GLib: "ERROR:sums.c:9:test_adds: assertion failed" */
    {"\\bERROR:(?<path>[^\\s:][^:]*\\.\\w+):(?<line>\\d+):(?<function>[^:]+): ", NULL, PLACE_LISTED},
    /* CUnit: "    1. sums.c:9  - CU_ASSERT_EQUAL(1 + 1,3)" */
    {"^\\s+\\d+\\. (?<path>[^\\s:][^:]*\\.\\w+):(?<line>\\d+)  - ", NULL, PLACE_LISTED},
    /* CppUnit: "1) test: Sums::adds (F) line: 9 sums.cpp"; as a compiler has it: "sums.cpp:9:Assertion" */
    {"^\\d+\\) test: (?<function>.+) \\([FE]\\) line: (?<line>\\d+) (?<path>\\S.*)$", NULL, PLACE_LISTED},
    {"^(?<path>[^\\s:][^:]*\\.\\w+):(?<line>\\d+):(?:Assertion|Error)$", NULL, PLACE_LISTED},
    /* Boost.Test: "sums.cpp(9): error: in "core/adds": check"; where it was before an exception */
    {"^(?<path>[^\\s()][^()]*\\.\\w+)\\((?<line>\\d+)\\): (?:(?:fatal )?error|warning|last checkpoint): "
     "(?:in \"(?<function>[^\"]+)\")?",
     NULL, PLACE_LISTED},
    /* oxc, swc, biome: "╭─[ src/a.ts:2:17 ]" */
    {"^\\W*\\[ ?(?<path>[^\\s\\[\\]:]+\\.\\w+):(?<line>\\d+):(?<column>\\d+) ?\\]$", NULL, PLACE_LISTED},
    /* Babel: "SyntaxError: /p/a.test.js: Unexpected token (1:24)" */
    {"^\\s*SyntaxError: (?<path>/[^:]+\\.\\w+): .*\\((?<line>\\d+):(?<column>\\d+)\\)$", NULL, PLACE_LISTED},
    /* tsc: "src/a.ts(3,5): error TS2322" */
    {"^(?<path>[^\\s()]+\\.[cm]?[jt]sx?)\\((?<line>\\d+),(?<column>\\d+)\\): ", NULL, PLACE_LISTED},
    /* gcc, clang, go build, GoogleTest, Catch2, doctest, pytest's reports: "src/sums.c:10:5: error" */
    {"^(?!In file included )(?<path>[^\\s:\"'()<>][^:\"'<>]*\\.\\w+):(?<line>\\d+)(?::(?<column>\\d+))?: ",
     NULL, PLACE_LISTED},
    /* where a test case of Catch2 or doctest begins, in which the lines after it tell of more */
    {"^(?!In file included )(?<path>[^\\s:\"'()<>][^:\"'<>]*\\.\\w+):(?<line>\\d+)(?::(?<column>\\d+))?:?$",
     NULL, PLACE_BARE},
};

const size_t place_pattern_count = sizeof place_patterns / sizeof *place_patterns;
