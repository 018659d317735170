"""Capture: where the output of a box goes, within the framework's capture and outside of it."""

import os
import tempfile

from aloof_worker import wire
from aloof_worker.descriptors import drain, high, identity, pipe, wait
from aloof_worker.wire import PACKET_MAX, TEXT, dropped, packet


class RawOutput:
    """Pipes of our own in place of the run's standard output and error: what escapes the framework's capture."""

    def __init__(self, events, route):
        self.events = events
        self.route = route
        self.names = {}  # by descriptor
        self.writers = {}
        for fd, name in ((1, b"stdout"), (2, b"stderr")):
            reader, self.writers[fd] = pipe()
            os.set_blocking(reader, False)
            self.names[reader] = name

    def redirect(self, streams):
        """Wherever those were duplicated to: pytest keeps several copies, for capture and faulthandler.
        streams: {identity: 1 or 2}"""
        for fd in map(int, os.listdir("/dev/fd")):
            try:
                stream = streams.get(identity(fd))
            except OSError:
                continue  # the listing's own
            if stream is not None:
                os.dup2(self.writers[stream], fd, os.get_inheritable(fd))

    def forward(self, fd):
        while True:
            data = drain(fd, PACKET_MAX - 200)
            if not data:
                return
            self.events.write(packet(mime=TEXT, file=(self.names[fd], data), route=self.route))

    def forward_all(self):
        for fd in wait(self.names, (), 0):
            self.forward(fd)


class Captures:
    """Files of our own that boxes write to in turn, so that they can be read when a box died and be kept from
    growing without end."""

    def __init__(self, files):
        self.files = files  # descriptors by name

    def empty(self):
        for fd in self.files.values():
            os.ftruncate(fd, 0)
            os.lseek(fd, 0, os.SEEK_SET)

    def limit(self):
        for fd in self.files.values():
            punch(fd)

    def read(self):
        """(name, content) of those that have any."""
        contents = [(name, read_ends(fd)) for name, fd in self.files.items()]
        return [each for each in contents if each[1]]



def open_file():
    """The descriptor of an empty file without a name."""
    with tempfile.TemporaryFile(buffering=0) as file:
        return high(os.dup(file.fileno()))



def read_ends(fd):
    """A file's content, or both ends of it when it is large."""
    size = os.fstat(fd).st_size
    if size <= wire.keep:
        return os.pread(fd, size, 0)
    half = wire.keep // 2
    return os.pread(fd, half, 0) + dropped(size - wire.keep) + os.pread(fd, half, size - half)



def punch(fd):
    """Gives the middle of a large file back to the disk. Its ends and its size stay."""
    status = os.fstat(fd)
    if status.st_blocks * 512 < 8 * wire.keep:
        return
    try:
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        start, end = wire.keep, (status.st_size - 2 * wire.keep) & ~4095
        keep_size_punch_hole = 1 | 2
        libc.fallocate(fd, keep_size_punch_hole, ctypes.c_int64(start), ctypes.c_int64(end - start))
    except (ImportError, AttributeError, OSError):
        pass
