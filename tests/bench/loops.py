"""From a save to the verdict on the screen, for anything that loops on a terminal."""

import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from terminal import Terminal  # noqa: E402

# Python's .pyc files know whole seconds only.
BETWEEN_EDITS_S = 1.2
# looponfail looks every two seconds: saves fall evenly on all phases of that, for every tool.
POLL_S = 2


def verdict_of_aloof(terminal, says):
    return says in terminal.text and re.search(r"RED 1 of \d+ · (?:re)?ran \d+ in", terminal.text) is not None


def verdict_of_pytest(terminal, says):
    """pytest's summary line below the failure that says so; on what was written, as it scrolls away."""
    written = bytes(terminal.raw)
    found = written.rfind(says.encode())
    return found >= 0 and re.search(rb"\b1 failed\b.* in [0-9.]+s", written[found:]) is not None


def settle(terminal, phase=0.0):
    """Until the tool has nothing more to say and time enough has gone by for the next edit."""
    terminal.settle(BETWEEN_EDITS_S + phase * POLL_S, 60)


def measure(subject, argv, verdict, rounds):
    """Seconds from each of so many saves to its verdict."""
    says, _ = subject.edit()
    terminal = Terminal(argv, subject.root, subject.env, rows=50, columns=120)
    times = []
    try:
        terminal.wait_for(lambda t: verdict(t, says), 60)
        settle(terminal)
        for turn in range(rounds + 1):
            terminal.raw.clear()
            says, saved = subject.edit()
            terminal.wait_for(lambda t, says=says: verdict(t, says), 30)
            if turn > 0:
                times.append(time.monotonic() - saved)
            settle(terminal, (turn + 1) / (rounds + 1))
    finally:
        terminal.close()
    return times
