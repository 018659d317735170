"""--repeat and --until-failure: the same tests, round after round."""

import re
import xml.etree.ElementTree as ElementTree

import pytest


@pytest.fixture
def rounds(project):
    """test_third fails in the third round, test_odd in every other one; each round leaves a line behind."""
    project.write("test_r.py", f"""
        import pathlib

        LOG = pathlib.Path({str(project.base / "log")!r})

        def test_third():
            with LOG.open("a") as log:
                print("round", file=log)
            assert LOG.read_text().count("round") != 3

        def test_odd():
            assert LOG.read_text().count("round") % 2 == 0

        def test_good():
            pass
        """)
    return project


def count(project):
    """How many rounds there were since the last call."""
    log = project.base / "log"
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return len(lines)


def test_so_many_rounds(rounds):
    done = rounds.once("--serial", "--repeat", "4", "--junit", rounds.base / "junit.xml")
    assert done.returncode == 1
    assert count(rounds) == 4
    assert re.findall(r"^round \d of 4$", done.stdout, re.M) == [f"round {n} of 4" for n in range(1, 5)]
    assert len(re.findall(r"^(?:OK!  )?3 tests", done.stdout, re.M)) == 4
    assert done.stdout.endswith("4 rounds, 2 failed\n  in 2 of 4  test_r.py::test_odd\n  in 1 of 4  test_r.py::test_third\n")
    assert ElementTree.parse(rounds.base / "junit.xml").find("testsuite").get("failures") == "0"


def test_all_rounds_green(rounds):
    done = rounds.once("--repeat", "3", "test_r.py::test_good")
    assert done.returncode == 0
    assert done.stdout.endswith("3 rounds, none failed\n")


@pytest.mark.parametrize("args, so_many, last", [
    (["--until-failure"], 3, "3 rounds, 1 failed\n  in 1 of 3  test_r.py::test_third\n"),
    (["--until-failure", "--repeat", "2"], 2, "2 rounds, none failed\n"),
    (["--repeat", "9", "-x"], 3, "3 rounds, 1 failed\n  in 1 of 3  test_r.py::test_third\n"),
])
def test_up_to_the_first_that_fails(rounds, args, so_many, last):
    done = rounds.once("--exclude", "odd", *args)
    assert done.returncode == ("1 failed" in last)
    assert count(rounds) == so_many
    assert done.stdout.endswith(last)


def test_the_red_tests_of_the_beginning_run_in_each_round(rounds):
    assert rounds.once("--serial").returncode == 1  # test_odd
    done = rounds.once("--failing", "--repeat", "3")
    assert done.returncode == 1
    assert "3 rounds, 3 failed" in done.stdout  # no round is told by test_third: it is not run
    assert len(re.findall(r"^1 test, ", done.stdout, re.M)) == 3


def test_each_round_has_an_order_of_its_own(rounds):
    done = rounds.once("--repeat", "3", "--order", "random", "test_r.py::test_good")
    assert len(set(re.findall(r"^in the order random:\d+$", done.stdout, re.M))) == 3
    done = rounds.once("--repeat", "3", "--order", "random:7", "test_r.py::test_good")
    assert re.findall(r"^in the order (random:\d+)$", done.stdout, re.M) == ["random:7"] * 3


def test_a_run_that_cannot_be_carried_through_is_the_last(rounds):
    rounds.write("conftest.py", "import nowhere\n")
    done = rounds.once("--repeat", "3")
    assert done.returncode == 4
    assert "round 2" not in done.stdout
    assert rounds.once("--failing", "--until-failure", "--include", "nowhere", cwd=rounds.root).returncode in (4, 5)


def test_stopped_by_a_key(rounds):
    terminal = rounds.aloof("--once", "--until-failure", "test_r.py::test_good")
    terminal.wait_for("round 3")
    terminal.type("\x03")
    assert terminal.wait_exit() == 2
    terminal.wait_for(re.compile(r"\d+ rounds, none failed"))


def test_only_with_once(rounds):
    for option in (["--repeat", "2"], ["--until-failure"]):
        done = rounds.run(*option)
        assert (done.returncode, done.stderr) == (4, f"aloof: {option[0]}: only with --once (the loop runs again with every change)\n")
