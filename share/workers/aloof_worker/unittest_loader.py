"""Loader: which tests `python -m unittest` would find, and from which file each of them is."""

import argparse
import os
import sys
import unittest
from fnmatch import fnmatchcase


class Options(argparse.ArgumentParser):
    """What stands on the command line of `python -m unittest discover` and means something here; the rest of its
    options is understood and is of no effect."""

    def __init__(self):
        super().__init__("unittest", add_help=False, allow_abbrev=False)
        self.add_argument("-s", "--start-directory", dest="start")
        self.add_argument("-p", "--pattern", default="test*.py")
        self.add_argument("-t", "--top-level-directory", dest="top")
        self.add_argument("-k", dest="patterns", action="append", default=[])
        self.add_argument("-f", "--failfast", action="store_true")
        for names in (("-v", "--verbose"), ("-q", "--quiet"), ("-b", "--buffer"), ("-c", "--catch"), ("--locals",)):
            self.add_argument(*names, action="store_true")
        self.add_argument("targets", nargs="*")

    def error(self, message):
        print("unittest: %s" % message, file=sys.stderr)
        raise SystemExit(4)


class Wanted:
    """Says which files are to be looked at."""

    def __init__(self, files, places):
        """files: paths, or None for all; places: files and directories that they must be (in), if there are any."""
        self.files = None if files is None else {os.path.realpath(each) for each in files}
        self.places = [os.path.realpath(each) for each in places]

    def __call__(self, path):
        """Whether it is one, or a directory that may hold some."""
        path = os.path.realpath(path)
        below = os.path.join(path, "")
        if self.files is not None and path not in self.files and not any(map(starts_with(below), self.files)):
            return False
        return not self.places or any(
            path == place or path.startswith(os.path.join(place, "")) or place.startswith(below)
            for place in self.places
        )


def starts_with(beginning):
    return lambda path: path.startswith(beginning)


class Loader(unittest.TestLoader):
    """unittest's own, in wanted files only."""

    def __init__(self, wanted):
        super().__init__()
        self.wanted = wanted
        self.files = {}  # by id() of a test
        self.causes = {}  # by a module's name: what its import raised

    def _find_test_path(self, full_path, *more):
        if not self.wanted(full_path):
            return None, False
        tests, recurse = super()._find_test_path(full_path, *more)
        file = os.path.join(full_path, "__init__.py") if os.path.isdir(full_path) else full_path
        for test in flat(tests or ()):
            self.files.setdefault(id(test), file)
        return tests, recurse

    def _get_module_from_name(self, name):
        try:
            return super()._get_module_from_name(name)
        except BaseException as error:
            self.causes[name] = error
            raise

    def file_of(self, test):
        """Where it was found; else where its class is from."""
        module = sys.modules.get(type(test).__module__)
        return self.files.get(id(test)) or getattr(module, "__file__", None) or type(test).__module__


def flat(suite):
    """The tests in a suite and in those it holds."""
    for each in suite:
        if is_suite(each):
            yield from flat(each)
        else:
            yield each


def is_suite(test):
    try:
        iter(test)
    except TypeError:
        return False
    return True


def is_broken(test):
    """Whether it stands for a module that cannot be loaded."""
    return is_loaders(test, "_FailedTest")


def is_skipped_module(test):
    return is_loaders(test, "ModuleSkipped")


def is_loaders(test, name):
    return type(test).__name__ == name and type(test).__module__ == "unittest.loader"


def matches(test_id, patterns):
    """As -k does: patterns of names, or parts of them."""
    return not patterns or any(fnmatchcase(test_id, each if "*" in each else "*%s*" % each) for each in patterns)
