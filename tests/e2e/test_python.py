"""Which Python runs the tests, where the one in PATH lacks pytest."""

import os
import re
import sys

import pytest


def program(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def two(project):
    """PATH has a python3 without pytest, and behind it the command pytest of another Python."""
    program(project.base / "bare/python3", f'#!/bin/sh\nexec {sys.executable} -S -I "$@"\n')
    program(project.base / "shims/pytest", "#!/usr/bin/env bash\nexit 1\n")
    other = program(project.base / "other/python3.99", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    program(project.base / "other/pytest", f"#!{other} -s\nimport pytest\n")
    (project.home / ".config/aloof/config").write_text("")
    project.env["PATH"] = ":".join(f"{project.base}/{name}" for name in ("bare", "shims", "other")) + ":/usr/bin:/bin"
    project.write("test_a.py", "def test_a():\n    assert 1 + 1 == 2\n")
    return project



@pytest.mark.parametrize("config", ["", "[run]\n\trecipe = pytest\n"])
def test_the_command_pytest_names_the_python_that_has_it(two, config):
    two.write(".aloof.conf", config)
    done = two.once()
    assert (done.returncode, "1 test " in done.stdout) == (0, True), done.stdout + done.stderr
    assert len(re.findall("python3 has no pytest: the tests are run by .*/other/python3.99, as the command pytest is", done.stdout + done.stderr)) == 1


def test_the_one_that_was_found_stays(two):
    two.write("test_a.py", "def test_a():\n    assert 1 + 1 == 3\n")
    loop = two.aloof(columns=160).wait_for("RED 1 of 1").wait_for("pytest")
    two.write("test_a.py", "def test_a():\n    assert 1 + 1 == 2\n")
    loop.wait_for("GREEN 1 test")
    loop.type("l")
    loop.wait_for(re.compile("python3 has no pytest: the tests are run by .*/other/python3.99"))


def test_doctor_says_who_it_would_be(two):
    done = two.run("doctor", EDITOR="sh")
    assert re.search(rf"^ok +python: 3\S+, {two.base}/other/python3.99, by the command pytest, as python3 from PATH has none$", done.stdout, re.M), done.stdout
    assert re.search(r"^ok +pytest: \d", done.stdout, re.M), done.stdout


@pytest.mark.parametrize("chosen", ["configured", "active", "own"])
def test_who_was_chosen_is_not_replaced(two, chosen):
    bare = two.base / "bare/python3"
    env = {}
    if chosen == "configured":
        two.write(".aloof.conf", "[run]\n\trecipe = pytest\n\tpython = python3\n")
    else:
        home = two.base / "venv" if chosen == "active" else two.root / ".venv"
        (home / "bin").mkdir(parents=True)
        os.symlink(bare, home / "bin/python")
        env = {"VIRTUAL_ENV": str(home)} if chosen == "active" else {}
    done = two.once(**env)
    assert done.returncode == 4 and "No module named 'pytest'" in done.stdout + done.stderr, done.stdout + done.stderr


@pytest.mark.parametrize("line", ["#!{base}/bare/python3", "#!/usr/bin/env python3", "#!/nowhere/python3", "#!/bin/sh", "", "#!"])
def test_without_another_it_is_as_before(two, line):
    program(two.base / "other/pytest", line.format(base=two.base) + "\n")
    two.env["PATH"] = ":".join(f"{two.base}/{name}" for name in ("bare", "other"))
    done = two.once()
    assert done.returncode == 4, done.stdout + done.stderr
    assert "No module named 'pytest'" in done.stdout + done.stderr and "are run by" not in done.stdout + done.stderr
