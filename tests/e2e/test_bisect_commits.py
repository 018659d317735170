"""`aloof bisect --commits`: the first commit at which a test fails."""

import json
import os
import re
import signal
import subprocess

import pytest

from project import ALOOF

BROKEN_AT, BAD_AT, COMMITS = 12, 17, 24


@pytest.fixture
def story(project):
    """24 commits: at the 17th the test begins to fail, at the 12th and the 18th nothing can be imported."""
    project.write("tests/test_core.py", """
        from core import value

        def test_value():
            assert value() == 42

        def test_other():
            pass
        """)
    project.write("pytest.ini", "[pytest]\npythonpath = .\n")
    for number in range(1, COMMITS + 1):
        broken = number in (BROKEN_AT, BAD_AT + 1)
        body = "def value(:\n" if broken else f"def value():\n    return {43 if number >= BAD_AT else 42}\n"
        project.write("core.py", f"# {number}\n{body}")
        project.write(f"notes/{number}", "")
        project.commit(f"change {number}")
        project.git("tag", f"v{number}")
    return project


def bisect(project, *args, code=0, **env):
    done = project.run("bisect", "--commits", *args, **env)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done


def git(project, *args):
    return subprocess.run(["git", *args], cwd=project.root, env=project.env, check=True, capture_output=True, text=True).stdout


def state(project):
    """All that a person has there."""
    return [git(project, *args) for args in (
        ["status", "--porcelain=v2", "--branch"], ["for-each-ref"], ["worktree", "list"], ["diff"], ["diff", "--cached"], ["stash", "list"],
    )] + [sorted(os.listdir(project.root / ".git")), sorted(os.listdir(project.base / "tmp"))]


def test_it_finds_the_first_bad_commit(story):
    done = bisect(story, "v1..v24", "test_value")
    short = git(story, "rev-parse", "--short", "v17").strip()
    head, files = done.stdout.split("fails since\n\n")[1].split("\n\n")[:2]
    assert head.split("\n")[0].split()[0] == short
    assert head.split("\n")[0].endswith("test <test@localhost>")
    assert head.split("\n")[1].strip() == "change 17"
    assert files.split("\n") == ["    M core.py", "    A notes/17"]
    assert re.search(r"change 12, cannot be run \(tests/test_core.py: .*SyntaxError.*\)\n", done.stdout), done.stdout
    looked = [line for line in done.stdout.splitlines() if " suspects: " in line]
    assert len(looked) <= 7  # log2(23), and two that cannot be run


def test_the_result_is_an_object(story):
    result = json.loads(bisect(story, "v1..", "--json", "test_value").stdout)
    assert result["verdict"] == "found" and result["test"] == "tests/test_core.py::test_value"
    assert result["commit"]["id"] == git(story, "rev-parse", "v17").strip()
    assert result["commit"]["subject"] == "change 17" and result["commit"]["files"] == ["M core.py", "A notes/17"]
    assert result["looked_at"][0] == {"commit": git(story, "rev-parse", "v24").strip(), "answer": "fails"}
    assert result["suspects"] == []


def test_nothing_of_the_project_changes(story):
    story.write("core.py", "edited = 1\n")
    story.write("tests/test_new.py", "def test_new(): pass\n")
    story.write("staged", "x")
    story.git("add", "staged")
    before = state(story)
    bisect(story, "v1..v24", "test_value")
    after = state(story)
    before[-2] = sorted({*before[-2], "aloof"} & set(after[-2]))
    assert after == before


def test_what_cannot_be_built_next_to_it_leaves_suspects(story):
    story.git("checkout", "-q", "-b", "side", "v16")
    story.write("core.py", "def value(:\n")
    story.commit("torn")
    story.write("core.py", "def value():\n    return 1\n")
    story.commit("mended, and wrong")
    done = bisect(story, "v16..side", "test_value", code=8)
    listed = done.stdout.split("those before the last cannot be run\n\n")[1].splitlines()
    assert ["torn" in line or "mended, and wrong" in line for line in listed] == [True, True]


def test_both_ends_are_looked_at(story):
    assert "fails at the good commit, too" in bisect(story, "v19..v24", "test_value", code=1).stdout
    assert "does not fail at the bad commit" in bisect(story, "v1..v16", "test_value", code=6).stdout
    assert "test_value: there is no such test at the bad commit" in bisect(story, "v1..v18", "test_value", code=5).stderr
    story.write("tests/test_core.py", "import pytest\n\n@pytest.mark.skip\ndef test_value(): pass\n")
    story.commit("skipped")
    assert "cannot be run at the bad commit" in bisect(story, "v1..main", "test_value", code=8).stdout


