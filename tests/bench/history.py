"""The memory of past runs: how long it takes to load one of 100,000 tests, to ask about it, and how much it adds."""

import datetime
import subprocess
import time

from subunit.v2 import StreamResultToBytes

import frameworks

TESTS = 100_000
RED = 10
CONF = """[DEFAULT]
test_command=true $LISTOPT $IDOPTION
test_id_option=--load-list $IDFILE
test_list_option=--list
"""


def write_stream(path):
    """Status only, with the times."""
    began = datetime.datetime(2026, 11, 20, tzinfo=datetime.timezone.utc)
    with open(path, "wb") as file:
        out = StreamResultToBytes(file)
        for number in range(TESTS):
            out.status(test_id=f"project.tests.unit.test_module_{number // 200:03}.TestThing{number // 20 % 10}.test_does_{number:05}",
                       test_status="success" if number % (TESTS // RED) else "fail",
                       timestamp=began + datetime.timedelta(milliseconds=number))


class Memory:
    """A project of testr's and stestr's whose tests cannot be listed: nothing is measured but the loading."""

    def __init__(self, base):
        self.project = frameworks.Scratch(base)
        self.stream = base / "stream"
        write_stream(self.stream)
        self.project.write(".testr.conf", CONF)
        self.project.write(".stestr.conf", "[DEFAULT]\ntest_path=.\n")

    def time(self, *command, code=1):
        """Seconds of a command that reads the stream."""
        with open(self.stream, "rb") as stream:
            start = time.monotonic()
            done = subprocess.run(command, cwd=self.project.root, env=self.project.env, stdin=stream, capture_output=True)
            took = time.monotonic() - start
        assert done.returncode == code, done.stdout[-500:] + done.stderr[-500:]
        return took

    def size(self):
        """Octets of our history."""
        return (self.project.root / ".git/aloof/history.db").stat().st_size
