"""Job control, signals and the end of the terminal, at inconvenient moments."""

import contextlib
import os
import re
import signal
import sqlite3

import pytest

from processes import wait_all_gone
from project import ALOOF

# A sanitizer's own handler has the last word, and ends the program with a code.
SANITIZED = "/san/" in ALOOF
RED = re.compile(r"RED 1 of 15 · (?:re)?ran \d+ in")
REDRAW, SUSPEND = "\x0c", "\x1a"


def in_a_shell(project, *args, rows=24, columns=100):
    """A shell with job control, which has aloof as its foreground job."""
    shell = project.spawn(["bash", "--norc", "--noprofile", "-i"], rows, columns, PS1="PROMPT> ")
    shell.wait_for("PROMPT>")
    shell.type(" ".join([ALOOF, *args]) + "\n")
    return shell


def test_suspending_while_the_screen_is_painted(lighthouse):
    """curses, left to itself, ignores SIGTSTP while it paints."""
    shell = in_a_shell(lighthouse, rows=60, columns=200)
    shell.wait_for(RED)
    for turn in range(10):
        while shell.read(0):
            pass
        shell.type(REDRAW * 200)
        shell.read(5)
        shell.type(SUSPEND)
        shell.wait_for("Stopped")
        shell.type(f"clear; echo turn $(({turn} + 100))\n")
        shell.wait_for(f"turn {turn + 100}")
        shell.type("fg\n")
        shell.wait_for(RED)
    shell.type("q")
    shell.wait_for("PROMPT>")
    shell.type("exit\n")
    assert shell.wait_exit() == 0


def test_the_size_may_change_while_suspended(lighthouse):
    shell = in_a_shell(lighthouse)
    shell.wait_for(RED)
    shell.type(SUSPEND)
    shell.wait_for("Stopped")
    shell.resize(15, 64)
    shell.type("fg\n")
    shell.wait_for(RED)
    shell.wait_for(lambda terminal: "─" * 64 in terminal.lines)
    shell.wait_for(lambda terminal: terminal.lines[14].startswith(" j/k move"))
    shell.type("q")
    shell.wait_for("PROMPT>")
    shell.type("exit\n")
    assert shell.wait_exit() == 0


def known_red(project):
    """What the history holds once all of it is on disk."""
    with contextlib.closing(sqlite3.connect(project.root / ".git/aloof/history.db")) as history:
        return [row[0] for row in history.execute("SELECT name FROM tests WHERE red")]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_during_a_run_ends_all_of_it(project, number):
    project.write("test_both.py", """
        import time


        def test_now():
            assert False


        def test_slow():
            time.sleep(1000)
        """)
    loop = project.aloof("-n", "1")
    loop.wait_for("FAIL  test_both.py::test_now")
    loop.wait_for("test_both.py::test_slow")
    os.kill(loop.pid, number)
    assert loop.wait_exit() == 2
    assert loop.given_back()
    assert wait_all_gone(project.mark, 5) == []
    assert known_red(project) == ["test_both.py::test_now"]


def test_the_history_survives_a_terminal_that_is_closed_during_a_run(project):
    project.write("test_both.py", "import time\n\n\ndef test_now():\n    assert False\n\n\n"
                                  "def test_slow():\n    time.sleep(1000)\n")
    loop = project.aloof("-n", "1")
    loop.wait_for("FAIL  test_both.py::test_now")
    loop.wait_for("test_both.py::test_slow")
    project.terminals.remove(loop)
    loop.child.ptyproc.fileobj.close()
    assert wait_all_gone(project.mark, 5) == []
    assert known_red(project) == ["test_both.py::test_now"]


def crash_reports(project):
    return sorted((project.root / ".git/aloof").glob("crash-*.txt"))


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS])
def test_a_crash_gives_the_terminal_back_and_leaves_a_report(lighthouse, number):
    loop = lighthouse.aloof()
    loop.wait_for(RED)
    os.kill(loop.pid, number)
    code = loop.wait_exit()
    assert code == -number or SANITIZED and code != 0
    assert loop.given_back()
    [report] = crash_reports(lighthouse)
    assert f"\naloof: crashed ({number.name}); the report is in {report}\r\n".encode() in loop.raw
    text = report.read_text()
    assert re.match(rf"aloof [\d.]+ crashed: {number.name}\n", text)
    assert "\nrun: 1, all, start\n" in text
    assert "\nlast heard of: tests/test_" in text
    assert "uv_run" in text


def test_a_crash_during_a_run_kills_the_tests(project):
    project.write("test_slow.py", "import time\n\n\ndef test_slow():\n    time.sleep(1000)\n")
    loop = project.aloof()
    loop.wait_for("test_slow.py::test_slow")
    os.kill(loop.pid, signal.SIGSEGV)
    assert loop.wait_exit() != 0
    assert wait_all_gone(project.mark, 5) == []
    assert "\nlast heard of: test_slow.py::test_slow\n" in crash_reports(project)[0].read_text()


def test_a_crash_of_a_single_run_is_told_too(project):
    project.write("test_slow.py", "import time\n\n\ndef test_slow():\n    time.sleep(1000)\n")
    loop = project.aloof("--once")
    loop.wait_for("test_slow")
    os.kill(loop.pid, signal.SIGABRT)
    code = loop.wait_exit()
    assert code == -signal.SIGABRT or SANITIZED and code != 0
    assert re.search(r"^aloof: crashed \(SIGABRT\); the report is in", loop.text, re.M)
    assert len(crash_reports(project)) == 1
    assert wait_all_gone(project.mark, 5) == []
