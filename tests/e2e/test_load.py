"""Results from elsewhere: the paths of other machines, and streams that are loaded as the newest run."""

import os
import re
import subprocess

import pytest

from project import ALOOF


def test_paths_of_another_machine_are_files_of_this_tree(project):
    project.write(".aloof.conf", """
        [recipe "points"]
        	list = echo run
        	run = sh {file}
        	format = tap
        """)
    project.write("src/sums.c", "int add(int a, int b)\n{ return a - b; }\n")
    project.write("run", """
        echo 1..1; echo not ok 1 - adds
        echo "# /ci/build/17/src/sums.c:2: wrong"; echo "# /ci/build/17/src/gone.c:1: too"
        """)
    done = project.once()
    assert re.search(r"\+2 src/sums.c\b.*\n +\{ return a - b; \}", done.stdout), done.stdout
    loop = project.aloof().wait_for(re.compile("RED 2 of 2")).wait_for("+2 src/sums.c")
    (project.root / "all").mkdir()
    (project.root / "src").rename(project.root / "all/src")
    loop.wait_for("+2 all/src/sums.c")


def test_go_tells_the_name_of_a_file_and_the_package_where_it_is(project):
    project.write(".aloof.conf", """
        [recipe "like-go"]
        	list = printf 'example.com/shop/%s\\\\texample.com/shop/%s/TestAdd\\\\n' cart cart till till
        	unit = test
        	run = sh run {file}
        	format = go
        """)
    project.write("run", """
        say() { echo "{\\"Action\\":\\"$2\\",\\"Package\\":\\"$1\\",\\"Test\\":\\"TestAdd\\"$3}"; }
        for package; do
            say $package run; say $package output ',"Output":"    add_test.go:2: Add is wrong\\\\n"'; say $package fail
        done
        exit 1
        """)
    for package in "cart", "till":
        project.write(f"{package}/add_test.go", f"package {package}\n// in {package}\n")
    done = project.once()
    for package in "cart", "till":
        assert re.search(rf"\+2 {package}/add_test.go.*\n +// in {package}\n", done.stdout), done.stdout


CI = """<?xml version="1.0"?><testsuites><testsuite name="pytest" tests="3" failures="2">
<testcase classname="tests.test_sums.TestAdd" name="test_two" time="0.5"><failure message="wrong">Traceback (most recent call last):
  File "/ci/build/17/tests/test_sums.py", line 4, in test_two
    assert add(1, 1) == 2
  File "/ci/build/17/src/sums.py", line 2, in add
    return a + b + 1
AssertionError: wrong</failure></testcase>
<testcase classname="tests.test_sums" name="test_three" time="0.1"/>
<testcase classname="tests.test_old" name="test_lost" time="0.1"><failure message="boo">boo</failure></testcase>
</testsuite></testsuites>
"""


@pytest.fixture
def sums(project):
    """Two tests that pass here, and the results of a machine where one of them failed."""
    project.write("src/__init__.py", "")
    project.write("src/sums.py", "def add(a, b):\n    return a + b\n")
    project.write("tests/__init__.py", "")
    project.write("tests/test_sums.py", """\
        from src.sums import add
        class TestAdd:
            def test_two(self):
                assert add(1, 1) == 2
        def test_three():
            assert add(1, 2) == 3
        """)
    (project.base / "ci.xml").write_text(CI)
    project.record_runs()
    return project


def test_the_failures_of_another_machine_are_the_red_set_of_the_loop(sums):
    loop = sums.aloof("load", sums.base / "ci.xml")
    loop.wait_for(re.compile(r"RED 2 of 3 · loaded 3")).wait_for("▌FAIL  tests/test_sums.py::TestAdd::test_two   0.50 s")
    loop.wait_for("+4 tests/test_sums.py").wait_for("+2 src/sums.py").wait_for("AssertionError: wrong")
    loop.wait_for("FAIL  tests.test_old.test_lost   unknown here")
    assert sums.ran() == []
    sums.save("src/sums.py", "def add(a, b):\n    return a - b\n")
    loop.wait_for(re.compile("RED 2 of 3 · reran 1 in")).wait_for("AssertionError: assert 0 == 2")
    assert sums.ran() == ["tests/test_sums.py::TestAdd::test_two"]
    sums.save("src/sums.py", "def add(a, b):\n    return a + b\n")
    loop.wait_for(re.compile("GREEN 2 tests.*the red set passed")).wait_gone("test_lost   unknown")
    loop.type("l")
    loop.wait_for("tests.test_old.test_lost is unknown here: left the red set")
    loop.type("qq")
    assert loop.wait_exit() == 0


