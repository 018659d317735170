"""The screen with 100,000 tests: from a key to what it paints, what a loud test costs, and memory.

The model is a real one: pytest runs generated modules of parametrised tests, of which a tenth fail or none."""

import os
import pathlib
import re
import select
import subprocess
import sys
import time

import loops  # noqa: F401  (finds the terminal of the end to end tests)
from terminal import Terminal

MODULES, TESTS = 100, 1000
# A key's screen is complete when nothing follows for so long; what is measured is its last octet.
QUIET_S = 0.03

MODULE = """
import pytest


@pytest.mark.parametrize("number", range({tests}))
def test_number(number):
    print(*range(100), sep="\\n")
    assert number % 10 != {fails}, "a number that is unwelcome"
"""

LOUD = """
import sys
import time


def test_loud():
    for line in range({lines}):
        print("line", line, "of what a chatty program has to say", file=sys.stderr, flush=True)
        time.sleep({seconds} / {lines})
    assert not line
"""


class Crowd:
    """A scratch project in a git work tree, with a home of its own."""

    def __init__(self, base):
        self.root = base / "crowd"
        self.root.mkdir(parents=True)
        home = base / "home"
        (home / ".config/aloof").mkdir(parents=True)
        (home / ".config/aloof/config").write_text(f"[run]\n\tpython = {sys.executable}\n")
        self.env = {
            "PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", "TERM": "xterm-256color",
            "GIT_CONFIG_NOSYSTEM": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }
        (self.root / ".gitignore").write_text("__pycache__/\n.pytest_cache/\n")
        subprocess.run(["git", "init", "-q", "-b", "main"], cwd=self.root, env=self.env, check=True)

    def write_modules(self, fails):
        for at in range(MODULES):
            (self.root / f"test_module_{at:02}.py").write_text(MODULE.format(tests=TESTS, fails=fails))

    def write_loud(self, lines, seconds):
        (self.root / "test_loud.py").write_text(LOUD.format(lines=lines, seconds=seconds))

    def start(self, argv, rows=50, columns=120):
        return Terminal(argv, self.root, self.env, rows=rows, columns=columns)


def written(terminal):
    """Reads one burst of output: its octets, and when its last came."""
    octets, last = b"", None
    while select.select([terminal.fd], [], [], QUIET_S if last else 5)[0]:
        piece = os.read(terminal.fd, 65536)
        last = time.monotonic()
        octets += piece
    if last is None:
        raise SystemExit(f"bench: a key painted nothing; the screen:\n{terminal.text}")
    return octets, last


def key_sequence(rounds):
    """Keys of which each changes the screen, from the top of the failures back to it. Escape is none of them: it
    waits for what may be the rest of another key."""
    move = ["j"] * 12 + ["n"] * 8 + ["k"] * 6 + ["N"] * 3 + ["\x1b[6~"] * 8 + ["\x1b[5~"] * 4
    ends = ["G", "k", "N", "\x1b[5~", "g"]
    page = ["j", "v", "j", "\x1b[6~", "q", "k"]
    tests = ["t", "j", "\x1b[6~", "G", "g", "/", *"number[77", *["\x7f"] * 9, "\r", "j", "S", "S", "S", "t"]
    others = ["?", "?", "l", "q"]
    return (move + ends + page + tests + others) * rounds


def measure_keys(crowd, argv, rounds):
    """Pairs of milliseconds from a key to its painted screen, and the key; on a model of which a tenth is red."""
    crowd.write_modules(fails=3)
    terminal = crowd.start(argv)
    times = []
    try:
        terminal.wait_for(re.compile(rf"RED {MODULES * TESTS // 10} of {MODULES * TESTS} · ran \d+ in"), 300)
        terminal.settle(0.5, 60)
        terminal.type("g")
        terminal.settle(0.2)
        for key in key_sequence(rounds):
            pressed = time.monotonic()
            terminal.type(key)
            octets, painted = written(terminal)
            terminal.stream.feed(octets)
            times.append(((painted - pressed) * 1000, key))
    finally:
        terminal.close()
    return times


def percentile(values, share):
    values = sorted(values)
    return values[min(int(len(values) * share), len(values) - 1)]


def cpu_seconds(pid):
    """What the process itself has used, its threads but not its children."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        total += int(pathlib.Path(f"/proc/{pid}/task/{thread}/schedstat").read_text().split()[0])
    return total / 1e9


def resident_mb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s*(\d+) kB$", status, re.M)[1]) / 1024


def measure_loud(crowd, argv, lines=10000, seconds=4):
    """(repaints a second, share of one core) while a test writes so many lines."""
    crowd.write_loud(lines, seconds)
    terminal = crowd.start([*argv, "test_loud.py", "--", "-s"])
    try:
        terminal.wait_for("test_loud.py::test_loud", 60)
        before, began, paints = cpu_seconds(terminal.pid), time.monotonic(), 0
        while time.monotonic() - began < seconds - 1:
            if terminal.read(0.1):
                paints += 1
        took, used = time.monotonic() - began, cpu_seconds(terminal.pid) - before
        terminal.wait_for(re.compile(r"RED 1 of \d+ · ran 1 in"), 60)
        took_all, used_all = time.monotonic() - began, cpu_seconds(terminal.pid) - before
    finally:
        terminal.close()
    return paints / took, max(used / took, used_all / took_all)


def measure_memory(crowd, argv):
    """Megabytes resident after a run of all tests in which each passed."""
    crowd.write_modules(fails=-1)
    terminal = crowd.start(argv)
    try:
        terminal.wait_for(re.compile(rf"GREEN {MODULES * TESTS} tests"), 300)
        terminal.settle(0.5, 60)
        return resident_mb(terminal.pid)
    finally:
        terminal.close()
