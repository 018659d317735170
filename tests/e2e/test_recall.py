"""What is remembered of past runs: aloof last, show, runs, failing, list, slowest."""

import json
import re
import stat

import pytest

SUITE = """
    import time
    def test_fast(): pass
    def test_sleeps(): time.sleep(0.2)
    def test_works():
        end = time.process_time() + 0.1
        while time.process_time() < end: pass
    def test_changes(): assert {} == 1
    @__import__("pytest").mark.skip(reason="not today")
    def test_not(): pass
"""


@pytest.fixture
def remembered(project):
    """A project with two runs: in the first one test failed, in the second none."""
    project.write("test_a.py", SUITE.format(2))
    project.commit()
    assert project.once().returncode == 1
    project.write("test_a.py", SUITE.format(1))
    assert project.once().returncode == 0
    return project


def answer(project, *args, code=0):
    done = project.run(*args, "--json")
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("command", ["last", "failing", "list", "slowest", "flaky", "runs", "show", "diff"])
def test_nothing_is_remembered_yet(project, command):
    done = project.run(command)
    assert (done.returncode, done.stdout) == (4, "")
    assert re.fullmatch(r"aloof: no run of this project is remembered yet \(/\S+\); aloof --once makes one\n", done.stderr)


def test_runs_know_what_they_were_of(remembered):
    runs = answer(remembered, "runs")["runs"]
    assert [run["run"] for run in runs] == [2, 1]
    assert [run["verdict"] for run in runs] == ["passed", "failed"]
    assert runs[1]["outcomes"] == {"passed": 3, "failed": 1, "skipped": 1} and runs[0]["outcomes"] == {"passed": 4, "skipped": 1}
    assert runs[0]["commit"] == runs[1]["commit"] and len(runs[0]["commit"]) == 40
    assert runs[0]["tree"] != runs[1]["tree"] and (runs[1]["dirty"], runs[0]["dirty"]) == ([], ["test_a.py"])
    assert remembered.once().returncode == 0
    again = answer(remembered, "runs", "-n", "1")["runs"]
    assert [run["run"] for run in again] == [3] and again[0]["tree"] == runs[0]["tree"]
    rows = remembered.run("runs").stdout.splitlines()
    assert len(rows) == 4 and re.search(r"^  1  \d\d:\d\d:\d\d +all tests +5 +1 +1 .* failed +[0-9a-f]{9} ", rows[3])


def test_a_run_and_what_failed_in_it(remembered):
    done = remembered.run("show", "1")
    assert done.returncode == 1
    assert re.search(r"^run 1 of all tests, .*: failed, because: --once\nof commit [0-9a-f]{9}\n5 tests: 3 passed, 1 skipped, 1 failed\n\n"
                     r"FAIL  test_a.py::test_changes  0\.\d+ s\n$", done.stdout), done.stdout
    assert remembered.run("show", "last~1").stdout == done.stdout
    done = remembered.run("last")
    assert (done.returncode, done.stdout.splitlines()[1:]) == (0, [done.stdout.splitlines()[1], "5 tests: 4 passed, 1 skipped"])
    assert re.fullmatch("of commit [0-9a-f]{9} with changes in test_a.py", done.stdout.splitlines()[1])
    tests = answer(remembered, "last", "--all")["tests"]
    assert sorted(test["id"] for test in tests) == [f"test_a.py::test_{name}" for name in ("changes", "fast", "not", "sleeps", "works")]
    assert answer(remembered, "show") == answer(remembered, "last")


@pytest.mark.parametrize("run", ["7", "0", "-1", "last~2", "last~", "lasting", "1x"])
def test_there_is_no_such_run(remembered, run):
    done = remembered.run("show", "--", run)
    assert (done.returncode, done.stdout, done.stderr) == (4, "", f"aloof: {run}: there is no such run; see aloof runs\n")