SPEC = """\
▶ sums
  ✔ adds (0.21ms)
  ✖ subtracts (1.76ms)
✖ sums (2.5ms)
ℹ tests 2
ℹ suites 1
ℹ pass 1
ℹ fail 1
ℹ cancelled 0
ℹ skipped 0
ℹ todo 0
ℹ duration_ms 42.5

✖ failing tests:

test at test/sums.test.js:3:3
✖ subtracts (1.76ms)
  AssertionError [ERR_ASSERTION]: 2 !== 1
      at TestContext.<anonymous> (/ci/build/17/test/sums.test.js:3:29)
      at Test.run (node:internal/test_runner/test:796:25)
"""

MINITEST = """\
{"status":{"code":"Failed","color":"red"},"statistics":{"total":2,"assertions":2,"failures":1,"errors":0,"skips":0,"passes":1},
"fails":[{"type":"failed","class":"TestSums","name":"test_subtracts","assertions":1,"time":0.2,
"message":"Expected: 1\\n  Actual: 2","location":"/ci/build/17/test/sums_test.rb:3"}],"skips":[]}
"""


NODE_TAP = """\
TAP version 13
# Subtest: fails as it is to
ok 1 - fails as it is to # EXPECTED FAILURE
# Subtest: times out
not ok 2 - times out
  ---
  location: '/ci/build/17/test/sums.test.js:3:1'
  failureType: 'testTimeoutFailure'
  error: 'test timed out after 50ms'
  ...
1..2
"""


@pytest.mark.parametrize("stream, file, shown", [
    (NODE_TAP, "test/sums.test.js", ["FAIL  times out", "+3 test/sums.test.js", "test timed out after 50ms"]),
    (SPEC, "test/sums.test.js", ["FAIL  sums > subtracts", "+3 test/sums.test.js", "2 !== 1"]),
    (MINITEST, "test/sums_test.rb", ["FAIL  TestSums#test_subtracts", "+3 test/sums_test.rb", "Actual: 2"]),
], ids=["node-tap", "node-spec", "minitest"])
def test_failures_of_other_frameworks_lead_to_their_source(sums, stream, file, shown):
    sums.write(file, "one\ntwo\nthe line that fails\n")
    (sums.base / "results").write_text(stream)
    loop = sums.aloof("load", sums.base / "results").wait_for(re.compile("RED 1 of . · loaded"))
    for words in [*shown, "the line that fails"]:
        loop.wait_for(words)
    loop.type("v")
    loop.wait_for(shown[-1])
    loop.type("qq")
    assert loop.wait_exit() == 0


def test_an_unknown_test_cannot_be_rerun(sums):
    (sums.base / "ci.xml").write_text(re.sub("<testcase.*?test_two.*?</testcase>", "", CI.replace('tests="3" failures="2"', ""), flags=re.S))
    loop = sums.aloof("load", sums.base / "ci.xml").wait_for("▌FAIL  tests.test_old.test_lost   unknown here")
    loop.wait_for(re.compile("RED 1 of 3 · loaded 2"))
    loop.type("s")
    loop.wait_for("tests.test_old.test_lost is unknown here, it cannot be run")
    loop.type("r")
    loop.wait_for("what is red is unknown here")
    assert sums.ran() == []
    loop.type("a")
    loop.wait_for(re.compile("GREEN 2 tests"))


def test_standard_input_is_loaded_while_the_keys_come_from_the_terminal(sums):
    """The results come bit by bit, and are seen at once."""
    pipe = sums.base / "pipe"
    os.mkfifo(pipe)
    loop = sums.spawn(["sh", "-c", f'"$0" load --from junit - <"{pipe}"', ALOOF])
    with open(pipe, "w") as farm:
        head, tail = CI.split('<testcase classname="tests.test_old"')
        farm.write(head)
        farm.flush()
        loop.wait_for("▌FAIL  tests/test_sums.py::TestAdd::test_two").wait_for("loading")
        farm.write('<testcase classname="tests.test_old"' + tail)
    loop.wait_for(re.compile("RED 2 of 3 · loaded 3")).type("q")
    assert loop.wait_exit() == 0


def test_loading_can_be_stopped_and_left(sums):
    pipe = sums.base / "pipe"
    os.mkfifo(pipe)
    for key, seen in ("x", "stopped: "), ("q", None):
        loop = sums.spawn(["sh", "-c", f'"$0" load --from junit - <"{pipe}"', ALOOF])
        with open(pipe, "w") as farm:
            farm.write(CI.split('<testcase classname="tests.test_old"')[0])
            farm.flush()
            loop.wait_for("test_two").wait_for("loading").type(key)
            if seen:
                loop.wait_for(seen).type("q")
            loop.wait_exit()


