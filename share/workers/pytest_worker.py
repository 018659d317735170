"""The pytest worker of aloof: runs tests on request, each box of them in a process of its own.

It arrives over its own standard input as one text, so that a bare interpreter is enough where tests run;
therefore it is one file, with nothing but the standard library. README.md beside it describes the protocol.
In the order below:

    packets     subunit v2, both ways
    processes   who is whose child, killing whole families, waiting without polling
    Template    has imported what does not change; forks runs, answers always
    Run         one pytest session: collects once, hands boxes to slots
    Slot        forks one box after another, names and kills what they leave behind
    Box         runs its tests and composes one outcome for each
    freshness   why no stale .pyc is ever trusted

Everything that another process may hold is a bare descriptor above HIGH, so that tests which close or
count descriptors meet none of ours.
"""

import atexit
import contextlib
import fcntl
import gc
import importlib
import importlib.util
import json
import mmap
import os
import re
import select
import signal
import stat
import struct
import sys
import tempfile
import traceback
import types
import warnings
import weakref
import zlib
from time import monotonic, time_ns

HIGH = 300
PACKET_MAX = 4096  # PIPE_BUF: what several processes write to one pipe stays whole up to here
LONG_ID = 3000  # octets; beyond it packets cannot stay below PACKET_MAX and writers take a lock
KEEP = 1 << 20  # octets kept of any captured text, half of them from its end
TEXT_MAX = 64 * 1024  # of what pytest itself printed
GRACE_S = 0.2  # for what a box left behind to end by itself
OLDEST = (6, 2)  # of pytest
TEXT = b"text/plain;charset=utf8"

EXISTS, INPROGRESS, SUCCESS, UXSUCCESS, SKIP, FAIL, XFAIL = range(1, 8)


# Packets


def number(value):
    """A number in the self-sizing form of subunit v2."""
    if value < 0x40:
        return bytes((value,))
    if value < 0x4000:
        return struct.pack(">H", value | 0x4000)
    if value < 0x400000:
        return struct.pack(">I", value | 0x800000)[1:]
    return struct.pack(">I", value | 0xC0000000)


def string(octets):
    return number(len(octets)) + octets


def utf8(text):
    """Text as the protocol wants it: valid UTF-8 without NUL."""
    return text.encode("utf-8", "replace").replace(b"\0", b"\xef\xbf\xbd")


def packet(
    status=0, test_id=None, tags=(), mime=None, file=None, route=None, eof=False, time=None, runnable=False
):
    """One subunit v2 packet. All strings are octets; file: (name, content); time: nanoseconds since 1970."""
    flags = 0x2000 | status
    body = []
    if time is not None:
        flags |= 0x0200
        seconds, nanoseconds = divmod(time, 1000000000)
        body.append(struct.pack(">I", seconds) + number(nanoseconds))
    if test_id is not None:
        flags |= 0x0800
        body.append(string(test_id))
    if tags:
        flags |= 0x0080
        body.append(number(len(tags)) + b"".join(map(string, tags)))
    if mime is not None:
        flags |= 0x0020
        body.append(string(mime))
    if file is not None:
        flags |= 0x0040
        body.append(string(file[0]) + string(file[1]))
    if route is not None:
        flags |= 0x0400
        body.append(string(route))
    if runnable:
        flags |= 0x0100
    if eof:
        flags |= 0x0010
    content = b"".join(body)
    base = len(content) + 7
    size = base + 1 if base <= 62 else base + 2 if base <= 16381 else base + 3
    head = b"\xb3" + struct.pack(">H", flags) + number(size) + content
    return head + struct.pack(">I", zlib.crc32(head))


class Commands:
    """Takes octets, gives commands: (name without "aloof.", slot or None, the packet itself, its JSON)."""

    def __init__(self):
        self.pending = b""

    def feed(self, data):
        self.pending += data
        found = []
        while len(self.pending) >= 6:
            size, _ = self.number(self.pending, 3)
            if len(self.pending) < size:
                break
            found.append(self.read(self.pending[:size]))
            self.pending = self.pending[size:]
        return found

    @staticmethod
    def number(data, at):
        size = (data[at] >> 6) + 1
        return int.from_bytes(data[at : at + size], "big") & ((1 << (8 * size - 2)) - 1), at + size

    def string(self, data, at):
        size, at = self.number(data, at)
        return data[at : at + size], at + size

    def read(self, data):
        flags = struct.unpack_from(">H", data, 1)[0]
        _, at = self.number(data, 3)
        if flags & 0x0200:
            _, at = self.number(data, at + 4)
        if flags & 0x0800:
            _, at = self.string(data, at)
        if flags & 0x0080:
            count, at = self.number(data, at)
            for _ in range(count):
                _, at = self.string(data, at)
        if flags & 0x0020:
            _, at = self.string(data, at)
        name = content = b""
        if flags & 0x0040:
            name, at = self.string(data, at)
            content, at = self.string(data, at)
        route, at = self.string(data, at) if flags & 0x0400 else (b"", at)
        slot = int(route) if route.isdigit() else None
        return name.decode()[len("aloof.") :], slot, data, json.loads(content or b"{}")


class Events:
    """The writing end of the stream of events, shared by all processes of the worker."""

    def __init__(self, fd):
        os.set_blocking(fd, True)
        self.fd = fd
        self.lock_fd = None

    def lock_writes(self):
        """From now on packets may exceed PACKET_MAX: each write takes a lock that all forks share."""
        with tempfile.TemporaryFile(buffering=0) as file:
            self.lock_fd = high(os.dup(file.fileno()))

    def write(self, octets):
        if self.lock_fd is None:
            written = os.write(self.fd, octets)
            while written < len(octets):  # only while no other process writes
                written += os.write(self.fd, octets[written:])
            return
        fcntl.lockf(self.lock_fd, fcntl.LOCK_EX)
        try:
            while octets:
                octets = octets[os.write(self.fd, octets) :]
        finally:
            fcntl.lockf(self.lock_fd, fcntl.LOCK_UN)

    def message(self, verb, body, route=None):
        content = utf8(json.dumps(body))
        file = (b"aloof." + verb.encode(), content)
        self.write(packet(file=file, mime=b"application/json", eof=True, route=route))

    def attach(self, name, content, test_id=None, route=None):
        """Sends a whole text, in pieces that stay whole."""
        room = PACKET_MAX - 100 - len(test_id or b"")
        if self.lock_fd is not None:
            room = 65536
        for start in range(0, max(len(content), 1), room):
            piece = content[start : start + room]
            last = start + room >= len(content)
            mime = TEXT if start == 0 else None
            self.write(packet(0, test_id, mime=mime, file=(name, piece), route=route, eof=last))


