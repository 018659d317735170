"""Box of pytest: runs tests by pytest and composes one outcome for each out of its reports."""

import os
import traceback

from aloof_worker.box import Box
from aloof_worker.pytest_outcomes import failure_texts, judge
from aloof_worker.tracebacks import format_exception


class PytestBox(Box):
    """The session, in a process that runs some of its tests."""

    def __init__(self, slot):
        super().__init__(slot)
        self.session = slot.run.session
        self.exits = (KeyboardInterrupt, outcome_exit())
        self.reports = []
        self.directory = None

    def settle(self):
        coverage = self.run.coverage
        if coverage is not None:
            coverage.pid = os.getpid()  # keeps pytest-cov from starting anew for each test: ours runs on

    def temporary(self, base):
        """A directory of this box's own, made when a test first asks for one."""
        if self.directory is None:
            self.directory = base / ("box-%s-%d" % (self.route.decode(), self.number))
            self.directory.mkdir(mode=0o700)
        return self.directory

    def run_tests(self, positions):
        items = [self.run.items[position] for position in positions]
        protocol = self.session.config.hook.pytest_runtest_protocol
        for item, position, nextitem in zip(items, positions, items[1:] + [None]):
            self.reports.clear()
            self.item = item
            self.begin(position)
            protocol(item=item, nextitem=nextitem)
            self.finish()
            self.look_at_children()
            stop = self.session.shouldfail or self.session.shouldstop
            if stop:
                self.shared.reason = str(stop)
                break
        self.finish_all()

    def tear_down(self):
        """What pytest does at the end of a session that was stopped."""
        from _pytest import runner

        try:
            runner.pytest_sessionfinish(self.session)
        except BaseException:
            traceback.print_exc()

    # Outcomes.

    def explain(self, item, report, excinfo):
        """While the exception is at hand. Tests that are no functions (doctests, a plugin's files) raise it from the
        runner's code: what they have to say is in the report."""
        if report.failed and hasattr(item, "function"):
            report.aloof_traceback = format_exception(excinfo.value, excinfo.tb)

    def finish(self):
        """The final status, after teardown; none when a plugin reported nothing."""
        failed = [report for report in self.reports if report.failed]
        if failed:
            in_test = any(report.when == "call" for report in failed)
            self.fail_test(failure_texts(self.reports, failed), in_test)
        elif self.reports:
            self.pass_test(*judge(self.reports))

    def more_tags(self):
        tag = self.run.setups.tell(self.item)
        return () if tag is None else (tag,)

    def save(self):
        """Coverage, into a file of its own, which the run combines with the others."""
        controller = getattr(self.run.coverage, "cov_controller", None)
        if getattr(controller, "cov", None) is not None:
            os.chdir(controller.topdir)
            controller.cov.stop()
            controller.cov.save()


def outcome_exit():
    from _pytest.outcomes import Exit

    return Exit
