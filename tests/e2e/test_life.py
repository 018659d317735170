"""The life of a test, and of the history itself: aloof history, aloof prune."""

import json
import re

import pytest


@pytest.fixture
def broken(project):
    """A test that passed in two runs, was skipped in one, and failed in two after three commits; another one is good."""
    test = "import pytest\nimport lib\ndef test_turns():\n    if lib.answer() == 0: pytest.skip()\n    assert lib.answer() == 1\ndef test_good(): pass\n"
    project.write("test_a.py", test)
    for answer, runs, message in ((1, 2, "one"), (0, 1, "none"), (0, 0, "a note\n\nand more"), (2, 2, "two is better")):
        project.write("lib.py", f"# {message[:3]}\ndef answer(): return {answer}\n")
        project.commit(message)
        for _ in range(runs):
            project.once()
    return project


def lives(project, *args, code=1):
    done = project.run("history", *args, "--json")
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)["tests"]


def test_a_test_is_red_since_a_run_and_these_commits(broken):
    [life] = lives(broken)
    assert (life["id"], life["runs"], life["red_runs"], life["red"], life["flaky"]) == ("test_a.py::test_turns", 5, 2, True, False)
    assert [result["outcome"] for result in life["results"]] == ["passed", "passed", "skipped", "failed", "failed"]
    assert (life["first_bad"]["run"], life["last_good"]["run"], life["changed"], life["dirty"]) == (4, 2, [], [])
    assert [commit["subject"] for commit in life["commits"]] == ["two is better", "a note", "none"] and life["commit_count"] == 3
    assert life["commits"][0]["files"] == ["M lib.py"] and life["first_bad"]["commit"].startswith(life["commits"][0]["id"])
    done = broken.run("history", "turns")
    assert done.returncode == 1
    assert re.fullmatch(r"""test_a.py::test_turns
  ✓✓s✗✗  red in 2 of 5 runs, the newest last
  [▁-█ ]{5}  took \S+ s to \S+ s, usually \S+ s
  red since run 4, \S+, of commit [0-9a-f]{9}
  good before in run 2, \S+, of commit [0-9a-f]{9}
  committed between:
    [0-9a-f]+  \S+ \S+  two is better
    [0-9a-f]+  \S+ \S+  a note
    [0-9a-f]+  \S+ \S+  none

  run  when +outcome +took  of +commit
    5  \S+  failed +\S+ s  all tests  [0-9a-f]{9}
    4  \S+  failed +\S+ s  all tests  [0-9a-f]{9}
    3  \S+  skipped +\S+ s  all tests  [0-9a-f]{9}
    2  \S+  passed +\S+ s  all tests  [0-9a-f]{9}
    1  \S+  passed +\S+ s  all tests  [0-9a-f]{9}
""", done.stdout), done.stdout
    assert re.search(r"^  \.\.sFF  red in.*\n  [_.~=+*# -]{5}  took", broken.run("history", "turns", LC_ALL="C").stdout, re.M)
    assert broken.run("history", "turns", "-n", "2").stdout.splitlines()[1] == "  ✗✗  red in 2 of 5 runs, the newest last"
    assert broken.run("history").stdout == done.stdout[:done.stdout.index("\n\n") + 1]


def test_which_test_is_meant(broken):
    [life] = lives(broken, "good", code=0)
    assert (life["first_bad"], life["last_good"], life["commits"]) == (None, None, [])
    assert lives(broken, "pytest: test_a.py::test_good", code=0)[0]["results"] == life["results"]
    for word, said in (("nosuch", "nosuch: no test that is remembered is called so; see aloof list"), ("test_a", "test_a: 2 tests are called so; say which: .*")):
        done = broken.run("history", word)
        assert (done.returncode, done.stdout) == (4, "") and re.fullmatch(f"aloof: {said}\n", done.stderr)
    broken.write("lib.py", "def answer(): return 1\n")
    broken.once()
    assert (broken.run("history").returncode, broken.run("history").stdout) == (0, "nothing is red\n")
    assert "  red last from run 4, " in broken.run("history", "turns").stdout


def test_what_changed_while_somebody_watched(project):
    project.write("test_a.py", "import lib\ndef test_it(): assert lib.answer() == 1\n")
    project.write("lib.py", "def answer(): return 1\n")
    project.commit()
    loop = project.aloof()
    loop.wait_for("GREEN 1 test")
    project.save("lib.py", "def answer(): return 2\n")
    loop.wait_for(re.compile("RED 1 of 1 · (?:re)?ran 1 in"))
    loop.type("q")
    assert loop.wait_exit() == 0
    [life] = lives(project)
    assert (life["changed"], life["commits"]) == (["lib.py"], [])
    assert "  changed between: lib.py\n" in project.run("history").stdout


def test_pruning_keeps_what_is_red(broken):
    done = broken.run("prune")
    assert done.returncode == 0 and re.fullmatch(r"no run is too old; the history has \d+ kB\n", done.stdout)
    done = broken.run("prune", "--keep", "30d,2", "--json")
    assert json.loads(done.stdout)["runs"] == 3
    assert [run["run"] for run in json.loads(broken.run("runs", "--json").stdout)["runs"]] == [5, 4]
    assert "  red since run 4, " in broken.run("history").stdout and ", or before\n" in broken.run("history").stdout
    broken.write(".aloof.conf", "[history]\n\tkeep = 1\n")
    assert re.fullmatch(r"removed 1 run; (freed \d+ kB; )?the history has \d+ kB\n", broken.run("prune").stdout)
    assert broken.run("failing", "--list").stdout == "test_a.py::test_turns\n"
    done = broken.run("prune", "--keep", "some")
    assert (done.returncode, done.stderr) == (4, "aloof: --keep some: expected runs, days or megabytes, as 500, 30d, 200m or 500,30d\n")


def test_figures_of_the_history(broken):
    terminal = broken.aloof("stats")
    assert terminal.wait_exit() == 0
    assert re.search(r"^tests +2: 1 passed, 1 failed\nred +1\nruns +5, the oldest \S+( \S+)?, the newest \S+( \S+)?\nresults +10\n"
                     r"a full run takes +\S+ s, the mean of 5\nsize on disk +\d+ kB$", terminal.text, re.M), terminal.text
    figures = json.loads(broken.run("stats", "--history", "--json").stdout)
    assert (figures["tests"], figures["runs"], figures["results"], figures["red"], figures["full_runs"]) == (2, 5, 10, 1, 5)
    assert figures["outcomes"] == {"passed": 1, "failed": 1} and figures["oldest"] < figures["newest"]
    assert figures["full_run_seconds"] > 0 and figures["size_bytes"] >= (broken.root / ".git/aloof/history.db").stat().st_size
    broken.write("out.tap", "1..2\nok 1 - a\nnot ok 2 - b\n")
    done = broken.run("stats", "--json", "out.tap")
    assert done.returncode == 1 and json.loads(done.stdout) == {"tests": 2, "passed": 1, "failed": 1, "skipped": 0, "tags": []}
    assert broken.aloof("stats", "out.tap").wait_exit() == 1