def clip(content):
    """At most KEEP octets of content, from both its ends."""
    if len(content) <= KEEP:
        return content
    half = KEEP // 2
    return content[:half] + dropped(len(content) - KEEP) + content[-half:]


def dropped(count):
    return b"\n\xe2\x80\xa6 %d bytes dropped \xe2\x80\xa6\n" % count


# Processes


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


class Deaths:
    """A descriptor that becomes readable when a child ended. Puts everything back as it was on close."""

    def __init__(self):
        self.fd, self.writer = pipe()
        os.set_blocking(self.fd, False)
        os.set_blocking(self.writer, False)
        self.handler = signal.signal(signal.SIGCHLD, lambda *_: None)
        self.wakeup = signal.set_wakeup_fd(self.writer, warn_on_full_buffer=False)

    def reap(self):
        """(pid, wait status) of every child that has ended."""
        while drain(self.fd):
            pass
        found = []
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return found
            if pid == 0:
                return found
            found.append((pid, status))

    def close(self):
        signal.set_wakeup_fd(self.wakeup)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL if self.handler is None else self.handler)
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


# Template


class Template:
    """Reads commands, forks runs. Never runs project code, never waits for a run: it always answers."""

    def __init__(self, events):
        self.events = events
        self.commands = Commands()
        self.run = None
        self.standby = None  # a run in advance, with the arguments of the last one
        self.announced = False
        self.wish = None  # arguments for the next standby
        self.lessons = []  # modules to import while idle
        self.places = library_places()
        self.entry_points = EntryPoints()

    def hello(self, pytest):
        body = {
            "python": "%d.%d.%d" % sys.version_info[:3],
            "runner": "pytest " + pytest.__version__,
            "executable": sys.executable,
        }
        self.events.message("hello", body)

    def loop(self):
        """Until standard input ends. Then nothing of ours is left."""
        self.deaths = Deaths()
        while True:
            handle = self.run or self.standby
            leisure = self.run is None and bool(self.lessons or self.wish is not None)
            reading = [0, self.deaths.fd] + (handle.listening if handle else [])
            writing = [handle.commands_fd] if handle and handle.pending else []
            ready = wait(reading, writing, 0 if leisure else None)
            if handle:
                handle.exchange(ready)
            if self.standby and not self.announced and self.standby.is_ready():
                self.announced = True
                self.events.message("ready", {})
            if self.deaths.fd in ready:
                self.bury(dict(self.deaths.reap()))
            if 0 in ready and not self.obey():
                break
            if not ready and leisure:
                self.use_leisure()
        kill_family()

    def obey(self):
        data = os.read(0, 65536)
        for verb, _, octets, body in self.commands.feed(data):
            if verb == "run":
                self.stop()
                self.start(body, octets)
            elif verb == "stop":
                self.stop()
            elif self.run is not None:
                self.run.send(octets)
        return bool(data)

    def start(self, body, octets):
        args = [str(arg) for arg in body["args"]]
        signature = self.signature(args)
        self.run, self.standby, self.wish = self.standby, None, None
        if self.run is not None and not (self.run.is_ready() and self.run.signature == signature):
            kill(self.run.pid)
            os.waitpid(self.run.pid, 0)
            self.run.close()
            self.run = None
        if self.run is None:
            self.run = self.fork_run(args, signature, False)
        self.run.serial = body["serial"]
        self.run.send(octets)

    def fork_run(self, args, signature, in_advance):
        handle = RunHandle(args, signature)
        handle.pid = fork()
        if handle.pid:
            handle.close_far_ends()
            return handle
        code = 70
        try:
            self.deaths.close()
            handle.become()
            code = Run(self, handle, in_advance).main()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    @staticmethod
    def signature(args):
        """Differs when something did change that pytest reads before any code of the project."""
        places = {os.getcwd()}
        for arg in args:
            places.add(os.path.abspath(arg.rpartition("=")[2].partition("::")[0]))
        for place in list(places):
            while os.path.dirname(place) != place:
                place = os.path.dirname(place)
                places.add(place)
        names = ("", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "pyproject.toml", "tox.ini")
        names += ("setup.cfg", "setup.py")
        files = [os.path.join(place, name).rstrip("/") for place in sorted(places) for name in names]
        return [stamp(file) for file in files], EntryPoints.state(), args

    def stop(self):
        """Kills the run; a run that has ended by itself was answered then."""
        if self.run is not None:
            self.bury(kill_family())

    def bury(self, dead):
        if self.standby is not None and self.standby.pid in dead:  # these arguments cannot be run in advance
            self.standby.close()
            self.standby = None
        if self.run is None or self.run.pid not in dead:
            return
        kill_family()
        run, self.run = self.run, None
        code, by = ending(dead[run.pid])
        run.exchange(run.listening)
        self.lessons = self.select_lessons(run.lessons())
        self.wish = run.args
        body = {"serial": run.serial, "exit": code, "signal": by, "text": run.text.decode("utf-8", "replace")}
        self.events.message("ended", body)
        run.close()

    def use_leisure(self):
        """One small step at a time: commands come first."""
        if self.lessons:
            self.learn(*self.lessons.pop(0))
        else:
            args, self.wish = self.wish, None
            self.announced = False
            self.standby = self.fork_run(args, self.signature(args), True)

    def select_lessons(self, report):
        try:
            lessons = json.loads(report or b"[]")
        except ValueError:  # the run died while it reported
            return []
        return [(name, origin) for name, origin in lessons if name not in sys.modules]

    def learn(self, name, origin):
        """Imports a module that the last run used, if the name means the same file here."""
        try:
            spec = importlib.util.find_spec(name)
            if spec is not None and spec.origin == origin:
                importlib.import_module(name)
        except BaseException:
            self.lessons = []  # what fails alone fails for a reason: take no chances with the rest


