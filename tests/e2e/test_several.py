"""Several recipes in one project: side by side in one set of boxes, one red set, ids that keep apart."""

import os
import re
import shutil
import signal
from xml.etree import ElementTree

import pytest

from processes import wait_all_gone

perl = pytest.mark.skipif(not shutil.which("prove"), reason="perl's prove is not installed")


def noted(project, path, body):
    """A test file of perl that leaves its path behind, as the tests of pytest leave their ids."""
    (project.root / path).parent.mkdir(exist_ok=True)
    project.save(path, f"""
        use Test::More;
        open my $ran, ">>", "{project.base}/ran"; print $ran "{path}\\n"; close $ran;
        {body}
        done_testing;
        """)


@pytest.fixture
def mixed(project):
    """pytest and prove, with one red test each."""
    project.record_runs()
    project.write(".aloof.conf", "recipe = pytest\nrecipe = prove\n")
    project.write("test_a.py", "def test_good(): pass\n")
    project.write("test_b.py", "def test_sum(): assert 1 + 1 == 3\n")
    noted(project, "t/a.t", "pass('well');")
    noted(project, "t/b.t", "is(1 + 1, 3, 'adds');")
    return project


@pytest.fixture
def twins(project):
    """Two recipes whose tests have the same ids."""
    for name in "one", "two":
        project.write(f"{name}/alpha", "exit 1\n" if name == "two" else "exit 0\n")
        project.write(f"{name}/beta", "exit 0\n")
    project.write("run.sh", f"echo $1:$2 >> {project.base}/ran; sh $1/$2\n")
    project.write(".aloof.conf", """
        recipe = one, two
        [recipe "one"]
        	list = ls one
        	run = sh run.sh one {id}
        [recipe "two"]
        	list = ls two
        	run = sh run.sh two {id}
        """)
    return project


@perl
def test_red_in_both_then_green_then_everything(mixed):
    loop = mixed.aloof().wait_for(re.compile("RED 3 of 6 .*ran 6"))
    loop.wait_for("FAIL  test_b.py::test_sum").wait_for("FAIL  prove: t/b.t > adds")
    loop.wait_for(re.compile(r"pytest [\d.]+ \+ prove|prove \+ pytest"))
    assert mixed.ran() == ["t/a.t", "t/b.t", "test_a.py::test_good", "test_b.py::test_sum"]
    mixed.write("test_b.py", "def test_sum(): assert 1 + 1 == 2\n")
    loop.wait_for(re.compile("RED 2 of 6 .*ran 3 in .*test_b.py changed"))
    assert mixed.ran() == ["t/b.t", "test_b.py::test_sum"]
    noted(mixed, "t/b.t", "is(1 + 1, 2, 'adds');")
    loop.wait_for(re.compile("GREEN 6 tests.*the red set passed"))
    ran = mixed.ran()  # test_sum once more, should the run before have been winding up still
    assert sorted(set(ran)) == ["t/a.t", "t/b.t", "test_a.py::test_good", "test_b.py::test_sum"]
    assert (ran.count("t/a.t"), ran.count("t/b.t"), ran.count("test_a.py::test_good")) == (1, 2, 1)
    loop.type("q")
    assert loop.wait_exit() == 0


@perl
def test_a_new_failing_test_is_seen_while_another_recipe_is_red(mixed):
    noted(mixed, "t/b.t", "pass('well');")
    loop = mixed.aloof().wait_for(re.compile("RED 1 of 6 .*ran 6"))
    mixed.ran()
    noted(mixed, "t/c.t", "fail('badly');")
    loop.wait_for("FAIL  prove: t/c.t > badly").wait_for(re.compile("RED 3 of 8 .*ran 3 in"))
    assert mixed.ran() == ["t/c.t", "test_b.py::test_sum"]


@perl
def test_this_only_runs_nothing_of_the_other_recipe(mixed):
    loop = mixed.aloof().wait_for(re.compile("RED 3 of 6 .*ran 6"))
    mixed.ran()
    loop.type("fprove: t/b.t\r")
    loop.wait_for(re.compile("ran 2 in"))
    assert mixed.ran() == ["t/b.t"]


@perl
def test_the_history_survives_a_restart_and_another_order(mixed):
    loop = mixed.aloof().wait_for(re.compile("RED 3 of 6 .*ran 6"))
    loop.type("q")
    assert loop.wait_exit() == 0
    assert mixed.once("--recipe", "pytest").returncode == 1
    mixed.ran()
    mixed.write(".aloof.conf", "recipe = prove\nrecipe = pytest\n")
    loop = mixed.aloof().wait_for(re.compile("RED 3 .*ran 3 in"))
    loop.wait_for("FAIL  t/b.t > adds").wait_for("FAIL  pytest: test_b.py::test_sum").wait_for("since 2 runs")
    assert mixed.ran() == ["t/b.t", "test_b.py::test_sum"]


