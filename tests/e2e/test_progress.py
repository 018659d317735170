"""What a person sees of a run that takes its time, and that nothing moves where nothing should."""

import os
import re
import signal

import pytest

from processes import command, marked

GATE = """
    def test_quick():
        pass


    def test_gate():
        with open({gate!r}) as gate:
            gate.read()
    """


@pytest.fixture
def gated(project):
    """A project whose test_gate waits until the FIFO project.base/"gate" is opened for writing."""
    gate = project.base / "gate"
    os.mkfifo(gate)
    project.write("test_gate.py", GATE.format(gate=str(gate)))
    project.write(".gitignore", "__pycache__/\n.pytest_cache/\n.aloof.conf\n")
    project.commit()
    return project


def open_gate(project):
    with open(project.base / "gate", "w"):
        pass


def test_a_test_that_takes_longer_than_usual_is_marked_slow(gated):
    loop = gated.aloof()
    loop.wait_for("test_gate.py::test_gate")
    open_gate(gated)
    loop.wait_for("GREEN 2 tests")
    loop.type("a")
    loop.wait_for(re.compile(r"test_gate\.py::test_gate (\d s )?slow"))
    loop.wait_for(re.compile(r"test_gate\.py::test_gate [12] s slow"))
    open_gate(gated)
    loop.wait_for(re.compile(r"GREEN 2 tests · ran 2 in"))
    loop.wait_gone("slow")


def test_the_times_go_on_once_a_second(gated):
    loop = gated.aloof()
    loop.wait_for(re.compile(r"1/2 .*\b1 s"))
    loop.settle(0.3)
    before = len(loop.raw)
    loop.wait_for(re.compile(r"1/2 .*\b3 s"))
    written = len(loop.raw) - before
    assert written < 200, bytes(loop.raw[before:])
    open_gate(gated)
    loop.wait_for(re.compile(r"2 tests +3\.\d s"))


def test_without_motion_nothing_is_written_until_there_is_news(gated):
    loop = gated.aloof("-c", "ui.motion=off")
    loop.wait_for("test_gate.py::test_gate")
    loop.wait_for("1/2")
    loop.settle(0.5)
    assert loop.quiet(2.5)
    assert not re.search(r"\d s\b", loop.text), loop.text
    open_gate(gated)
    loop.wait_for(re.compile(r"2 tests +[3-9]\.\d s"))


def test_without_motion_the_bar_of_once_moves_with_results_only(gated):
    once = gated.aloof("--once", "-c", "ui.motion=off")
    once.wait_for("1/2  test_gate.py::test_gate")
    once.settle(0.5)
    assert once.quiet(1.5)
    open_gate(gated)
    once.wait_for("OK!  2 tests")
    assert once.wait_exit() == 0


def test_a_test_that_is_killed_at_its_deadline_is_shown(project):
    project.write("test_deaf.py", """
        import time


        def test_deaf():
            time.sleep(1000)
        """)
    loop = project.aloof("--timeout", "0.2", "-c", "grace=1", columns=120)
    loop.wait_for(re.compile(r"test_deaf\.py::test_deaf .*timeout: dumping"))
    loop.wait_for(re.compile(r"RED 1 of 1 · (?:re)?ran 1 in"))
    loop.wait_gone("dumping")


def test_a_box_that_does_not_come_to_an_end_is_shown(project):
    gate = project.base / "gate"
    os.mkfifo(gate)
    project.write("test_exit.py", f"""
        import atexit


        def test_exit():
            atexit.register(lambda: open({str(gate)!r}).read())
        """)
    loop = project.aloof()
    loop.wait_for(re.compile(r"test_exit\.py::test_exit \d s cleaning up"))
    open_gate(project)
    loop.wait_for(re.compile(r"GREEN 1 test · ran 1 in"))
    loop.wait_gone("cleaning up")


def test_starting_and_collecting_are_shown(project):
    gate = project.base / "gate"
    os.mkfifo(gate)
    project.write("test_late.py", f"open({str(gate)!r}).read()\n\n\ndef test_late():\n    pass\n")
    loop = project.aloof()
    loop.wait_for("starting pytest")
    loop.wait_for(re.compile(r"^ collecting$", re.M))
    loop.wait_for(re.compile(r"^ 2 s$", re.M))
    open_gate(project)
    loop.wait_for("GREEN 1 test")


def test_a_worker_that_does_not_stop_is_killed_before_ones_eyes(gated):
    loop = gated.aloof()
    loop.wait_for("test_gate.py::test_gate")
    frozen = [pid for pid in marked(gated.mark) if pid != loop.pid and "--reaper" not in command(pid)]
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    loop.type("x")
    loop.wait_for("stopping: the boxes are being killed")
    loop.wait_for(lambda screen: b"does not answer" in screen.raw)  # for as long as the kill takes
    loop.wait_for(re.compile(r"stopped: ran \d in"))
    loop.type("a")
    loop.wait_for("starting pytest")
    loop.wait_for("test_gate.py::test_gate")
    open_gate(gated)
    loop.wait_for("GREEN 2 tests")


def test_a_bad_value_for_motion_is_said(project):
    done = project.once("-c", "ui.motion=slow")
    assert done.returncode == 4
    assert "ui.motion = slow: expected true or false" in done.stderr