def test_what_is_failing(remembered):
    assert (remembered.run("failing").returncode, remembered.run("failing").stdout) == (0, "nothing is red\n")
    remembered.write("test_a.py", SUITE.format(3))
    remembered.once()
    done = remembered.run("failing", "--no-traces")
    assert done.returncode == 1 and re.fullmatch(r"FAIL  test_a.py::test_changes  1 run, newest \d\d:\d\d:\d\d\n", done.stdout)
    assert remembered.run("failing", "--list").stdout == "test_a.py::test_changes\n"
    [test] = answer(remembered, "failing", code=1)["failing"]
    assert (test["id"], test["outcome"], test["run"], test["runs_in_a_row"], test["recipe"]) == ("test_a.py::test_changes", "failed", 3, 1, "pytest")


def test_a_run_that_does_not_cover_a_test_leaves_it_failing(remembered):
    remembered.write("test_a.py", SUITE.format(3))
    remembered.once()
    assert remembered.once("-k", "fast").returncode == 0
    assert remembered.run("failing", "--list").stdout == "test_a.py::test_changes\n"


def test_what_is_slowest_and_why(remembered):
    tests = {test["id"][len("test_a.py::test_"):]: test for test in answer(remembered, "slowest", "--all")["slowest"] if test["waiting"] is not None}
    assert tests["sleeps"]["usual_seconds"] > 0.2 and tests["sleeps"]["waiting"] > 0.5
    assert tests["works"]["cpu_seconds"] > 0.1 and tests["works"]["cpu_seconds"] > tests["sleeps"]["cpu_seconds"]
    assert remembered.run("slowest", "--cpu", "-n", "1").stdout.splitlines()[1].endswith("test_a.py::test_works")
    waited = [test["seconds"] * test["waiting"] for test in answer(remembered, "slowest", "--waiting")["slowest"]]
    assert waited == sorted(waited, reverse=True) and waited[0] > 0.18
    assert len(remembered.run("slowest", "-n", "2").stdout.splitlines()) == 3


def test_what_is_flaky_passed_and_failed_on_the_same_sources(project):
    project.write("test_f.py", """
        import os
        def count(name):
            path = os.environ["COUNTS"] + "/" + name
            with open(path, "a") as file: file.write(".")
            return os.path.getsize(path)
        def test_half(): assert count("half") % 2
        def test_rare(): assert count("rare") % 4
        def test_good(): pass
        def test_bad(): assert 0
        def test_mended(): assert {!r} == "good"
    """.format("bad"))
    project.commit()
    counts = project.base / "counts"
    counts.mkdir()
    assert project.run("flaky").returncode == 4
    for text in ("bad", "good"):
        file = project.root / "test_f.py"
        file.write_text(file.read_text().replace("'bad' ==", f"{text!r} =="))
        for _ in range(4):
            project.once(COUNTS=str(counts))
    done = project.run("flaky")
    assert done.returncode == 1 and [row.split()[0] for row in done.stdout.splitlines()] == ["fails", "50%", "25%"]
    half, rare = answer(project, "flaky", code=1)["flaky"]
    assert (half["id"], half["failed"], half["passed"], half["trees"], half["run"]) == ("test_f.py::test_half", 4, 4, 2, 8)
    assert (rare["id"], rare["failed"], rare["passed"], rare["rate"]) == ("test_f.py::test_rare", 2, 6, 0.25)
    assert project.run("flaky", "--list").stdout == "test_f.py::test_half\ntest_f.py::test_rare\n"


