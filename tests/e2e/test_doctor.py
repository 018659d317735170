"""aloof doctor: what is found, and what is wrong with it."""

import os
import re
import sqlite3

import pytest

from project import Project


def findings(project, *args, **env):
    """(exit code, {topic: (word, text)}) of `aloof doctor`; of several lines with a topic the last."""
    done = project.run("doctor", *args, **{"EDITOR": "sh", **env})
    assert done.stderr == ""
    rows = [re.fullmatch(r"(ok|wrong) +(\S+): (.*)", line) for line in done.stdout.splitlines()]
    assert rows and all(rows), done.stdout
    return done.returncode, {row[2]: (row[1], row[3]) for row in rows}


def test_all_is_well(lighthouse):
    code, found = findings(lighthouse)
    assert code == 0 and {word for word, text in found.values()} == {"ok"}, found
    assert list(found) == ["aloof", "share", "libraries", "configuration", "project", "git", "recipe", "python", "pytest",
                           "boxes", "history", "watches", "terminal", "editor"]
    assert found["configuration"][1].endswith("home/.config/aloof/config")
    assert found["project"][1] == str(lighthouse.root)
    assert found["git"][1].startswith("branch main, 0 new files, 0 changed")
    assert found["recipe"][1] == "pytest, by conftest.py"
    assert re.fullmatch(r"3\.\d+\.\d+, /\S+, by the configuration", found["python"][1])
    assert re.fullmatch(r"\d+\.\d+\.\d+", found["pytest"][1])
    assert found["history"][1] == ".git/aloof/history.db, not there yet"
    assert re.fullmatch(r"3 directories, \d+ of \d+ watches left", found["watches"][1])
    assert found["editor"][1] == "sh +{line} {file} (EDITOR), in this terminal"
    assert "SQLite 3." in found["libraries"][1] and "libgit2 1." in found["libraries"][1]


def test_after_a_run_the_history_is_counted(lighthouse):
    lighthouse.once()
    code, found = findings(lighthouse)
    assert re.fullmatch(r".git/aloof/history.db, \d+ KiB, healthy, 15 tests, 1 run", found["history"][1])


def test_on_a_terminal_it_is_coloured_and_tells_its_abilities(lighthouse):
    loop = lighthouse.aloof("doctor", EDITOR="nowhere", rows=40, columns=110)
    assert loop.wait_exit() == 1
    assert "ok      terminal: xterm-256color, 110 columns by 40 rows, UTF-8, 256 colours, mouse, title" in loop.text
    assert "wrong   editor: nowhere: not found (EDITOR); set EDITOR or editor.command" in loop.text
    assert b"\x1b[1;31mwrong  \x1b[m editor" in loop.raw and b"\x1b[32mok     \x1b[m aloof" in loop.raw
    assert loop.given_back()
    loop = lighthouse.aloof("doctor", EDITOR="nowhere", NO_COLOR="1")
    assert loop.wait_exit() == 1 and b"\x1b" not in loop.raw


@pytest.mark.parametrize("env, said", [
    ({"TERM": "nothing-like-it"}, "TERM=nothing-like-it is not known here; set TERM, or use aloof --plain, or --once"),
    ({"rows": 4}, "100 columns by 4 rows are too small to show much; make it larger"),
])
def test_a_terminal_that_will_not_do(lighthouse, env, said):
    loop = lighthouse.aloof("doctor", EDITOR="sh", **env)
    assert loop.wait_exit() == 1
    assert f"terminal: {said}" in re.sub(rb"\x1b\[[0-9;]*m", b"", bytes(loop.raw)).decode()


@pytest.mark.parametrize("text, said", [
    ("[run]\n\tboxxes = 1\n", ":2: unknown key run.boxxes; did you mean run.boxes?"),
    ("[run\n", ":1: "),
    ("[key]\n\tq = fly\n", ":2: "),
    ('[recipe "mine"]\n\tlist = ls\n', ":2: recipe mine lacks the key run"),
])
def test_a_broken_configuration_is_a_finding(lighthouse, text, said):
    lighthouse.write(".aloof.conf", text)
    code, found = findings(lighthouse)
    wrong = [text for word, text in found.values() if word == "wrong"]
    assert code == 1 and wrong and all(text.startswith(f"{lighthouse.root}/.aloof.conf{said}") for text in wrong), found
    assert found["editor"][0] == "ok"


def test_outside_of_git(tmp_path):
    project = Project(tmp_path, git=False)
    project.write("test_a.py", "")
    code, found = findings(project)
    assert (code, found["git"][1].startswith("none;"), found["history"][1]) == (0, True, ".aloof/history.db, not there yet")


def test_a_lock_of_git(lighthouse):
    lighthouse.write(".git/index.lock", "")
    code, found = findings(lighthouse)
    assert (code, found["git"][0]) == (1, "wrong") and "index.lock: git is at work" in found["git"][1]


def test_without_a_python(lighthouse):
    (lighthouse.home / ".config/aloof/config").write_text("")
    code, found = findings(lighthouse, PATH="/nowhere", EDITOR="/bin/sh")
    assert (code, found["python"][0]) == (1, "wrong")
    assert found["python"][1] == "python3: not found; install it, or name another interpreter (python = PATH)"


def fake_python(project, *lines):
    """An interpreter that answers so."""
    file = project.write("fake", "#!/bin/sh\n" + "".join(f"echo '{line}'\n" for line in lines))
    file.chmod(0o755)
    (project.home / ".config/aloof/config").write_text(f"[run]\n\tpython = {file}\n")


