"""Descriptors: out of the way of everybody else's, waited for without polling."""

import fcntl
import os
import select

HIGH = 300


def high(fd):
    """Moves a descriptor out of the way of everybody else's; closed in every program that is executed."""
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, HIGH)
    os.close(fd)
    return moved


def pipe():
    ends = os.pipe()
    return high(ends[0]), high(ends[1])


def identity(fd):
    """What all duplicates of a descriptor have in common."""
    status = os.fstat(fd)
    return status.st_dev, status.st_ino


def wait(reading, writing=(), seconds=None):
    """The descriptors that are ready, at least one unless the time is over."""
    poll = select.poll()
    for fd in reading:
        poll.register(fd, select.POLLIN)
    for fd in writing:
        poll.register(fd, select.POLLOUT)
    return {fd for fd, _ in poll.poll(None if seconds is None else max(0, seconds) * 1000)}


def drain(fd, size=65536):
    """What can be read from a non-blocking descriptor right now; None at its end."""
    try:
        return os.read(fd, size) or None
    except BlockingIOError:
        return b""
