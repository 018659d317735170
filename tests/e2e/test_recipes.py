"""Recipes: frameworks that are a command line, in the same loop as pytest, by their own tools."""

import os
import re
import shutil
import subprocess
import sys

import pytest

perl = pytest.mark.skipif(not shutil.which("prove"), reason="perl's prove is not installed")
bats = pytest.mark.skipif(not shutil.which("bats"), reason="bats is not installed")
node = pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
cmake = pytest.mark.skipif(not shutil.which("cmake"), reason="cmake is not installed")


@pytest.fixture
def scripts(project):
    """A project whose tests are shell scripts, judged by their exit status."""
    project.write(".aloof.conf", """
        [recipe "scripts"]
        	list = ls tests
        	run = sh tests/{id}
        """)
    project.write("tests/good", "echo fine\n")
    return project


def points(project, *plan, **files):
    """A project whose tests print TAP."""
    project.write(".aloof.conf", """
        [recipe "points"]
        	list = sh -c 'ls t/*'
        	run = sh {file}
        	format = tap
        """)
    for name, text in files.items():
        project.write(f"t/{name}", text)
    return project


def noted(project, path, body):
    """A test file of perl that notes that it ran."""
    project.write(path, f"""
        use Test::More;
        open my $ran, ">>", "{project.base}/ran"; print $ran "{path}\\n"; close $ran;
        {body}
        done_testing;
        """)


@perl
def test_red_edit_green_full_with_prove(project):
    for name in "abc":
        noted(project, f"t/{name}.t", "is(1 + 1, 2, 'adds');")
    noted(project, "t/b.t", "is(1 + 1, 3, 'adds');")
    loop = project.aloof().wait_for(re.compile("RED 2 of 6.*ran 6"))
    assert project.ran() == ["t/a.t", "t/b.t", "t/c.t"]
    loop.wait_for("FAIL  t/b.t > adds").wait_for("expected: '3'").wait_for("prove ·")
    noted(project, "t/b.t", "is(1 + 1, 4, 'adds');")
    loop.wait_for("expected: '4'").wait_for(re.compile("RED 2 of 6.*ran 2 in"))
    assert project.ran() == ["t/b.t"]
    noted(project, "t/b.t", "is(1 + 1, 2, 'adds');")
    loop.wait_for(re.compile("GREEN 6 tests.*the red set passed"))
    assert project.ran() == ["t/a.t", "t/b.t", "t/b.t", "t/c.t"]
    loop.type("q")
    assert loop.wait_exit() == 0


def test_what_a_script_sums_up_is_its_own_and_no_failures(project):
    points(project, a="""
        cat <<E
        ok 1 - first
        not ok 2 - second
        #   Failed test 'second'
        1..2
        # Looks like you failed 1 test of 2.
        E
        """)
    loop = project.aloof().wait_for(re.compile("RED 2 of 3"))
    loop.wait_for(re.compile(r"FAIL  t/a > second.*\n +Failed test 'second' *\n *\n.*FAIL  t/a "))
    loop.wait_for(re.compile(r"its output *\n +# Looks like you failed 1 test of 2\."))
    loop.type("j")
    loop.type("v")
    loop.wait_for(lambda shown: "Looks like you failed" in shown.text and "Failed test" not in shown.text)
    loop.type("q")
    loop.type("q")
    assert loop.wait_exit() == 0


@perl
def test_a_new_file_of_prove_is_run_and_a_deleted_one_leaves(project):
    noted(project, "t/a.t", "fail('badly');")
    loop = project.aloof().wait_for(re.compile("RED 2 of 2.*ran 2"))
    noted(project, "t/b.t", "fail('too');")
    loop.wait_for(re.compile("RED 4 of 4"))
    (project.root / "t/a.t").unlink()
    loop.wait_for(re.compile("RED 2 of 2")).wait_gone("FAIL  t/a.t").wait_for("FAIL  t/b.t > too")


