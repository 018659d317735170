"""pytest as it is, with the arguments that follow: for a test under its debugger. Only what would distribute the
test, or keep it from being run alone, is turned off, wherever a project has it."""

import sys

del sys.path[0]  # this directory, which no test is to import from

import pytest

OFF = (("numprocesses", None), ("dist", "no"), ("tx", []), ("forked", False), ("looponfail", False))
OFF += (("lf", False), ("failedfirst", False), ("stepwise", False))


class Alone:
    @pytest.hookimpl(hookwrapper=True, tryfirst=True)  # before xdist, which refuses --pdb with -n
    def pytest_cmdline_main(self, config):
        for name, value in OFF:
            if hasattr(config.option, name):
                setattr(config.option, name, value)
        yield


sys.exit(pytest.main(sys.argv[1:], plugins=[Alone()]))
