"""Which test a box gets next."""

import os

COUNT = 16


def test_no_box_idles_while_a_test_waits(project):
    """The first test waits for all others: they must run beside it, in the other box, though nothing is known of them
    and all are of one file."""
    gate = project.base / "gate"
    os.mkfifo(gate)
    others = "".join(f"def test_{n:02}():\n    tell(b'.')\n\n" for n in range(1, COUNT))
    project.write("test_all.py", f"""
import os

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
