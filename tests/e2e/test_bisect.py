"""`aloof bisect`: which tests before it make a test fail."""

import json
import os
import re
import shlex
import signal
import sqlite3
import subprocess

import pytest

from project import ALOOF

# A test fails when any of `state.marks` that it needs were left by tests before it.
STATE = "marks = set()\n"


def write_tests(project, files, rules):
    """files: {name: how many tests}; rules: {"name::number": its body}."""
    project.write("state.py", STATE)
    for name, count in files.items():
        lines = ["import state"]
        for number in range(count):
            lines.append(f"def test_{number}():\n    {rules.get(f'{name}::{number}', 'pass')}")
        project.write(name, "\n".join(lines) + "\n")
    project.commit()


def bisect(project, *args, code=0, **env):
    done = project.run("bisect", *args, **env)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done


def found(project, *args, **env):
    return json.loads(bisect(project, "--json", *args, **env).stdout)


def rerun(project, command):
    words = shlex.split(command)
    assert words[0] == "aloof"
    return project.run(*words[1:])


@pytest.fixture
def polluted(project):
    """One test of 120 leaves something behind that the last one trips over."""
    rules = {"test_b.py::7": "state.marks.add(1)", "test_c.py::39": "assert not state.marks"}
    write_tests(project, {"test_a.py": 40, "test_b.py": 40, "test_c.py": 40}, rules)
    return project


def test_it_finds_the_one_test(polluted):
    done = bisect(polluted, "test_c.py::test_39")
    lines = done.stdout.splitlines()
    assert lines[:2] == ["probe 1: all 119 tests before it, fails", "probe 2: alone, passes"]
    assert "test_c.py::test_39 fails after\n  test_b.py::test_7\nand passes alone" in done.stdout
    probes = [line for line in lines if line.startswith("probe")]
    assert len(probes) <= 6.9 + 3  # log2(119)
    assert lines[-1].startswith(f"{len(probes)} probes and 5 checks in ")


def test_the_command_shows_it_again(polluted):
    result = found(polluted, "test_c.py::test_39")
    assert result["cause"] == ["test_b.py::test_7"]
    assert result["verdict"] == "found" and result["company"] == 119
    again = rerun(polluted, result["command"])
    assert again.returncode == 1, again.stdout
    assert "2 tests, 1 failure" in again.stdout
    assert "assert not state.marks" in again.stdout


def test_a_pair_and_a_triple_are_found(project):
    rules = {
        "test_a.py::3": "state.marks.add(1)", "test_b.py::20": "state.marks.add(2)", "test_b.py::21": "state.marks.add(3)",
        "test_c.py::8": "assert not state.marks >= {1, 2}", "test_c.py::9": "assert len(state.marks) < 3",
    }
    write_tests(project, {"test_a.py": 30, "test_b.py": 30, "test_c.py": 10}, rules)
    assert found(project, "test_c.py::test_8")["cause"] == ["test_a.py::test_3", "test_b.py::test_20"]
    result = found(project, "test_c.py::test_9")
    assert result["cause"] == ["test_a.py::test_3", "test_b.py::test_20", "test_b.py::test_21"]
    assert rerun(project, result["command"]).returncode == 1


def test_the_order_is_kept(project):
    """What is left behind counts only when nobody cleans it up before the test."""
    rules = {"test_a.py::0": "state.marks.add(1)", "test_a.py::1": "state.marks.clear()",
             "test_a.py::2": "state.marks.add(2) if not state.marks else None", "test_b.py::0": "assert 2 not in state.marks"}
    write_tests(project, {"test_a.py": 10, "test_b.py": 1}, rules)
    assert found(project, "test_b.py::test_0")["cause"] == ["test_a.py::test_2"]


