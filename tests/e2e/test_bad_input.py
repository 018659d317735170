"""Bad input: a clear line each, the right exit code, the terminal as it was."""

import os
import re
import sys

import pytest

from processes import wait_all_gone
from project import ALOOF, Project


def said(done):
    return done.stdout + done.stderr


@pytest.mark.parametrize("args, line", [
    (["-n", "0"], r"-n|--boxes"),
    (["-n", "many"], r"-n|--boxes"),
    (["--box=three"], r"auto\|test\|group"),
    (["--timeout", "soon"], r"--timeout"),
    (["--timeout", "-1"], r"--timeout"),
    (["--maxfail"], r"--maxfail"),
    (["--no-such-option"], r"--no-such-option"),
    (["-Z"], r"-Z"),
    (["--color=pink"], r"auto\|always\|never"),
    (["-c", "no.such.key=1"], r"no\.such\.key"),
    (["-c", "timeout=soon"], r"timeout"),
    (["-c", "key.r=rerun-rde"], r"did you mean rerun-red\?"),
    (["--once=yes"], r"--once"),
])
def test_a_bad_option_is_one_line_and_exit_4(project, args, line):
    done = project.run(*args)
    assert done.returncode == 4, said(done)
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert re.search(line, done.stderr), done.stderr


@pytest.mark.parametrize("text, number, line", [
    ("[run]\n\tboxes = 0\n", 2, "boxes"),
    ("[run]\n\ttimeout = 1\n\tboxen = 2\n", 3, "boxen"),
    ("[run\n", 1, ""),
    ("[no-such]\n\tkey = 1\n", 2, "no-such"),
    ("[key]\n\tr = rerun-rde\n", 2, r"rerun-rde.*did you mean rerun-red\?"),
    ("[bind]\n\n\trun-all = spce\n", 3, r"spce.*did you mean Space\?"),
    ("[key]\n\tr = run-all\n[bind]\n\tstop = r\n", 4, r"key r .*run-all by .*\.aloof\.conf:2"),
])
def test_a_bad_configuration_names_file_and_line(project, text, number, line):
    (project.root / ".aloof.conf").write_text(text)
    done = project.once()
    assert done.returncode == 4, said(done)
    assert re.search(rf"\.aloof\.conf:{number}:.*{line}", done.stderr), done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_no_tests_found(project):
    project.write("module.py", "x = 1\n")
    done = project.once()
    assert done.returncode == 5, said(done)
    assert str(project.root) in said(done)
    assert "no tests" in said(done).lower()


def test_no_python(project):
    done = project.once("--python", "/no/such/python")
    assert done.returncode in (3, 4), said(done)
    assert "/no/such/python" in said(done)
    assert "Traceback" not in said(done)


def test_no_pytest(project):
    project.write("test_a.py", "def test_a():\n    pass\n")
    empty = project.base / "python-without-pytest"
    empty.write_text(f"#!/bin/sh\nexec {sys.executable} -S -I \"$@\"\n")
    empty.chmod(0o755)
    done = project.once("--python", empty)
    assert done.returncode in (3, 4), said(done)
    assert re.search(r"no pytest|pytest.*(not|install|import)|No module named 'pytest'", said(done)), said(done)
    assert "Traceback" not in said(done)


def test_a_broken_conftest(project):
    project.write("test_a.py", "def test_a():\n    pass\n")
    project.write("conftest.py", "import no_such_module_here\n")
    done = project.once()
    assert done.returncode not in (0, 5), said(done)
    assert "no_such_module_here" in said(done)
    assert "conftest.py" in said(done)


def test_a_syntax_error(project):
    project.write("test_a.py", "def test_a(:\n")
    project.write("test_b.py", "def test_b():\n    pass\n")
    done = project.once()
    assert done.returncode in (1, 2), said(done)
    assert re.search(r"^COLLECT\w* +test_a\.py", done.stdout, re.M), said(done)
    assert "SyntaxError" in said(done)


