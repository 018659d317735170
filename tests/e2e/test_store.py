"""The history's file: what is kept of many that write at once, of one that is killed, on a full disk."""

import json
import os
import re
import subprocess

from project import ALOOF

AT_ONCE = 12
TESTS = 40


def start(project, *args):
    return subprocess.Popen([ALOOF, *map(str, args)], cwd=project.root, env=project.env, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def runs(project):
    return json.loads(project.run("runs", "--json").stdout)["runs"]


def test_twelve_loads_at_once_are_twelve_runs(project):
    """testr kept 7 of them, stestr 11."""
    for number in range(AT_ONCE):
        points = "".join(f"{'not ' * (i == number)}ok {i + 1} - case {i}\n" for i in range(TESTS))
        (project.base / f"{number}.tap").write_text(f"TAP version 13\n1..{TESTS}\n{points}")
    loads = [start(project, "load", "--once", project.base / f"{number}.tap") for number in range(AT_ONCE)]
    for load in loads:
        out = load.communicate(timeout=120)[0]
        assert load.returncode == 1 and "history" not in out, out
    kept = runs(project)
    assert [run["run"] for run in kept] == list(range(AT_ONCE, 0, -1))
    assert {(run["verdict"], run["outcomes"]["passed"], run["outcomes"]["failed"]) for run in kept} == {("failed", TESTS - 1, 1)}
    for run in kept:
        assert len(json.loads(project.run("show", "--all", "--json", str(run["run"])).stdout)["tests"]) == TESTS


def test_runs_at_once_are_all_kept(project):
    project.write("test_a.py", "def test_a(): pass\ndef test_b(): assert 0\n")
    for run in [start(project, "--once", "-n", "1") for _ in range(AT_ONCE)]:
        out = run.communicate(timeout=240)[0]
        assert run.returncode == 1 and "history" not in out, out
    kept = runs(project)
    assert len(kept) == AT_ONCE
    assert all((run["verdict"], run["outcomes"]) == ("failed", {"passed": 1, "failed": 1}) for run in kept)


def test_what_is_kept_is_set(project):
    project.write("test_a.py", "def test_a(): assert 0\n")
    for _ in range(3):
        assert project.once("-c", "history.keep=2,30d").returncode == 1
    assert [run["run"] for run in runs(project)] == [3, 2]
    done = project.once("-c", "history.keep=2w")
    assert (done.returncode, done.stderr) == (
        4, "aloof: command line: history.keep = 2w: expected runs, days or megabytes, as 500, 30d, 200m or 500,30d\n")


RED = """
    def test_sum():
        print("what it said")
        assert 1 + 1 == {}


    def test_fine():
        pass
    """


def test_what_came_with_a_failure_is_remembered_until_it_passes(project):
    project.write("test_a.py", RED.format(3))
    project.commit()
    once = project.once().stdout
    block = once[once.index("FAIL  "):].split("\n\n")[0]
    assert "+4 test_a.py" in block and "AssertionError: assert (1 + 1) == 3" in block
    last = project.run("last")
    assert (last.returncode, block.split("\n", 1)[1] in last.stdout) == (1, True), last.stdout
    assert project.run("show", "1").stdout == last.stdout
    failing = project.run("failing")
    assert re.match(r"FAIL  test_a.py::test_sum   as of \d{4}-\d\d-\d\d \d\d:\d\d  [\d.]+ s\n", failing.stdout), failing.stdout
    assert failing.stdout.splitlines()[1:] == block.splitlines()[1:]
    for command in "last", "failing":
        [test] = json.loads(project.run(command, "--json").stdout)["tests" if command == "last" else command]
        assert test["texts"]["stdout"] == "what it said\n" and "assert (1 + 1) == 3" in test["texts"]["traceback"]
        assert "assert" not in project.run(command, "--no-traces").stdout
        assert "texts" not in project.run(command, "--no-traces", "--json").stdout
    project.write("test_a.py", RED.format(4))
    project.once()
    assert "assert (1 + 1) == 4" in project.run("last").stdout and "assert" not in project.run("show", "1").stdout
    project.write("test_a.py", RED.format(2))
    assert project.once().returncode == 0
    assert project.run("failing").stdout == "nothing is red\n"
    assert "assert" not in project.run("show", "2").stdout


def test_at_its_start_the_loop_shows_how_the_red_tests_failed(project):
    project.write("test_a.py", RED.format(3))
    assert project.once().returncode == 1
    project.write("test_a.py", RED.format(4))
    gate = project.base / "gate"
    os.mkfifo(gate)
    project.write("conftest.py", f"import os\nif os.path.exists({str(gate)!r}):\n    open({str(gate)!r}).read()\n")
    loop = project.aloof()
    loop.wait_for(re.compile(r"FAIL  test_a.py::test_sum +as of \d{4}-\d\d-\d\d \d\d:\d\d"))
    loop.wait_for("+4 test_a.py").wait_for("assert (1 + 1) == 3")
    with open(gate, "w"):
        gate.unlink()
    loop.wait_for("assert (1 + 1) == 4").wait_gone("as of").wait_gone("assert (1 + 1) == 3")
    loop.type("q")
    assert loop.wait_exit() == 0