@perl
def test_this_only_of_a_part_runs_its_file(project):
    noted(project, "t/a.t", "pass('well'); fail('badly');")
    noted(project, "t/b.t", "pass('well');")
    loop = project.aloof().wait_for(re.compile("RED 2 of 5"))
    project.ran()
    loop.wait_for("▌FAIL  t/a.t > badly").type("s")
    loop.wait_for(re.compile("RED 2 of 5 · ran 3 in"))
    assert project.ran() == ["t/a.t"]


@perl
def test_arguments_reach_perl(project):
    project.write("t/a.t", "use Test::More tests => 1; ok($INC{'Text/Wrap.pm'}, 'is loaded');\n")
    assert project.once().returncode == 1
    assert project.once("--", "-MText::Wrap").returncode == 0


@perl
def test_paths_restrict_the_listing(project):
    for name in "ab":
        noted(project, f"t/{name}.t", "pass('well');")
    done = project.once("t/a.t")
    assert (done.returncode, project.ran()) == (0, ["t/a.t"]), done.stdout


@bats
def test_bats(project):
    project.write("test/calc.bats", """
        @test "adds" { [ $((1 + 1)) -eq 2 ]; }
        @test "adds badly" {
          echo "says this"
          [ $((1 + 1)) -eq 3 ]
        }
        @test "not yet" { skip "tomorrow"; }
        """)
    done = project.once()
    assert done.returncode == 1
    assert re.search("FAIL  test/calc.bats > adds badly .*\n.* \\+5 test/calc.bats.*(\n  .*)*says this", done.stdout), done.stdout
    assert "4 tests, 2 failures, 1 skipped" in done.stdout


@node
def test_node(project):
    project.write("package.json", '{"scripts": {"test": "node --test"}}\n')
    project.write("test/sum.test.js", """
        const test = require("node:test"), assert = require("node:assert");
        test("adds", () => assert.strictEqual(1 + 1, 2));
        test("group", async t => { await t.test("inner", () => assert.strictEqual(1 + 1, 3)); });
        """)
    done = project.once()
    assert done.returncode == 1
    assert re.search("FAIL  test/sum.test.js > group > inner .*\n.* \\+4 test/sum.test.js(.*\n)*.*2 !== 3", done.stdout), done.stdout
    project.write("test/sum.test.js", "require('node:test')('adds', () => {});\n")
    done = project.once()
    assert (done.returncode, "2 tests" in done.stdout) == (0, True), done.stdout


@pytest.mark.skipif(not shutil.which("rspec"), reason="rspec is not installed")
def test_rspec(project):
    project.write("spec/sum_spec.rb", """
        describe "sum" do
          it "adds" do expect(1 + 1).to eq(2) end
          it "adds badly" do expect(1 + 1).to eq(3) end
        end
        """)
    done = project.once()
    assert done.returncode == 1
    assert re.search("FAIL  spec/sum_spec.rb > sum adds badly .*\n.* \\+4 spec/sum_spec.rb", done.stdout), done.stdout
    assert "3 tests, 2 failures" in done.stdout
    project.write("spec/sum_spec.rb", "describe 'sum' do wrong end\n")
    done = project.once()
    assert (done.returncode, "COLLECT spec/sum_spec.rb " in done.stdout) == (1, True), done.stdout
    project.write("spec/sum_spec.rb", "describe 'sum' do it 'adds' do end end\n")
    done = project.once()
    assert (done.returncode, "2 tests" in done.stdout) == (0, True), done.stdout


