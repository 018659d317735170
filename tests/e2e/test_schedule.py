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