def stamp(path):
    """What changes with a file; for a directory, only whether there is one."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    if stat.S_ISDIR(status.st_mode):
        return True
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


class RunHandle:
    """What the template holds of a run: its ends of four pipes, and the last of what it printed."""

    READY = b"."  # first in the report of a run in advance: it has met no code of the project and waits

    def __init__(self, args, signature):
        self.args = args
        self.signature = signature
        self.serial = None
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

    def lessons(self):
        return self.report[len(self.READY) :] if self.report.startswith(self.READY) else self.report

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


class EntryPoints:
    """Installed distributions, read once: pytest looks at all of them twice whenever it starts."""

    def __init__(self):
        self.key = self.state()
        self.cache = None

    @staticmethod
    def state():
        """Changes when something is installed or removed."""
        return [(place, os.stat(place).st_mtime_ns) for place in sys.path if os.path.isdir(place)]

    def remember(self):
        """Keeps metadata in memory for pytest and pluggy of this process and its forks."""
        try:
            from importlib import metadata
        except ImportError:
            return
        self.cache = [Distribution(each) for each in metadata.distributions()]
        self.original = metadata.distributions

    def offer(self):
        """In a run: answers from memory while nothing was installed since."""
        if self.cache is None or self.state() != self.key:
            return
        from importlib import metadata

        original = self.original
        metadata.distributions = lambda **kwargs: original(**kwargs) if kwargs else iter(self.cache)

    def withdraw(self):
        if self.cache is not None:
            from importlib import metadata

            metadata.distributions = self.original


class Distribution:
    """A distribution of which pytest finds in memory what it asks for at each start."""

    def __init__(self, inner):
        self.inner = inner
        self.entry_points = inner.entry_points
        if any(point.group == "pytest11" for point in self.entry_points):
            self.files = inner.files
            self.metadata = inner.metadata
            self.version = inner.version

    def __getattr__(self, name):
        return getattr(self.inner, name)


def import_runner(entry_points):
    """Imports pytest and its plugins as pytest itself would: plugins through its assertion rewriting hook."""
    import pytest

    if tuple(map(int, pytest.__version__.split(".")[:2])) < OLDEST:
        raise ImportError("pytest %s is too old: %d.%d is needed" % ((pytest.__version__,) + OLDEST))
    import _pytest.assertion
    import _pytest.config

    config = _pytest.config.get_config()
    config.inicfg = {}  # as without a configuration file
    try:
        config._mark_plugins_for_rewrite(_pytest.assertion.install_importhook(config))
        if not os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
            import_plugins(entry_points)
    finally:
        config._ensure_unconfigure()  # takes the hook away again
    return pytest


def import_plugins(entry_points):
    entry_points.remember()
    for distribution in entry_points.cache or ():
        for point in distribution.entry_points:
            if point.group == "pytest11":
                try:
                    point.load()
                except BaseException:
                    pass  # pytest will say so, where a person reads it


def library_places():
    """Directories of the standard library, directories of installed packages; each with a final separator."""
    import site
    import sysconfig

    paths = sysconfig.get_paths()
    installed = [paths["purelib"], paths["platlib"]]
    installed += getattr(site, "getsitepackages", list)()
    installed += [place for place in sys.path if place.endswith(("site-packages", "dist-packages"))]
    standard = [paths["stdlib"], paths["platstdlib"]]
    return [tuple({os.path.join(each, "") for each in group}) for group in (standard, installed)]


# Run


class Run:
    """One pytest session, and the plugin by which it becomes ours. Collects once; then slots do the rest."""

    def __init__(self, template, handle, in_advance):
        self.events = template.events
        self.entry_points = template.entry_points
        self.places = template.places
        self.commands_fd = handle.far_commands_fd
        self.report_fd = handle.far_report_fd
        self.streams = handle.streams
        self.args = handle.args
        self.in_advance = in_advance
        self.commands = Commands()
        self.backlog = []
        self.order = None  # the command that started it
        self.environment = dict(os.environ)
        self.known = set(sys.modules)
        self.wanted = None
        self.deselected = []
        self.tracebacks = {}
        self.slots = {}
        self.box = None  # in a box: the Box
        self.maxfail = 0

    def main(self):
        import pytest

        sys.modules["__main__"] = types.ModuleType("__main__")
        sys.argv[:] = ["pytest", *self.args]
        adopt_orphans()
        self.collects_garbage = gc.isenabled()
        gc.disable()  # nothing of a collection is garbage; boxes get it back
        importlib.invalidate_caches()
        distrust_young_bytecode(os.getcwd())
        self.entry_points.offer()
        try:
            code = int(pytest.main(list(self.args), plugins=[self.plugin(pytest)]))
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        except BaseException:
            traceback.print_exc()
            code = 1
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        return code

    def await_order(self):
        """pytest is about to load the project's code: go on when told to."""
        if self.order is not None:
            return
        if self.in_advance:
            if self.has_project_code():
                os._exit(0)
            own_memory()
            os.write(self.report_fd, RunHandle.READY)
        while not self.backlog:
            data = os.read(self.commands_fd, 65536)
            if not data:
                os._exit(0)
            self.backlog += self.commands.feed(data)
        self.order = self.backlog.pop(0)[3]
        importlib.invalidate_caches()

    def has_project_code(self):
        """Whether a plugin option or the like has imported what may change before the order comes."""
        places = self.places[0] + self.places[1]
        for name in set(sys.modules) - self.known:
            origin = getattr(getattr(sys.modules[name], "__spec__", None), "origin", None) or "built-in"
            if origin not in ("built-in", "frozen") and not origin.startswith(places):
                return True
        return False

    def plugin(self, pytest):
        """This object with its hooks marked, as far as this version of pytest knows their arguments."""
        wrapper = pytest.hookimpl(hookwrapper=True, tryfirst=True)
        first = pytest.hookimpl(tryfirst=True)
        for name, mark in (
            ("pytest_load_initial_conftests", wrapper),
            ("pytest_runtest_makereport", wrapper),
            ("pytest_cmdline_main", first),
            ("pytest_collection", first),
            ("pytest_runtestloop", first),
            ("pytest_collection_modifyitems", pytest.hookimpl(trylast=True)),
        ):
            mark(getattr(Run, name))
        if hasattr(pytest, "version_tuple"):  # 7.0
            ignore = lambda self, collection_path: self.ignores(str(collection_path))  # noqa: E731
        else:
            ignore = lambda self, path: self.ignores(str(path))  # noqa: E731
        Run.pytest_ignore_collect = first(ignore)
        return self

    # Before collection.

    def pytest_load_initial_conftests(self, early_config):
        neutralise(early_config.known_args_namespace)
        self.await_order()
        outcome = yield
        error = outcome.excinfo and outcome.excinfo[1]
        if error is not None and type(error).__name__ == "ConftestImportFailure":
            self.rootdir = str(early_config.rootpath)
            cause = conftest_error(error)
            report = "".join(traceback.format_exception_only(type(cause), cause))
            self.send_collection_failure(self.relative(str(error.path)), format_exception(cause), report)

    def pytest_cmdline_main(self, config):
        self.await_order()
        self.entry_points.withdraw()
        self.rootdir = str(config.rootpath)
        self.maxfail = config.option.maxfail
        neutralise(config.option)
        if self.order.get("files") is not None:
            self.want(self.order["files"])

    def want(self, files):
        """Restricts collection to these files, below the root directory or else where we stand."""
        self.wanted = set()
        for name in files:
            below_root = os.path.join(self.rootdir, name)
            self.wanted.add(os.path.realpath(below_root if os.path.exists(below_root) else name))
        self.ancestors = set()
        for place in self.wanted:
            while os.path.dirname(place) != place:
                place = os.path.dirname(place)
                self.ancestors.add(place)

    def ignores(self, path):
        if self.wanted is None:
            return None
        path = os.path.realpath(path)
        if path in self.wanted or path in self.ancestors:
            return None
        if os.path.basename(path) == "__init__.py" and os.path.dirname(path) in self.ancestors:
            return None  # the package that a wanted file is in
        return True

    def pytest_collection(self, session):
        """Files named on the command line are not subject to pytest_ignore_collect."""
        if self.wanted is not None and not session.config.option.pyargs:
            args = session.config.args
            args[:] = [arg for arg in args if not self.ignores(arg.split("::")[0])]

    # During collection.

    def pytest_exception_interact(self, node, call):
        if call.when != "collect":
            return
        error = call.excinfo.value
        if type(error).__name__ == "ConftestImportFailure":
            name, error = self.relative(str(error.path)), conftest_error(error)
        else:
            name = node.nodeid or "."
            if type(error).__name__ == "CollectError" and error.__cause__ is not None:
                error = error.__cause__
        self.tracebacks[node.nodeid] = name, format_exception(error)

    def pytest_collectreport(self, report):
        if report.failed:
            name, text = self.tracebacks.pop(report.nodeid, (report.nodeid or ".", ""))
            self.send_collection_failure(name, text, plain(report.longreprtext))

    def pytest_deselected(self, items):
        self.deselected += items

    def pytest_collection_modifyitems(self, items):
        if self.wanted is not None:
            items[:] = [item for item in items if os.path.realpath(str(item.fspath)) in self.wanted]

    def relative(self, path):
        below = os.path.relpath(path, self.rootdir)
        return path if below.startswith("..") else below

    def send_collection_failure(self, name, text, report):
        test_id = utf8(name)
        if text:
            self.events.attach(b"traceback", clip(utf8(text)), test_id)
        self.events.attach(b"report", clip(utf8(report)), test_id)
        self.events.write(packet(FAIL, test_id, tags=(b"collection",), time=time_ns()))

    # After collection.

    def pytest_runtestloop(self, session):
        """In place of pytest's own loop over the tests, broken files or not."""
        items = [] if session.config.option.collectonly else list(session.items)
        chosen = set(map(id, items))
        self.items = items + [item for item in self.deselected if id(item) not in chosen]
        self.list(len(items))
        self.report_modules()
        self.prepare(session)
        self.serve()
        session.testsfailed += sum(slot.shared.failed for slot in self.slots.values())
        return True

    def list(self, chosen):
        listing = []
        longest = 0
        for position, item in enumerate(self.items):
            test_id = utf8(item.nodeid)
            longest = max(longest, len(test_id))
            tags = (b"group=" + test_id.partition(b"::")[0],)
            if position >= chosen:
                tags += (b"deselected",)
            listing.append(packet(EXISTS, test_id, tags, runnable=True))
        if longest > LONG_ID:
            self.events.lock_writes()
        for start in range(0, len(listing), 500):
            self.events.write(b"".join(listing[start : start + 500]))
        body = {"serial": self.order["serial"], "tests": len(self.items), "rootdir": self.rootdir}
        if self.maxfail:
            body["maxfail"] = self.maxfail
        self.events.message("listed", body)

    def report_modules(self):
        """Tells the template what it would have been good to have imported."""
        report = utf8(json.dumps(self.lessons() if self.order.get("warm", True) else []))
        while report:
            report = report[os.write(self.report_fd, report) :]
        os.close(self.report_fd)

    def lessons(self):
        """[name, origin] of library modules, in order of import. Where threads run or the project set
        variables before it imported, installed packages are left out: their import may depend on it."""
        standard, installed = self.places
        plain = self.is_plain()
        rewritten = set()
        found = []
        for name, module in list(sys.modules.items()):
            spec = getattr(module, "__spec__", None)
            origin = getattr(spec, "origin", None)
            if name in self.known or getattr(spec, "name", None) != name or not isinstance(origin, str):
                continue
            if type(spec.loader).__name__ == "AssertionRewritingHook":
                rewritten.add(name.partition(".")[0])
            elif origin.startswith(installed):
                found += [(name, origin)] if plain else []
            elif origin in ("built-in", "frozen") or origin.startswith(standard):
                found.append((name, origin))
        return [each for each in found if each[0].partition(".")[0] not in rewritten]

    def is_plain(self):
        """Whether the project left threads and environment alone so far."""
        ours = ("PYTEST_", "COV_CORE_")
        changed = {key for key, _ in set(os.environ.items()) ^ set(self.environment.items())}
        tasks = "/proc/self/task"
        alone = os.path.isdir(tasks) and len(os.listdir(tasks)) == 1
        return alone and all(key.startswith(ours) for key in changed)

    def prepare(self, session):
        """Whatever all boxes need alike is done once, here."""
        self.session = session
        config = session.config
        manager = config.pluginmanager
        for hook, names in (
            ("pytest_runtest_logstart", ("terminalreporter",)),
            ("pytest_runtest_logreport", ("terminalreporter", "lfplugin", "stepwiseplugin")),
            ("pytest_runtest_logfinish", ("terminalreporter",)),
            ("pytest_sessionfinish", ("lfplugin", "nfplugin", "stepwise", "stepwiseplugin")),
        ):
            for name in names:
                mute(getattr(config.hook, hook), manager.getplugin(name))
        names = {name for item in self.items for name in getattr(item, "fixturenames", ())}
        self.temporary = None
        if names & {"tmp_path", "tmpdir", "tmp_path_factory", "tmpdir_factory"}:
            self.temporary = config._tmp_path_factory.getbasetemp()
        gc.freeze()  # what exists now is shared by all boxes: keep their collections off these pages

    # Handing out.

    def serve(self):
        """Until no more boxes will come and all slots have ended."""
        self.deaths = Deaths()
        ended = False
        while True:
            for verb, number, octets, _ in self.backlog:
                ended = ended or verb == "end"
                self.relay(verb, number, octets)
            self.backlog = []
            if ended and not any(slot.pid for slot in self.slots.values()):
                break
            ready = wait([self.deaths.fd] if ended else [self.deaths.fd, self.commands_fd])
            if self.commands_fd in ready:
                data = os.read(self.commands_fd, 65536)
                if not data:  # the template is gone
                    kill_family()
                    os._exit(1)
                self.backlog = self.commands.feed(data)
            if self.deaths.fd in ready:
                for pid, status in self.deaths.reap():
                    self.bury(pid, status)
        self.deaths.close()

    def relay(self, verb, number, octets):
        if verb == "end":
            for slot in self.slots.values():
                slot.end()
        elif number is not None:
            if number not in self.slots:
                self.slots[number] = SlotHandle(number)
            slot = self.slots[number]
            if verb == "box":
                slot.boxes.append(octets)
            if not slot.pid:
                self.fork_slot(slot)
            slot.send(octets)

    def fork_slot(self, slot):
        slot.open()
        slot.pid = fork()
        if slot.pid:
            slot.close_far_end()
            return
        code = 70
        try:
            self.deaths.close()
            os.close(self.commands_fd)
            for other in self.slots.values():
                other.close_near_end()
            Slot(self, slot).main()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def bury(self, pid, status):
        """A slot is gone. When a test has killed it, its box is told dead and what was to come goes on."""
        slot = next((slot for slot in self.slots.values() if slot.pid == pid), None)
        if slot is None:
            return
        slot.pid = 0
        slot.close_near_end()
        del slot.boxes[: slot.shared.done]
        slot.shared.done = 0
        if not slot.boxes:
            return
        kill_family(spared={other.pid for other in self.slots.values() if other.pid})
        code, by = ending(status)
        del slot.boxes[0]
        self.events.message("gone", {"exit": code, "signal": by, "left": []}, slot.route)
        if slot.boxes:
            self.fork_slot(slot)
            for octets in slot.boxes:
                slot.send(octets)

    # In a box.

    def pytest_runtest_makereport(self, call):
        outcome = yield
        if self.box is not None and call.excinfo is not None and outcome.excinfo is None:
            self.box.explain(outcome.get_result(), call.excinfo)

    def pytest_runtest_logreport(self, report):
        if self.box is not None:
            self.box.reports.append(report)


