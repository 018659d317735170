"""Run of unittest: finds tests as `python -m unittest discover` does, once."""

import os
import sys
import unittest
import warnings
from time import time_ns

from aloof_worker.capture import Captures, open_file
from aloof_worker.run import Run
from aloof_worker.tracebacks import format_exception
from aloof_worker.unittest_box import UnittestBox
from aloof_worker.unittest_loader import (
    Loader,
    Options,
    Wanted,
    flat,
    is_broken,
    is_skipped_module,
    is_suite,
    matches,
)
from aloof_worker.wire import FAIL, SKIP, TEXT, clip, packet, utf8


class UnittestRun(Run):
    def work(self):
        sys.argv[:] = ["python -m unittest", *self.args]
        if self.rootdir not in sys.path:
            sys.path.insert(0, self.rootdir)
        options = Options().parse_args(self.args)
        self.maxfail = int(options.failfast)
        self.await_order()
        self.patterns = options.patterns
        self.names = [each for each in options.targets if not os.path.exists(each)]
        places = [each for each in options.targets if os.path.exists(each)]
        self.loader = Loader(Wanted(self.order.get("files"), places))
        return self.run_suite(self.discover(options))

    def discover(self, options):
        """Where no start is given, it is here; else, if that leads nowhere, the usual directory of tests, which is not
        looked into when it is no package."""
        suite = None
        for start in (options.start,) if options.start else (".", "tests", "test"):
            if start == "." or options.start or os.path.isdir(start):
                suite = self.try_start(start, options)
                if any(True for _ in flat(suite)):
                    return suite
        return suite

    def try_start(self, start, options):
        self.loader._top_level_dir = None
        try:
            return self.loader.discover(start, options.pattern, options.top)
        except ImportError as error:  # no such directory, or a module that is another one of that name
            print("unittest: %s" % error, file=sys.stderr)
            raise SystemExit(4) from None

    def run_suite(self, suite):
        """-> exit code"""
        self.suite = suite
        chosen, others, broken = [], [], 0
        for test in flat(suite):
            if not self.is_asked_for(test):
                continue
            if is_broken(test):
                broken += 1
                self.send_broken(test)
            elif is_skipped_module(test):
                self.send_skipped(test)
            else:
                (chosen if matches(test.id(), self.patterns) else others).append(test)
        if self.names and not chosen and not others and not broken and self.order.get("files") is None:
            print("unittest: %s: no such test" % self.names[0], file=sys.stderr)
            return 4
        tests = chosen + others
        ids = [utf8(test.id()) for test in tests]
        groups = [utf8(self.group(test)) for test in tests]
        failed = self.serve(tests, ids, groups, len(chosen))
        return 1 if failed or broken else 0 if chosen else 5

    def is_asked_for(self, test):
        name = test._testMethodName if is_broken(test) or is_skipped_module(test) else test.id()
        related = (name == each or (name + ".").startswith(each + ".") or is_broken(test) and each.startswith(name + ".")
                   for each in self.names)
        return (not self.names or any(related)) and self.loader.wanted(self.loader.file_of(test))

    def group(self, test):
        """Its file, as a path from here."""
        file = self.loader.file_of(test)
        below = os.path.relpath(file, self.rootdir)
        return file if below.startswith("..") else below

    def send_broken(self, test):
        """A module that cannot be imported, or whose load_tests failed: it stands for its tests."""
        test_id = utf8(self.group(test))
        error = test._exception
        cause = self.loader.causes.get(test._testMethodName)
        if cause is not None or error.__traceback__ is not None:
            self.events.attach(b"traceback", clip(utf8(format_exception(cause or error))), test_id)
        self.events.attach(b"report", clip(utf8(str(error))), test_id)
        self.events.write(packet(FAIL, test_id, tags=(b"collection",), time=time_ns()))

    def send_skipped(self, test):
        """A module that skipped itself."""
        test_id = utf8(self.group(test))
        why = getattr(getattr(test, test._testMethodName), "__unittest_skip_why__", "")
        file = (b"reason", utf8(" ".join(why.split()))[:1000])
        self.events.write(packet(SKIP, test_id, (b"group=" + test_id,), TEXT, file, eof=True, time=time_ns()))

    def prepare(self):
        self.look_at_suites()
        if not sys.warnoptions:
            warnings.simplefilter("default")  # as unittest does before it runs tests

    def look_at_suites(self):
        """Those of the project's own kind are run as they are, all others need not be."""
        self.is_plain = all(type(each) is unittest.TestSuite for each in suites(self.suite))

    def captures(self):
        self.files = {b"stdout": open_file(), b"stderr": open_file()}
        return Captures(self.files)

    def make_box(self, slot):
        return UnittestBox(slot)


def suites(suite):
    """It and those it holds."""
    yield suite
    for each in suite:
        if is_suite(each):
            yield from suites(each)