@pytest.mark.parametrize("target", ["test_a.py::test_nothing", "test_nothing.py", "nowhere/"])
def test_an_unknown_test(project, target):
    project.write("test_a.py", "def test_a():\n    pass\n")
    done = project.once(target)
    assert done.returncode == 4, said(done)
    assert target.rstrip("/") in said(done)


def test_a_path_outside_of_the_project(project):
    project.write("test_a.py", "def test_a():\n    pass\n")
    outside = project.base / "outside.py"
    outside.write_text("def test_b():\n    pass\n")
    done = project.once(outside)
    assert done.returncode == 4, said(done)
    assert "outside" in said(done)


# Root may read everything, unless this is taken from it.
AS_A_PERSON = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]


def test_an_unreadable_directory_is_named(project):
    project.write("test_a.py", "def test_a():\n    pass\n")
    closed = project.root / "closed"
    closed.mkdir(mode=0)
    loop = project.spawn((AS_A_PERSON if os.geteuid() == 0 else []) + [ALOOF])
    try:
        loop.wait_for("PermissionError")
        loop.wait_for("closed cannot be read and is not watched")
        loop.wait_for("RED 1")
        closed.rmdir()
        loop.type("a")
        loop.wait_for("GREEN 1 test")
    finally:
        if closed.exists():
            closed.chmod(0o700)


def test_not_a_terminal(project):
    project.write("test_a.py", "def test_a():\n    pass\n")
    done = project.run()
    assert done.returncode == 4, said(done)
    assert "--once" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_dumb_terminal(project):
    project.write("test_a.py", "def test_a():\n    pass\n")
    terminal = project.aloof(TERM="dumb")
    assert terminal.wait_exit() == 4
    assert "--plain" in terminal.text and "--once" in terminal.text
    assert terminal.given_back()


def test_an_unknown_terminal(project):
    terminal = project.aloof(TERM="no-such-terminal")
    assert terminal.wait_exit() == 4
    assert "no-such-terminal" in terminal.text or "--once" in terminal.text
    assert terminal.given_back()


def test_a_report_that_cannot_be_written(project):
    project.write("test_a.py", "def test_a():\n    pass\n")
    for option in ("--junit", "--subunit"):
        done = project.once(option, "/no/such/directory/out")
        assert done.returncode in (3, 4), said(done)
        assert "/no/such/directory/out" in said(done)


def test_a_history_that_cannot_be_written_is_said_once(project):
    project.write("test_a.py", "def test_a():\n    assert False\n")
    (project.root / ".git/aloof").write_text("in the way\n")
    done = project.once()
    assert done.returncode == 1, said(done)
    assert "1 test, 1 failure" in said(done)
    assert said(done).count("the history is not kept: ") == 1, said(done)


def test_a_corrupt_history_is_set_aside(project):
    project.write("test_a.py", "def test_a():\n    assert False\n")
    assert project.once().returncode == 1
    history = project.root / ".git/aloof/history.db"
    history.write_bytes(b"this is no database" * 1000)
    done = project.once()
    assert done.returncode == 1, said(done)
    assert re.search(r"histor", said(done)), said(done)
    assert any("history" in name and name != "history.db" for name in os.listdir(history.parent))


def test_the_loop_names_what_is_broken_and_goes_on(project):
    project.write("test_a.py", "def test_a():\n    pass\n")
    loop = project.aloof("--", "--no-such-pytest-option")
    loop.wait_for("--no-such-pytest-option")
    loop.wait_for("BROKEN")
    loop.type("q")
    loop.wait_exit()
    assert loop.given_back()


def test_without_git(tmp_path):
    project = Project(tmp_path, git=False)
    project.write("test_a.py", "def test_a():\n    assert 'git' == 'none'\n")
    done = project.once(GIT_CEILING_DIRECTORIES=str(tmp_path))
    assert done.returncode == 1, said(done)
    assert (project.root / ".aloof/.gitignore").read_text().strip() == "*"
    assert wait_all_gone(project.mark, 1) == []
