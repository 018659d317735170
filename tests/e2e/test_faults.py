"""What testr and stestr are known to get wrong: what a run did not cover is forgotten, and what was killed passes."""

import re
import sqlite3

import pytest

RED = ["test_a.py::test_red", "test_b.py::TestB::test_red"]


@pytest.fixture
def project(project):
    project.write("test_a.py", "def test_red(): assert 0\ndef test_good(): pass\n")
    project.write("test_b.py", """
        class TestA:
            def test_good(self): pass

        class TestB:
            def test_red(self): assert 0

        class TestC:
            def test_last(self): pass
        """)
    return project


def red(project):
    rows = sqlite3.connect(project.root / ".git/aloof/history.db").execute("SELECT name FROM tests WHERE red AND NOT gone")
    return sorted(name for name, in rows)


@pytest.mark.parametrize("args", [["-k", "good"], ["--include", "good"], ["--exclude", "red"], ["test_a.py::test_good"],
                                  ["--shard", "1/2", "--exclude", "red"], ["--repeat", "2", "--include", "good"]], ids=" ".join)
def test_a_filtered_run_leaves_the_red_set_alone(project, args):
    project.once()
    assert red(project) == RED
    assert project.once(*args).returncode == 0
    assert red(project) == RED


@pytest.mark.parametrize("args", [[], ["--failing"], ["--serial"], ["--repeat", "5"]], ids=" ".join)
def test_an_interrupted_run_leaves_the_red_set_alone(project, args):
    project.once()
    project.write("conftest.py", f"""
        import time

        def pytest_runtest_setup(item):
            open({str(project.base / "began")!r}, "w").close()
            time.sleep(1000)
        """)
    terminal = project.aloof("--once", *args)
    terminal.wait_for(lambda _: (project.base / "began").exists())
    terminal.type("\x03")
    assert terminal.wait_exit() == 2
    assert red(project) == RED


# os.getpid() is the box, its parent the slot, that one's the run, and that one's the template.
@pytest.mark.parametrize("who", ["os.getpid()", "os.getppid()", "parent(os.getppid())", "parent(parent(os.getppid()))"])
@pytest.mark.parametrize("args", [[], ["--serial"]], ids=["", "serial"])
def test_a_worker_that_is_killed_between_classes_is_no_pass(project, args, who):
    project.write("test_a.py", "def test_good(): pass\n")
    project.write("test_b.py", f"""
        import os, signal

        def parent(pid):
            with open(f"/proc/{{pid}}/stat") as stat:
                return int(stat.read().rpartition(")")[2].split()[1])

        class TestA:
            def test_good(self): pass

            @classmethod
            def teardown_class(cls):
                os.kill({who}, signal.SIGKILL)

        class TestB:
            def test_good(self): pass

        class TestC:
            def test_good(self): pass
        """)
    done = project.once(*args)
    if who == "os.getppid()" and done.returncode == 0:  # the box lived long enough to run all that it had
        assert done.stdout.startswith("OK!  4 tests in"), done.stdout
        return
    assert done.returncode in (1, 3), done.stdout
    assert "OK!" not in done.stdout
    assert done.returncode == 3 or red(project), done.stdout  # 3: all had passed when the runner was found dead


def test_unittest_killed_between_classes_is_no_pass(project):
    for path in ("test_a.py", "test_b.py"):
        (project.root / path).unlink()
    project.write("test_u.py", """
        import os, signal, unittest

        class A(unittest.TestCase):
            def test_good(self): pass

            @classmethod
            def tearDownClass(cls):
                os.kill(os.getpid(), signal.SIGKILL)

        class B(unittest.TestCase):
            def test_good(self): pass
        """)
    done = project.once("--recipe", "unittest", "--serial")
    assert done.returncode == 1, done.stdout
    assert re.search(r"^2 tests, 1 crash in", done.stdout, re.M), done.stdout