def test_merges_are_searched(story):
    """The culprit is on a line that was merged."""
    story.git("checkout", "-q", "-b", "side", "v3")
    for number in range(5):
        story.write(f"side/{number}", "")
        if number == 2:
            story.write("pytest.ini", "[pytest]\npythonpath = side\n")
            story.write("side/core.py", "def value():\n    return 0\n")
        story.commit(f"side {number}")
    story.git("checkout", "-q", "main")
    story.git("reset", "-q", "--hard", "v10")
    story.git("merge", "-q", "--no-ff", "-m", "merged", "side")
    result = json.loads(bisect(story, "v2..main", "--json", "test_value").stdout)
    assert result["commit"]["subject"] == "side 2"


def test_a_test_that_is_not_there_at_first(story):
    """The good end is believed, and commits without the test are gone around."""
    story.write("tests/test_late.py", "def test_late():\n    assert True\n")
    story.commit("a new test")
    story.write("tests/test_late.py", "def test_late():\n    assert False\n")
    story.commit("it fails")
    done = bisect(story, "v22..main", "test_late", code=0)
    assert "it is taken for good even so" in done.stdout
    assert "it fails\n" in done.stdout.split("fails since")[1]


def test_tests_that_are_commands_are_searched_too(project):
    project.write(".aloof.conf", '[recipe "mine"]\n\tlist = ls t\n\trun = sh t/{id}\n')
    for number in range(8):
        project.write("t/one", f"test {number} -lt 5\n")
        project.write("t/two", "true\n")
        project.commit(f"change {number}")
    result = json.loads(bisect(project, "HEAD~7..", "--json", "--recipe", "mine", "one").stdout)
    assert result["commit"]["subject"] == "change 5"


def test_the_project_below_the_top_and_a_virtualenv_of_its_own(project):
    """Its interpreter is the project's, its paths are those below the project's root."""
    for number in range(4):
        project.write("sub/setup.cfg", "[tool:pytest]\n")
        project.write("sub/test_x.py", f"def test_x():\n    assert {number} < 2\n")
        project.commit(f"change {number}")
    done = project.run("bisect", "--commits", "HEAD~3..", "test_x", cwd=project.root / "sub")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "change 2\n\n    M sub/test_x.py" in done.stdout


def test_what_is_installed_from_the_tree_is_imported_from_the_commit(story):
    """As `pip install -e` does it."""
    story.write("pytest.ini", "[pytest]\n")
    story.commit("installed")
    story.write("core.py", "def value():\n    return 42\n")
    story.commit("good")
    story.git("tag", "good")
    for number in range(3):
        story.write("core.py", f"def value():\n    return {42 if number < 1 else 0}  # {number}\n")
        story.commit(f"then {number}")
    story.write("core.py", "def value():\n    return 42  # the tree as it is\n")
    result = json.loads(bisect(story, "good..", "--json", "test_value", PYTHONPATH=str(story.root)).stdout)
    assert result["commit"]["subject"] == "then 1"


@pytest.mark.parametrize("range_, line", [
    ("nowhere..v2", "nowhere: no such commit"),
    ("v1", "v1: expected GOOD..BAD, two commits"),
    ("v3..v1", "v3..v1: the bad one is older than the good one"),
    ("v3..v3", "v3..v3: both are the same commit"),
])
def test_a_bad_range_gets_one_line(story, range_, line):
    done = bisect(story, range_, "test_value", code=4)
    assert done.stderr.startswith("aloof: " + line) and done.stderr.count("\n") == 1


def test_without_git_it_says_so(tmp_path, project):
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "test_x.py").write_text("def test_x(): pass\n")
    done = project.run("bisect", "--commits", "a..b", "test_x", cwd=bare)
    assert done.returncode == 4 and "a..b: there is no git repository here" in done.stderr


def started(project):
    """A bisect that hangs at a commit, and the process."""
    gate = project.base / "gate"
    os.mkfifo(gate)
    project.write("test_gate.py", f"import time\n\ndef test_gate():\n    open({str(gate)!r}, 'w').close()\n    time.sleep(600)\n")
    project.commit("hangs")
    project.write("other", "")
    project.commit("hangs still")
    process = subprocess.Popen([ALOOF, "bisect", "--commits", "HEAD~1..", "test_gate"], cwd=project.root, env=project.env,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    open(gate).close()
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_one_leaves_nothing(project, number):
    process = started(project)
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 2 and err == ""
    assert len(git(project, "worktree", "list").splitlines()) == 1
    assert os.listdir(project.base / "tmp") == []


def test_what_a_kill_leaves_is_removed_at_the_next_start(project):
    process = started(project)
    process.kill()
    process.communicate(timeout=20)
    assert len(git(project, "worktree", "list").splitlines()) == 2
    assert [name.startswith("aloof-bisect-") for name in os.listdir(project.base / "tmp")] == [True]
    project.write("test_gate.py", "def test_gate(): pass\n")
    assert project.once().returncode == 0
    assert len(git(project, "worktree", "list").splitlines()) == 1
    assert os.listdir(project.base / "tmp") == []