@cmake
def test_ctest_builds_first(project):
    project.write(".gitignore", "build/\n")
    project.write("CMakeLists.txt", """
        cmake_minimum_required(VERSION 3.10)
        project(sum C)
        enable_testing()
        add_executable(sum sum.c)
        add_test(NAME sum.good COMMAND sum 0)
        add_test(NAME sum.bad COMMAND sum 1)
        """)
    project.write("sum.c", "#include <stdio.h>\n#include <stdlib.h>\n"
                  "int main(int c, char **v) { puts(\"seven\"); return c < 2 || atoi(v[1]); }\n")
    assert project.once().returncode == 1  # there is no build directory yet
    subprocess.run(["cmake", "-B", "build"], cwd=project.root, check=True, stdout=subprocess.DEVNULL)
    done = project.once()
    assert (done.returncode, "FAIL  sum.bad" in done.stdout, "3 tests, 1 failure" in done.stdout) == (1, True, True)
    assert "seven" in done.stdout  # what it printed
    project.write("sum.c", "#include <stdlib.h>\nint main(int c, char **v) { if (atoi(v[1])) abort(); return 0; }\n")
    done = project.once()
    assert "CRASH sum.bad" in done.stdout, done.stdout
    project.write("sum.c", "int main(void) { return wrong; }\n")
    done = project.once()
    assert done.returncode == 1
    assert re.search(r"FAIL  build .*\n.*\+1 sum.c(.*\n)*.*sum.c:1.*wrong", done.stdout), done.stdout
    assert "sum.bad is gone" not in done.stdout


def test_commands(project):
    for name, code in ("good", 0), ("bad", 1):
        project.write(f"tests/{name}", f"#!/bin/sh\nexit {code}\n").chmod(0o755)
    project.write("tests/data", "no test\n")
    done = project.once("--recipe", "command")
    assert (done.returncode, "FAIL  tests/bad" in done.stdout, "2 tests, 1 failure" in done.stdout) == (1, True, True)


def test_subunit_runs_what_it_listed(project):
    pytest.importorskip("subunit")
    project.write("test_sum.py", """
        import unittest
        class Sum(unittest.TestCase):
            def test_good(self): pass
            def test_bad(self): self.assertEqual(1 + 1, 3)
            @unittest.skip("tomorrow")
            def test_later(self): pass
        """)
    bin = project.base / "bin"
    bin.mkdir()
    (bin / "python3").symlink_to(sys.executable)
    done = project.once("--recipe", "subunit", PATH=f"{bin}:{project.env['PATH']}")
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"FAIL  test_sum.Sum.test_bad .*\n.*test_sum.py", done.stdout), done.stdout
    assert "3 tests, 1 failure, 1 skipped" in done.stdout


@pytest.mark.parametrize("script, said", [
    ("echo to stdout; echo to stderr >&2; exit 3", r"FAIL  bad .*\n   exited with status 3\n(.*\n)*   to stdout\n   to stderr"),
    ("kill -9 $$", r"CRASH bad   killed by SIGKILL"),
    ("kill -SEGV $$", r"CRASH bad   killed by SIGSEGV"),
    ("sleep 1000", r"TIMEOUT bad   no answer for 0.5 s"),
    ("trap '' TERM; setsid sleep 1000 & wait", r"TIMEOUT bad   no answer for 0.5 s"),
])
def test_ends_of_a_command(scripts, script, said):
    scripts.write("tests/bad", script + "\n")
    done = scripts.once("--timeout", "0.5")
    assert done.returncode == 1
    assert re.search(said, done.stdout), done.stdout
    assert "2 tests" in done.stdout


def test_what_a_command_leaves_behind_is_named_and_killed(scripts):
    scripts.write("tests/leaky", "sleep 1000 & setsid sleep 2000 &\nexit 0\n")
    done = scripts.once()
    assert done.returncode == 0
    assert re.search("LEAK  leaky left behind, now killed: .*sleep 1000", done.stdout), done.stdout
    assert "sleep 2000" in done.stdout


def test_leaks_of_one_box_are_told_by_test(scripts):
    for number in range(3):
        scripts.write(f"tests/leaky{number}", f"sleep 100{number} &\n")
    done = scripts.once("-n", "1")
    for number in range(3):
        assert f"LEAK  leaky{number} left behind, now killed: sleep 100{number}" in done.stdout


