"""A small client of the worker protocol: starts a worker over pipes, sends commands, collects its packets."""

import json
import os
import pathlib
import select
import struct
import subprocess
import sys
import time
import zlib

WORKERS = pathlib.Path(__file__).resolve().parents[2] / "share" / "workers"
STATUS = ("", "exists", "inprogress", "success", "uxsuccess", "skip", "fail", "xfail")
DEADLINE_S = 20


def number(value):
    for size, mask in ((1, 0), (2, 0x40), (3, 0x80), (4, 0xC0)):
        if value < 1 << (8 * size - 2):
            octets = bytearray(value.to_bytes(size, "big"))
            octets[0] |= mask
            return bytes(octets)
    raise ValueError(value)


def command_packet(verb, body, route=None):
    content = json.dumps(body).encode()
    name = b"aloof." + verb.encode()
    flags = 0x2050 | (0x0400 if route is not None else 0)
    fields = number(len(name)) + name + number(len(content)) + content
    if route is not None:
        fields += number(len(route)) + route
    for size in (1, 2, 3):
        length = number(3 + size + len(fields) + 4)
        if len(length) == size:
            break
    packet = b"\xb3" + struct.pack(">H", flags) + length + fields
    return packet + struct.pack(">I", zlib.crc32(packet))


class Event:
    """One packet, decoded."""

    def __init__(self, data):
        self.size = len(data)
        self.at, self.data = 3, data
        flags = struct.unpack_from(">H", data, 1)[0]
        assert flags >> 12 == 2
        assert zlib.crc32(data[:-4]) == struct.unpack(">I", data[-4:])[0]
        self.number()
        self.status = STATUS[flags & 7]
        self.runnable = bool(flags & 0x0100)
        self.eof = bool(flags & 0x0010)
        self.time = self.test_id = self.mime = self.name = self.route = None
        self.content, self.tags = b"", set()
        if flags & 0x0200:
            seconds = int.from_bytes(self.take(4), "big")
            self.time = seconds + self.number() / 1e9
        if flags & 0x0800:
            self.test_id = self.string()
        if flags & 0x0080:
            self.tags = {self.string() for _ in range(self.number())}
        if flags & 0x0020:
            self.mime = self.string()
        if flags & 0x0040:
            self.name, self.content = self.string(), self.take(self.number())
        if flags & 0x0400:
            self.route = self.string()
        assert self.at == len(data) - 4
        self.verb = self.name[6:] if (self.name or "").startswith("aloof.") and self.test_id is None else None
        self.body = json.loads(self.content) if self.verb else None

    def take(self, count):
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self):
        size = (self.data[self.at] >> 6) + 1
        return int.from_bytes(self.take(size), "big") & ((1 << (8 * size - 2)) - 1)

    def string(self):
        return self.take(self.number()).decode("utf-8")

    def __repr__(self):
        what = self.status or "-", self.test_id, self.name, self.route, self.content[:200]
        return "<%s %s %s %s %r>" % what


class Result:
    """What a run said about one test."""

    def __init__(self):
        self.statuses = []
        self.tags = set()
        self.files = {}
        self.started = self.ended = None

    @property
    def status(self):
        finals = [status for status in self.statuses if status not in ("", "exists", "inprogress")]
        return finals[-1] if finals else None

    def text(self, name):
        return self.files.get(name, b"").decode()


