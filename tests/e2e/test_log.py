"""The log (l): why each run started, what was ignored and why, what was killed."""

import os
import re

import pytest


@pytest.fixture
def gated(project):
    """A green test, and one that waits until the gate is opened for writing."""
    gate = project.base / "gate"
    os.mkfifo(gate)
    project.write("test_gated.py", f"""
        def test_first():
            pass


        def test_gate():
            open({str(gate)!r}).read()
        """)
    project.write(".gitignore", "__pycache__/\n.pytest_cache/\n*.log\nbuild/\n")
    project.commit()
    return project


def log_of(project, *args, **how):
    loop = project.aloof(*args, rows=40, columns=120, **how)
    loop.type("l")
    loop.wait_for("aloof: the log")
    return loop


def line(text):
    return re.compile(r"^ \d\d:\d\d:\d\d  " + text + "$", re.M)


def test_what_is_ignored_is_told_with_its_reason(lighthouse):
    lighthouse.write(".gitignore", "__pycache__/\n.pytest_cache/\n*.log\nbuild/\n")
    lighthouse.commit()
    loop = log_of(lighthouse)
    loop.wait_for(re.compile("15 ran in .*, 1 red"))
    lighthouse.save("lighthouse/tide.py", lighthouse.read("lighthouse/tide.py"))
    loop.wait_for(line(r"ignored lighthouse/tide\.py: same content as before"))
    for name in ("out.log", "other.log", "build/made.py"):
        lighthouse.write(name, "anything\n")
    loop.wait_for(line(r"ignored out\.log and 2 more: left out by git's rules"))
    lighthouse.write("lighthouse/.tide.py.swp", "anything\n")
    loop.wait_for(line(r"ignored lighthouse/\.tide\.py\.swp: made by an editor for itself"))
    lighthouse.write("lighthouse/.tide.py.swp", "anything else\n")
    loop.wait_for(line(r"ignored lighthouse/\.tide\.py\.swp: made by an editor for itself, 2 times"))
    assert len(re.findall(r" ran in ", loop.text)) == 1


def test_without_git_directories_are_ignored_by_their_kind(tmp_path):
    from project import Project

    bare = Project(tmp_path, git=False)
    try:
        bare.write("test_a.py", "def test_a():\n    pass\n")
        loop = log_of(bare, "--", "-p", "no:cacheprovider", PYTHONDONTWRITEBYTECODE="1")
        loop.wait_for("1 ran in")
        bare.write("node_modules/left-pad/index.js", "module.exports = 1\n")
        loop.wait_for(line("ignored node_modules: such directories hold no source"))
    finally:
        bare.close()


def test_what_tests_and_aloof_write_is_told(project):
    project.write("test_writes.py", """
        import pathlib, time


        def test_writes():
            pathlib.Path("written.txt").write_text(str(time.time_ns()))
        """)
    project.commit()
    loop = log_of(project, "--junit", "report.xml")
    loop.wait_for(line(r"written\.txt is written by test_writes\.py::test_writes: no more runs for it .*"))
    loop.wait_for(line(r"ignored report\.xml: written by aloof(, \d+ times)?"))
    loop.wait_for(lambda screen: len(re.findall(" all tests: ", screen.text)) ==
                  len(re.findall(" ran in | stopped after ", screen.text)))
    assert "ignored written.txt" not in loop.text
    loop.type("a")
    loop.wait_for(line(r"ignored written\.txt: written by the tests"))


def test_a_test_killed_at_its_deadline_is_told(gated):
    loop = log_of(gated, "--timeout", "0.3")
    loop.wait_for(line(r"killed test_gated\.py::test_gate at its deadline: no answer for 0\.3 s"))


def test_a_crash_is_told_with_its_signal(project):
    project.write("test_crash.py", "import os\n\n\ndef test_crash():\n    os.kill(os.getpid(), 11)\n")
    project.commit()
    loop = log_of(project)
    loop.wait_for(line(r"crashed test_crash\.py::test_crash: killed by SIGSEGV"))


def test_what_a_new_run_kills_is_told(gated):
    loop = log_of(gated, "-n", "1")
    loop.type("\x1b")
    loop.wait_for("test_gated.py::test_gate")
    loop.type("l")
    text = gated.read("test_gated.py")
    gated.write("test_gated.py", text + "\n")
    loop.wait_for(line(r"killed test_gated\.py::test_gate: test_gated\.py changed"))
    loop.type("\x1b")
    loop.wait_for(lambda screen: "aloof: the log" not in screen.text and "test_gated.py::test_gate" in screen.text)
    loop.type("al")
    loop.wait_for(line(r"killed test_gated\.py::test_gate: another run was asked for by a key"))
    loop.type("\x1b")
    loop.wait_for(lambda screen: "aloof: the log" not in screen.text and "test_gated.py::test_gate" in screen.text)
    loop.type("xl")
    loop.wait_for(line(r"killed test_gated\.py::test_gate: the run was stopped by a key"))


def test_what_the_first_failure_kills_is_told(gated):
    gate = gated.base / "running"
    os.mkfifo(gate)
    gated.write("test_gated.py", f"""
        def test_gate():
            open({str(gate)!r}, "w").close()
            open({str(gated.base / "gate")!r}).read()
        """)
    gated.write("test_fails.py", f"""
        def test_fails():
            open({str(gate)!r}).read()
            assert False
        """)
    gated.commit()
    loop = log_of(gated, "-n", "2", "-x")
    loop.wait_for(line(r"killed test_gated\.py::test_gate: the run ends with its first failure"))


def test_what_quitting_kills_is_told_where_lines_stay(gated):
    begun = gated.base / "begun"
    os.mkfifo(begun)
    text = gated.read("test_gated.py").replace("    open(", f"    open({str(begun)!r}, 'w').close()\n    open(")
    gated.write("test_gated.py", text)
    loop = gated.aloof("--plain", "-n", "1", rows=40, TERM="dumb")
    begun.read_text()
    loop.type("\x0c")
    loop.wait_for(re.compile(r"^   test_gated\.py::test_gate", re.M))
    loop.type("q")
    assert loop.wait_exit() == 0
    assert "killed test_gated.py::test_gate: aloof quits" in loop.text
    assert loop.given_back()


def test_what_else_fits_is_told_when_nobody_said_what_is_used(project):
    project.write("test_a.py", "import unittest\n\ndef test(): pass\n")
    project.write("t/a.t", "use Test::More; pass('well'); done_testing;\n")
    told = "recipe pytest is used; to use what else fits, too: recipe = pytest, prove in .aloof.conf"
    loop = log_of(project).wait_for(line(told))
    loop.type("q")
    loop.wait_for("GREEN 1 test")
    loop.type("q")
    assert loop.wait_exit() == 0
    project.write(".aloof.conf", "recipe = pytest\n")
    loop = log_of(project).wait_for("ran in")
    assert "what else fits" not in loop.text
