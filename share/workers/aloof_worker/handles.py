"""Handles: what a process holds of one that it forked."""

import json
import mmap
import os

from aloof_worker.descriptors import drain, identity, pipe
from aloof_worker.wire import utf8

TEXT_MAX = 64 * 1024  # of what pytest itself printed


class RunHandle:
    """What the template holds of a run: its ends of four pipes, and the last of what it printed."""

    READY = b"."  # first in the report of a run in advance: it has met no code of the project and waits

    def __init__(self, args, signature):
        self.args = args
        self.signature = signature
        self.serial = None
        self.is_last = False  # nothing needs to be kept ready for a run after it
        self.pid = 0
        self.far_commands_fd, self.commands_fd = pipe()
        self.output_fd, self.far_output_fd = pipe()
        self.errors_fd, self.far_errors_fd = pipe()
        self.report_fd, self.far_report_fd = pipe()
        self.listening = [self.output_fd, self.errors_fd, self.report_fd]
        self.near = [self.commands_fd, *self.listening]
        for fd in self.near:
            os.set_blocking(fd, False)
        self.pending = b""
        self.text = b""
        self.report = b""

    def close_far_ends(self):
        for fd in (self.far_commands_fd, self.far_output_fd, self.far_errors_fd, self.far_report_fd):
            os.close(fd)

    def become(self):
        """In the fork: standard streams and descriptors as a run has them."""
        for fd in self.near:
            os.close(fd)
        nothing = os.open(os.devnull, os.O_RDWR)
        for source, target in ((nothing, 0), (self.far_output_fd, 1), (self.far_errors_fd, 2)):
            os.dup2(source, target)
        for fd in (nothing, self.far_output_fd, self.far_errors_fd):
            os.close(fd)
        self.streams = {identity(1): 1, identity(2): 2}

    def is_ready(self):
        self.exchange(self.listening)
        return self.report == self.READY

    def reported(self):
        """What it told of itself, a JSON object a line; a line that it died over does not count."""
        self.exchange(self.listening)
        told = {}
        for line in self.report[self.report.startswith(self.READY) :].split(b"\n"):
            try:
                told.update(json.loads(line))
            except ValueError:
                pass
        return told

    def send(self, octets):
        self.pending += octets
        self.exchange({self.commands_fd})

    def exchange(self, ready):
        if self.commands_fd in ready and self.pending:
            try:
                self.pending = self.pending[os.write(self.commands_fd, self.pending) :]
            except BlockingIOError:
                pass
            except BrokenPipeError:
                self.pending = b""
        for fd in [fd for fd in self.listening if fd in ready]:
            self.listen(fd)

    def listen(self, fd):
        while True:
            data = drain(fd)
            if not data:
                break
            if fd == self.report_fd:
                self.report += data
            else:
                self.text = (self.text + data)[-TEXT_MAX:]
        if data is None:
            self.listening.remove(fd)

    def close(self):
        for fd in self.near:
            os.close(fd)


class Shared:
    """A page that a slot's boxes write and slot and run read, whatever becomes of the writer."""

    FIELDS = {"running": 0, "failed": 1, "done": 2, "seen": 3, "stop": 4}
    SEEN = 64  # offset of (pid, position) pairs
    SEEN_MAX = 128
    REASON = SEEN + 16 * SEEN_MAX

    def __init__(self):
        self.page = mmap.mmap(-1, 4096)
        self.words = memoryview(self.page).cast("q")

    def note(self, pid, position):
        """A process appeared while the test at position ran."""
        if self.seen < self.SEEN_MAX:
            at = self.SEEN // 8 + 2 * self.seen
            self.words[at], self.words[at + 1] = pid, position
            self.seen += 1

    def culprits(self):
        """{pid: position}"""
        start = self.SEEN // 8
        return {self.words[start + 2 * n]: self.words[start + 2 * n + 1] for n in range(self.seen)}

    @property
    def reason(self):
        return self.page[self.REASON : self.REASON + self.stop].decode("utf-8", "replace")

    @reason.setter
    def reason(self, text):
        octets = utf8(text)[: 4096 - self.REASON] or b" "
        self.page[self.REASON : self.REASON + len(octets)] = octets
        self.stop = len(octets)


def field(word):
    def read(self):
        return self.words[word]

    def write(self, value):
        self.words[word] = value

    return property(read, write)


for _name, _word in Shared.FIELDS.items():
    setattr(Shared, _name, field(_word))


class SlotHandle:
    """What the run holds of a slot."""

    def __init__(self, number):
        self.number = number
        self.route = b"%d" % number
        self.shared = Shared()
        self.boxes = []  # commands it was sent; the first shared.done of them are over
        self.pid = 0
        self.near_fd = self.far_fd = -1

    def open(self):
        self.far_fd, self.near_fd = pipe()

    def close_far_end(self):
        os.close(self.far_fd)

    def close_near_end(self):
        if self.near_fd >= 0:
            os.close(self.near_fd)
            self.near_fd = -1

    end = close_near_end

    def send(self, octets):
        try:
            while octets and self.near_fd >= 0:
                octets = octets[os.write(self.near_fd, octets) :]
        except BrokenPipeError:
            pass  # it died: bury() sends again what is still to do
