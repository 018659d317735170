"""Processes: who is whose child, how they end, killing whole families."""

import os
import signal
import sys
import warnings

from aloof_worker.descriptors import drain, pipe


# signal.signal() makes enumerations of everything, which costs a fork more than all else it does to begin with.
set_handler = getattr(signal.signal, "__wrapped__", signal.signal)


class Deaths:
    """A descriptor that becomes readable when a child ended. Puts everything back as it was on close."""

    childless = True  # as of the last reap()

    def __init__(self):
        self.fd, self.writer = pipe()
        os.set_blocking(self.fd, False)
        os.set_blocking(self.writer, False)
        self.handler = set_handler(signal.SIGCHLD, lambda *_: None)
        self.wakeup = signal.set_wakeup_fd(self.writer, warn_on_full_buffer=False)

    def reap(self):
        """(pid, wait status) of every child that has ended."""
        drain(self.fd)
        found = []
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                self.childless = True
                return found
            if pid == 0:
                self.childless = False
                return found
            found.append((pid, status))

    def close(self):
        signal.set_wakeup_fd(self.wakeup)
        set_handler(signal.SIGCHLD, signal.SIG_DFL if self.handler is None else self.handler)
        os.close(self.fd)
        os.close(self.writer)


def fork():
    """A fork that no warning filter of the project can turn into half a failure."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass
    if sys.version_info < (3, 12):
        return os.fork()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return os.fork()


def adopt_orphans():
    """Makes this process the parent of whatever its descendants leave behind (Linux: prctl)."""
    try:
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    except (ImportError, OSError, AttributeError):
        pass


def keep_to_one_processor(number):
    """This process alone: what it forks is to be given back the processors that it had, which are returned (None:
    nothing was changed)."""
    try:
        had = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {sorted(had)[number % len(had)]})
    except (AttributeError, OSError):
        return None
    return had


def own_memory():
    """Copies what is still shared with the parent now, while nobody waits, not page by page later."""
    try:
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        with open("/proc/self/maps") as file:
            areas = [line.split() for line in file]
        for area in areas:
            if area[1] == "rw-p" and area[-1] != "[stack]":
                start, end = (int(each, 16) for each in area[0].split("-"))
                libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), 23)  # MADV_POPULATE_WRITE
    except (ImportError, OSError, AttributeError):
        pass


def children(pid):
    found = []
    try:
        for task in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/children" % (pid, task)) as file:
                found += map(int, file.read().split())
    except FileNotFoundError:
        if not os.path.exists("/proc/self/task/%d/children" % os.getpid()):
            return [child for child, parent in parents() if parent == pid]
    except OSError:
        pass
    return found


def parents():
    """(pid, parent) of every process: for kernels without the lists of children, or without /proc."""
    if not os.path.exists("/proc/self/stat"):
        with os.popen("ps -A -o pid=,ppid=") as lines:
            yield from [tuple(map(int, line.split())) for line in lines]
        return
    for name in os.listdir("/proc"):
        try:
            with open("/proc/%s/stat" % name) as file:
                yield int(name), int(file.read().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            pass


def family(pid):
    """Every descendant of a process, parents first."""
    found = children(pid)
    for child in found:
        found += children(child)
    return found


def kill(pid):
    """Whether the process could be killed or is already gone."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    except PermissionError:
        return False
    return True


def kill_family(spared=()):
    """Kills all descendants but the spared children, and reaps, until none is left. -> {pid: wait status} of
    the reaped. What a dying process leaves becomes our child, so each round finds it."""
    reaped = {}
    while True:
        mine = [child for child in children(os.getpid()) if child not in spared]
        mortal = [child for child in mine if kill(child)]
        for child in mine:
            for pid in family(child):
                kill(pid)
        if not mortal:
            return reaped
        try:
            pid, status = os.waitpid(mortal[0], 0)
        except ChildProcessError:
            continue
        reaped[pid] = status


def ending(status):
    """A wait status as (exit, signal) for JSON, one of them None."""
    if os.WIFSIGNALED(status):
        return None, os.WTERMSIG(status)
    return os.WEXITSTATUS(status), None


def command_line(pid):
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            words = file.read(400).replace(b"\0", b" ").strip()
    except OSError:
        words = b""
    return words.decode("utf-8", "replace") or "?"