def test_a_command_that_kills_its_slot_harms_no_other(scripts):
    scripts.write("tests/assassin", "kill -9 $PPID; sleep 1000\n")
    for number in range(6):
        scripts.write(f"tests/other{number}", "exit 0\n")
    done = scripts.once("-n", "2")
    assert (done.returncode, "CRASH assassin" in done.stdout) == (1, True), done.stdout
    assert "8 tests, 1 crash" in done.stdout


def test_much_output_is_bounded(scripts):
    scripts.write("tests/loud", "head -c 100000000 /dev/zero | tr '\\0' x; echo; echo the end; exit 1\n")
    done = scripts.once()
    assert done.returncode == 1
    assert "the end" in done.stdout and len(done.stdout) < 3_000_000


@pytest.mark.parametrize("script, said", [
    ("echo 1..2; echo ok 1 - a; echo not ok 2 - b", r"FAIL  t/it > b\n(.*\n)*.*FAIL  t/it .*\n   1 of 2 in it failed"),
    ("echo 1..1; echo ok 1 - a; exit 1", r"FAIL  t/it .*\n   exited with status 1, and nothing that it reported failed"),
    ("echo 1..3; echo ok 1 - a", r"FAIL  t/it .*\n   the stream: 3 points planned, 1 came"),
    ("echo ok 1 - a", r"FAIL  t/it .*\n   no plan"),
    ("true", r"FAIL  t/it .*\n   .*no plan and no points"),
    ("echo 1..2; echo ok 1 - a; kill -9 $$", r"CRASH t/it   killed by SIGKILL"),
    ("rm t/other; echo 1..1; echo ok 1", r"FAIL  t/other "),
])
def test_a_stream_is_never_falsely_green(project, script, said):
    points(project, it=script + "\n", other="sleep 0.2; echo 1..1; echo ok 1\n")
    done = project.once("-n", "1", "--box=test")
    assert done.returncode == 1
    assert re.search(said, done.stdout), done.stdout


def test_a_file_without_points_is_skipped(project):
    points(project, it="echo '1..0 # SKIP no network'\n", other="echo 1..1; echo ok 1\n")
    done = project.once()
    assert (done.returncode, "1 skipped" in done.stdout) == (0, True), done.stdout


@pytest.mark.parametrize("keys, line, said", [
    ("lits = ls", 3, "unknown key lits of a recipe; did you mean list?"),
    ("run = sh 'x", 3, "cannot split 'sh 'x': a quote or backslash is left open"),
    ("run = sh x\n\tlist = ls", 3, "run of recipe mine does not say what to run"),
    ("run = sh {id}", 3, "recipe mine lacks the key list"),
    ("list = ls", 3, "recipe mine lacks the key run"),
    ("list = ls\n\tformat = tab", 4, "format = tab: expected exit or a format"),
    ("unit = box", 3, "unit = box: expected file|test"),
])
def test_what_is_wrong_with_a_recipe(project, keys, line, said):
    project.write(".aloof.conf", "# mine\n[recipe \"mine\"]\n\t" + keys + "\n")
    done = project.once()
    assert done.returncode == 4
    assert f".aloof.conf:{line}: " in done.stderr and said in done.stderr, done.stderr


def test_a_recipe_that_is_not_there(scripts):
    done = scripts.once("--recipe", "scirpts")
    assert done.returncode == 4
    assert "recipe = scirpts: there is no such recipe (there are: scripts, bats," in done.stderr


@pytest.mark.parametrize("key", ["build", "list", "run"])
def test_a_tool_that_is_not_installed(project, key):
    keys = {"build": "true", "list": "ls", "run": "sh {id}"}
    keys[key] = "no-such-tool {id}"
    lines = "".join(f"\t{name} = {value}\n" for name, value in keys.items())
    project.write(".aloof.conf", f'[recipe "mine"]\n{lines}')
    done = project.once()
    assert done.returncode == 4
    assert "no-such-tool: command not found, which recipe mine needs to" in done.stdout + done.stderr