def test_the_order_is_that_of_the_run_in_which_it_failed(project):
    """In the order of the listing the culprit comes after the test."""
    rules = {"test_a.py::0": "assert not state.marks", "test_b.py::7": "state.marks.add(1)"}
    write_tests(project, {"test_a.py": 5, "test_b.py": 10}, rules)
    order = [f"test_b.py::test_{number}" for number in range(10)] + [f"test_a.py::test_{number}" for number in (3, 0, 1)]
    project.write("ran", "\n".join(order) + "\n")
    for args in (["--load-list", "ran"], ["--load-list=ran", "--order", "given"]):
        result = found(project, *args, "test_a.py::test_0")
        assert result["cause"] == ["test_b.py::test_7"] and result["company"] == 11
        again = rerun(project, result["command"])
        assert again.returncode == 1 and "2 tests, 1 failure" in again.stdout, again.stdout


def test_a_random_order_is_searched_as_its_seed_has_it(project):
    rules = {f"test_{name}.py::0": "state.marks.add(1)" for name in "ab"}
    rules |= {f"test_{name}.py::{number}": "assert not state.marks" for name in "ab" for number in range(1, 6)}
    write_tests(project, {"test_a.py": 6, "test_b.py": 6}, rules)
    done = project.once("--serial", "--order", "random:5")
    failed = re.findall(r"test_[ab]\.py::test_\d", done.stdout)
    result = found(project, "--order", "random:5", failed[-1])
    assert result["cause"][0] in ("test_a.py::test_0", "test_b.py::test_0")
    assert "random" not in result["command"] and rerun(project, result["command"]).returncode == 1
    assert "give the seed" in bisect(project, "--order", "random", "test_a.py::test_1", code=4).stderr
    assert "no such order" in bisect(project, "--order", "backwards", "test_a.py::test_1", code=4).stderr


def test_what_runs_after_it_is_tried_where_what_runs_before_it_is_not_the_cause(project):
    """Another box, or a longer test that went first, may have brought it before the test."""
    rules = {"test_a.py::1": "assert not state.marks", "test_b.py::7": "state.marks.add(1)"}
    write_tests(project, {"test_a.py": 5, "test_b.py": 10}, rules)
    done = bisect(project, "test_a.py::test_1")
    assert done.stdout.startswith("probe 1: 1 test before it, passes\n")
    assert "\nwhat runs before it is not the cause; now all others do\nprobe 3: all 14 tests before it, fails\n" in done.stdout
    assert "test_a.py::test_1 fails after\n  test_b.py::test_7\n" in done.stdout


def test_one_that_fails_alone_is_told(project):
    write_tests(project, {"test_a.py": 3, "test_b.py": 1}, {"test_b.py::0": "assert False"})
    done = bisect(project, "test_b.py", code=1)
    assert "test_b.py::test_0 fails alone, 3 of 3 times: no other test is the cause" in done.stdout


def test_one_that_needs_others_is_told(project):
    rules = {"test_a.py::1": "state.marks.add(1)", "test_b.py::0": "assert state.marks"}
    write_tests(project, {"test_a.py": 3, "test_b.py": 1}, rules)
    assert "it needs one of them" in bisect(project, "test_b.py", code=1).stdout


def test_one_that_never_fails_is_told(project):
    write_tests(project, {"test_a.py": 3}, {})
    assert "does not fail, neither alone nor after the 2 others" in bisect(project, "test_2", code=6).stdout


def test_a_flaky_one_is_told(project):
    """It fails whenever it runs for the first, third, … time."""
    tally = project.base / "tally"
    body = f"f = open({str(tally)!r}, 'ab', 0); f.write(b'x'); assert f.tell() % 2 == 0"
    write_tests(project, {"test_a.py": 8}, {"test_a.py::7": body})
    done = bisect(project, "test_7", code=7)
    assert re.search(r"test_a.py::test_7 is flaky: with .* it failed \d of \d times", done.stdout)
    assert json.loads(project.run("bisect", "--json", "test_7").stdout)["verdict"] == "flaky"


def test_checks_are_as_many_as_is_wanted(polluted):
    assert found(polluted, "--checks", "1", "test_c.py::test_39")["checks"] <= 1
    assert found(polluted, "--checks=5", "test_c.py::test_39")["checks"] >= 8


def remembered(project):
    with sqlite3.connect(project.root / ".git/aloof/history.db") as history:
        return list(history.iterdump())