def neutralise(option):
    """Options by which pytest or a plugin would distribute, repeat, stop or ask instead of us."""
    for name, value in (
        ("numprocesses", None),
        ("dist", "no"),
        ("distload", False),
        ("tx", []),
        ("looponfail", False),
        ("forked", False),
        ("maxfail", 0),
        ("stepwise", False),
        ("usepdb", False),
        ("trace", False),
    ):
        if hasattr(option, name):
            setattr(option, name, value)


def mute(hook, plugin):
    """Takes one plugin's part out of a hook."""
    try:
        hook._remove_plugin(plugin)
    except (AttributeError, ValueError):
        pass


def conftest_error(failure):
    """The exception that a conftest raised (pytest 8 keeps it as `cause`)."""
    return failure.cause if hasattr(failure, "cause") else failure.excinfo[1]


def plain(text):
    """Without colour."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def is_runner(filename):
    return "/_pytest/" in filename or "/pluggy/" in filename


def format_exception(error, tb=None):
    """Python's own text of an exception and its chain, without frames that asked to be hidden and without the
    runner's frames that lead to the test."""
    try:
        told = traceback.TracebackException(type(error), error, tb or error.__traceback__)
        prune(told, error, tb or error.__traceback__)
        return "".join(told.format())
    except Exception:  # somebody's __str__, __cause__ or __tracebackhide__
        return "".join(traceback.format_exception_only(type(error), error))


