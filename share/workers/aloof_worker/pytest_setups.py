"""Set-ups of pytest: how long those took that tests share, so that it can be told when it pays to run these together."""

from time import perf_counter_ns

OF_BOX, OF_FILE, OF_CLASS = "s", "m", "c"  # what a box, a file in it, a class in that sets up once
KINDS = {"session": OF_BOX, "package": OF_BOX, "module": OF_FILE, "class": OF_CLASS}


class Setups:
    """The plugin that measures them, and what a box has told of."""

    def __init__(self):
        self.spent_ns = dict.fromkeys((OF_BOX, OF_FILE, OF_CLASS), 0)
        self.inner_ns = 0  # of the fixtures that the one being set up has asked for by itself
        self.told = set()

    def plugin(self, pytest):
        """This object with its hook marked."""
        pytest.hookimpl(hookwrapper=True, tryfirst=True)(Setups.pytest_fixture_setup)
        return self

    def pytest_fixture_setup(self, fixturedef):
        kind = KINDS.get(fixturedef.scope)
        if kind is None:
            yield
            return
        outer_ns, self.inner_ns = self.inner_ns, 0
        began = perf_counter_ns()
        yield
        took_ns = perf_counter_ns() - began
        self.spent_ns[kind] += took_ns - self.inner_ns
        self.inner_ns = outer_ns + took_ns

    def tell(self, item):
        """-> the tag for a test that is over: what it set up for others too, in microseconds. Of the first test of its
        box, its file and its class it is said even when that is nothing."""
        places = {OF_BOX: "", OF_FILE: item.nodeid.partition("::")[0]}
        if getattr(item, "cls", None) is not None:
            places[OF_CLASS] = item.parent.nodeid
        parts = []
        for kind, place in places.items():
            spent_us = self.spent_ns[kind] // 1000
            if spent_us or (kind, place) not in self.told:
                self.told.add((kind, place))
                parts.append("%s%d" % (kind, spent_us))
            self.spent_ns[kind] = 0
        return ("setup_us=" + ",".join(parts)).encode() if parts else None
