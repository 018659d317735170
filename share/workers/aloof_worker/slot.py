"""Slot: forks one box after another, names and kills what they leave behind."""

import atexit
import contextlib
import json
import os
import signal
import traceback
import weakref
from time import monotonic

from aloof_worker.capture import RawOutput
from aloof_worker.descriptors import pipe, wait
from aloof_worker.processes import (
    Deaths,
    adopt_orphans,
    children,
    command_line,
    ending,
    fork,
    keep_to_one_processor,
    kill,
    kill_family,
)
from aloof_worker.wire import PACKET_MAX, message_packet

MANY = 8  # boxes: from here on it pays to fork each where the last one left its memory in the cache
GRACE_S = 0.2  # for what a box left behind to end by itself
PLAIN_END = b'{"exit": 0, "signal": null, "left": []}'


def slot_line(verb, numbers):
    """A command as a slot reads it: what it executes between two boxes, the next box has to copy."""
    return b"%s %s\n" % (verb.encode(), " ".join(map(str, numbers)).encode())


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
        self.standby = None  # (pid, writer) of the first box, forked in advance: it waits for its tests
        self.boxes = 0
        self.killed = False
        self.plain_end = message_packet(b"aloof.gone", PLAIN_END, self.route)
        self.processors = None  # those that boxes may use, when the slot keeps to one

    def main(self):
        adopt_orphans()
        self.raw = RawOutput(self.events, self.route)
        self.raw.redirect(self.run.streams)
        self.captures = self.run.captures()
        self.enable_dumps()
        self.forget_exits()
        self.deaths = Deaths()
        commands = b""
        listening = [self.commands_fd, self.deaths.fd, *self.raw.names]
        self.fork_in_advance()
        while self.commands_fd in listening or self.box_pid or self.queue:
            ready = wait(listening, (), 1 if self.box_pid else None)
            for fd in ready.intersection(self.raw.names):
                self.raw.forward(fd)
            if self.commands_fd in ready:
                data = os.read(self.commands_fd, 65536)
                if not data:
                    listening.remove(self.commands_fd)
                *lines, commands = (commands + data).split(b"\n")
                for line in lines:
                    self.obey(*line.split())
            if self.deaths.fd in ready:
                self.bury(dict(self.deaths.reap()))
            if self.box_pid and monotonic() > self.look_at:
                self.look_at = monotonic() + 1
                self.captures.limit()
            if self.queue and not self.box_pid:
                self.start(self.queue.pop(0))
        self.dismiss()

    def enable_dumps(self):
        import faulthandler

        stderr_writer = self.raw.writers[2]
        if not faulthandler.is_enabled():
            faulthandler.enable(stderr_writer)
        faulthandler.register(signal.SIGQUIT, stderr_writer, all_threads=True)

    def forget_exits(self):
        """What was registered before the fork is to be done once, by the run; a box does what is its own."""
        atexit._clear()
        for finalizer in list(getattr(weakref.finalize, "_registry", ())):
            finalizer.atexit = False

    def obey(self, verb, *numbers):
        """What slot_line() made of a command."""
        numbers = list(map(int, numbers))
        if verb == b"box":
            self.queue.append([position for position in numbers if 0 <= position < len(self.run.items)])
        elif not self.box_pid or numbers[0] not in (0, self.box_pid):
            return  # meant for a box that has ended meanwhile
        elif verb == b"dump":
            os.kill(self.box_pid, signal.SIGQUIT)
        elif verb == b"kill":
            self.killed = True
            try:
                os.killpg(self.box_pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it did not get so far as to have a group
            kill(self.box_pid)

    def fork_in_advance(self):
        """Forks the first box while the listing is on its way. Not those after it: with a busy box on every
        processor that costs more than it gains."""
        reader, writer = pipe()
        pid = self.fork_box(None, reader, writer)
        os.close(reader)
        self.standby = (pid, writer)

    def fork_box(self, positions, reader=-1, writer=-1):
        """A new box, for these tests or for those that it will read. -> its pid"""
        self.boxes += 1
        if self.boxes == MANY:
            self.processors = keep_to_one_processor(int(self.route))
        pid = fork()
        if pid:
            return pid
        code = 3
        try:
            if self.processors:
                os.sched_setaffinity(0, self.processors)
            self.deaths.close()
            for fd in (writer, self.commands_fd, *self.raw.names):
                if fd >= 0:
                    os.close(fd)
            if positions is None:
                with open(reader, "rb") as pipe_from_slot:
                    positions = [int(each) for each in pipe_from_slot.read().split()]
            code = self.run.make_box(self).main(positions) if positions else 0
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
        self.captures.empty()
        self.shared.running = -1
        self.shared.seen = self.shared.stop = 0
        self.killed = False
        self.positions = positions
        if self.standby:
            (self.box_pid, writer), self.standby = self.standby, None
            with contextlib.suppress(BrokenPipeError), open(writer, "wb") as pipe_to_box:
                pipe_to_box.write(" ".join(map(str, positions)).encode())
        else:
            self.box_pid = self.fork_box(positions)
        self.look_at = monotonic() + 1

    def bury(self, dead):
        self.miss(dead)
        if self.box_pid not in dead:
            return
        code, by = ending(dead[self.box_pid])
        left = [] if self.killed or self.deaths.childless else self.leftovers()
        if left or self.killed:
            kill_family(self.spared())
        self.raw.forward_all()
        if self.shared.running >= 0:
            test_id = self.run.ids[self.shared.running]
            for name, content in self.captures.read():
                self.events.attach(name, content, test_id, self.route)
        self.tell_end(code, by, left)
        self.box_pid = 0
        self.shared.done += 1

    def tell_end(self, code, by, left):
        if code == 0 and not left and not self.shared.stop:
            self.events.write(self.plain_end)
            return
        body = {"exit": code, "signal": by, "left": left}
        if self.shared.stop:
            body["stopped"] = self.shared.reason
        self.events.message("gone", body, self.route)

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
            test = None if position is None else self.run.ids[position].decode()
            each = {"pid": pid, "command": command_line(pid), "test": test}
            room -= len(json.dumps(each)) + 2
            if room < 0 and left:
                break
            left.append(each)
        return left