def prune(told, error, tb):
    frames = [frame for frame, _ in traceback.walk_tb(tb)]
    kept = [line for line, frame in zip(told.stack, frames) if not is_hidden(frame)]
    while len(kept) > 1 and is_runner(kept[0].filename):
        del kept[0]
    told.stack[:] = kept
    for name in ("__cause__", "__context__"):
        inner = getattr(error, name)
        if inner is not None and getattr(told, name) is not None:
            prune(getattr(told, name), inner, inner.__traceback__)
    for each, inner in zip(getattr(told, "exceptions", None) or (), getattr(error, "exceptions", None) or ()):
        prune(each, inner, inner.__traceback__)


def is_hidden(frame):
    """By pytest's convention, or by unittest's."""
    hide = frame.f_locals.get("__tracebackhide__", frame.f_globals.get("__tracebackhide__", False))
    return "__unittest" in frame.f_globals or bool(hide) and not callable(hide)


# Slot


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


class Slot:
    """Runs one box after another. Is the parent of all they leave behind."""

    def __init__(self, run, handle):
        self.run = run
        self.shared = handle.shared
        self.route = handle.route
        self.commands_fd = handle.far_fd
        self.events = run.events
        self.queue = []
        self.box_pid = 0
        self.standby = None  # (pid, writer) of a box forked in advance: it waits for its tests
        self.boxes = 0
        self.killed = False

    def main(self):
        adopt_orphans()
        self.redirect()
        self.take_captures()
        self.enable_dumps()
        self.forget_exits()
        self.deaths = Deaths()
        commands = Commands()
        listening = [self.commands_fd, self.deaths.fd, *self.raw]
        while self.commands_fd in listening or self.box_pid or self.queue:
            ready = wait(listening, (), 1 if self.box_pid else None)
            for fd in ready.intersection(self.raw):
                self.forward(fd)
            if self.commands_fd in ready:
                data = os.read(self.commands_fd, 65536)
                if not data:
                    listening.remove(self.commands_fd)
                for verb, _, _, body in commands.feed(data):
                    self.obey(verb, body)
            if self.deaths.fd in ready:
                self.bury(dict(self.deaths.reap()))
            if self.box_pid and monotonic() > self.look_at:
                self.look_at = monotonic() + 1
                for fd in self.captures.values():
                    punch(fd)
            if self.queue and not self.box_pid:
                self.start(self.queue.pop(0))
            if self.queue and not self.standby:
                self.prepare()
        self.dismiss()

    def redirect(self):
        """Pipes of our own in place of the run's standard output and error, wherever those were duplicated
        to: pytest keeps several copies, for capture and faulthandler."""
        self.raw = {}
        writers = {}
        for fd, name in ((1, b"stdout"), (2, b"stderr")):
            reader, writers[fd] = pipe()
            os.set_blocking(reader, False)
            self.raw[reader] = name
        self.stderr_writer = writers[2]
        for fd in map(int, os.listdir("/dev/fd")):
            try:
                stream = self.run.streams.get(identity(fd))
            except OSError:
                continue  # the listing's own
            if stream is not None:
                os.dup2(writers[stream], fd, os.get_inheritable(fd))

    def take_captures(self):
        """Files of our own in place of those that pytest captures to, so that they can be read when a box
        died and be kept from growing without end."""
        self.captures = {}
        manager = self.run.session.config.pluginmanager.getplugin("capturemanager")
        capturing = getattr(manager, "_global_capturing", None)
        for name in ("out", "err"):
            capture = getattr(capturing, name, None)
            if not hasattr(capture, "targetfd_save"):
                continue
            with tempfile.TemporaryFile(buffering=0) as file:
                fd = high(os.dup(file.fileno()))
            os.dup2(fd, capture.tmpfile.fileno(), False)
            if capture._state == "started":
                os.dup2(fd, capture.targetfd)
            capture.snap = bounded_snap(capture, fd)
            self.captures[b"std" + name.encode()] = fd

    def enable_dumps(self):
        import faulthandler

        if not faulthandler.is_enabled():
            faulthandler.enable(self.stderr_writer)
        faulthandler.register(signal.SIGQUIT, self.stderr_writer, all_threads=True)

    def forget_exits(self):
        """What was registered before the fork is to be done once, by the run; a box does what is its own."""
        atexit._clear()
        for finalizer in list(getattr(weakref.finalize, "_registry", ())):
            finalizer.atexit = False

    def obey(self, verb, body):
        if verb == "box":
            self.queue.append([position for position in body["tests"] if 0 <= position < len(self.run.items)])
        elif not self.box_pid or body.get("pid") not in (None, 0, self.box_pid):
            return  # meant for a box that has ended meanwhile
        elif verb == "dump":
            os.kill(self.box_pid, signal.SIGQUIT)
        elif verb == "kill":
            self.killed = True
            try:
                os.killpg(self.box_pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it did not get so far as to have a group
            kill(self.box_pid)

    def prepare(self):
        """Forks the next box; while the one before it runs, where there is one, so that no time is lost between."""
        self.boxes += 1
        reader, writer = pipe()
        pid = fork()
        if pid:
            os.close(reader)
            self.standby = (pid, writer)
            return
        code = 3
        try:
            self.deaths.close()
            for fd in (writer, self.commands_fd, *self.raw):
                os.close(fd)
            code = Box(self).main(reader)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def dismiss(self):
        """The box in advance is not wanted any more."""
        if self.standby:
            pid, writer = self.standby
            os.close(writer)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)

    def start(self, positions):
        for fd in self.captures.values():
            os.ftruncate(fd, 0)
            os.lseek(fd, 0, os.SEEK_SET)
        self.shared.running = -1
        self.shared.seen = self.shared.stop = 0
        self.killed = False
        self.positions = positions
        if not self.standby:
            self.prepare()
        (self.box_pid, writer), self.standby = self.standby, None
        self.look_at = monotonic() + 1
        self.events.message("started", {"pid": self.box_pid}, self.route)
        with contextlib.suppress(BrokenPipeError), open(writer, "wb") as pipe_to_box:
            pipe_to_box.write(json.dumps(positions).encode())

    def forward(self, fd):
        """Output of the box outside of pytest's capture."""
        while True:
            data = drain(fd, PACKET_MAX - 200)
            if not data:
                return
            self.events.write(packet(mime=TEXT, file=(self.raw[fd], data), route=self.route))

    def bury(self, dead):
        self.miss(dead)
        if self.box_pid not in dead:
            return
        code, by = ending(dead[self.box_pid])
        left = [] if self.killed else self.leftovers()
        if left or self.killed:
            kill_family(self.spared())
        for fd in self.raw:
            self.forward(fd)
        if self.shared.running >= 0:
            self.send_unfinished(utf8(self.run.items[self.shared.running].nodeid))
        body = {"exit": code, "signal": by, "left": left}
        if self.shared.stop:
            body["stopped"] = self.shared.reason
        self.events.message("gone", body, self.route)
        self.box_pid = 0
        self.shared.done += 1

    def miss(self, dead):
        """The box in advance may have been killed by somebody."""
        if self.standby and self.standby[0] in dead:
            os.close(self.standby[1])
            self.standby = None

    def spared(self):
        return (self.standby[0],) if self.standby else ()

    def strays(self):
        return [pid for pid in children(os.getpid()) if pid not in self.spared()]

    def leftovers(self):
        """What is still there when it had time to end by itself."""
        deadline = monotonic() + GRACE_S
        mine = self.strays()
        while mine and monotonic() < deadline:
            wait([self.deaths.fd], (), deadline - monotonic())
            self.miss(dict(self.deaths.reap()))
            mine = self.strays()
        culprits = self.shared.culprits()
        left = []
        room = PACKET_MAX - 600
        for pid in mine:
            position = self.positions[0] if len(self.positions) == 1 else culprits.get(pid)
            test = None if position is None else self.run.items[position].nodeid
            each = {"pid": pid, "command": command_line(pid), "test": test}
            room -= len(json.dumps(each)) + 2
            if room < 0 and left:
                break
            left.append(each)
        return left

    def send_unfinished(self, test_id):
        for name, fd in self.captures.items():
            content = read_ends(fd)
            if content:
                self.events.attach(name, content, test_id, self.route)