def test_a_listing_that_fails(scripts):
    shutil.rmtree(scripts.root / "tests")
    done = scripts.once()
    assert done.returncode == 1
    assert re.search("the tests cannot be listed: exit status 2\n(.*\n)*.*tests", done.stdout), done.stdout


def test_what_only_pytest_understands(scripts):
    done = scripts.once("-k", "good")
    assert (done.returncode, "-k: only pytest knows it" in done.stderr) == (4, True), done.stderr
    done = scripts.once("--", "-v")
    assert (done.returncode, "-v: recipe scripts has no place for arguments" in done.stderr) == (4, True), done.stderr


def test_pytest_is_still_recognised(lighthouse):
    lighthouse.write("t/a.t", "")
    assert "15 tests, 1 failure" in lighthouse.once().stdout
    done = lighthouse.once("--recipe", "pytest")
    assert "15 tests, 1 failure" in done.stdout


def test_a_broken_build_in_the_loop(scripts):
    scripts.write("build.sh", "exit 0\n")
    scripts.write("tests/bad", "exit 1\n")
    scripts.write(".aloof.conf", scripts.read(".aloof.conf") + "\tbuild = sh build.sh\n")
    loop = scripts.aloof().wait_for(re.compile("RED 1 of 3"))
    scripts.write("build.sh", "echo it is broken; exit 1\n")
    loop.wait_for("FAIL  build").wait_for("it is broken").wait_for("FAIL  bad")
    scripts.write("build.sh", "exit 0\n")
    loop.wait_gone("FAIL  build").wait_for("FAIL  bad")
    scripts.write("tests/bad", "exit 0\n")
    loop.wait_for(re.compile("GREEN 3 tests"))


def test_the_debugger_of_a_recipe(scripts):
    scripts.write("tests/bad", "echo in the debugger: $1; read line; exit 1\n")
    scripts.write(".aloof.conf", scripts.read(".aloof.conf") + "\tdebug = sh tests/{id} yes\n")
    loop = scripts.aloof().wait_for("FAIL  bad")
    loop.type("d")
    loop.wait_for("in the debugger: yes")
    loop.type("\n")
    loop.wait_for("RED 1 of 2")


def test_a_change_cancels_a_listing_that_hangs(scripts):
    scripts.write("list.sh", "sleep 1000\n")
    scripts.write(".aloof.conf", scripts.read(".aloof.conf").replace("ls tests", "sh list.sh"))
    loop = scripts.aloof().wait_for("collecting")
    scripts.write("list.sh", "ls tests\n")
    loop.wait_for("GREEN 1 test")


def test_a_hanging_command_says_where(scripts):
    scripts.write("tests/hangs", "trap 'echo in the loop' QUIT; while :; do sleep 0.01; done\n")
    scripts.write(".aloof.conf", scripts.read(".aloof.conf") + "\ttimeout-signal = quit\n")
    done = scripts.once("--timeout", "0.3")
    assert re.search("TIMEOUT hangs   no answer for 0.3 s.*\n(.*\n)*   in the loop", done.stdout), done.stdout


def test_variables_and_no_two_at_once(scripts):
    for number in range(4):
        scripts.write(f"tests/{number}", 'mkdir "$LOCK" && sleep 0.02 && rmdir "$LOCK"\n')
    keys = f"\tparallel = unsafe\n\tenv = LOCK={scripts.base}/lock\n"
    scripts.write(".aloof.conf", scripts.read(".aloof.conf") + keys)
    done = scripts.once("-n", "4")
    assert (done.returncode, "5 tests" in done.stdout) == (0, True), done.stdout


def test_no_tests(scripts):
    (scripts.root / "tests/good").unlink()
    assert scripts.once().returncode == 5


def test_a_change_cancels_what_hangs(scripts):
    scripts.write("tests/hangs", "setsid sleep 1000 & sleep 1000\n")
    loop = scripts.aloof().wait_for(re.compile("hangs"))
    scripts.write("tests/hangs", "exit 0\n")
    loop.wait_for(re.compile("GREEN 2 tests"))