@pytest.mark.parametrize("answer, topic, said", [
    (["3.11.2", ""], "pytest", r"not installed for /\S+/fake: /\S+/fake -m pip install pytest, or name another interpreter.*"),
    (["3.11.2", "5.4.3"], "pytest", r"5.4.3 is too old, it takes 6.2 or later: /\S+/fake -m pip install -U pytest"),
    (["3.7.9", "7.2"], "python", r"/\S+/fake is 3.7.9, it takes 3.8 or later \(python = PATH names another\)"),
    ([], "python", r"/\S+/fake does not run \(exit status 0\); name another interpreter \(python = PATH\)"),
])
def test_an_interpreter_that_will_not_do(lighthouse, answer, topic, said):
    fake_python(lighthouse, *answer)
    code, found = findings(lighthouse)
    assert (code, found[topic][0]) == (1, "wrong") and re.fullmatch(said, found[topic][1]), found


def test_nothing_of_the_project_is_run(project):
    """Not even where it has modules with the names of Python's own."""
    trap = f"open({str(project.base / 'ran')!r}, 'a').write('ran' + chr(10))\n"
    for name in "conftest", "test_a", "json", "email", "csv", "pytest", "sitecustomize", "zipfile":
        project.write(f"{name}.py", trap)
    code, found = findings(project)
    assert (code, project.ran()) == (0, []), found
    assert re.fullmatch(r"\d+\.\d+\.\d+", found["pytest"][1])


def test_a_corrupt_history(lighthouse):
    lighthouse.once()
    file = lighthouse.root / ".git/aloof/history.db"
    file.write_bytes(b"no database " * 1000)
    code, found = findings(lighthouse)
    assert (code, found["history"][0]) == (1, "wrong")
    assert found["history"][1].endswith("; at its next start aloof sets it aside and begins a new one")
    assert file.read_bytes().startswith(b"no database")


def test_a_history_of_a_newer_aloof(lighthouse):
    lighthouse.once()
    with sqlite3.connect(lighthouse.root / ".git/aloof/history.db") as db:
        db.execute("PRAGMA user_version = 99")
    code, found = findings(lighthouse)
    assert (code, found["history"][0]) == (1, "wrong") and "made by a newer aloof (schema 99" in found["history"][1]


def test_which_recipes_fit(project):
    project.write("test_a.py", "")
    project.write("t/a.t", "")
    code, found = findings(project)
    assert found["recipe"] == ("ok", "pytest, by test_*.py; others that fit: prove (to use more than one: recipe = pytest, prove in .aloof.conf)")
    project.write(".aloof.conf", "[run]\n\trecipe = prove\n")
    code, found = findings(project)
    assert found["recipe"] == ("ok", "prove, by the configuration; others that fit: pytest")
    assert "python" in found and "pytest" not in found


def test_no_recipe_fits(project):
    code, found = findings(project)
    assert (code, found["recipe"][0]) == (1, "wrong") and found["recipe"][1].startswith("nothing here tells how the tests are run")


def test_a_program_that_a_recipe_needs(project):
    project.write(".aloof.conf", '[recipe "mine"]\n\tlist = ls\n\trun = no-such-tool {id}\n')
    code, found = findings(project)
    assert (code, found["command"][0]) == (1, "ok")
    done = project.run("doctor", EDITOR="sh")
    assert "wrong   command: no-such-tool: not found, and recipe mine needs it: install it, or put it in PATH\n" in done.stdout
    assert re.search("^ok      command: /.*/ls$", done.stdout, re.M)


def test_the_version_of_a_framework(project):
    project.write(".aloof.conf", '[recipe "mine"]\n\tlist = ls\n\trun = sh {id}\n\tversion = echo 1.2\n\tboxes = echo 3\n')
    code, found = findings(project)
    assert (code, found["framework"], found["boxes"][1].startswith("as many as a command of recipe mine says")) == \
        (0, ("ok", "echo 1.2"), True)
    project.write(".aloof.conf", '[recipe "mine"]\n\tlist = ls\n\trun = sh {id}\n\tversion = "sh -c \'echo oh; exit 1\'"\n')
    code, found = findings(project)
    assert (code, found["framework"]) == (1, ("wrong", "sh cannot tell its version: oh"))


def test_testr_is_found(project):
    project.write(".testr.conf", "[DEFAULT]\ntest_command=x $LISTOPT $IDLIST\ntest_list_option=-l\n")
    code, found = findings(project)
    assert found["recipe"] == ("ok", "testr, which has its own configuration here")
    project.write(".testr.conf", "[DEFAULT]\n")
    code, found = findings(project)
    assert (code, found["recipe"]) == (1, ("wrong", f"{project.root}/.testr.conf: [DEFAULT] lacks test_command "
                                                    "(the command that runs the tests)"))


def test_it_takes_no_arguments(project):
    done = project.run("doctor", "now")
    assert (done.returncode, done.stdout) == (4, "") and "now: it takes no such argument" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_history_that_cannot_be_kept(lighthouse):
    (lighthouse.root / ".git").chmod(0o555)
    code, found = findings(lighthouse)
    (lighthouse.root / ".git").chmod(0o755)
    assert (code, found["history"][0]) == (1, "wrong") and "cannot be written" in found["history"][1]