def test_ids_of_two_recipes_keep_apart(twins):
    loop = twins.aloof().wait_for(re.compile("RED 1 of 4 .*ran 4")).wait_for("FAIL  two: alpha")
    assert twins.ran() == ["one:alpha", "one:beta", "two:alpha", "two:beta"]
    loop.type("s")
    loop.wait_for(re.compile("RED 1 of 4 .*ran 1 in"))
    assert twins.ran() == ["two:alpha"]
    twins.write("one/alpha", "exit 2\n")
    loop.wait_for(re.compile("RED 1 of 4 .*ran 1 in .*one/alpha changed"))
    loop.type("a")
    loop.wait_for(re.compile("RED 2 of 4 .*ran 4 in"))
    loop.wait_for("FAIL  alpha").wait_for("FAIL  two: alpha")
    twins.ran()
    twins.save("two/alpha", "exit 0\n")
    loop.wait_for(re.compile("RED 1 of 4 .*ran 2 in"))
    assert twins.ran() == ["one:alpha", "two:alpha"]
    twins.write("one/alpha", "exit 0\n")
    loop.wait_for(re.compile("GREEN 4 tests"))


def test_boxes_are_shared(project):
    """With one box no two tests of any recipe are at work at once."""
    project.write("run.sh", f"mkdir {project.base}/busy && rmdir {project.base}/busy\n")
    project.write(".aloof.conf", "recipe = one\nrecipe = two\n" + "".join(
        f'[recipe "{name}"]\n\tlist = seq 20\n\trun = sh run.sh {{id}}\n' for name in ("one", "two")))
    done = project.once("-n", "1")
    assert (done.returncode, "OK!  40 tests" in done.stdout) == (0, True), done.stdout


def test_a_tool_that_is_missing_is_one_red_test_and_the_others_go_on(project):
    project.write(".aloof.conf", """
        recipe = one
        recipe = two
        [recipe "one"]
        	list = echo fine
        	run = true {id}
        [recipe "two"]
        	list = ./tool
        	run = ./tool {id}
        """)
    done = project.once()
    assert (done.returncode, "COLLECT two: runner" in done.stdout) == (4, True), done.stdout
    assert "./tool: command not found" in done.stdout and "1 test, 1 collection error" in done.stdout
    loop = project.aloof().wait_for("COLLECT two: runner").wait_for("./tool: command not found")
    loop.wait_for(re.compile("RED 1 of 2"))
    new = project.write("new", "#!/bin/sh\necho here\n")
    new.chmod(0o755)
    os.replace(new, project.root / "tool")
    loop.wait_for(re.compile("GREEN 2 tests")).wait_gone("COLLECT two: runner")


def test_a_build_that_fails_leaves_the_others_alone(project):
    project.write(".aloof.conf", """
        recipe = one
        recipe = two
        [recipe "one"]
        	list = echo fine
        	run = true {id}
        [recipe "two"]
        	build = sh build.sh
        	list = echo fine
        	run = true {id}
        """)
    project.write("build.sh", "echo wrong; exit 1\n")
    loop = project.aloof().wait_for("FAIL  two: build").wait_for("wrong").wait_for(re.compile("RED 1 of 2"))
    project.write("build.sh", "exit 0\n")
    loop.wait_for(re.compile("GREEN 3 tests"))


@perl
@pytest.mark.parametrize("args, code, said", [
    ([], 1, "6 tests, 3 failures"),
    (["test_a.py", "t/a.t"], 0, "OK!  3 tests"),
    (["test_a.py"], 0, "OK!  1 test "),
    (["prove: t/a.t"], 0, "OK!  2 tests"),
    (["test_b.py::test_sum"], 1, "1 test, 1 failure"),
    (["t"], 1, "4 tests, 2 failures"),
    (["--recipe", "prove", "t/a.t"], 0, "OK!  2 tests"),
    (["-k", "good", "test_a.py", "test_b.py"], 0, "OK!  1 test "),
    (["--", "-k", "good"], 1, "5 tests, 2 failures"),
])
def test_once(mixed, args, code, said):
    done = mixed.once(*args)
    assert (done.returncode, said in done.stdout) == (code, True), done.stdout + done.stderr


