"""What is told of the past: a test's last outcomes and times, which tests wait, which are flaky."""

import re

import pytest

HISTORY = r"^ History\n +{marks}  red in {red} of {runs} runs?, the newest last\n"


def history(marks, red, runs):
    return re.compile(HISTORY.format(marks=marks, red=red, runs=runs), re.M)


@pytest.mark.presses("v", "G")
def test_a_test_in_full_tells_its_last_outcomes_and_times(project):
    project.write("test_turn.py", "def test_turn():\n    assert 1 == 1\n")
    project.write("test_red.py", "def test_red():\n    assert 0\n")
    loop = project.aloof()
    loop.wait_for(re.compile(r"RED 1 of 2 · (?:re)?ran 2 in"))
    loop.type("vG")
    loop.wait_for(history("✗", 1, 1))
    loop.type("q")
    loop.type("r")
    loop.wait_for("since 2 runs")
    loop.type("vG")
    loop.wait_for(history("✗✗", 2, 2))
    loop.wait_for(re.compile(r"^ +red since run 1 with changes in .gitignore, test_red.py, test_turn.py\n +[▁-█]{2}  it took from [\d.]+ s to [\d.]+ s\n"
                             r" +it took [\d.]+ s, usually [\d.]+ s\n"
                             r" +\d\d:\d\d:\d\d  failed +[\d.]+ s  all tests\n"
                             r" +\d\d:\d\d:\d\d  failed +[\d.]+ s  red and changed tests$", re.M))
    loop.type("q")
    loop.wait_gone("History")
    project.save("test_red.py", "def test_red():\n    assert 1\n")
    loop.wait_for("GREEN 2 tests")
    loop.type("q")
    assert loop.wait_exit() == 0

    loop = project.aloof(LC_ALL="C")
    loop.wait_for("GREEN 2 tests")
    loop.type("t")
    loop.wait_for("all tests")
    loop.type("/red\r")
    loop.wait_for("1 of 1")
    loop.type("v")
    loop.wait_for(history(r"FF\.{2,3}", 2, r"\d"))


def test_nothing_is_told_of_a_test_that_never_ran(project):
    project.write("test_gate.py", "def test_first():\n    assert 0\n\n\ndef test_second():\n    pass\n")
    loop = project.aloof("--maxfail=1", "-n", "1")
    loop.wait_for("RED 1 of")
    loop.type("t")
    loop.wait_for("all tests")
    loop.type("/second\r")
    loop.wait_for("1 of 1")
    loop.type("v")
    loop.wait_for("nothing to tell of a test that never ran")


WAITING = """
    import subprocess, sys, time

    BURN = "import time\\nwhile time.process_time() < 0.3: pass"


    def test_waits():
        time.sleep(0.3)


    def test_works():
        while time.process_time() < 0.3:
            pass


    def test_has_others_work():
        subprocess.run([sys.executable, "-c", BURN])
    """


@pytest.mark.presses("t", "S")
def test_the_list_tells_what_waits_and_sorts_by_what_works(project):
    project.write("test_wait.py", WAITING)
    loop = project.aloof("-n", "1", "--box=test")
    loop.wait_for("GREEN 3 tests")
    loop.type("t")
    loop.wait_for(re.compile(r"passed +0\.\d\d s  9\d% waiting  test_wait\.py::test_waits"))
    loop.type("SS")
    loop.wait_for("by CPU time")
    loop.wait_for(lambda terminal: "test_waits" in terminal.lines[3])
    for name in ("test_works", "test_has_others_work"):
        loop.wait_for(re.compile(rf"passed +0\.[23]\d s .*{name}"))


SLOW = """
    import time


    def test_sleeps_long():
        time.sleep(0.4)


    def test_sleeps():
        time.sleep(0.2)


    def test_nothing():
        pass
    """


def in_rows(*names):
    """Whether the rows below the title show these, in this order."""
    return lambda terminal: all(name in line for name, line in zip(names, terminal.lines[1:]))


@pytest.mark.presses("S", "Enter")
def test_the_slowest_tests_and_their_source(project):
    project.write("test_slow.py", SLOW)
    seen = project.base / "seen"
    editor = project.base / "editor"
    editor.write_text(f"#!/bin/sh\necho \"$@\" > {seen}\n")
    editor.chmod(0o755)
    loop = project.aloof("-n", "1", EDITOR=str(editor))
    loop.wait_for("GREEN 3 tests")
    loop.type("S")
    loop.wait_for("all tests · by usual time")
    loop.wait_for(in_rows("test_sleeps_long", "test_sleeps", "test_nothing"))
    loop.wait_for(lambda terminal: terminal.lines[1].startswith("▌"))
    loop.type("SS")
    loop.wait_for("by time waited")
    loop.wait_for(re.compile(r"passed +0\.\d\d s  \d\d% waiting  test_slow\.py::test_sleeps_long"))
    loop.type("\r")
    loop.wait_for(lambda terminal: seen.exists() and "test_slow.py" in seen.read_text())
    loop.type("q")
    loop.wait_for("GREEN 3 tests")


