"""Recipes of Ruby, JavaScript and builds in the loop, by their own tools: red, edited, green, all."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest


def has_minitest():
    return shutil.which("ruby") and subprocess.run(["ruby", "-e", "require 'minitest'"], capture_output=True).returncode == 0


minitest = pytest.mark.skipif(not has_minitest(), reason="ruby's minitest is not installed")


def ruby_sums(project, expected):
    project.write("lib/sum.rb", """
        module Sum
          def self.add(a, b)
            raise ArgumentError, "too big" if a > 100
            a + b
          end
        end
        """)
    project.write("test/sum_test.rb", f"""
        require "minitest/autorun"
        require "sum"

        class SumTest < Minitest::Test
          def setup
            File.write("{project.base}/ran", name + "\\n", mode: "a")
          end

          def test_adds
            assert_equal {expected}, Sum.add(1, 1)
          end

          def test_two
            assert_equal 4, Sum.add(2, 2)
          end
        end
        """)
    project.write("test/late_test.rb", f"""
        require "minitest/autorun"

        describe "late / sum" do
          it "says (what)" do
            File.write("{project.base}/ran", "late\\n", mode: "a")
            skip "tomorrow"
          end
        end
        """)


@minitest
def test_red_edit_green_full_with_minitest(project):
    ruby_sums(project, 3)
    loop = project.aloof().wait_for(re.compile("RED 1 of 3 · ran 3"))
    loop.wait_for("FAIL  SumTest#test_adds").wait_for("Expected: 3").wait_for(re.compile(r"\+\d+ +test/sum_test.rb"))
    assert project.ran() == ["late", "test_adds", "test_two"]
    project.write("lib/sum.rb", project.read("lib/sum.rb").replace("a + b", "a + b + 0"))
    loop.wait_for(re.compile("RED 1 of 3 · reran 1 in"))
    assert project.ran() == ["test_adds"]
    project.write("lib/sum.rb", project.read("lib/sum.rb").replace("a + b", "[a + b, 3].max"))
    loop.wait_for(re.compile("GREEN 3 tests.*the red set passed"))
    assert project.ran() == ["late", "test_adds", "test_adds", "test_two"]
    project.write("test/sum_test.rb", "class Broken <\n")
    loop.wait_for("COLLECT test/sum_test.rb").wait_for("syntax error").wait_for(re.compile(r"\+\d +test/sum_test.rb"))
    ruby_sums(project, 2)
    loop.wait_for(re.compile("GREEN 3 tests"))


@minitest
@pytest.mark.parametrize("body, said", [
    ("Process.kill(:SEGV, $$); sleep", "CRASH SumTest#test_it +killed by SIGABRT"),
    ("exit!(0)", "FAIL  SumTest#test_it .*\n +the command exited with status 0 without a word about it|NOT RUN +SumTest#test_it"),
    ("puts 'said before'; $stdout.reopen('/dev/null'); raise 'wrong'", "FAIL  SumTest#test_it .*\n(.*\n)*.*RuntimeError: wrong"),
    ("begin; raise 'inner'; rescue; raise 'outer'; end", "FAIL  SumTest#test_it .*\n(.*\n)*.*RuntimeError: outer"),
    ("fork { exit }; Process.wait; flunk 'alone'", "FAIL  SumTest#test_it .*\n(.*\n)*.*alone"),
])
def test_ends_of_a_test_of_minitest(project, body, said):
    project.write("test/sum_test.rb", f"""
        require "minitest/autorun"
        class SumTest < Minitest::Test
          def test_it
            {body}
          end
        end
        """)
    project.write("test/other_test.rb", "require 'minitest/autorun'\nclass Other < Minitest::Test\ndef test_well; end\nend\n")
    done = project.once()
    assert done.returncode == 1
    assert re.search(said, done.stdout), done.stdout
    assert "2 tests" in done.stdout


@minitest
def test_arguments_reach_minitest(project):
    project.write("test/sum_test.rb", """
        require "minitest/autorun"
        class SumTest < Minitest::Test
          def test_seed = assert_equal(4711, Minitest.seed)
        end
        """)
    assert project.once().returncode == 1
    assert project.once("--", "--seed", "4711").returncode == 0


# npm's tools are where .ci/frameworks puts them, as make check-frameworks tells, or in PATH.
MODULES = pathlib.Path(os.environ.get("ALOOF_NPM", "/nowhere")) / "node_modules"


def javascript(project, tool):
    """A project whose own the tool is; skips the test where there is none."""
    own = (MODULES / ".bin" / tool).exists()
    if not own and not shutil.which(tool):
        pytest.skip(f"{tool} is not installed (make check-frameworks)")
    project.write(".gitignore", "node_modules\n")
    if own:
        (project.root / "node_modules").symlink_to(MODULES)
    return project


def sums_of(project, tool, expected, other=""):
    """Two files of tests, one of them red unless 2 is expected. Whoever runs leaves its name."""
    kind = {"vitest": ("ts", 'import { describe, it } from "vitest";\n'), "jest": ("js", ""), "mocha": ("js", "")}[tool]
    suffix, globals = kind
    module = suffix == "ts"
    take = "import {{ {1} }} from \"{0}\";" if module else "const {{ {1} }} = require(\"{0}\");"
    folder = "test" if tool == "mocha" else "src"
    project.write("package.json", '{"devDependencies": {"%s": "*"}}\n' % tool)
    project.write(f"{folder}/sum.test.{suffix}", f"""
        {globals}{take.format("../lib/sum", "add")}
        {take.format("node:fs", "appendFileSync")}
        {take.format("node:assert", "strictEqual")}
        const note = name => appendFileSync("{project.base}/ran", name + "\\n");
        describe("sum", () => {{
          it("adds", () => {{ note("adds"); strictEqual(add(1, 1), {expected}); }});
          it("adds (twice)", async () => {{ note("twice"); await null; strictEqual(add(1, 2), 3); }});
          {other}
        }});
        """)
    project.write(f"{folder}/late.test.{suffix}", f"""
        {globals}{take.format("node:fs", "appendFileSync")}
        it("is late", () => {{ appendFileSync("{project.base}/ran", "late\\n"); }});
        """)
    return f"{folder}/sum.test.{suffix}"


def library(project, tool, body):
    if tool == "vitest":
        project.write("lib/sum.ts", f"export function add(a: number, b: number): number {{\n  {body}\n}}\n")
    else:
        project.write("lib/sum.js", f"exports.add = function add(a, b) {{\n  {body}\n}};\n")


@pytest.mark.parametrize("tool", ["vitest", "jest", "mocha"])
def test_red_edit_green_full_in_javascript(project, tool):
    path = sums_of(javascript(project, tool), tool, 3)
    library(project, tool, "return a + b;")
    loop = project.aloof().wait_for(re.compile("RED 2 of 5 · ran 5"), 60)
    loop.wait_for(f"FAIL  {path} > sum adds").wait_for(re.compile(rf"\+[78] +{path}")).wait_for(f"{tool} ·")
    assert project.ran() == ["adds", "late", "twice"]
    library(project, tool, "return (a + b);")
    loop.wait_for(re.compile("RED 2 of 5 · reran [23] in"), 60)
    assert "late" not in project.ran()
    library(project, tool, "return Math.max(a + b, 3);")
    loop.wait_for(re.compile("GREEN 5 tests.*the red set passed"), 60)
    assert set(project.ran()) == {"adds", "late", "twice"}
    project.write(path, "describe('sum', () => {\n")
    loop.wait_for(re.compile(rf"(COLLECT|FAIL ) {path}"), 60)
    if tool != "mocha":  # whose own words are its output
        loop.wait_for(re.compile(rf"\+\d+ +{path}"))
    sums_of(project, tool, 3)
    loop.wait_for(re.compile("GREEN 5 tests"), 60)


@pytest.mark.parametrize("tool", ["vitest", "jest", "mocha"])
@pytest.mark.parametrize("body, said", [
    ('process.kill(process.pid, "SIGSEGV");', r"CRASH {path} +(killed by SIGSEGV|exited with status 1 in the middle of it)"),
    ("process.exit(0);", r"CRASH {path} +exited with status 0 in the middle of it|FAIL  {path} > sum ends .*\n(.*\n)*.*process.exit unexpectedly"),
    ('console.log("hi"); setTimeout(() => { throw new Error("too late"); }, 1); return new Promise(r => setTimeout(r, 50));',
     r"FAIL  {path}(.*\n)*.*too late"),
])
def test_ends_of_a_test_of_javascript(project, tool, body, said):
    path = sums_of(javascript(project, tool), tool, 2, f'it("ends", () => {{ {body} }});')
    library(project, tool, "return a + b;")
    done = project.once(timeout=120)
    assert done.returncode == 1
    assert re.search(said.replace("{path}", path), done.stdout), done.stdout


@pytest.mark.parametrize("tool, argument", [("vitest", "--testTimeout=4711"), ("jest", "--testTimeout=4711"), ("mocha", "--timeout=4711")])
def test_arguments_reach_javascript(project, tool, argument):
    body = 'strictEqual(this.timeout(), 4711);'
    if tool != "mocha":
        body = 'note(process.argv.join(" "));'
    sums_of(javascript(project, tool), tool, 2, f'it("is told", function () {{ {body} }});')
    library(project, tool, "return a + b;")
    done = project.once("--", argument, timeout=120)
    assert done.returncode == 0, done.stdout


has_meson = pytest.mark.skipif(not shutil.which("meson") or not shutil.which("ninja"), reason="meson is not installed")


def meson_sums(project, expected):
    project.write(".gitignore", "/build\n")
    project.write("meson.build", f"""
        project('sums', 'c')
        sum = executable('sum', 'sum.c')
        test('adds', sum, args: ['{project.base}/ran', 'adds'], suite: ['slow', 'net'])
        test('other', sum, args: ['{project.base}/ran', 'other'])
        test('later', sum, args: ['{project.base}/ran', 'later'])
        """)
    project.write("sum.c", f"""
        #include <assert.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        int main(int count, char **words) {{
          FILE *ran = fopen(words[1], "a");
          fprintf(ran, "%s\\n", words[2]);
          fclose(ran);
          if (strcmp(words[2], "later") == 0) return 77;
          if (strcmp(words[2], "adds") == 0) assert(1 + 1 == {expected});
          return count == 0;
        }}
        """)


@has_meson
def test_red_edit_green_full_with_meson(project):
    meson_sums(project, 3)
    subprocess.run(["meson", "setup", "build"], cwd=project.root, check=True, stdout=subprocess.DEVNULL)
    loop = project.aloof().wait_for(re.compile("RED 1 of 4 · ran 4"), 60)
    loop.wait_for("CRASH sums:adds").wait_for(re.compile(r"\+11 +sum.c")).wait_for("Assertion `1 + 1 == 3' failed").wait_for("1 skipped")
    assert project.ran() == ["adds", "later", "other"]
    meson_sums(project, 4)
    loop.wait_for("Assertion `1 + 1 == 4' failed", 60)
    assert project.ran() == ["adds"]
    meson_sums(project, 2)
    loop.wait_for(re.compile("GREEN 4 tests.*the red set passed"), 60)
    project.write("sum.c", "int main(void) { return wrong; }\n")
    loop.wait_for("FAIL  build", 60).wait_for(re.compile(r"\+1 +sum.c")).wait_for("wrong")
    meson_sums(project, 2)
    loop.wait_for(re.compile("GREEN 4 tests"), 60)


def test_what_a_test_by_exit_status_prints_leads_to_its_source(project):
    project.write(".aloof.conf", """
        [recipe "scripts"]
        	list = ls tests
        	unit = test
        	run = sh tests/{id}
        """)
    project.write("src/sum.c", "one\ntwo\n")
    project.write("tests/bad", "echo src/sum.c:2: wrong; exit 3\n")
    done = project.once()
    assert re.search(r"FAIL  bad .*\n.*\+2 src/sum.c .*\n +two\n +exited with status 3\n +its output\n +src/sum.c:2: wrong\n", done.stdout), done.stdout


automake = pytest.mark.skipif(not shutil.which("automake"), reason="automake is not installed")


def automake_sums(project):
    project.write(".gitignore", "*\n!*/\n!*.sh\n!*.tap\n!*.am\n")
    project.write("configure.ac", """
        AC_INIT([sums], [1.0])
        AM_INIT_AUTOMAKE([foreign])
        AC_REQUIRE_AUX_FILE([tap-driver.sh])
        AC_PROG_AWK
        AC_CONFIG_FILES([Makefile tests/Makefile])
        AC_OUTPUT
        """)
    project.write("Makefile.am", "SUBDIRS = tests\n")
    project.write("tests/Makefile.am", """
        TESTS = adds.sh crash.sh later.sh points.tap
        TEST_EXTENSIONS = .sh .tap
        SH_LOG_COMPILER = sh
        TAP_LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/tap-driver.sh
        TAP_LOG_COMPILER = sh
        """)
    note = f"echo ${{0##*/}} >> {project.base}/ran\n"
    project.write("tests/adds.sh", note + "echo tests/adds.sh:2: it is 2; exit 1\n")
    project.write("tests/crash.sh", note + "kill -SEGV $$\n")
    project.write("tests/later.sh", note + "exit 77\n")
    project.write("tests/points.tap", note + "echo 1..3; echo ok 1 - a; echo 'not ok 2 - b # todo'; echo not ok 3 - c\n")
    for command in (["autoreconf", "-i"], ["./configure", "-q"]):
        subprocess.run(command, cwd=project.root, check=True, capture_output=True)
    return note


@automake
def test_red_edit_green_full_with_automake(project):
    note = automake_sums(project)
    loop = project.aloof(rows=50).wait_for(re.compile("RED 4 of 8 · ran 8"), 60)
    loop.wait_for(re.compile(r"FAIL  tests/adds.sh .*\n.*\+2 +tests/adds.sh")).wait_for("it is 2")
    loop.wait_for(re.compile("CRASH tests/crash.sh +killed by SIGSEGV")).wait_for("FAIL  tests/points.tap > c").wait_for("1 skipped")
    assert project.ran() == ["adds.sh", "crash.sh", "later.sh", "points.tap"]
    project.write("tests/adds.sh", note + "exit 0\n")
    project.write("tests/crash.sh", note + "exit 0\n")
    loop.wait_for(re.compile("RED 2 of 8"), 60).wait_gone("FAIL  tests/adds.sh")
    assert "later.sh" not in project.ran()
    project.write("tests/points.tap", note + "echo 1..1; echo ok 1 - c\n")
    loop.wait_for(re.compile("GREEN 5 tests"), 60)
    assert {"adds.sh", "crash.sh", "later.sh", "points.tap"} == set(project.ran())


def test_the_check_of_another_makefile(project):
    project.write("Makefile", "all:\n\ncheck:\n\t@echo says this; test -e fine\n")
    done = project.once()
    assert done.returncode == 1
    assert re.search("FAIL  check .*\n(.*\n)*.*says this", done.stdout), done.stdout
    project.write("fine", "")
    done = project.once()
    assert (done.returncode, "2 tests" in done.stdout) == (0, True), done.stdout


def test_a_makefile_counts_last(project):
    project.write("Makefile", "check:\n\tfalse\n")
    project.write("t/a.t", "print qq(1..1\\nok 1\\n);\n")
    assert "prove" in project.aloof().wait_for("GREEN").wait_for("prove ·").text
