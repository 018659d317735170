"""Processes as /proc shows them: who carries a mark in the environment, and waiting until they are gone."""

import os
import select
import time

MARK = "ALOOF_TEST_MARK"


def marked(mark):
    """The pids of all processes that inherited MARK=mark, whatever session or parent they have now."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as environ:
                if wanted in environ.read().split(b"\0"):
                    found.append(int(name))
        except OSError:
            continue
    return found


def command(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as cmdline:
            return cmdline.read().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def wait_all_gone(mark, seconds):
    """Waits until no process carries the mark; the commands of those that still do when the time is over."""
    end = time.monotonic() + seconds
    while True:
        pids = marked(mark)
        handles = []
        for pid in pids:
            try:
                handles.append(os.pidfd_open(pid))
            except ProcessLookupError:
                continue
        if not handles:
            return []
        left = end - time.monotonic()
        ready = select.select(handles, [], [], max(left, 0))[0]
        for handle in handles:
            os.close(handle)
        if not ready:
            return [f"{pid} {command(pid)}" for pid in marked(mark)]
