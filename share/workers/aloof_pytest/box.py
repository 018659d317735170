"""Box: runs its tests in a process of its own and reports one outcome for each."""

import atexit
import gc
import json
import os
import sys
import traceback
import weakref
from time import time_ns

from aloof_pytest.descriptors import high
from aloof_pytest.outcomes import failure_texts, format_exception, judge
from aloof_pytest.wire import FAIL, INPROGRESS, TEXT, clip, packet, utf8

DAEMON_GRACE_S = 0.2  # for multiprocessing's daemons to end when told to


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
        for name, text in failure_texts(self.reports, failed):
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
                child.join(DAEMON_GRACE_S)
        util._run_finalizers()


def outcome_exit():
    from _pytest.outcomes import Exit

    return Exit
