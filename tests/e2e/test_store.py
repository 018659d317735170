"""The history's file: what is kept of many that write at once, of one that is killed, on a full disk."""

import json
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