def command_line(pid):
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            words = file.read(400).replace(b"\0", b" ").strip()
    except OSError:
        words = b""
    return words.decode("utf-8", "replace") or "?"


def read_ends(fd):
    """A file's content, or both ends of it when it is large."""
    size = os.fstat(fd).st_size
    if size <= KEEP:
        return os.pread(fd, size, 0)
    half = KEEP // 2
    return os.pread(fd, half, 0) + dropped(size - KEEP) + os.pread(fd, half, size - half)


def bounded_snap(capture, fd):
    """pytest's snap() for a global capture: the same for ordinary amounts, both ends of large ones."""
    original = capture.snap
    nothing = capture.EMPTY_BUFFER

    def snap():
        size = os.fstat(fd).st_size
        if size == 0:
            return nothing
        if size <= KEEP:
            return original()
        content = read_ends(fd)
        capture.tmpfile.seek(0)
        capture.tmpfile.truncate()
        return content if nothing == b"" else content.decode("utf-8", "replace")

    return snap


def punch(fd):
    """Gives the middle of a large file back to the disk. Its ends and its size stay."""
    status = os.fstat(fd)
    if status.st_blocks * 512 < 8 * KEEP:
        return
    try:
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        start, end = KEEP, (status.st_size - 2 * KEEP) & ~4095
        keep_size_punch_hole = 1 | 2
        libc.fallocate(fd, keep_size_punch_hole, ctypes.c_int64(start), ctypes.c_int64(end - start))
    except (ImportError, AttributeError, OSError):
        pass