def test_what_differs_between_two_runs(project):
    base = """
        import time
        def test_a(): assert {a}
        def test_b(): assert {b}
        def test_c(): assert 0
        def test_slow(): time.sleep({seconds})
        def test_{name}(): pass
    """
    project.write("test_d.py", base.format(a=1, b=0, seconds=0.02, name="old"))
    project.once()
    project.write("test_d.py", base.format(a=0, b=1, seconds=0.3, name="young"))
    project.once()
    changes = answer(project, "diff", code=1)
    ids = {key: [test["id"][len("test_d.py::test_"):] for test in tests] for key, tests in changes.items() if key != "runs"}
    assert changes["runs"] == [1, 2]
    assert ids == {"newly_failing": ["a"], "still_failing": ["c"], "fixed": ["b"], "slower": ["slow"], "gone": ["old"], "new": ["young"]}
    [slow] = changes["slower"]
    assert slow["after"]["seconds"] > 0.3 > slow["before"]["seconds"] and slow["after"]["outcome"] == "passed"
    rows = project.run("diff").stdout.splitlines()
    assert [re.split("  +", row)[:2] for row in rows][:3] == [["newly failing", "test_d.py::test_a"], ["still failing", "test_d.py::test_c"], ["fixed", "test_d.py::test_b"]]
    assert answer(project, "diff", "2", "1", code=1)["fixed"][0]["id"] == "test_d.py::test_a"
    same = project.run("diff", "2", "2")
    assert (same.returncode, same.stdout.splitlines()[0].split("  ")[0]) == (0, "still failing")
    project.once("-k", "test_b")
    part = answer(project, "diff")
    assert {key for key, tests in part.items() if tests and key != "runs"} == set()
    assert project.run("diff").stdout == "run 3 made of the tests what run 2 did\n"
    assert project.run("diff", "1").stderr == "aloof: diff: two runs are compared, or the newest two; see aloof diff --help\n"


def test_nothing_is_flaky(remembered):
    assert (remembered.run("flaky").returncode, remembered.run("flaky").stdout) == (0, "no test is known to be flaky\n")


def test_which_tests_there_are(remembered):
    assert len(remembered.run("list").stdout.splitlines()) == 5
    assert remembered.run("list", "A.PY ep").stdout == "test_a.py::test_sleeps\n"
    assert (remembered.run("list", "nowhere").returncode, remembered.run("list", "nowhere").stdout) == (1, "")


@pytest.mark.parametrize("args, said", [
    (["runs", "-n", "0"], "--limit 0: expected a number from 1 on"),
    (["slowest", "--limit", "many"], "--limit many: expected a number from 1 on"),
    (["last", "7"], "last: 7 is one argument too many; see aloof last --help"),
    (["failing", "--nosuch"], "failing: --nosuch is no option of it, or lacks its value; see aloof failing --help"),
])
def test_bad_usage(project, args, said):
    done = project.run(*args)
    assert (done.returncode, done.stdout, done.stderr) == (4, "", f"aloof: {said}\n")


def test_a_long_answer_goes_through_the_pager(remembered):
    pager = remembered.base / "pager"
    pager.write_text("#!/bin/sh\nsed 's/^/paged: /'\n")
    pager.chmod(pager.stat().st_mode | stat.S_IXUSR)
    for name, text in (("short", ""), ("long", "\n".join(f"def test_{i}(): pass" for i in range(40)))):
        remembered.write(f"test_{name}.py", text)
    remembered.once()
    for words, pager, shown in (((), pager, "paged: test_long.py::test_39"), (("fast",), pager, "test_a.py::test_fast"),
                                ((), "no-such-pager", "test_long.py::test_39"), ((), "cat", "test_long.py::test_39")):
        terminal = remembered.aloof("list", *words, PAGER=str(pager))
        assert terminal.wait_exit() == 0 and shown in terminal.text
        assert ("paged" in terminal.text) == shown.startswith("paged")


def test_a_history_that_cannot_be_read(remembered):
    [database] = remembered.root.glob(".git/aloof/history.db")
    database.write_bytes(b"no database" * 1000)
    for command in ("last", "runs", "failing"):
        done = remembered.run(command)
        assert (done.returncode, done.stdout) == (4, "")
        assert done.stderr == f"aloof: {database}: file is not a database\n"