@pytest.fixture
def named(project):
    """Tests of two programs, by names that are no files."""
    project.write(".aloof.conf", """
        [recipe "suite"]
        	list = cat list
        	unit = test
        	run = sh runner.sh {ids}
        	format = subunit1
        """)
    project.write("list", "sums::whole\tsums::whole$good\nsums::whole\tsums::whole$bad\nsums\tsums$good\n")
    project.write("runner.sh", f"""
        for id; do echo $id >>{project.base}/ran; echo "test: $id"; echo "success: $id"; done
        """)
    return project


@pytest.mark.parametrize("asked, ran", [
    (["sums::whole$good"], ["sums::whole$good"]),
    (["sums::whole"], ["sums::whole$bad", "sums::whole$good"]),
    (["suite: sums$good", "sums::whole$bad"], ["sums$good", "sums::whole$bad"]),
])
def test_a_test_may_be_asked_for_by_its_name(named, asked, ran):
    done = named.once(*asked)
    assert (done.returncode, named.ran()) == (0, ran), done.stdout + done.stderr


@pytest.mark.parametrize("asked, ran", [(["sums::whole$ba"], []), (["sums$good", "t/no.t"], ["sums$good"])])
def test_what_is_neither_a_file_nor_a_test_is_said(named, asked, ran):
    done = named.once(*asked)
    assert (done.returncode, named.ran()) == (4, ran), done.stdout + done.stderr
    assert f"{asked[-1]}: no such file or directory, and no test is called that" in done.stdout


def test_a_test_by_its_name_in_the_loop(named):
    loop = named.aloof("sums::whole$good").wait_for("GREEN 1 test")
    named.write("list", "sums::whole\tsums::whole$good\nsums\tsums$good\n")
    loop.wait_for("list changed").wait_for("GREEN 1 test")
    assert set(named.ran()) == {"sums::whole$good"}


def test_a_temporary_file_of_a_run_starts_none(project):
    """As automake's test-suite.log.tmp, which becomes a log that git ignores."""
    project.write(".gitignore", "*.log\n")
    project.write(".aloof.conf", """
        [recipe "suite"]
        	list = echo test
        	run = sh runner.sh {file}
        	format = tap
        """)
    project.write("runner.sh", f"""
        echo run >>{project.base}/ran
        echo anything >suite.log.tmp
        read go <{project.base}/gate
        mv suite.log.tmp suite.log
        echo 1..1; echo ok 1
        """)
    os.mkfifo(project.base / "gate")
    loop = project.aloof().wait_for(re.compile(" 0/1 "))
    loop.type("l")
    loop.wait_for("ignored suite.log.tmp: written by the tests")
    with open(project.base / "gate", "w"):
        pass
    loop.wait_for(" ran in ").wait_for("ignored suite.log: left out by git's rules")
    project.write("other", "an edit")
    loop.wait_for("other changed")
    with open(project.base / "gate", "w"):
        pass
    loop.wait_for(re.compile(r" ran in (.*\n)* .* ran in "))
    assert project.ran() == ["run", "run"]


go = pytest.mark.skipif(not shutil.which("go"), reason="go is not installed")


def go_module(project, expected):
    """Each file is written only when it is to change: for a moment it is empty then, which a busy machine may draw out."""
    files = {"go.mod": "module example.org/p\n\ngo 1.19\n", "sums/sums.go": "package sums\n\nfunc Add(a, b int) int { return a + b }\n"}
    for path, text in files.items():
        if not (project.root / path).exists() or project.read(path) != text:
            project.write(path, text)
    project.write("sums/sums_test.go", f"""
        package sums

        import (
        	"os"
        	"testing"
        )

        func note(t *testing.T) {{
        	file, _ := os.OpenFile("{project.base}/ran", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
        	file.WriteString(t.Name() + "\\n")
        	file.Close()
        }}

        func TestGood(t *testing.T) {{ note(t) }}

        func TestAdd(t *testing.T) {{
        	note(t)
        	t.Run("one", func(t *testing.T) {{
        		if Add(1, 1) != {expected} {{
        			t.Errorf("got %d", Add(1, 1))
        		}}
        	}})
        }}
        """)


