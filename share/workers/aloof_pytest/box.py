"""Box: runs its tests in a process of its own and reports one outcome for each."""

import atexit
import gc
import os
import resource
import sys
import traceback
import weakref
from time import process_time_ns, time_ns

from aloof_pytest.descriptors import high
from aloof_pytest.outcomes import failure_texts, format_exception, judge
from aloof_pytest.wire import FAIL, INPROGRESS, PACKET_MAX, TEXT, clip, message_packet, packet, utf8

DAEMON_GRACE_S = 0.2  # for multiprocessing's daemons to end when told to


class Box:
    """Runs its tests in a session of its own; composes the one outcome of each out of pytest's reports."""

    def __init__(self, slot):
        self.shared = slot.shared
        self.run = slot.run
        self.session = slot.run.session
        self.events = slot.events
        self.route = slot.route
        self.number = slot.boxes
        self.reports = []
        self.lists = []
        self.directory = None

    def main(self, positions):
        os.setsid()
        self.settle()
        self.positions = positions
        self.pending = message_packet(b"aloof.started", b'{"pid": %d}' % os.getpid(), self.route)
        if len(positions) > 1:
            self.watch_children()
        try:
            self.run_tests([self.run.items[position] for position in self.positions])
        except (KeyboardInterrupt, outcome_exit()) as error:
            self.send()
            self.shared.reason = getattr(error, "msg", None) or type(error).__name__
        if self.shared.stop:
            self.shared.running = -1
            self.tear_down()
        self.leave()
        return 0

    def settle(self):
        """Makes the forked session this process's own."""
        self.run.box = self
        if self.run.collects_garbage:
            gc.enable()
        coverage = self.run.coverage
        if coverage is not None:
            coverage.pid = os.getpid()  # keeps pytest-cov from starting anew for each test: ours runs on

    def temporary(self, base):
        """A directory of this box's own, made when a test first asks for one."""
        if self.directory is None:
            self.directory = base / ("box-%s-%d" % (self.route.decode(), self.number))
            self.directory.mkdir(mode=0o700)
        return self.directory

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
                break
        self.send()
        self.shared.running = -1

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
        self.test_id = self.run.ids[position]
        self.send(packet(INPROGRESS, self.test_id, route=self.route, time=time_ns()))
        self.shared.running = position
        self.cpu_us = cpu_us()

    def explain(self, item, report, excinfo):
        """While the exception is at hand. Tests that are no functions (doctests, a plugin's files) raise it from the
        runner's code: what they have to say is in the report."""
        if report.failed and hasattr(item, "function"):
            report.aloof_traceback = format_exception(excinfo.value, excinfo.tb)

    def finish(self):
        """The final status, after teardown; none when a plugin reported nothing."""
        self.cpu_us = cpu_us() - self.cpu_us
        failed = [report for report in self.reports if report.failed]
        if failed:
            self.shared.failed += 1
            self.send_failure(failed)
            self.send()
        elif self.reports:
            status, reason = judge(self.reports)
            file = None if reason is None else (b"reason", utf8(" ".join(reason.split()))[:1000])
            mime = None if reason is None else TEXT
            self.keep_final(status, file=file, mime=mime, eof=file is not None)

    def keep_final(self, status, tags=(), **more):
        """To be sent with the next test's beginning, which follows at once: each write wakes a reader."""
        tags += (b"cpu_us=%d" % self.cpu_us,)
        self.pending = packet(status, self.test_id, tags, route=self.route, time=time_ns(), **more)

    def send(self, octets=b""):
        """These, after what is pending."""
        if len(self.pending) + len(octets) > PACKET_MAX:  # would not stay whole
            self.events.write(self.pending)
            self.pending = b""
        self.events.write(self.pending + octets)
        self.pending = b""

    def send_failure(self, failed):
        for name, text in failure_texts(self.reports, failed):
            if text:
                self.events.attach(name, clip(utf8(text)), self.test_id, self.route)
        in_test = any(report.when == "call" for report in failed)
        self.keep_final(FAIL, tags=() if in_test else (b"error",))

    # Processes that appear.

    def watch_children(self):
        for pid in (os.getpid(), os.getppid()):
            try:
                self.lists.append(high(os.open("/proc/%d/task/%d/children" % (pid, pid), os.O_RDONLY)))
            except OSError:
                pass
        self.present = {b"%d" % os.getpid()}

    def look_at_children(self, position):
        """Notes whose test a process that was not there before belongs to; of a box with one test it is known."""
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
        controller = getattr(self.run.coverage, "cov_controller", None)
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
                child.join(DAEMON_GRACE_S)
        util._run_finalizers()


def cpu_us():
    """Time on a processor, of this process and of those children that it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time_ns() // 1000 + int((children.ru_utime + children.ru_stime) * 1000000)


def outcome_exit():
    from _pytest.outcomes import Exit

    return Exit