def load(project, *args, given=None):
    done = subprocess.run([ALOOF, "load", "--once", *map(str, args)], input=given, cwd=project.root, env=project.env,
                          capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_once_prints_what_failed_elsewhere(sums):
    code, out = load(sums, sums.base / "ci.xml")
    assert code == 1
    assert re.search(r"FAIL  tests/test_sums.py::TestAdd::test_two .*\n.*\+4 tests/test_sums.py .*\n.*\n.*\+2 src/sums.py", out), out
    assert "FAIL  tests.test_old.test_lost   unknown here" in out and "3 tests, 2 failures in" in out
    assert load(sums, "-", given=CI) [0] == 1
    assert sums.ran() == []


@pytest.mark.parametrize("given, code, said", [
    ("TAP version 13\n1..1\nok 1 - well\n", 0, "OK!  1 test"),
    ("TAP version 13\n1..0\n", 5, "no tests found in -"),
    ("TAP version 13\n1..2\nok 1 - well\n", 1, "standard input: octet "),
    (CI[:-60], 1, "standard input: octet 0: the stream ends"),
    ("once upon a time\n", 4, "standard input: looks like none of the formats that aloof reads; say which: --from"),
    ("", 4, "standard input: looks like none of the formats"),
])
def test_once_says_what_becomes_of_a_stream(sums, given, code, said):
    got, out = load(sums, "-", given=given)
    assert (got, said in out) == (code, True), out


@pytest.mark.parametrize("args, said", [
    ([], "load: give one FILE, or - for standard input"),
    (["a", "b"], "load: give one FILE, or - for standard input"),
    (["nowhere.xml"], "nowhere.xml: cannot be read: No such file or directory"),
    (["src"], "src: is a directory, and no test results"),
    (["--from", "nothing", "a"], "load: --from nothing: no such format; see aloof load --help"),
    (["a", "--from"], "load: --from needs FORMAT; see aloof load --help"),
])
def test_bad_usage_of_load(sums, args, said):
    assert load(sums, *args) == (4, f"aloof: {said}\n")


def test_load_needs_a_terminal_for_the_loop(sums):
    done = subprocess.run([ALOOF, "load", "-"], input=CI, cwd=sums.root, env=sums.env, capture_output=True, text=True,
                          start_new_session=True, timeout=60)
    assert (done.returncode, done.stderr) == (4, "aloof: the loop needs a terminal (use aloof load --once without one)\n")
    loop = sums.aloof("load", "-")
    assert loop.wait_exit() == 4
    assert "load -: standard input is the terminal (name a FILE, or pipe results into it)" in loop.text


def test_a_test_that_ran_when_its_results_ended_is_not_run(sums):
    go = '{"Action":"run","Package":"p","Test":"TestA"}\n{"Action":"run","Package":"p","Test":"TestB"}\n' \
         '{"Action":"pass","Package":"p","Test":"TestB"}\n'
    code, out = load(sums, "--from", "go", "-", given=go)
    assert code == 1 and "p/TestA" in out and "OK!" not in out, out


def test_without_a_listing_earlier_runs_tell_what_is_known(sums):
    assert sums.once().returncode == 0
    sums.write("conftest.py", "raise SystemExit(3)\n")
    code, out = load(sums, sums.base / "ci.xml")
    assert code == 1 and "cannot be listed" in out and "FAIL  tests/test_sums.py::TestAdd::test_two" in out, out


def test_a_part_of_a_test_reruns_that_test(project):
    project.write(".aloof.conf", """
        [recipe "points"]
        	list = sh -c 'ls t/*'
        	run = sh {file}
        	format = tap
        """)
    for name in "ab":
        project.write(f"t/{name}", f"echo {name} >>{project.base}/ran\necho 1..1; echo ok 1 - adds\n")
    given = '<testsuites><testsuite name="all"><testcase classname="ci/t/a" name="adds"><failure/></testcase></testsuite></testsuites>'
    (project.base / "ci.xml").write_text(given)
    loop = project.aloof("load", project.base / "ci.xml").wait_for("▌FAIL  t/a.adds").wait_for(re.compile("RED 1 of 3"))
    loop.type("r")
    loop.wait_for(re.compile("GREEN . tests"))
    assert project.ran() == ["a", "a", "b"]
