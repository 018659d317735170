"""What the loop costs while nothing changes: CPU ticks and wake-ups of all its processes and threads."""

import os
import re
import uuid

import loops
from processes import MARK, marked
from terminal import Terminal


def count(mark):
    """Ticks (utime + stime) and context switches so far, summed over the threads of the marked processes."""
    ticks = switches = 0
    for pid in marked(mark):
        for thread in os.listdir(f"/proc/{pid}/task"):
            base = f"/proc/{pid}/task/{thread}"
            with open(f"{base}/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
            with open(f"{base}/status") as status:
                switches += sum(map(int, re.findall(r"^(?:non)?voluntary_ctxt_switches:\s*(\d+)", status.read(), re.M)))
    return ticks, switches


def measure(subject, argv, seconds):
    mark = uuid.uuid4().hex
    says, _ = subject.edit()
    terminal = Terminal(argv, subject.root, {**subject.env, MARK: mark}, rows=50, columns=120)
    try:
        terminal.wait_for(lambda t: loops.verdict_of_aloof(t, says), 60)
        loops.settle(terminal)
        before = count(mark)
        if not terminal.quiet(seconds):
            raise SystemExit("bench: the idle loop wrote to its terminal")
        after = count(mark)
    finally:
        terminal.close()
    return after[0] - before[0], after[1] - before[1]
