"""Which test a box gets next."""

import os
import re
import select
import sqlite3
import time

import pytest

from terminal import DEADLINE

COUNT = 16


def test_no_box_idles_while_a_test_waits(project):
    """The first test waits for all others: they must run beside it, in the other box, though nothing is known of them
    and all are of one file."""
    gate = project.base / "gate"
    os.mkfifo(gate)
    others = "".join(f"def test_{n:02}():\n    tell(b'.')\n\n" for n in range(1, COUNT))
    project.write("test_all.py", f"""
import os
import re

def test_00():
    fd = os.open({str(gate)!r}, os.O_RDWR)
    heard = b""
    while len(heard) < {COUNT - 1}:
        heard += os.read(fd, 100)

def tell(octet):
    fd = os.open({str(gate)!r}, os.O_RDWR)
    os.write(fd, octet)

{others}""")
    keep = os.open(gate, os.O_RDWR)
    try:
        result = project.once("-n", "2", "--timeout", "20")
    finally:
        os.close(keep)
    assert f"OK!  {COUNT} tests" in result.stdout, result.stdout + result.stderr


DEAR = """
import time

import pytest
import pytest

@pytest.fixture(scope="module")
def dear():
    with open({record!r}, "a") as file:
        file.write("set up\\n")
    time.sleep(0.3)

"""


def test_what_tests_share_is_not_set_up_again_when_that_costs_more(project):
    record = project.base / "setups"
    tests = "".join(f"def test_{n}(dear):\n    time.sleep(0.02)\n\n" for n in range(10))
    project.write("test_dear.py", DEAR.format(record=str(record)) + tests)
    project.once("-n", "2")
    first = len(record.read_text().splitlines())
    assert 1 <= first <= 3  # by each box once to see how long it takes, and once more for the rest
    record.unlink()
    result = project.once("-n", "2")
    assert "OK!  10 tests" in result.stdout
    assert record.read_text().splitlines() == ["set up"]


def replace(project, path, text):
    """The file is another one at once. A new one beside it, for a moment, would be one of which nothing is known."""
    new = project.base / "new"
    new.write_text(text)
    os.replace(new, project.root / path)


def order(project):
    """The ids of the tests that ran since the last call, as they began."""
    ran = project.base / "ran"
    ids = ran.read_text().splitlines() if ran.exists() else []
    ran.unlink(missing_ok=True)
    return ids


def wait_for_fact(project, kind, subject):
    """Until the history has it: what loads what is found out when nothing runs."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        with sqlite3.connect(project.root / ".git/aloof/history.db") as history:
            if history.execute("SELECT 1 FROM facts WHERE kind = ? AND subject = ?", (kind, subject)).fetchone():
                return
        select.select([], [], [], 0.05)
    raise AssertionError(f"the history does not get to know {kind} {subject}")


def write_three(project):
    """Three files of tests and what each loads. The long ones, which would run first, load nothing of the others'."""
    project.record_runs()
    for name, length in (("a", 0), ("b", 0.2), ("c", 0.2)):
        project.write(f"lib_{name}.py", f"VALUE = '{name}'\n")
        project.write(f"test_{name}.py", f"""
            import time
            import lib_{name}

            def test_{name}():
                time.sleep({length})
                assert lib_{name}.VALUE
            """)


def test_what_a_change_can_affect_runs_first(project):
    write_three(project)
    loop = project.aloof("-n", "1", "--box=group")
    loop.wait_for("GREEN 3 tests")
    wait_for_fact(project, "loads", "*")
    order(project)
    replace(project, "lib_a.py", "VALUE = 'aa'\n")
    loop.wait_for(lambda t: "lib_a.py changed" in t.text and "GREEN 3 tests" in t.text)
    assert order(project)[0] == "test_a.py::test_a"
    replace(project, "lib_c.py", "VALUE = 'cc'\n")
    loop.wait_for(lambda t: "lib_c.py changed" in t.text and "GREEN 3 tests" in t.text)
    assert order(project)[0] == "test_c.py::test_c"
    loop.type("q")
    assert loop.wait_exit() == 0
    # It is known from one aloof to the next.
    loop = project.aloof("-n", "1", "--box=group")
    loop.wait_for("GREEN 3 tests")
    order(project)
    replace(project, "lib_a.py", "VALUE = 'a'\n")
    loop.wait_for(lambda t: "lib_a.py changed" in t.text and "GREEN 3 tests" in t.text)
    assert order(project)[0] == "test_a.py::test_a"
    loop.type("q")
    assert loop.wait_exit() == 0