@pytest.mark.presses("S")
def test_lines_tell_the_slowest_by_what_is_asked_for(project):
    project.write("test_slow.py", SLOW)
    loop = project.aloof("--plain", "-n", "1", rows=60)
    loop.wait_for("GREEN 3 tests")
    loop.type("S")
    loop.wait_for(re.compile(r"^ +0\.\d\d s usually .*test_sleeps_long\n.*test_sleeps\n.*test_nothing\n"
                             r"3 slowest by what they usually take; once more for another order", re.M))
    loop.type("S")
    loop.wait_for("slowest by processor time")
    loop.type("S")
    loop.wait_for(re.compile(r"\d\d% waiting  test_slow\.py::test_sleeps_long\n.*test_sleeps\n2 slowest by time waited"))
    loop.type("S")
    loop.wait_for(re.compile(r"by time waited.*\n(.*\n)+3 slowest by what they usually take"))


@pytest.fixture
def turning(project):
    """A test that fails and passes in turn, for a reason that lies outside of the project."""
    runs = project.base / "runs"
    project.write("test_turning.py", f"""
        def test_turning():
            with open({str(runs)!r}, "a+") as file:
                file.write(".")
                assert file.tell() % 2 == 0
        """)
    project.write("test_red.py", "def test_red():\n    assert 0\n")
    return project


def flaky_line(name):
    return re.compile(rf"(failed|passed) +[\d.]+ s  flaky  (\d+% waiting)? *{name}")


def test_what_passes_and_fails_while_nothing_changed_is_flaky(turning):
    loop = turning.aloof()
    loop.wait_for("RED 2 of 2")
    loop.type("rt")
    loop.wait_for("test_turning.py::test_turning is flaky: it passed and failed while no file changed")
    loop.wait_for(flaky_line("test_turning.py::test_turning"))
    loop.type("q")
    loop.type("a")
    loop.wait_for(re.compile(r"FAIL +test_turning.py::test_turning .*flaky"))
    loop.type("t")
    loop.wait_for(flaky_line("test_turning.py::test_turning"))
    loop.wait_for(re.compile(r"failed +[\d.]+ s {9}(\d+% waiting)? *test_red.py::test_red"))
    loop.type("/turning\r")
    loop.wait_for("1 of 1")
    loop.type("v")
    loop.wait_for("flaky: it passed and failed while no file changed")
    loop.type("qqq")
    assert loop.wait_exit() == 0

    loop = turning.aloof()
    loop.wait_for("RED")
    loop.type("t")
    loop.wait_for(flaky_line("test_turning.py::test_turning"))


def test_green_counts_what_is_flaky(project):
    bad = project.base / "bad"
    bad.touch()
    project.write("test_weather.py", f"import os\n\n\ndef test_weather():\n    assert not os.path.exists({str(bad)!r})\n")
    loop = project.aloof()
    loop.wait_for("RED 1 of 1")
    loop.wait_for("1 test  1 failed")
    bad.unlink()
    loop.type("r")
    loop.wait_for("GREEN 1 test, 1 flaky · ran 1 in")


def test_what_was_mended_is_not_flaky(project):
    project.write("test_red.py", "def test_red():\n    assert 0\n")
    project.write("test_fine.py", "def test_fine():\n    pass\n")
    loop = project.aloof()
    loop.wait_for("RED 1 of 2")
    project.save("test_red.py", "def test_red():\n    assert 1\n")
    loop.wait_for("GREEN 2 tests")
    project.save("test_red.py", "def test_red():\n    assert 2 < 1\n")
    loop.wait_for("RED 1 of 2")
    loop.settle(1.5)
    assert "flaky" not in loop.text
    loop.type("t")
    loop.wait_for(re.compile(r"failed +[\d.]+ s  (\d+% waiting)? *test_red.py::test_red"))


