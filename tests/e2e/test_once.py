"""--once: plain lines, pytest's exit codes; and the reports for others."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest


def last_line(done):
    return done.stdout.rstrip("\n").splitlines()[-1]


def test_red(lighthouse):
    done = lighthouse.once()
    assert done.returncode == 1
    assert re.search(r"^FAIL +tests/test_tide\.py::test_mean_at_night", done.stdout, re.M), done.stdout
    assert re.search(r"\+\d+ +lighthouse/tide\.py +# mean_at_night", done.stdout)
    assert re.search(r"⋯ \d frames? in statistics", done.stdout)
    assert "StatisticsError: mean requires at least one data point" in done.stdout
    assert re.fullmatch(r"15 tests, 1 failure in \d+\.\d+ ?s", last_line(done)), done.stdout
    assert "\x1b" not in done.stdout


def test_green(lighthouse):
    lighthouse.write("lighthouse/tide.py", lighthouse.read("lighthouse/tide.py").replace("BEGINS and", "BEGINS or"))
    done = lighthouse.once()
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.fullmatch(r"OK! +15 tests in \d+\.\d+ ?s", last_line(done)), done.stdout


@pytest.mark.parametrize("args, tests", [
    (["tests/test_lamp.py"], 8),
    (["tests/test_lamp.py::test_units"], 4),
    (["tests/test_lamp.py::test_units[SOS-27]"], 1),
    (["-k", "water"], 3),
    (["tests/test_logbook.py", "-k", "not hour"], 2),
    (["tests/test_lamp.py", "tests/test_logbook.py"], 12),
    (["--", "tests/test_lamp.py", "-W", "error"], 8),
])
def test_a_part(lighthouse, args, tests):
    done = lighthouse.once(*args)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.match(rf"OK! +{tests} tests? in", last_line(done)), done.stdout


def test_from_a_directory_below_paths_are_relative_to_it(lighthouse):
    done = lighthouse.once("test_tide.py", cwd=lighthouse.root / "tests")
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"\+\d+ +test_tide\.py", done.stdout), done.stdout
    assert re.search(r"\+\d+ +\.\./lighthouse/tide\.py", done.stdout), done.stdout
    assert last_line(done).startswith("3 tests, 1 failure")


def test_on_a_terminal_the_bar_vanishes(lighthouse):
    terminal = lighthouse.aloof("--once")
    assert terminal.wait_exit() == 1
    shown = [line for line in terminal.lines if line]
    assert re.match(r"15 tests, 1 failure in", shown[-1]), terminal.text
    assert re.search(r"FAIL +tests/test_tide\.py::test_mean_at_night", terminal.text)
    assert terminal.given_back()


def test_interrupted(project):
    import os
    import signal

    project.write("test_slow.py", "import time\n\n\ndef test_slow():\n    time.sleep(1000)\n")
    terminal = project.aloof("--once")
    terminal.wait_for("test_slow")
    os.kill(terminal.pid, signal.SIGINT)
    assert terminal.wait_exit() == 2
    assert terminal.given_back()


def test_outcomes_of_every_kind(project):
    project.write("test_kinds.py", """
        import unittest

        import pytest


        def test_passes():
            pass


        def test_fails():
            assert 1 == 2


        @pytest.fixture
        def broken():
            raise RuntimeError("in setup")


        def test_error(broken):
            pass


        @pytest.fixture
        def breaks_later():
            yield
            raise RuntimeError("in teardown")


        def test_teardown(breaks_later):
            pass


        @pytest.mark.skip(reason="because")
        def test_skipped():
            pass


        @pytest.mark.xfail
        def test_xfails():
            assert False


        @pytest.mark.xfail
        def test_xpasses():
            pass


        @pytest.mark.xfail(strict=True)
        def test_xpasses_strictly():
            pass


        class Case(unittest.TestCase):
            def test_case(self):
                self.assertEqual(1, 1)

            def test_case_fails(self):
                self.assertEqual(1, 2)


        @pytest.mark.parametrize("text", ["a b", "ü", "::", "[]", "/", ""])
        def test_ids(text):
            pass
        """)
    project.write("test_broken.py", "import nothing_like_it\n")
    report = project.base / "out.xml"
    done = project.once("--junit", report)
    assert done.returncode in (1, 2), done.stdout + done.stderr
    for label, name in [("FAIL", "test_fails"), ("ERROR", "test_error"), ("ERROR", "test_teardown"),
                        ("FAIL", "test_xpasses_strictly"), ("FAIL", "Case::test_case_fails")]:
        assert re.search(rf"^{label} +test_kinds\.py::{name}\b", done.stdout, re.M), (label, name, done.stdout)
    assert re.search(r"^COLLECT\w* +test_broken\.py", done.stdout, re.M), done.stdout
    assert "nothing_like_it" in done.stdout
    root = ElementTree.parse(report).getroot()
    cases = root.findall(".//testcase")
    assert len(cases) == 17, [case.attrib for case in cases]
    assert all(float(case.get("time")) >= 0 for case in cases)
    assert len(root.findall(".//skipped")) >= 1
    messages = [bad.get("message") for bad in root.iter() if bad.tag in ("failure", "error")]
    assert len(messages) == 6
    assert any("1 == 2" in message for message in messages), messages


def test_subunit_is_read_by_others(lighthouse):
    stream = lighthouse.base / "run.subunit"
    done = lighthouse.once("--subunit", stream)
    assert done.returncode == 1
    stats = subprocess.run(["subunit-stats"], stdin=open(stream, "rb"), capture_output=True, text=True)
    assert re.search(r"Total tests: +15", stats.stdout), stats.stdout + stats.stderr
    assert re.search(r"Failed tests: +1", stats.stdout), stats.stdout
    names = subprocess.run(["subunit-ls"], stdin=open(stream, "rb"), capture_output=True, text=True)
    assert "tests/test_tide.py::test_mean_at_night" in names.stdout.splitlines()


def test_subunit_on_standard_output_is_nothing_but_that(lighthouse):
    from project import ALOOF

    done = subprocess.run([ALOOF, "--once", "--subunit", "-"], cwd=lighthouse.root, env=lighthouse.env,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    stats = subprocess.run(["subunit-stats"], input=done.stdout, capture_output=True)
    assert re.search(rb"Total tests: +15", stats.stdout), stats.stdout
    assert done.stdout.startswith(b"\xb3")


def test_the_demo_does_its_job():
    import pathlib

    from project import ALOOF

    demo = pathlib.Path(__file__).parents[2] / ".ci/demo"
    done = subprocess.run(["sh", str(demo), ALOOF], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "15 tests, 1 failure" in done.stdout
    scratch = re.search(r"demo project is in (\S+):", done.stdout)[1]
    subprocess.run(["rm", "-rf", scratch], check=True)


def test_the_interpreter_is_the_one_that_is_configured(project):
    wrapper = project.base / "python-wrapper"
    wrapper.write_text(f"#!/bin/sh\nWRAPPED=yes exec {sys.executable} \"$@\"\n")
    wrapper.chmod(0o755)
    project.write("test_env.py", "import os\n\n\ndef test_env():\n    assert os.environ['WRAPPED'] == 'yes'\n")
    assert project.once().returncode == 1
    assert project.once("--python", wrapper).returncode == 0
    assert project.once("-c", f"python={wrapper}").returncode == 0
    project.write(".aloof.conf", f"[run]\n\tpython = {wrapper}\n")
    assert project.once().returncode == 0