# Box


class Box:
    """Runs its tests in a session of its own; composes the one outcome of each out of pytest's reports."""

    def __init__(self, slot):
        self.shared = slot.shared
        self.run = slot.run
        self.session = slot.run.session
        self.events = slot.events
        self.route = slot.route
        self.name = "%s-%d" % (slot.route.decode(), slot.boxes)
        self.reports = []
        self.slot_pid = os.getppid()

    def main(self, reader):
        os.setsid()
        self.settle()
        with open(reader, "rb") as pipe_from_slot:
            order = pipe_from_slot.read()
        if not order:
            return 0  # not wanted
        self.positions = json.loads(order)
        self.watch_children()
        try:
            self.run_tests([self.run.items[position] for position in self.positions])
        except (KeyboardInterrupt, outcome_exit()) as error:
            self.shared.reason = getattr(error, "msg", None) or type(error).__name__
        if self.shared.stop:
            self.shared.running = -1
            self.tear_down()
        self.leave()
        return 0

    def settle(self):
        """Makes the forked session this process's own."""
        self.run.box = self
        config = self.session.config
        if self.run.collects_garbage:
            gc.enable()
        if self.run.temporary is not None:
            base = self.run.temporary / ("box-" + self.name)
            base.mkdir(mode=0o700)
            config._tmp_path_factory._basetemp = base
        coverage = config.pluginmanager.getplugin("_cov")
        if coverage is not None:
            coverage.pid = os.getpid()  # keeps pytest-cov from starting anew for each test: ours runs on

    def run_tests(self, items):
        protocol = self.session.config.hook.pytest_runtest_protocol
        for item, position, nextitem in zip(items, self.positions, items[1:] + [None]):
            self.begin(item, position)
            protocol(item=item, nextitem=nextitem)
            self.finish()
            self.look_at_children(position)
            stop = self.session.shouldfail or self.session.shouldstop
            if stop:
                self.shared.reason = str(stop)
                return

    def tear_down(self):
        """What pytest does at the end of a session that was stopped."""
        from _pytest import runner

        try:
            runner.pytest_sessionfinish(self.session)
        except BaseException:
            traceback.print_exc()

    # Outcomes.

    def begin(self, item, position):
        self.reports.clear()
        self.test_id = utf8(item.nodeid)
        self.shared.running = position
        self.events.write(packet(INPROGRESS, self.test_id, route=self.route, time=time_ns()))

    def explain(self, report, excinfo):
        """While the exception is at hand."""
        if report.failed:
            report.aloof_traceback = format_exception(excinfo.value, excinfo.tb)

    def finish(self):
        """The final status, after teardown; none when a plugin reported nothing."""
        failed = [report for report in self.reports if report.failed]
        if failed:
            self.shared.failed += 1
            self.send_failure(failed)
        elif self.reports:
            status, reason = judge(self.reports)
            file = None if reason is None else (b"reason", utf8(" ".join(reason.split()))[:1000])
            mime = None if reason is None else TEXT
            self.send_final(status, file=file, mime=mime, eof=file is not None)
        self.shared.running = -1

    def send_final(self, status, **more):
        self.events.write(packet(status, self.test_id, route=self.route, time=time_ns(), **more))

    def send_failure(self, failed):
        sections = {}
        for heading, text in self.reports[-1].sections:
            kind = heading.split()[1] if heading.startswith("Captured ") else ""
            sections.setdefault(kind, []).append(text)
        tracebacks = [each.aloof_traceback for each in failed if hasattr(each, "aloof_traceback")]
        texts = [
            (b"traceback", "\n".join(tracebacks)),
            (b"report", "\n".join(long_report(each, each is failed[0]) for each in failed)),
        ]
        texts += [(name, "".join(sections.get(name.decode(), ()))) for name in (b"stdout", b"stderr")]
        texts += [(b"log", "\n".join(sections.get("log", ())))]
        for name, text in texts:
            if text:
                self.events.attach(name, clip(utf8(text)), self.test_id, self.route)
        in_test = any(report.when == "call" for report in failed)
        self.send_final(FAIL, tags=() if in_test else (b"error",))

    # Processes that appear.

    def watch_children(self):
        self.lists = []
        for pid in (os.getpid(), self.slot_pid):
            try:
                self.lists.append(high(os.open("/proc/%d/task/%d/children" % (pid, pid), os.O_RDONLY)))
            except OSError:
                pass
        self.present = {b"%d" % os.getpid()}

    def look_at_children(self, position):
        """Notes whose test a process that was not there before belongs to."""
        for fd in self.lists:
            try:
                pids = os.pread(fd, 65536, 0).split()
            except OSError:
                continue
            for pid in pids:
                if pid not in self.present:
                    self.present.add(pid)
                    self.shared.note(int(pid), position)

    # The end.

    def leave(self):
        """What the interpreter would do at exit, but for waiting for threads and children that do not end."""
        self.save_coverage()
        self.end_multiprocessing()
        atexit._run_exitfuncs()
        try:
            weakref.finalize._exitfunc()
        except Exception:
            traceback.print_exc()
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (AttributeError, OSError, ValueError):
                pass

    def save_coverage(self):
        """Into a file of its own, which the run combines with the others."""
        plugin = self.session.config.pluginmanager.getplugin("_cov")
        controller = getattr(plugin, "cov_controller", None)
        if getattr(controller, "cov", None) is not None:
            os.chdir(controller.topdir)
            controller.cov.stop()
            controller.cov.save()

    @staticmethod
    def end_multiprocessing():
        util = sys.modules.get("multiprocessing.util")
        if util is None:
            return
        atexit.unregister(util._exit_function)  # it would wait for ever
        for child in sys.modules["multiprocessing.process"].active_children():
            if child.daemon:
                child.terminate()
                child.join(GRACE_S)
        util._run_finalizers()


