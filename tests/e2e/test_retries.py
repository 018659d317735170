"""--retries: a test that fails runs again, and is flaky when it then passes; that is never a silent pass."""

import json
import re
import shutil
import sqlite3
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from project import ALOOF


@pytest.fixture
def turns(project):
    """Each test fails as often as its name says."""
    project.write("turn.py", f"""
        import pathlib

        def turn(name, times):
            path = pathlib.Path({str(project.base)!r}) / name
            count = int(path.read_text()) if path.exists() else 0
            path.write_text(str(count + 1))
            return count >= times
        """)
    project.write("conftest.py", "import sys, pathlib\nsys.path.insert(0, str(pathlib.Path(__file__).parent))\n")
    return project


def write(project, text):
    project.write("test_t.py", "from turn import turn\n\n" + text)


def outcomes(project):
    rows = sqlite3.connect(project.root / ".git/aloof/history.db").execute("SELECT name, outcome, red, flaky > 0 FROM tests WHERE NOT gone")
    return {name.rpartition("::")[2]: row for name, *row in rows}


def last_line(done):
    return done.stdout.rstrip("\n").splitlines()[-1]


ONCE = "def test_once(): assert turn('once', 1)\n"
TWICE = "def test_twice(): assert turn('twice', 2)\n"
GOOD = "def test_good(): pass\n"
BAD = "def test_bad(): turn('bad', 0); assert 0\n"
CRASH = "def test_crash():\n    if not turn('crash', 1): __import__('os').abort()\n"


def test_one_that_passes_in_the_end_is_flaky(turns):
    write(turns, ONCE + TWICE + GOOD + CRASH)
    done = turns.once("--retries", "2", "--junit", turns.base / "junit.xml", "--subunit", turns.base / "stream")
    assert done.returncode == 0, done.stdout
    assert re.fullmatch(r"4 tests, 3 flaky in [\d.]+s", last_line(done)), done.stdout
    assert "OK!" not in done.stdout
    assert len(re.findall(r"^FLAKY  test_t.py::test_\w+ failed, and passed when it was run again$", done.stdout, re.M)) == 3
    assert re.search(r"^FAIL  test_t.py::test_once ", done.stdout, re.M)  # how is told, at once
    assert "FAIL  test_t.py::test_twice failed again, retry 1\n" in done.stdout
    assert outcomes(turns) == {"test_once": ["flaky", 0, 1], "test_twice": ["flaky", 0, 1], "test_crash": ["flaky", 0, 1],
                               "test_good": ["passed", 0, 0]}
    suite = ElementTree.parse(turns.base / "junit.xml").find("testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "0", "0")
    told = {case.get("name"): case.find("flakyFailure") for case in suite.iter("testcase")}
    assert told["test_good"] is None
    assert "assert False" in told["test_once"].get("message") and "turn('once', 1)" in told["test_once"].find("stackTrace").text
    lines = subprocess.run([ALOOF, "convert", "--to", "json", turns.base / "stream"], capture_output=True, check=True).stdout.splitlines()
    ended = [(event["test_id"].rpartition("::")[2], event["status"], "flaky" in event["tags"]) for event in map(json.loads, lines)
             if event["status"] not in (None, "exists", "inprogress")]
    assert sorted(ended) == [("test_crash", "success", True), ("test_good", "success", False), ("test_once", "success", True),
                             ("test_twice", "success", True)]


def test_other_tools_see_it_pass_once(turns):
    if shutil.which("subunit-stats") is None:
        pytest.skip("there is no subunit-stats")
    write(turns, ONCE + GOOD)
    stream = turns.base / "stream"
    turns.once("--retries", "1", "--subunit", stream)
    with stream.open() as octets:
        told = subprocess.run(["subunit-stats"], stdin=octets, capture_output=True, text=True).stdout
    assert re.search(r"Total tests: +2\nPassed tests: +2\nFailed tests: +0\n", told), told


def test_what_was_written_is_read_as_flaky(turns):
    write(turns, ONCE + GOOD)
    for option, name in (("--junit", "junit.xml"), ("--subunit", "stream")):
        (turns.base / "once").unlink(missing_ok=True)
        assert turns.once("--retries", "1", option, turns.base / name).returncode == 0
        done = turns.run("load", "--once", turns.base / name)
        assert done.returncode == 0
        assert re.match(r"2 tests, 1 flaky in", last_line(done)), done.stdout


def test_one_that_goes_on_failing_is_red(turns):
    write(turns, BAD + TWICE + GOOD)
    done = turns.once("--retries", "1")
    assert done.returncode == 1
    assert re.match(r"3 tests, 2 failures in", last_line(done)), done.stdout
    assert done.stdout.count("FAIL  test_t.py::test_bad failed again, retry 1\n") == 1
    assert (turns.base / "bad").read_text() == "2" and (turns.base / "twice").read_text() == "2"
    assert outcomes(turns) == {"test_bad": ["failed", 1, 0], "test_twice": ["failed", 1, 0], "test_good": ["passed", 0, 0]}


def test_without_retries_nothing_runs_again(turns):
    write(turns, ONCE)
    assert turns.once().returncode == 1
    assert (turns.base / "once").read_text() == "1"


def test_the_first_failure_that_stays_one_stops_the_run(turns):
    write(turns, ONCE + BAD + "".join(f"def test_{n}(): turn('more', 0)\n" for n in range(50)))
    done = turns.once("--retries", "1", "-x", "-n", "1", "--box", "test", "--", "-p", "no:randomly")
    assert done.returncode == 1
    assert "FLAKY  test_t.py::test_once" in done.stdout
    assert (turns.base / "bad").read_text() == "2"
    assert not (turns.base / "more").exists() or int((turns.base / "more").read_text()) < 50


def test_stopped_in_a_retry_it_stays_red(turns):
    write(turns, "import time\n\ndef test_slow():\n    assert turn('slow', 1)\n    time.sleep(1000)\n")
    terminal = turns.aloof("--once", "--retries", "1")
    terminal.wait_for(lambda t: (turns.base / "slow").exists() and (turns.base / "slow").read_text() == "2")
    terminal.type("\x03")
    assert terminal.wait_exit() in (1, 2)
    assert outcomes(turns) == {"test_slow": ["failed", 1, 0]}


def test_a_later_gate_of_the_runner_still_counts(turns):
    write(turns, ONCE)
    with (turns.root / "conftest.py").open("a") as conftest:
        conftest.write("def pytest_sessionfinish(session):\n    session.exitstatus = 1\n")
    done = turns.once("--retries", "1")
    assert done.returncode == 1
    assert "FLAKY" in done.stdout


def test_a_part_of_a_file_is_run_again_with_it(turns):
    if shutil.which("prove") is None:
        pytest.skip("there is no prove")
    turns.write("t/a.t", f"""
        use Test::More tests => 2;
        my $file = "{turns.base}/perl";
        my $again = -e $file;
        open my $out, ">", $file;
        ok(1, "well");
        ok($again, "better");
        """)
    done = turns.once("--retries", "1", "--recipe", "prove")
    assert done.returncode == 0, done.stdout
    assert re.match(r"3 tests, 2 flaky in", last_line(done)), done.stdout


def test_the_loop_shows_it(turns):
    turns.write(".aloof.conf", "[run]\n\tretries = 1\n")
    write(turns, ONCE + GOOD)
    loop = turns.aloof().wait_for("1 flaky")
    loop.wait_for("GREEN")
    loop.type("t")
    loop.wait_for(re.compile(r"flaky.*test_once|test_once.*flaky"))
    loop.type("qq")
    assert loop.wait_exit() == 0