@pytest.mark.presses("v")
def test_lines_tell_it_too(project):
    project.write("test_red.py", "def test_red():\n    assert 0\n")
    loop = project.aloof("--plain", rows=60)
    loop.wait_for("RED 1 of 1")
    loop.type("v")
    loop.wait_for(re.compile(r"^History\n +✗  red in 1 of 1 run, the newest last\n", re.M))


def run_line(run, outcome):
    return rf" +{run}  \d{{4}}-\d\d-\d\d \d\d:\d\d  {outcome} +[\d.]+ s  [^\n]*\n"


@pytest.mark.presses("h", "v", "t")
def test_the_history_of_a_test_has_a_page_of_its_own(project):
    project.write("test_turn.py", "def test_turn():\n    assert 1\n")
    project.write("test_fine.py", "def test_fine():\n    pass\n")
    project.commit()
    loop = project.aloof()
    loop.wait_for("GREEN 2 tests")
    loop.type("h")
    loop.wait_for("no failure is here to tell the history of")
    project.save("test_turn.py", "def test_turn():\n    assert 0\n")
    loop.wait_for(re.compile(r"RED 1 of 2 · (?:re)?ran \d"))
    loop.type("h")
    loop.wait_for(re.compile(r"^ history of test_turn\.py::test_turn$", re.M))
    loop.wait_for(re.compile(r"^ failed; red in \d of \d runs\n it took [\d.]+ s to [\d.]+ s, usually [\d.]+ s\n"
                             r" red since run \d(?:, of commit \w{9})?, when these had changed: test_turn\.py\n"
                             r" good last in run \d, .*\n", re.M))
    loop.wait_for(re.compile(r"^ ✓+✗+\n [▁-█]+$", re.M))
    loop.wait_for(re.compile(run_line(r"\d", "failed") + run_line(r"\d", "passed"), re.M))
    loop.type("v")  # from there to all of the test, and back by the same keys
    loop.wait_for(re.compile(r"^ test_turn\.py::test_turn( .*)?\n FAIL  test_turn", re.M))
    loop.type("h")
    loop.wait_for("history of test_turn.py::test_turn")
    loop.type("h")
    loop.wait_for("RED 1 of 2")
    loop.type("t/fine\rh")
    loop.wait_for("history of test_fine.py::test_fine")
    loop.wait_for("passed; red in 0 of")
    loop.type("q")
    loop.wait_for("all tests")
    loop.type("qqq")
    assert loop.wait_exit() == 0

    loop = project.aloof(LC_ALL="C")
    loop.wait_for("RED 1 of 2")
    loop.wait_for(re.compile(r"since \d runs"))
    loop.type("h")
    loop.wait_for(re.compile(r"^ \.+FF+\n [_.~=+*#-]+$", re.M))


@pytest.mark.presses("h")
def test_a_history_has_all_runs_that_are_remembered(project):
    project.write("test_red.py", "def test_red():\n    assert 0\n")
    loop = project.aloof(rows=50)
    loop.wait_for("RED 1 of 1")
    for runs in range(2, 26):
        loop.type("r")
        loop.wait_for(f"since {runs} runs")
    loop.type("h")
    loop.wait_for("failed; red in 25 of 25 runs")
    loop.wait_for(re.compile(r"^ ✗{25}$", re.M))
    loop.wait_for(re.compile(run_line(1, "failed"), re.M))


def test_a_test_that_never_ran_has_no_history(project):
    project.write("test_gate.py", "def test_first():\n    assert 0\n\n\ndef test_second():\n    pass\n")
    loop = project.aloof("--maxfail=1", "-n", "1")
    loop.wait_for("RED 1 of")
    loop.type("t/second\r")
    loop.wait_for("1 of 1")
    loop.type("h")
    loop.wait_for("no run of this test is remembered")


@pytest.mark.presses("h")
def test_lines_tell_a_history(turning):
    loop = turning.aloof("--plain", rows=60)
    loop.wait_for("RED 2 of 2")
    loop.type("r")
    loop.wait_for("test_turning.py::test_turning is flaky")
    loop.type("a")
    loop.wait_for(lambda terminal: "since 3 runs" in terminal.text and terminal.text.rstrip().endswith("RED 2 of 2"))
    loop.type("t")
    loop.wait_for("2 are red")
    for number in "12":
        loop.type(number + "h")
    loop.wait_for(re.compile(r"^test_turning\.py::test_turning\nfailed; red in 2 of 3 runs\n.*\n"
                             r"flaky: it passed and failed while no file changed: red 2 of 3 times \(67%\)\n", re.M))
    loop.wait_for(re.compile(r"^test_red\.py::test_red\nfailed; red in 3 of 3 runs\n", re.M))