def outcome_exit():
    from _pytest.outcomes import Exit

    return Exit


def judge(reports):
    """(status, reason or None) of a test of which nothing failed."""
    for report in reports:
        if hasattr(report, "wasxfail"):
            reason = report.wasxfail or ""
            reason = reason[len("reason: ") :] if reason.startswith("reason: ") else reason
            return XFAIL if report.skipped else UXSUCCESS, reason
        if report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            return SKIP, reason[len("Skipped: ") :] if reason.startswith("Skipped: ") else reason
    return SUCCESS, None


def long_report(report, first):
    text = plain(report.longreprtext)
    return text if first else "ERROR at %s of %s\n%s" % (report.when, report.nodeid, text)


# Freshness


def distrust_young_bytecode(project):
    """Python trusts a .pyc whose source has the same size and the same whole second, so of two quick saves of
    equal length it may run the first. A .pyc is proof only when it was written well after its source last
    changed in any way. Only for files below the project: elsewhere nobody edits while we look."""
    from importlib import _bootstrap_external as external

    from _pytest.assertion import rewrite

    below = os.path.join(project, "")
    validate = external._validate_timestamp_pyc
    read = rewrite._read_pyc

    def validate_timestamp_pyc(data, source_mtime, source_size, name, exc_details):
        path = exc_details.get("path", "")
        if path.startswith(below) and not is_proof(importlib.util.source_from_cache(path), path):
            raise ImportError("bytecode is too young to be trusted", **exc_details)
        return validate(data, source_mtime, source_size, name, exc_details)

    def read_pyc(source, pyc, *more):
        if str(source).startswith(below) and not is_proof(source, pyc):
            return None
        return read(source, pyc, *more)

    external._validate_timestamp_pyc = validate_timestamp_pyc
    rewrite._read_pyc = read_pyc


def is_proof(source, bytecode):
    try:
        return os.stat(bytecode).st_mtime_ns - os.stat(source).st_ctime_ns >= 2000000000
    except OSError:
        return False


def main(fd):
    """The worker, until its standard input ends. fd: where events go."""
    if sys.path and sys.path[0] == "":
        del sys.path[0]  # `python -c` put it there, `pytest` does not
    events = Events(high(fd))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    adopt_orphans()
    template = Template(events)
    try:
        pytest = import_runner(template.entry_points)
    except BaseException as error:
        events.message("refused", {"text": "%s: %s" % (sys.executable, error)})
        return 1
    template.hello(pytest)
    template.loop()
    return 0


sys.exit(main(int(sys.argv[1])))
