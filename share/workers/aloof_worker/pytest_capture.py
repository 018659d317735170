"""Capture of pytest: its files are replaced by ours."""

import os

from aloof_worker import wire
from aloof_worker.capture import Captures, open_file, read_ends


def captures_of(config):
    """Captures in place of the files that pytest captures to."""
    manager = config.pluginmanager.getplugin("capturemanager")
    capturing = getattr(manager, "_global_capturing", None)
    files = {}
    for name in ("out", "err"):
        capture = getattr(capturing, name, None)
        if hasattr(capture, "targetfd_save"):
            files[b"std" + name.encode()] = replace_file(capture)
    return Captures(files)


def replace_file(capture):
    fd = open_file()
    os.dup2(fd, capture.tmpfile.fileno(), False)
    if capture._state == "started":
        os.dup2(fd, capture.targetfd)
    capture.snap = bounded_snap(capture, fd)
    return fd


def bounded_snap(capture, fd):
    """pytest's snap() for a global capture: the same for ordinary amounts, both ends of large ones."""
    original = capture.snap
    nothing = capture.EMPTY_BUFFER

    def snap():
        size = os.fstat(fd).st_size
        if size == 0:
            return nothing
        if size <= wire.keep:
            return original()
        content = read_ends(fd)
        capture.tmpfile.seek(0)
        capture.tmpfile.truncate()
        return content if nothing == b"" else content.decode("utf-8", "replace")

    return snap
