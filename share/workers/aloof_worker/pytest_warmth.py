"""Warmth: pytest and its plugins, imported before they are needed, and what is installed, read once."""

import os
import sys
import types

from aloof_worker.lessons import installation

OLDEST = (6, 2)  # of pytest


class EntryPoints:
    """Installed distributions, read once: pytest looks at all of them twice whenever it starts."""

    def __init__(self):
        self.key = installation()
        self.cache = None

    def remember(self):
        """Keeps metadata in memory for pytest and pluggy of this process and its forks."""
        try:
            from importlib import metadata
        except ImportError:
            return
        self.cache = [Distribution(each) for each in metadata.distributions()]
        self.original = metadata.distributions

    def offer(self):
        """In a run: answers from memory while nothing was installed since."""
        if self.cache is None or installation() != self.key:
            return
        from importlib import metadata

        original = self.original
        metadata.distributions = lambda **kwargs: original(**kwargs) if kwargs else iter(self.cache)

    def withdraw(self):
        if self.cache is not None:
            from importlib import metadata

            metadata.distributions = self.original


class Distribution:
    """A distribution of which pytest finds in memory what it asks for at each start."""

    def __init__(self, inner):
        self.inner = inner
        self.entry_points = inner.entry_points
        if any(point.group == "pytest11" for point in self.entry_points):
            self.files = inner.files
            self.metadata = inner.metadata
            self.version = inner.version

    def __getattr__(self, name):
        return getattr(self.inner, name)


def import_runner(entry_points):
    """Imports pytest and its plugins as pytest itself would: plugins through its assertion rewriting hook."""
    import pytest

    if tuple(map(int, pytest.__version__.split(".")[:2])) < OLDEST:
        raise ImportError("pytest %s is too old: %d.%d is needed" % ((pytest.__version__,) + OLDEST))
    import _pytest.assertion
    import _pytest.config

    config = _pytest.config.get_config()
    config.inicfg = {}  # as without a configuration file
    try:
        config._mark_plugins_for_rewrite(_pytest.assertion.install_importhook(config))
        if not os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
            import_plugins(entry_points)
            remember_coroutines()
    finally:
        config._ensure_unconfigure()  # takes the hook away again
    return pytest


def import_plugins(entry_points):
    entry_points.remember()
    for distribution in entry_points.cache or ():
        for point in distribution.entry_points:
            if point.group == "pytest11":
                try:
                    point.load()
                except BaseException:
                    pass  # pytest will say so, where a person reads it


def remember_coroutines():
    """pytest-asyncio (up to 0.23) asks at every test that is collected of every fixture there is whether it is a
    coroutine: a quarter of the time that a collection takes. Of a function the answer stays the same."""
    plugin = sys.modules.get("pytest_asyncio.plugin")
    ask = getattr(plugin, "_is_coroutine_or_asyncgen", None)
    if ask is None:
        return
    answers = {}

    def answer(fixture):
        if type(fixture) is not types.FunctionType:
            return ask(fixture)
        if fixture not in answers:
            answers[fixture] = ask(fixture)
        return answers[fixture]

    plugin._is_coroutine_or_asyncgen = answer


def shorten_fixture_search(config):
    """pytest looks for fixtures under every name of every plugin when a session starts. Here it is found out in
    advance, for installed plugins, which names can be one: pytest is shown these."""
    from _pytest import tmpdir
    from _pytest.fixtures import FixtureManager

    if not hasattr(excerpt(tmpdir), "tmp_path"):
        return  # a pytest that marks them in some other way
    plugins = [each for each in config.pluginmanager.get_plugins() if isinstance(each, types.ModuleType)]
    excerpts = {module: excerpt(module) for module in plugins}
    empty = types.ModuleType("empty")
    barren = {}  # by class: whether no name of it can be a fixture
    search = FixtureManager.parsefactories

    def parsefactories(self, holder, *more, **named):
        kind = type(holder)
        if kind is types.ModuleType:
            holder = excerpts.get(holder, holder)
        elif more and kind is not type:
            if kind not in barren:
                barren[kind] = not any(could_be_fixture(value) for base in kind.__mro__ for value in vars(base).values())
            if barren[kind] and not any(map(could_be_fixture, getattr(holder, "__dict__", {}).values())):
                holder = empty
        return search(self, holder, *more, **named)

    FixtureManager.parsefactories = parsefactories


def excerpt(module):
    """The module's fixtures and what else could be one."""
    shown = types.ModuleType(module.__name__)
    for name, value in list(vars(module).items()):
        if could_be_fixture(value):
            if hasattr(value, "__func__"):
                return module  # a bound method: what it is bound to matters
            setattr(shown, name, value)
    return shown


def could_be_fixture(value):
    """Whether pytest has marked it: up to 8.3 by an attribute, from 8.4 on by its type. What cannot even be asked
    could be one: pytest itself will ask."""
    try:
        if type(value) in (classmethod, staticmethod):
            value = value.__func__
        marked = "_pytestfixturefunction" in getattr(value, "__dict__", ())
    except Exception:  # a lazy object, before its time
        return True
    return marked or type(value).__module__ == "_pytest.fixtures"
