"""Box: runs its tests in a process of its own and reports one outcome for each."""

import atexit
import gc
import os
import resource
import sys
import traceback
import weakref
from time import process_time_ns, time_ns

from aloof_worker.descriptors import high
from aloof_worker.loaded import Later
from aloof_worker.profiler import Profiler
from aloof_worker.wire import FAIL, INPROGRESS, PACKET_MAX, TEXT, clip, message_packet, packet, utf8

DAEMON_GRACE_S = 0.2  # for multiprocessing's daemons to end when told to


class Box:
    """Runs its tests in a session of its own. A framework's own has:

        run_tests(positions)  calls begin() and, after all of a test is over, pass_test() or fail_test() for each
        settle(), save()      what else a fork needs at its beginning, and at its end
        tear_down()           what is to be undone when the tests were stopped midway
        more_tags()           what else is to be said of the test that is over
    """

    exits = (KeyboardInterrupt,)  # exceptions of a test that end the whole run

    def __init__(self, slot):
        self.shared = slot.shared
        self.run = slot.run
        self.events = slot.events
        self.route = slot.route
        self.number = slot.boxes
        self.lists = []
        self.profiler = None

    def main(self, positions):
        os.setsid()
        self.run.box = self
        if self.run.collects_garbage:
            gc.enable()
        self.settle()
        self.later = Later(self.run)
        self.pending = message_packet(b"aloof.started", b'{"pid": %d}' % os.getpid(), self.route)
        if len(positions) > 1:
            self.watch_children()
        try:
            self.run_tests(positions)
        except self.exits as error:
            self.send()
            self.shared.reason = getattr(error, "msg", None) or type(error).__name__
        if self.shared.stop:
            self.shared.running = -1
            self.tear_down()
        self.leave()
        return 0

    def settle(self):
        """Makes what was forked this process's own."""

    def tear_down(self):
        pass

    def save(self):
        pass

    def more_tags(self):
        """What else is to be said of a test that is over."""
        return ()

    # Outcomes.

    def begin(self, position):
        self.position = position
        self.later.look(self.run.groups[position])
        self.test_id = self.run.ids[position]
        self.send(packet(INPROGRESS, self.test_id, route=self.route, time=time_ns()))
        self.shared.running = position
        self.cpu_us = cpu_us()
        if self.run.order.get("profile"):
            self.profiler = Profiler()

    def end_profile(self):
        if self.profiler is not None:
            told, self.profiler = utf8(self.profiler.tell()), None
            self.events.attach(b"profile", told, self.test_id, self.route)

    def pass_test(self, status, reason):
        """The final status of a test that did not fail."""
        self.end_profile()
        self.cpu_us = cpu_us() - self.cpu_us
        file = None if reason is None else (b"reason", utf8(" ".join(reason.split()))[:1000])
        mime = None if reason is None else TEXT
        self.keep_final(status, file=file, mime=mime, eof=file is not None)

    def fail_test(self, texts, in_test):
        """Likewise of one that did. texts: (name, text) of its attachments; in_test: whether it was the test itself, not
        what comes before and after it."""
        self.end_profile()
        self.cpu_us = cpu_us() - self.cpu_us
        self.shared.failed += 1
        for name, text in texts:
            if text:
                self.events.attach(name, clip(utf8(text)), self.test_id, self.route)
        self.keep_final(FAIL, tags=() if in_test else (b"error",))
        self.send()

    def keep_final(self, status, tags=(), **more):
        """To be sent with the next test's beginning, which follows at once: each write wakes a reader."""
        tags += (b"cpu_us=%d" % self.cpu_us, *self.more_tags())
        self.pending = packet(status, self.test_id, tags, route=self.route, time=time_ns(), **more)

    def send(self, octets=b""):
        """These, after what is pending."""
        if len(self.pending) + len(octets) > PACKET_MAX:  # would not stay whole
            self.events.write(self.pending)
            self.pending = b""
        self.events.write(self.pending + octets)
        self.pending = b""

    def finish_all(self):
        """After the last test."""
        self.send()
        self.shared.running = -1

    # Processes that appear.

    def watch_children(self):
        for pid in (os.getpid(), os.getppid()):
            try:
                self.lists.append(high(os.open("/proc/%d/task/%d/children" % (pid, pid), os.O_RDONLY)))
            except OSError:
                pass
        self.present = {b"%d" % os.getpid()}

    def look_at_children(self):
        """Notes whose test a process that was not there before belongs to; of a box with one test it is known."""
        for fd in self.lists:
            try:
                pids = os.pread(fd, 65536, 0).split()
            except OSError:
                continue
            for pid in pids:
                if pid not in self.present:
                    self.present.add(pid)
                    self.shared.note(int(pid), self.position)

    # The end.

    def leave(self):
        """What the interpreter would do at exit, but for waiting for threads and children that do not end."""
        self.save()
        self.later.tell()
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

    @staticmethod
    def end_multiprocessing():
        util = sys.modules.get("multiprocessing.util")
        if util is None:
            return
        atexit.unregister(util._exit_function)  # it would wait for ever
        for child in sys.modules["multiprocessing.process"].active_children():
            if child.daemon:
                child.terminate()
                child.join(DAEMON_GRACE_S)
        util._run_finalizers()


def cpu_us():
    """Time on a processor, of this process and of those children that it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time_ns() // 1000 + int((children.ru_utime + children.ru_stime) * 1000000)