@perl
@pytest.mark.parametrize("args, said", [
    (["-k", "good"], "-k: only pytest knows it, and some tests here are run by recipe prove"),
    (["--recipe", "pytest,nothing"], "recipe = nothing: there is no such recipe"),
    (["--recipe", "pytest,"], "--recipe = pytest,: expected NAME"),
    (["prove: t/no.t"], "t/no.t: no such file or directory"),
])
def test_what_cannot_be(mixed, args, said):
    done = mixed.once(*args)
    assert (done.returncode, said in done.stderr) == (4, True), done.stdout + done.stderr


@pytest.fixture
def endless(project):
    """Two recipes with a test each that does not end."""
    project.write(".aloof.conf", "recipe = one\nrecipe = two\n" + "".join(
        f'[recipe "{name}"]\n\tlist = echo 1000\n\trun = sleep {{id}}\n' for name in ("one", "two")))
    return project


@pytest.mark.presses("x")
def test_all_are_stopped_and_killed(endless):
    loop = endless.aloof("-n", "2").wait_for(lambda t: "two: 1000" in t.text and re.search(r"(^|\s)1000\b", t.text))
    loop.type("x")
    loop.wait_for("stopped")
    loop.type("a")
    loop.wait_for("two: 1000")
    os.kill(loop.pid, signal.SIGKILL)
    assert wait_all_gone(endless.mark, 2) == []


def test_a_deadline_is_every_recipe_s(endless):
    done = endless.once("--timeout", "0.3", "-n", "2")
    assert done.returncode == 1
    assert "TIMEOUT 1000 " in done.stdout and "TIMEOUT two: 1000 " in done.stdout


@perl
def test_the_reports_name_each_test_once(mixed):
    done = mixed.once("--junit", mixed.base / "junit.xml")
    assert done.returncode == 1
    suites = {suite.get("name"): sorted((test.get("classname"), test.get("name")) for test in suite)
              for suite in ElementTree.parse(mixed.base / "junit.xml").getroot()}
    assert suites == {"pytest": [("test_a", "test_good"), ("test_b", "test_sum")],
                      "prove": [("", "t/a.t"), ("", "t/a.t > well"), ("", "t/b.t"), ("", "t/b.t > adds")]}


def test_tests_of_one_id_are_in_the_suites_of_their_recipes(twins):
    assert twins.once("--junit", twins.base / "junit.xml").returncode == 1
    suites = {suite.get("name"): {test.get("name"): test.find("failure") is not None for test in suite}
              for suite in ElementTree.parse(twins.base / "junit.xml").getroot()}
    assert suites == {"one": {"alpha": False, "beta": False}, "two": {"alpha": True, "beta": False}}


def order(loop, *labels):
    """Waits until the failures stand in that order on the screen."""
    def stands(terminal):
        places = [terminal.text.find(label) for label in labels]
        return -1 not in places and places == sorted(places)
    return loop.wait_for(stands)


def test_a_broken_build_stands_above_the_red_tests(project):
    project.write(".aloof.conf", """
        recipe = one
        recipe = two
        [recipe "one"]
        	list = ls ones
        	run = sh ones/{id}
        [recipe "two"]
        	build = sh build.sh
        	list = sh list.sh
        	run = true {id}
        """)
    project.write("ones/alpha", "exit 1\n")
    project.write("ones/beta", "exit 1\n")
    project.write("build.sh", "exit 0\n")
    project.write("list.sh", "echo fine\n")
    loop = project.aloof().wait_for(re.compile("RED 2 of 4"))
    project.write("list.sh", "echo unlisted; exit 1\n")
    for red in "FAIL  alpha", "FAIL  beta":
        order(loop, "COLLECT two: list", red)
    loop.wait_for(re.compile("RED 3 of"))
    project.write("build.sh", "echo unbuilt; exit 1\n")
    for red in "FAIL  alpha", "FAIL  beta":
        order(loop, "COLLECT two: list", "FAIL  two: build", red)
    loop.wait_for(re.compile("RED 4 of"))
    loop.type("q")
    assert loop.wait_exit() == 0
    loop = project.aloof()  # as the history has them
    for red in "FAIL  alpha", "FAIL  beta":
        order(loop, "FAIL  two: build", red)
        order(loop, "COLLECT two: list", red)


def test_a_file_that_cannot_be_collected_stands_above_the_red_tests(project):
    project.write("test_a.py", "def test_a(): assert False\n")
    loop = project.aloof().wait_for(re.compile("RED 1 of 1"))
    project.write("test_b.py", "def test_b(:\n")
    order(loop, "COLLECT test_b.py", "FAIL  test_a.py::test_a")
