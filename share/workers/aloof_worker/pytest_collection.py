"""Collection of pytest: what a run collects, and what it cannot."""

import os
import traceback
from time import time_ns

from aloof_worker.pytest_outcomes import conftest_error, judge, plain
from aloof_worker.tracebacks import format_exception
from aloof_worker.wire import FAIL, SKIP, TEXT, clip, packet, utf8


class Collection:
    """The plugin that keeps pytest to the wanted files and tells which ones cannot be collected."""

    def __init__(self, events):
        self.events = events
        self.rootdir = None  # known before pytest meets the first conftest
        self.wanted = None
        self.deselected = []
        self.tracebacks = {}

    def plugin(self, pytest):
        """This object with its hooks marked, as far as this version of pytest knows their arguments."""
        first = pytest.hookimpl(tryfirst=True)
        first(Collection.pytest_collection)
        pytest.hookimpl(trylast=True)(Collection.pytest_collection_modifyitems)
        if hasattr(pytest, "version_tuple"):  # 7.0
            ignore = lambda self, collection_path: self.ignores(str(collection_path))  # noqa: E731
        else:
            ignore = lambda self, path: self.ignores(str(path))  # noqa: E731
        Collection.pytest_ignore_collect = first(ignore)
        return self

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

    # Hooks.

    def pytest_collection(self, session):
        """Files named on the command line are not subject to pytest_ignore_collect."""
        if self.wanted is not None and not session.config.option.pyargs:
            args = session.config.args
            args[:] = [arg for arg in args if not self.ignores(arg.split("::")[0])]

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
            self.send_failure(name, text, plain(report.longreprtext))
        elif report.skipped:
            self.send_skip(report)

    def pytest_deselected(self, items):
        self.deselected += items

    def pytest_collection_modifyitems(self, items):
        if self.wanted is not None:
            items[:] = [item for item in items if os.path.realpath(str(item.fspath)) in self.wanted]

    def relative(self, path):
        below = os.path.relpath(path, self.rootdir)
        return path if below.startswith("..") else below

    def send_conftest_failure(self, error):
        """One that pytest met before it collected."""
        cause = conftest_error(error)
        report = "".join(traceback.format_exception_only(type(cause), cause))
        self.send_failure(self.relative(str(error.path)), format_exception(cause), report)

    def send_failure(self, name, text, report):
        test_id = utf8(name)
        if text:
            self.events.attach(b"traceback", clip(utf8(text)), test_id)
        self.events.attach(b"report", clip(utf8(report)), test_id)
        self.events.write(packet(FAIL, test_id, tags=(b"collection",), time=time_ns()))

    def send_skip(self, report):
        """A file that skipped itself: no test of it is known, so it stands for them."""
        _, reason = judge([report])
        test_id = utf8(report.nodeid)
        file = (b"reason", utf8(" ".join(reason.split()))[:1000])
        tags = (b"group=" + test_id.partition(b"::")[0],)
        self.events.write(packet(SKIP, test_id, tags, TEXT, file, eof=True, time=time_ns()))
