"""subunit_peer.py FILE: events a second of python-subunit over the stream, the best of three rounds.

Prints `peer EVENTS_PER_S`.
"""

import sys
import time

import subunit


class Counter:
    """Receives events and counts them, as little work as a receiver can do."""

    def __init__(self):
        self.events = 0

    def status(self, **event):
        self.events += 1


def read_once(path):
    with open(path, "rb") as stream:
        counter = Counter()
        reader = subunit.ByteStreamToStreamResult(stream, non_subunit_name="stdout")
        start = time.perf_counter()
        reader.run(counter)
        return counter.events / (time.perf_counter() - start)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: subunit_peer.py FILE")
    print("peer %.0f" % max(read_once(sys.argv[1]) for _ in range(3)))


if __name__ == "__main__":
    main()
