"""Taking tests and runs out of what is remembered: aloof forget."""

import json
import re

import pytest


@pytest.fixture
def remembered(project):
    """A project with two runs: in the first one of two tests failed, in the second both."""
    project.write("test_a.py", "def test_one(): assert 0\ndef test_two(): pass\n")
    project.commit()
    assert project.once().returncode == 1
    project.write("test_a.py", "def test_one(): assert 0\ndef test_two(): assert 0\n")
    assert project.once().returncode == 1
    return project


def failing(project):
    return sorted(name.rpartition("_")[2] for name in project.run("failing", "--list").stdout.split())


def forget(project, *what):
    done = project.run("forget", *what)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_forgotten_test_is_not_red(remembered):
    assert failing(remembered) == ["one", "two"]
    assert forget(remembered, "test_one") == "forgot test_a.py::test_one, and what it came to in 2 runs; it was red\n"
    assert failing(remembered) == ["two"] and remembered.run("list").stdout == "test_a.py::test_two\n"
    done = remembered.run("forget", "test_one")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == "aloof: test_one: no test that is remembered is called so; see aloof list\n"
    assert remembered.once("--failing").returncode == 1
    assert failing(remembered) == ["two"]


def test_without_a_run_the_one_before_counts(remembered):
    assert forget(remembered, "last") == "forgot run 2, in which 2 tests ended; 1 test no longer red\n"
    assert failing(remembered) == ["one"]
    assert len(remembered.run("runs").stdout.splitlines()) == 2
    assert forget(remembered, "1") == "forgot run 1, in which 2 tests ended; 1 test no longer red; 2 tests of which nothing else is known\n"
    assert remembered.run("last").returncode == 4 and remembered.run("list").stdout == ""
    assert remembered.once().returncode == 1
    assert failing(remembered) == ["one", "two"]


def test_all_or_nothing_and_json(remembered):
    for words in (("test_one", "7"), ("1", "nosuch"), ("test_two", "test_"), ("last~1", "last~2")):
        done = remembered.run("forget", *words)
        assert (done.returncode, done.stdout) == (4, "") and done.stderr.startswith(f"aloof: {words[1]}: ")
    said = remembered.run("forget", "test_").stderr
    assert said.startswith("aloof: test_: 2 tests are called so; say which: test_a.py::test_") and "test_one" in said and "test_two" in said
    assert remembered.run("forget").stderr == "aloof: forget: which test or run? See aloof forget --help\n"
    assert failing(remembered) == ["one", "two"]
    done = remembered.run("forget", "--json", "pytest: test_a.py::test_two", "last~1")
    none = {"no_longer_red": 0, "red_again": 0, "unknown": 0}
    assert json.loads(done.stdout)["forgot"] == [{"id": "test_a.py::test_two", "recipe": "pytest", "results": 2, **none, "no_longer_red": 1, "unknown": 1},
                                                 {"run": 1, "results": 1, **none}]
    assert failing(remembered) == ["one"] and "test_a.py::test_one" in remembered.run("last").stdout


def test_a_loop_goes_on_meanwhile(remembered):
    loop = remembered.aloof()
    loop.wait_for(re.compile(r"RED 2 of 2 · (?:re)?ran 2 in"))
    forget(remembered, "test_one", "1", "2")
    remembered.save("test_a.py", "def test_one(): pass\ndef test_two(): assert 0\n")
    loop.wait_for(re.compile(r"RED 1 of 2 · (?:re)?ran 2 in"))
    loop.type("q")
    assert loop.wait_exit() == 0
    assert failing(remembered) == ["two"]
    assert sorted(remembered.run("list").stdout.split()) == ["test_a.py::test_one", "test_a.py::test_two"]