def test_nothing_of_it_is_remembered(polluted):
    polluted.write("test_red.py", "def test_red():\n    assert False\n")
    assert polluted.once().returncode == 1
    before = remembered(polluted)
    assert any("test_red" in line for line in before)
    found(polluted, "test_c.py::test_39")
    assert remembered(polluted) == before


def test_options_of_pytest_that_end_runs_do_not_end_probes(polluted):
    polluted.write("pytest.ini", "[pytest]\naddopts = -x\n")
    polluted.write("test_a.py", "def test_fails():\n    assert False\n")
    assert found(polluted, "test_c.py::test_39")["cause"] == ["test_b.py::test_7"]


def test_unittest_is_bisected_too(project):
    project.write("state.py", STATE)
    for name, bodies in {"a": ["pass", "state.marks.add(1)", "pass"], "b": ["pass", "self.assertFalse(state.marks)"]}.items():
        text = f"import state, unittest\n\nclass Test{name.upper()}(unittest.TestCase):\n"
        for number, body in enumerate(bodies):
            text += f"    def test_{number}(self):\n        {body}\n"
        project.write(f"test_{name}.py", text)
    result = found(project, "--recipe", "unittest", "TestB.test_1")
    assert result["cause"] == ["test_a.TestA.test_1"]
    again = rerun(project, result["command"])
    assert again.returncode == 1 and "2 tests, 1 failure" in again.stdout


def test_a_recipe_of_one_test_a_process_is_refused(project):
    project.write("ls", "#!/bin/sh\necho one\necho two\n").chmod(0o755)
    project.write(".aloof.conf", '[recipe "mine"]\n\tlist = sh ls\n\trun = test {id} = one\n')
    done = bisect(project, "--recipe", "mine", "two", code=4)
    assert "recipe mine runs each test in a process of its own, so no other one makes two fail" in done.stderr


def test_a_test_is_named_as_seen_from_where_one_stands(polluted):
    polluted.write("sub/test_c.py", "def test_39(): pass\n")
    done = polluted.run("bisect", "--json", "../test_c.py::test_39", cwd=polluted.root / "sub")
    result = json.loads(done.stdout)
    assert result["test"] == "test_c.py::test_39" and result["cause"] == ["test_b.py::test_7"]
    again = subprocess.run([ALOOF, *shlex.split(result["command"])[1:]], cwd=polluted.root / "sub", env=polluted.env,
                           stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert again.returncode == 1 and "2 tests, 1 failure" in again.stdout


@pytest.mark.parametrize("args, code, line", [
    ([], 4, "bisect: give one TEST, by its id or a part of it"),
    (["a", "b"], 4, "bisect: give one TEST, by its id or a part of it"),
    (["nowhere"], 5, "nowhere: there is no such test here"),
    (["test_1"], 5, "test_1: this is in the ids of "),
    (["--checks", "0", "test_1"], 4, "bisect: --checks 0: expected a number from 1 to 1000"),
    (["--checks"], 4, "bisect: --checks : expected a number from 1 to 1000"),
    (["--nope", "x"], 4, "unknown option --nope"),
])
def test_bad_usage_gets_one_line(polluted, args, code, line):
    done = bisect(polluted, *args, code=code)
    assert done.stderr.startswith("aloof: " + line) and done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_what_cannot_be_run_says_why(project):
    project.write("test_a.py", "def test_x(): pass\n")
    project.write("conftest.py", "import nonexistent_module\n")
    done = bisect(project, "test_x", code=3)
    assert "the tests cannot be run" in done.stderr and "nonexistent_module" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_can_be_interrupted(project, number):
    """In the middle of a probe: its box and all else are gone, which the fixture looks after."""
    gate = project.base / "gate"
    os.mkfifo(gate)
    write_tests(project, {"test_a.py": 2}, {"test_a.py::0": f"open({str(gate)!r}, 'w'); import time; time.sleep(600)"})
    process = subprocess.Popen([ALOOF, "bisect", "test_1"], cwd=project.root, env=project.env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    open(gate).close()
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 2 and err == ""
    assert out == "probe 1: 1 test before it\n"
