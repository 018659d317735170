"""Run: one pytest session, which collects once."""

import atexit
import gc
import importlib
import json
import os
import sys
import traceback
import types

from aloof_pytest.collection import Collection
from aloof_pytest.dealer import Dealer
from aloof_pytest.freshness import distrust_young_bytecode
from aloof_pytest.handles import RunHandle
from aloof_pytest.lessons import Baseline
from aloof_pytest.processes import adopt_orphans, own_memory
from aloof_pytest.warmth import shorten_fixture_search
from aloof_pytest.wire import EXISTS, LONG_ID, Commands, limit_texts, packet, utf8


class Run:
    """One pytest session, and the plugin by which it becomes ours."""

    def __init__(self, template, handle, in_advance):
        self.events = template.events
        self.entry_points = template.entry_points
        self.baseline = Baseline(template.places)
        self.commands_fd = handle.far_commands_fd
        self.report_fd = handle.far_report_fd
        self.streams = handle.streams
        self.args = handle.args
        self.in_advance = in_advance
        self.commands = Commands()
        self.backlog = []
        self.order = None  # the command that started it
        self.collection = Collection(self.events)
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
            plugins = [self.plugin(pytest), self.collection.plugin(pytest)]
            code = int(pytest.main(list(self.args), plugins=plugins))
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        except BaseException:
            traceback.print_exc()
            code = 1
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        return code

    def await_order(self, config):
        """pytest is about to load the project's code: go on when told to."""
        if self.order is not None:
            return
        if self.in_advance:
            if self.baseline.has_project_code():
                os._exit(0)
            shorten_fixture_search(config)
            own_memory()
            os.write(self.report_fd, RunHandle.READY)
        while not self.backlog:
            data = os.read(self.commands_fd, 65536)
            if not data:
                os._exit(0)
            self.backlog += self.commands.feed(data)
        self.order = json.loads(self.backlog.pop(0)[3])
        limit_texts(self.order.get("keep"))
        importlib.invalidate_caches()

    def plugin(self, pytest):
        """This object with its hooks marked."""
        wrapper = pytest.hookimpl(hookwrapper=True, tryfirst=True)
        first = pytest.hookimpl(tryfirst=True)
        wrapper(Run.pytest_load_initial_conftests)
        wrapper(Run.pytest_runtest_makereport)
        first(Run.pytest_cmdline_main)
        first(Run.pytest_runtestloop)
        return self

    # Before collection.

    def pytest_load_initial_conftests(self, early_config):
        neutralise(early_config.known_args_namespace)
        self.await_order(early_config)
        outcome = yield
        error = outcome.excinfo and outcome.excinfo[1]
        if error is not None and type(error).__name__ == "ConftestImportFailure":
            self.collection.rootdir = str(early_config.rootpath)
            self.collection.send_conftest_failure(error)

    def pytest_cmdline_main(self, config):
        self.await_order(config)
        self.entry_points.withdraw()
        self.collection.rootdir = str(config.rootpath)
        self.maxfail = config.option.maxfail
        neutralise(config.option)
        if self.order.get("files") is not None:
            self.collection.want(self.order["files"])

    # After collection.

    def pytest_runtestloop(self, session):
        """In place of pytest's own loop over the tests, broken files or not."""
        items = [] if session.config.option.collectonly else list(session.items)
        chosen = set(map(id, items))
        self.items = items + [item for item in self.collection.deselected if id(item) not in chosen]
        self.ids = [utf8(item.nodeid) for item in self.items]
        if any(len(test_id) > LONG_ID for test_id in self.ids):
            self.events.lock_writes()
        self.prepare(session)
        dealer = Dealer(self)
        if items:
            dealer.open_first()
        self.list(len(items))
        dealer.serve()
        session.testsfailed += dealer.failed()
        return True

    def list(self, chosen):
        listing = []
        for position, test_id in enumerate(self.ids):
            tags = (b"group=" + test_id.partition(b"::")[0],)
            if position >= chosen:
                tags += (b"deselected",)
            listing.append(packet(EXISTS, test_id, tags, runnable=True))
        for start in range(0, len(listing), 500):
            self.events.write(b"".join(listing[start : start + 500]))
        rootdir = self.collection.rootdir
        body = {"serial": self.order["serial"], "tests": len(self.items), "rootdir": rootdir}
        if self.maxfail:
            body["maxfail"] = self.maxfail
        self.events.message("listed", body)

    def report_modules(self):
        """Tells the template what it would have been good to have imported."""
        warm = self.order.get("warm", True) and not self.order.get("last", False)
        self.report(self.baseline.lessons() if warm else {})
        os.close(self.report_fd)

    def report(self, told):
        """For the template: see RunHandle.reported()."""
        line = utf8(json.dumps(told)) + b"\n"
        while line:
            line = line[os.write(self.report_fd, line) :]

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
        dumper = manager.getplugin("faulthandler")
        if dumper is not None and not float(config.getini("faulthandler_timeout") or 0):
            mute(config.hook.pytest_runtest_protocol, dumper)
        names = {name for item in self.items for name in getattr(item, "fixturenames", ())}
        if names & {"tmp_path", "tmpdir", "tmp_path_factory", "tmpdir_factory"}:
            self.divide(config._tmp_path_factory)
        self.coverage = manager.getplugin("_cov")
        remember_proxies(session)
        gc.freeze()  # what exists now is shared by all boxes: keep their collections off these pages

    def divide(self, factory):
        """Has the boxes' temporary directories lie in the one of the run."""
        base = factory.getbasetemp()
        self.report({"lock": str(base / ".lock")})
        factory.getbasetemp = lambda: base if self.box is None else self.box.temporary(base)

    # In a box.

    def pytest_runtest_makereport(self, item, call):
        outcome = yield
        if self.box is not None and call.excinfo is not None and outcome.excinfo is None:
            self.box.explain(item, outcome.get_result(), call.excinfo)

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


def remember_proxies(session):
    """pytest asks 15 times a test which conftests see its file: after the collection the answer stays the same."""
    find, found = session.gethookproxy, {}

    def gethookproxy(fspath):  # as pytest names it
        if fspath not in found:
            found[fspath] = find(fspath)
        return found[fspath]

    session.gethookproxy = gethookproxy


def mute(hook, plugin):
    """Takes one plugin's part out of a hook."""
    try:
        hook._remove_plugin(plugin)
    except (AttributeError, ValueError):
        pass