@go
def test_options_of_go_say_which_tests_there_are(project, tmp_path_factory):
    cache = tmp_path_factory.getbasetemp().parent / "go-cache"
    go_module(project, 2)
    project.write("sums/slow_test.go", """
        //go:build slow

        package sums

        import "testing"

        func TestSlow(t *testing.T) { note(t); t.Fatal("too slow") }
        """)
    given = {"GOCACHE": str(cache), "GOFLAGS": "-mod=mod"}
    assert "3 tests" in project.once(**given).stdout
    assert project.ran() == ["TestAdd", "TestGood"]
    done = project.once("--", "-count", "1", "-tags", "slow", "-v", **given)
    assert done.returncode == 1 and "4 tests, 1 failure" in done.stdout, done.stdout
    assert project.ran() == ["TestAdd", "TestGood", "TestSlow"]
    debugger = project.base / "bin/dlv"
    debugger.parent.mkdir()
    debugger.write_text(f'#!/bin/sh\necho "$GOFLAGS $*" >>{project.base}/ran\n')
    debugger.chmod(0o755)
    project.ran()
    loop = project.aloof("--", "-count=1", "-tags=slow", **given, PATH=f"{debugger.parent}:{project.env['PATH']}")
    loop.wait_for(re.compile("RED 1 of 4")).wait_for("FAIL  example.org/p/sums/TestSlow")
    project.ran()
    loop.type("d")
    loop.wait_for(lambda screen: (project.base / "ran").exists())
    assert project.ran() == ["-mod=mod -tags=slow test example.org/p/sums -- -test.run ^(TestSlow)$"]


@go
def test_red_edit_green_full_with_go(project, tmp_path_factory):
    cache = tmp_path_factory.getbasetemp().parent / "go-cache"
    go_module(project, 3)
    loop = project.aloof(GOCACHE=str(cache), GOFLAGS="-mod=mod").wait_for(re.compile("RED 2 of 3"), 60)
    loop.wait_for("FAIL  example.org/p/sums/TestAdd/one").wait_for("got 2")
    assert project.ran() == ["TestAdd", "TestGood"]
    go_module(project, 4)
    loop.wait_for(re.compile("RED 2 of 3 · (re)?ran 3 in .* sums/sums_test.go changed"), 60)  # the test file changed: its package's tests, too
    assert project.ran() == ["TestAdd", "TestGood"]
    project.write("sums/sums.go", "package sums\n\nfunc Add(a, b int) int { return b + a }\n")
    loop.wait_for(re.compile("RED 2 of 3 · reran 2"), 60)
    assert project.ran() == ["TestAdd"]
    go_module(project, 2)
    loop.wait_for(re.compile("GREEN 3 tests"), 60)
    assert set(project.ran()) == {"TestAdd", "TestGood"}  # go itself may take one of them from its cache
    project.write("sums/sums.go", "package sums\n\nfunc Add(a, b int) int { return wrong }\n")
    loop.wait_for("COLLECT example.org/p/sums ", 60).wait_for(re.compile("sums.go:3.*wrong"))
    loop.wait_for(re.compile(r"RED 1 of 4 · ran 3 in(.*\n)* 3 tests  1 not collected  2 skipped "))
    project.write("sums/sums.go", "package sums\n\nfunc Add(a, b int) int { return a + b }\n")
    loop.wait_for(re.compile("GREEN 3 tests"), 60)
    project.write("sums/sums_test.go", "package sums\n\nfunc Test(\n")
    loop.wait_for("COLLECT list ", 60).wait_for(re.compile("sums_test.go:3"))
    go_module(project, 2)
    loop.wait_for(re.compile("GREEN 3 tests"), 60)