def test_what_a_change_has_broken_before_runs_first(project):
    """data.txt is no source: who reads it nobody knows, but what failed when it last changed."""
    write_three(project)
    gate, closed = project.base / "gate", project.base / "closed"
    os.mkfifo(gate)
    project.write("test_gate.py", f"""
        import os

        def test_gate():
            if os.path.exists({str(closed)!r}):
                open({str(gate)!r}).read()
        """)
    project.write("data.txt", "good\n")
    project.write("test_data.py", """
        def test_one():
            pass

        def test_data():
            assert open("data.txt").read() == "good\\n"
        """)
    loop = project.aloof("-n", "1")
    loop.wait_for("GREEN 6 tests")
    replace(project, "data.txt", "bad\n")
    loop.wait_for(lambda t: "RED 1 of 6" in t.text and "data.txt changed" in t.text)
    replace(project, "data.txt", "good\n")
    loop.wait_for("GREEN 6 tests")
    replace(project, "lib_a.py", "VALUE = 'aa'\n")
    loop.wait_for(lambda t: "lib_a.py changed" in t.text and "GREEN 6 tests" in t.text)
    order(project)
    closed.touch()
    replace(project, "data.txt", "bad\n")
    loop.wait_for("data.txt changed · first 1 it broke before")
    gate.open("w").close()
    loop.wait_for(lambda t: "ran 6" in t.text and "RED 1 of 6" in t.text and "data.txt changed" in t.text)
    assert order(project)[0] == "test_data.py::test_data"
    loop.type("q")
    loop.wait_exit()


@pytest.mark.presses("a")
def test_no_more_runs_than_what_a_change_can_affect(project):
    write_three(project)
    loop = project.aloof("-n", "1", "-c", "loop.scope=affected")
    loop.wait_for("GREEN 3 tests")
    wait_for_fact(project, "loads", "*")
    order(project)
    replace(project, "lib_a.py", "VALUE = 'aa'\n")
    loop.wait_for("GREEN (affected) 1 of 3")
    assert order(project) == ["test_a.py::test_a"]
    # It breaks, and is mended: nothing else has anything to do with it.
    replace(project, "lib_a.py", "VALUE = ''\n")
    loop.wait_for("RED 1 of 3")
    replace(project, "lib_a.py", "VALUE = 'a'\n")
    loop.wait_for("GREEN (affected) 1 of 3")
    assert set(order(project)) == {"test_a.py::test_a"}
    # What is no source may be read by all.
    replace(project, "data.txt", "anything\n")
    loop.wait_for("GREEN 3 tests")
    assert len(order(project)) == 3
    # A test file that is gone takes nothing with it, a new one nothing else.
    (project.root / "test_b.py").unlink()
    loop.wait_for("GREEN (affected) 0 of 2")
    assert order(project) == []
    replace(project, "test_d.py", "def test_d():\n    pass\n")
    loop.wait_for("GREEN (affected) 1 of 3")
    assert order(project) == ["test_d.py::test_d"]
    loop.type("a")
    loop.wait_for("GREEN 3 tests")
    assert len(order(project)) == 3
    loop.type("q")
    assert loop.wait_exit() == 0


def test_set_up_is_no_slowness(project):
    """It usually takes long, and belongs to the test on the screen."""
    gate, closed = project.base / "gate", project.base / "closed"
    os.mkfifo(gate)
    project.write("test_dear.py", f"""
        import os
        import time
        import pytest

        @pytest.fixture(scope="module")
        def dear():
            time.sleep(0.8)
            if os.path.exists({str(closed)!r}):
                open({str(gate)!r}).read()

        def test_it(dear):
            pass
        """)
    loop = project.aloof("-n", "1")
    loop.wait_for("GREEN 1 test")
    closed.touch()
    loop.type("a")
    loop.wait_for(re.compile(r"test_it +1 s"))
    assert "slow" not in loop.text
    gate.open("w").close()
    loop.wait_for("GREEN 1 test")
    loop.type("q")
    loop.wait_exit()
