"""A terminal to drive the real binary with: a pty, a terminal emulator on it, and waiting that never sleeps."""

import copy
import os
import re
import select
import signal
import termios
import time

import pexpect
import pyte

DEADLINE = float(os.environ.get("ALOOF_TEST_DEADLINE", "20"))


class Waited(AssertionError):
    """The condition did not come true in time."""


ALTERNATE_SCREEN = 1049


class Stream(pyte.ByteStream):
    """pyte's parser, with the sequences of xterm that it lacks: SU, SD, REP."""

    csi = {**pyte.ByteStream.csi, "S": "scroll_up", "T": "scroll_down", "b": "repeat"}
    events = pyte.ByteStream.events | {"scroll_up", "scroll_down", "repeat"}


class Screen(pyte.Screen):
    """pyte's screen, with what it lacks. The alternate screen: programs come and go, what was there before stays.
    Scrolling without a line feed. Wide characters of which a half was written over."""

    kept = None
    drawn = " "

    @property
    def display(self):
        return ["".join(self.buffer[y][x].data for x in range(self.columns)) for y in range(self.lines)]

    def draw(self, data):
        super().draw(data)
        self.drawn = data[-1:] or self.drawn

    def repeat(self, count=1):
        self.draw(self.drawn * (count or 1))

    def scroll_up(self, count=1):
        self.scroll(count, self.index, (self.margins or (0, self.lines - 1))[1])

    def scroll_down(self, count=1):
        self.scroll(count, self.reverse_index, (self.margins or (0, self.lines - 1))[0])

    def scroll(self, count, step, edge):
        y, self.cursor.y = self.cursor.y, edge
        for _ in range(count or 1):
            step()
        self.cursor.y = y

    def set_mode(self, *modes, **how):
        super().set_mode(*modes, **how)
        if how.get("private") and ALTERNATE_SCREEN in modes and self.kept is None:
            self.kept = copy.deepcopy(self.buffer), self.cursor.x, self.cursor.y
            self.erase_in_display(2)

    def reset_mode(self, *modes, **how):
        super().reset_mode(*modes, **how)
        if how.get("private") and ALTERNATE_SCREEN in modes and self.kept is not None:
            self.buffer, x, y = self.kept
            self.kept = None
            self.cursor_position(y + 1, x + 1)
            self.dirty.update(range(self.lines))


class Terminal:
    """A program on a pty of its own. `raw` is every octet that it wrote, `screen` what a person sees of it."""

    typed = bytearray()  # on all terminals of this test

    def __init__(self, argv, cwd, env, rows=24, columns=100):
        self.screen = Screen(columns, rows)
        self.screen.write_process_input = self.send
        self.stream = Stream(self.screen)
        self.raw = bytearray()
        self.ended = False
        self.child = pexpect.spawn(argv[0], [str(arg) for arg in argv[1:]], cwd=str(cwd), env=env,
                                   dimensions=(rows, columns), echo=True)
        self.child.delaybeforesend = None
        self.fd = self.child.child_fd
        self.modes_before = modes_of_a_new_terminal()  # of this one they may be changed by now

    @property
    def pid(self):
        return self.child.pid

    @property
    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self):
        return "\n".join(self.lines)

    def type(self, keys):
        keys = keys.encode() if isinstance(keys, str) else keys
        self.typed.extend(keys)
        os.write(self.fd, keys)

    def send(self, answer):
        """What the terminal itself answers."""
        os.write(self.fd, answer.encode())

    def resize(self, rows, columns):
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def read(self, seconds):
        """Takes in what comes within so many seconds, at most one read. Returns whether anything came."""
        if self.ended or not select.select([self.fd], [], [], max(seconds, 0))[0]:
            return False
        try:
            octets = os.read(self.fd, 65536)
        except OSError:  # EIO: the last program on the pty closed it
            octets = b""
        self.ended = not octets
        self.raw += octets
        self.stream.feed(octets)
        return bool(octets)

    def wait_for(self, wanted, seconds=DEADLINE):
        """Reads until `wanted` is on the screen: a text, a compiled pattern, or a function of this terminal."""
        shows = condition(wanted)
        end = time.monotonic() + seconds
        while not shows(self):
            left = end - time.monotonic()
            if self.ended or left <= 0:
                why = "the program closed the terminal" if self.ended else f"not within {seconds} s"
                raise Waited(f"waited for {describe(wanted)}: {why}; the screen:\n{self.text}")
            self.read(left)
        return self

    def wait_gone(self, text, seconds=DEADLINE):
        return self.wait_for(lambda terminal: text not in terminal.text, seconds)

    def quiet(self, seconds):
        """Whether nothing at all is written for so long."""
        while self.read(0):
            pass
        return not self.read(seconds)

    def settle(self, seconds, deadline=DEADLINE):
        """Reads until nothing was written for so long."""
        end = time.monotonic() + deadline
        while not self.quiet(seconds):
            if time.monotonic() > end:
                raise Waited(f"still writing after {deadline} s; the screen:\n{self.text}")

    def wait_exit(self, seconds=DEADLINE):
        """The exit code once the program is gone; minus the signal that it died of."""
        end = time.monotonic() + seconds
        exited = os.pidfd_open(self.pid)
        try:
            while not select.select([exited], [], [], 0)[0]:
                left = end - time.monotonic()
                if left <= 0:
                    raise Waited(f"did not exit within {seconds} s; the screen:\n{self.text}")
                ready = select.select([exited] + [self.fd] * (not self.ended), [], [], left)[0]
                if self.fd in ready:
                    self.read(0)
        finally:
            os.close(exited)
        while self.read(0):
            pass
        self.child.wait()
        return self.child.exitstatus if self.child.exitstatus is not None else -self.child.signalstatus

    def modes(self):
        return termios.tcgetattr(self.fd)

    def given_back(self):
        """Whether the terminal is as it was: its modes, the main screen, a cursor, no mouse reports, no colour."""
        return self.modes() == self.modes_before and not switches_left_on(bytes(self.raw))

    def close(self):
        if self.child.isalive():
            os.kill(self.pid, signal.SIGTERM)
            try:
                self.wait_exit(5)
            except Waited:
                os.kill(self.pid, signal.SIGKILL)
                self.child.wait()
        self.child.ptyproc.delayafterclose = 0
        self.child.close()


def modes_of_a_new_terminal():
    ends = os.openpty()
    modes = termios.tcgetattr(ends[1])
    for end in ends:
        os.close(end)
    return modes


# DEC private modes that a program must not leave switched on, and the cursor, which it must not leave off.
SWITCHES_OFF_AT_EXIT = {b"1", b"47", b"1000", b"1002", b"1003", b"1004", b"1006", b"1047", b"1049", b"2004"}


def switches_left_on(raw):
    state = {}
    for modes, letter in re.findall(rb"\x1b\[\?([0-9;]+)([hl])", raw):
        for mode in modes.split(b";"):
            state[mode] = letter == b"h"
    left = {mode for mode in SWITCHES_OFF_AT_EXIT if state.get(mode)}
    if state.get(b"25") is False:
        left.add(b"25")
    return left


def condition(wanted):
    if callable(wanted):
        return wanted
    if isinstance(wanted, re.Pattern):
        return lambda terminal: wanted.search(terminal.text)
    return lambda terminal: wanted in terminal.text


def describe(wanted):
    if callable(wanted):
        return getattr(wanted, "__name__", "a condition")
    return repr(wanted.pattern if isinstance(wanted, re.Pattern) else wanted)