class Worker:
    """One worker process. Every wait has a deadline."""

    def __init__(self, cwd, python=sys.executable, env=None, cache=None, framework="pytest"):
        reader, writer = os.pipe()
        self.fd = reader
        modules = sorted((WORKERS / "aloof_worker").glob("*.py"))
        source = json.dumps({path.stem: path.read_text(encoding="utf-8") for path in modules}).encode()
        boot = (WORKERS / "boot.py").read_text(encoding="utf-8")
        self.process = subprocess.Popen(
            [python, "-c", boot, str(writer), framework, *([] if cache is None else [str(cache)])],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=[writer],
            cwd=str(cwd),
            env=env,
        )
        os.close(writer)
        self.process.stdin.write(b"%d\n" % len(source) + source)
        self.process.stdin.flush()
        self.pending = b""
        self.queue = []
        self.serial = 0

    def send(self, verb, route=None, **body):
        self.process.stdin.write(command_packet(verb, body, None if route is None else b"%d" % route))
        self.process.stdin.flush()

    def next(self, seconds=DEADLINE_S):
        """The next event, None at the end of the stream."""
        deadline = time.monotonic() + seconds
        while not self.queue:
            if not select.select([self.fd], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError("no event for %s s" % seconds)
            data = os.read(self.fd, 65536)
            if not data:
                return None
            self.pending += data
            self.split()
        return self.queue.pop(0)

    def split(self):
        at = 0
        while len(self.pending) - at >= 6:
            assert self.pending[at] == 0xB3, self.pending[at : at + 60]
            size = (self.pending[at + 3] >> 6) + 1
            length = int.from_bytes(self.pending[at + 3 : at + 3 + size], "big") & ((1 << (8 * size - 2)) - 1)
            if len(self.pending) - at < length:
                break
            self.queue.append(Event(self.pending[at : at + length]))
            at += length
        self.pending = self.pending[at:]

    def until(self, verb, seen=None, seconds=DEADLINE_S):
        """The first message with this verb; what came before it is appended to seen."""
        while True:
            event = self.next(seconds)
            if event is None:
                raise EOFError("the worker ended before %r" % verb)
            if seen is not None:
                seen.append(event)
            if event.verb == verb:
                return event

    def list(self, args=(), files=None, **more):
        """Starts a run; the ids it lists, and its events so far in self.events."""
        self.serial += 1
        self.events = []
        self.send("run", serial=self.serial, args=list(args), files=files, **more)
        while True:
            event = self.next()
            assert event is not None
            self.events.append(event)
            if event.verb in ("listed", "ended"):
                break
        self.ended = event if event.verb == "ended" else None
        self.listed = event if event.verb == "listed" else None
        self.ids = [event.test_id for event in self.events if event.status == "exists"]
        return self.ids

    def finish(self):
        self.send("end")
        self.ended = self.until("ended", self.events)
        return self.ended

    def run(self, args=(), files=None, boxes=None, slots=2):
        """A whole run. boxes: lists of positions; None: one of all that is selected. -> {id: Result}"""
        self.list(args, files)
        if self.ended is None:
            if boxes is None:
                boxes = [self.selected()]
            self.deal([box for box in boxes if box], slots)
            self.finish()
        return self.results()

    def selected(self):
        listed = [event for event in self.events if event.status == "exists"]
        return [position for position, event in enumerate(listed) if "deselected" not in event.tags]

    def deal(self, boxes, slots=2):
        waiting = list(boxes)
        busy = 0
        for slot in range(min(slots, len(waiting))):
            self.send("box", slot, tests=waiting.pop(0))
            busy += 1
        while busy:
            gone = self.until("gone", self.events)
            if waiting:
                self.send("box", int(gone.route), tests=waiting.pop(0))
            else:
                busy -= 1

    def results(self):
        found = {}
        for event in self.events:
            if event.test_id is None or event.status == "exists":
                continue
            result = found.setdefault(event.test_id, Result())
            if event.status:
                result.statuses.append(event.status)
                result.tags |= event.tags
            if event.status == "inprogress":
                result.started = event.time
            elif event.status:
                result.ended = event.time
            if event.name:
                result.files[event.name] = result.files.get(event.name, b"") + event.content
        return found

    def statuses(self):
        return {name: result.status for name, result in self.results().items()}

    def gone(self):
        return [event.body for event in self.events if event.verb == "gone"]

    def output(self, name="stdout"):
        pieces = [event for event in self.events if event.name == name and event.test_id is None]
        return b"".join(event.content for event in pieces)

    def close(self):
        self.process.stdin.close()
        try:
            return self.process.wait(DEADLINE_S)
        finally:
            if self.process.poll() is None:
                self.process.kill()
            os.close(self.fd)
