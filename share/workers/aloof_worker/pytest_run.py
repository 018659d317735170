"""Run of pytest: one pytest session, which collects once."""

import sys
import types

from aloof_worker.pytest_box import PytestBox
from aloof_worker.pytest_capture import captures_of
from aloof_worker.pytest_collection import Collection
from aloof_worker.pytest_setups import Setups
from aloof_worker.pytest_warmth import shorten_fixture_search
from aloof_worker.run import Run
from aloof_worker.wire import utf8


class PytestRun(Run):
    """One pytest session, and the plugin by which it becomes ours."""

    def __init__(self, template, handle, in_advance):
        super().__init__(template, handle, in_advance)
        self.entry_points = self.framework.entry_points
        self.collection = Collection(self.events)
        self.setups = Setups()

    def work(self):
        import pytest

        sys.argv[:] = ["pytest", *self.args]
        self.entry_points.offer()
        plugins = [self.plugin(pytest), self.collection.plugin(pytest), self.setups.plugin(pytest)]
        return int(pytest.main(list(self.args), plugins=plugins))

    def get_ready(self):
        shorten_fixture_search(self.config)

    def plugin(self, pytest):
        """This object with its hooks marked."""
        wrapper = pytest.hookimpl(hookwrapper=True, tryfirst=True)
        first = pytest.hookimpl(tryfirst=True)
        wrapper(PytestRun.pytest_load_initial_conftests)
        wrapper(PytestRun.pytest_runtest_makereport)
        first(PytestRun.pytest_cmdline_main)
        first(PytestRun.pytest_runtestloop)
        return self

    # Before collection.

    def pytest_load_initial_conftests(self, early_config):
        neutralise(early_config.known_args_namespace)
        self.config = early_config
        self.await_order()
        outcome = yield
        error = outcome.excinfo and outcome.excinfo[1]
        if error is not None and type(error).__name__ == "ConftestImportFailure":
            self.collection.rootdir = str(early_config.rootpath)
            self.collection.send_conftest_failure(error)

    def pytest_cmdline_main(self, config):
        self.config = config
        self.await_order()
        self.entry_points.withdraw()
        self.rootdir = self.collection.rootdir = str(config.rootpath)
        self.maxfail = config.option.maxfail
        neutralise(config.option)
        if self.order.get("files") is not None:
            self.collection.want(self.order["files"])

    # After collection.

    def pytest_runtestloop(self, session):
        """In place of pytest's own loop over the tests, broken files or not."""
        self.session = session
        items = [] if session.config.option.collectonly else list(session.items)
        chosen = set(map(id, items))
        tests = items + [item for item in self.collection.deselected if id(item) not in chosen]
        ids = [utf8(item.nodeid) for item in tests]
        groups = [test_id.partition(b"::")[0] for test_id in ids]
        session.testsfailed += self.serve(tests, ids, groups, len(items))
        return True

    def prepare(self):
        config = self.session.config
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
        remember_proxies(self.session)

    def conftests(self):
        return [each for each in self.config.pluginmanager.get_plugins() if isinstance(each, types.ModuleType)]

    def divide(self, factory):
        """Has the boxes' temporary directories lie in the one of the run."""
        base = factory.getbasetemp()
        self.report({"lock": str(base / ".lock")})
        factory.getbasetemp = lambda: base if self.box is None else self.box.temporary(base)

    def captures(self):
        return captures_of(self.session.config)

    def make_box(self, slot):
        return PytestBox(slot)

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
