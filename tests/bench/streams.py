"""The subunit v2 reader against python-subunit's, on one stream of 100,000 events."""

import datetime
import io
import re
import subprocess
import time

import subunit

EVENTS = 100_000


class Counter:
    def __init__(self):
        self.events = 0

    def status(self, **event):
        self.events += 1


def write_stream(path):
    """Half starts, half outcomes, each with a timestamp; every tenth test fails and has a traceback."""
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    traceback = b"Traceback (most recent call last):\n  File \"tests/test_a.py\", line 3, in test\n" * 8
    with open(path, "wb") as stream:
        writer = subunit.StreamResultToBytes(stream)
        for number in range(EVENTS // 2):
            test = f"tests/test_module_{number % 97}.py::TestClass::test_case[{number}]"
            fails = number % 10 == 0
            writer.status(test_id=test, test_status="inprogress", timestamp=now)
            writer.status(test_id=test, test_status="fail" if fails else "success", timestamp=now,
                          **({"file_name": "traceback", "file_bytes": traceback} if fails else {}))


def measure(program, base):
    """Events per second: ours, python-subunit's."""
    path = base / "stream.subunit"
    write_stream(path)
    done = subprocess.run([program, path], capture_output=True, text=True, check=True)
    found = re.search(r"([0-9.]+) events/s", done.stdout)
    if not found:
        raise SystemExit(f"bench: {program} says no rate: {done.stdout}")
    counter = Counter()
    start = time.monotonic()
    subunit.ByteStreamToStreamResult(io.BytesIO(path.read_bytes())).run(counter)
    took = time.monotonic() - start
    assert counter.events == EVENTS, counter.events
    return float(found[1]), counter.events / took
