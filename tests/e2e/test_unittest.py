"""unittest on the warm worker: the same loop, nothing installed but Python."""

import re
import sys

import pytest

RED = re.compile("RED 1 of 3")


@pytest.fixture
def bare(project):
    """A project of unittest's tests, and an interpreter without pytest: nothing says what runs them."""
    python = project.base / "python"
    python.write_text(f"#!/bin/sh\nexec {sys.executable} -S \"$@\"\n")
    python.chmod(0o755)
    (project.home / ".config/aloof/config").write_text(f"[run]\n\tpython = {python}\n")
    project.write("calc.py", "def add(a, b):\n    return a - b\n")
    project.write("tests/__init__.py", "")
    project.write("tests/test_calc.py", f"""
        import os, unittest
        import calc

        class TestAdd(unittest.TestCase):
            def setUp(self):
                fd = os.open({str(project.base / "ran")!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
                os.write(fd, (self.id() + chr(10)).encode())
                os.close(fd)

            def test_adds(self):
                print("said in the test")
                self.assertEqual(calc.add(1, 2), 3)

            def test_zero(self):
                self.assertEqual(calc.add(1, 0), 1)

            @unittest.skip("not today")
            def test_later(self):
                pass
        """)
    project.commit()
    return project


ADDS, ZERO = "tests.test_calc.TestAdd.test_adds", "tests.test_calc.TestAdd.test_zero"


def test_red_edit_green_full(bare):
    loop = bare.aloof().wait_for(re.compile("RED 1 of 3.*ran 3")).wait_for("FAIL  tests.test_calc.TestAdd.test_adds")
    loop.wait_for("-1 != 3").wait_for("unittest ·")
    assert bare.ran() == [ADDS, ZERO]
    bare.save("calc.py", "def add(a, b):\n    return a * b\n")
    loop.wait_for("2 != 3").wait_for(re.compile("RED 1 of 3.*ran 1 in"))
    assert bare.ran() == [ADDS]
    bare.save("calc.py", "def add(a, b):\n    return a + b\n")
    loop.wait_for(re.compile("GREEN 3 tests.*the red set passed"))
    assert bare.ran() == [ADDS, ADDS, ZERO]
    loop.type("q")
    assert loop.wait_exit() == 0


def test_once(bare):
    done = bare.once()
    assert done.returncode == 1, done.stderr
    assert re.search(r"FAIL  tests.test_calc.TestAdd.test_adds(.*\n)*.*tests/test_calc.py.*test_adds(.*\n)*.*-1 != 3", done.stdout)
    assert "3 tests, 1 failure, 1 skipped" in done.stdout
    bare.save("calc.py", "def add(a, b):\n    return a + b\n")
    assert bare.once().returncode == 0


def test_paths_and_names_and_patterns_pick_tests(bare):
    for args in (["tests/test_calc.py"], ["tests"], ["tests.test_calc"], ["tests.test_calc.TestAdd"]):
        done = bare.once(*args)
        assert (done.returncode, bare.ran()) == (1, [ADDS, ZERO]), (args, done.stdout, done.stderr)
    assert (bare.once(ZERO).returncode, bare.ran()) == (0, [ZERO])
    assert (bare.once("-k", "zero").returncode, bare.ran()) == (0, [ZERO])
    assert (bare.once("--", "-k", "*.test_z*").returncode, bare.ran()) == (0, [ZERO])
    done = bare.once("tests.nowhere")
    assert (done.returncode, "tests.nowhere: no such test" in done.stdout + done.stderr) == (4, True)
    done = bare.once("-m", "slow")
    assert (done.returncode, "-m: only pytest knows it" in done.stderr) == (4, True)


def test_a_module_that_cannot_be_imported_is_red_and_the_others_run(bare):
    bare.write("tests/test_broken.py", "import nowhere\n")
    loop = bare.aloof().wait_for("tests/test_broken.py").wait_for("No module named 'nowhere'")
    loop.wait_for("FAIL  tests.test_calc.TestAdd.test_adds")
    bare.save("tests/test_broken.py", "import unittest\nclass T(unittest.TestCase):\n    def test_it(self): pass\n")
    loop.wait_for(re.compile("RED 1 of 4")).wait_gone("No module named")


def over(said):
    """Whether this is on the screen and no run is on: what is saved in the middle of two could be a test's own doing."""
    return lambda loop: said in loop.text and re.search(r"RED 2 of 4 · (re)?ran \d+ in", loop.text)


def test_a_new_test_is_run_while_red_and_one_of_equal_length_is_not_stale(bare):
    loop = bare.aloof().wait_for(RED)
    new = "import unittest\nclass T(unittest.TestCase):\n    def test_new(self): self.assertEqual(1, {})\n"
    bare.save("tests/test_new.py", new.format(7))
    loop.wait_for(over("1 != 7")).wait_for("tests.test_new.T.test_new")
    bare.save("tests/test_new.py", new.format(8))
    loop.wait_for(over("1 != 8"))
    bare.save("tests/test_new.py", new.format(1))
    loop.wait_for(re.compile("RED 1 of 4")).wait_for("fixed tests.test_new.T.test_new")


def test_a_crash_and_a_hang_are_named(bare):
    bare.write("tests/test_calc.py", """
        import os, signal, time, unittest

        class TestBad(unittest.TestCase):
            def test_crash(self):
                print("last words")
                os.kill(os.getpid(), signal.SIGSEGV)
            def test_hang(self): time.sleep(1000)
            def test_well(self): pass

        class TestBadClass(unittest.TestCase):
            @classmethod
            def setUpClass(cls): time.sleep(1000)
            def test_one(self): pass
        """)
    done = bare.once("--timeout", "1")
    assert done.returncode == 1
    assert re.search(r"CRASH tests.test_calc.TestBad.test_crash .*SIGSEGV", done.stdout), done.stdout
    assert re.search(r"TIMEOUT tests.test_calc.TestBad.test_hang", done.stdout), done.stdout
    assert re.search(r"TIMEOUT tests.test_calc.TestBadClass.test_one", done.stdout), done.stdout
    assert "in test_hang" in done.stdout or "# test_hang" in done.stdout
    assert "# setUpClass" in done.stdout
    assert "last words" in done.stdout
    assert "4 tests" in done.stdout


def test_no_tests_is_said(bare):
    (bare.root / "tests/test_calc.py").unlink()
    done = bare.once("--recipe", "unittest")
    assert done.returncode == 5, done.stdout + done.stderr


@pytest.mark.presses("d")
def test_the_debugger_stands_where_it_failed(bare):
    loop = bare.aloof().wait_for(RED).wait_for("▌FAIL")
    loop.type("d")
    loop.wait_for("(Pdb)").type("p 'in', self.id()\r")
    loop.wait_for("('in', 'tests.test_calc.TestAdd.test_adds')").type("q\r")
    loop.wait_for(RED)
