"""Box of unittest: runs tests in a suite of their own and composes one outcome for each."""

import fcntl
import os
import sys
import traceback
import unittest
from unittest.util import strclass

from aloof_worker.box import Box
from aloof_worker.capture import read_ends
from aloof_worker.tracebacks import format_exception
from aloof_worker.unittest_loader import is_suite
from aloof_worker.wire import SKIP, SUCCESS, XFAIL


class UnittestBox(Box):
    def __init__(self, slot):
        super().__init__(slot)
        self.files = self.run.files
        self.position = None  # of the test that is not over yet
        self.fixtures = {}  # by what unittest calls it, "setUpClass (module.Class)": a Fixture that failed

    def settle(self):
        for name, fd in ((b"stdout", 1), (b"stderr", 2)):
            fcntl.fcntl(self.files[name], fcntl.F_SETFL, os.O_APPEND)
            os.dup2(self.files[name], fd)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.reconfigure(line_buffering=True)  # so that it is there when the process dies
            except (AttributeError, OSError, ValueError):
                pass

    def run_tests(self, positions):
        tests = [self.run.items[position] for position in positions]
        self.positions = dict(zip(map(id, tests), positions))
        self.result = Result(self)
        suite = BoxSuite(tests) if self.run.is_plain else pruned(self.run.suite, self.positions)
        suite(self.result)
        self.close()
        for test in tests:  # what a suite of the project's own left out
            self.open(test)
            self.close()
        if self.result.shouldStop:
            self.shared.reason = "a test told the test result to stop"
        self.finish_all()

    # One test after the other: it begins with the fixtures of its module and class, and ends with theirs.

    def open(self, test):
        position = self.positions.pop(id(test), None)
        if position is None:  # it is open already
            return
        self.close()
        self.test = test
        self.started = self.is_expected = False
        self.reason = None  # of a skip
        self.failures = []  # (heading, traceback, whether it is the test's own)
        for fd in self.files.values():
            os.ftruncate(fd, 0)
        self.begin(position)

    def close(self):
        if self.position is None:
            return
        if not self.started and not self.failures:
            self.blame_fixture()
        if self.failures:
            self.fail_test(self.texts(), any(own for _, _, own in self.failures))
        elif self.is_expected:
            self.pass_test(XFAIL, None)
        elif self.reason is not None:
            self.pass_test(SKIP, self.reason)
        elif self.started:
            self.pass_test(SUCCESS, None)
        self.look_at_children()
        self.position = None

    def blame_fixture(self):
        """It was not run, because of what its module or class begins with."""
        kind = type(self.test)
        for name in ("setUpModule (%s)" % kind.__module__, "setUpClass (%s)" % strclass(kind)):
            if name in self.fixtures:
                self.reason, failure = self.fixtures[name]
                self.failures += [failure] if failure else []

    def texts(self):
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (AttributeError, OSError, ValueError):
                pass
        report = "\n".join("%s\n%s" % (heading, text) for heading, text, _ in self.failures)
        yield b"traceback", "\n".join(text for _, text, _ in self.failures)
        yield b"report", report
        for name, fd in self.files.items():
            yield name, read_ends(fd).decode("utf-8", "replace")

    # What unittest tells.

    def add_failure(self, test, kind, error):
        text = format_exception(error[1], error[2])
        if hasattr(test, "_subDescription"):
            text = "%s\nin subtest %s\n" % (text.rstrip("\n"), test._subDescription())
        self.failures.append(("%s: %s" % (kind, describe(test)), text, True))

    def add_fixture_failure(self, holder, error):
        """Of a module or class: it counts for the tests that will not run because of it, or for the one that is over."""
        failure = ("ERROR: %s" % holder.description, format_exception(error[1], error[2]), False)
        self.fixtures[holder.description] = None, failure
        if holder.description.startswith("tearDown") and self.position is not None:
            self.failures.append(failure)

    def add_fixture_skip(self, holder, reason):
        self.fixtures[holder.description] = reason, None

    def tear_down(self):
        """What unittest does at the end of a suite."""
        self.result._testRunEntered = False
        try:
            BoxSuite()(self.result)
        except BaseException:
            traceback.print_exc()


def describe(test):
    try:
        return str(test)
    except Exception:
        return test.id()


class BoxSuite(unittest.TestSuite):
    """Tells the box when a test begins: with the fixtures of its module and class, which may fail or hang."""

    def _tearDownPreviousClass(self, test, result):
        super()._tearDownPreviousClass(test, result)
        if test is None:
            return
        if self._get_previous_module(result) not in (None, type(test).__module__):
            self._handleModuleTearDown(result)
            result._previousTestClass = None
        result.box.open(test)


def pruned(suite, positions):
    """The suite with the tests of these positions, by id(), and no others. It is this process's own to change."""
    kept = []
    for each in suite:
        if is_suite(each):
            kept.append(pruned(each, positions))
        elif id(each) in positions:
            kept.append(each)
    suite._tests = kept
    return suite


class Result(unittest.TestResult):
    """What unittest tells of its tests, for the box."""

    def __init__(self, box):
        super().__init__()
        self.box = box

    def startTest(self, test):
        super().startTest(test)
        self.box.open(test)
        self.box.started = True

    def addError(self, test, error):
        self.add("ERROR", test, error)

    def addFailure(self, test, error):
        self.add("FAIL", test, error)

    def add(self, kind, test, error):
        if is_fixture(test):
            self.box.add_fixture_failure(test, error)
        else:
            self.box.add_failure(test, kind, error)

    def addSubTest(self, test, subtest, error):
        if error is not None:
            is_failure = issubclass(error[0], test.failureException)
            self.add("FAIL" if is_failure else "ERROR", subtest, error)

    def addSkip(self, test, reason):
        if is_fixture(test):
            self.box.add_fixture_skip(test, reason)
        else:
            self.box.reason = str(reason)

    def addExpectedFailure(self, test, error):
        self.box.is_expected = True

    def addUnexpectedSuccess(self, test):
        self.box.failures.append(("UNEXPECTED SUCCESS: %s" % describe(test), "", True))


def is_fixture(test):
    return type(test).__name__ == "_ErrorHolder"
